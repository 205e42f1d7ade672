"""For processes that these tests start: a network that costs nothing, in the place of the real one.

What the commands do with photos, files and other processes is the same; only the numbers differ.
"""

import importlib.util
import os
import sys
import time
import types

MODULE = "course_utils.features.network"


class Network:
    """Mean colours as features, 1,280 of them; COURSE_TEST_PAUSE: seconds that a batch takes."""

    def __init__(self, name: str, pooling: str, **_: object) -> None:
        self.name, self.size, self.n_features = name, (8, 8), 1280

    def predict(self, images):
        """Features (n, 1280) of photos (n, height, width, 3)."""
        import numpy as np

        time.sleep(float(os.environ.get("COURSE_TEST_PAUSE", "0")))
        return np.resize(images.mean((1, 2)).T, (1280, len(images))).T.astype(np.float32)


class Replacing:
    """Replaces the network where its module is imported: processes that need none stay fast."""

    def find_spec(self, name: str, *_: object):
        """The module's own spec, with a loader that changes it afterwards."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def changed(module) -> None:
            load(module)
            module.Network = Network

        spec.loader.exec_module = changed
        return spec


def install() -> None:
    """From here on, in this process."""
    threading = types.SimpleNamespace(
        set_intra_op_parallelism_threads=int, set_inter_op_parallelism_threads=int
    )
    config = types.SimpleNamespace(threading=threading)
    sys.modules["tensorflow"] = types.SimpleNamespace(config=config)
    sys.meta_path.insert(0, Replacing())


if os.environ.get("COURSE_TEST_QUICK_NETWORK"):
    install()
