"""For processes that these tests start: a network that costs nothing, in the place of the real one.

What the commands do with photos, files and other processes is the same; only the numbers differ.
"""

import os
import sys
import time
import types

import numpy as np


class Network:
    """Mean colours as features, 1,280 of them; COURSE_TEST_PAUSE: seconds that a batch takes."""

    def __init__(self, name: str, pooling: str, **_: object) -> None:
        self.name, self.size, self.n_features = name, (8, 8), 1280

    def predict(self, images: np.ndarray) -> np.ndarray:
        time.sleep(float(os.environ.get("COURSE_TEST_PAUSE", "0")))
        return np.resize(images.mean((1, 2)).T, (1280, len(images))).T.astype(np.float32)


def install() -> None:
    """From here on, in this process."""
    from course_utils.features import network

    network.Network = Network  # type: ignore[assignment,misc]
    threading = types.SimpleNamespace(
        set_intra_op_parallelism_threads=int, set_inter_op_parallelism_threads=int
    )
    config = types.SimpleNamespace(threading=threading)
    sys.modules.setdefault("tensorflow", types.SimpleNamespace(config=config))  # type: ignore[arg-type]


if os.environ.get("COURSE_TEST_QUICK_NETWORK"):
    install()
