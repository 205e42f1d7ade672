"""Keras as the course needs it, whatever its user has set for other work.

``~/.keras/keras.json`` and variables of the environment choose Keras's backend, number type and order
of axes, and can cap every training at a few epochs. The course's numbers hold for one choice, so it
is made here, right after Keras is imported. The user's folder stays where downloads are found.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_utils.messages import CourseError

BACKEND = "tensorflow"
# Keys of keras.json beside the backend, which a variable decides, and Keras's own values for them.
USUAL = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "nnx_enabled": False,
}
# They cap training, ask for what is not installed, or stop TensorFlow where it does not know a flag.
NOT_WANTED = (
    "KERAS_MAX_EPOCHS",
    "KERAS_MAX_STEPS_PER_EPOCH",
    "KERAS_NNX_ENABLED",
    "TF_USE_LEGACY_KERAS",
    "TF_XLA_FLAGS",
    "TF2_BEHAVIOR",
)


def prepare() -> None:
    """Settle what the environment says; and Keras itself where somebody has imported it before."""
    os.environ["KERAS_BACKEND"] = BACKEND
    for name in NOT_WANTED:
        os.environ.pop(name, None)
    if "keras" in sys.modules:
        settle()


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """Around the import of Keras. CourseError names the settings where they stop it."""
    try:
        yield
    except Exception as error:
        if found := unusual():
            raise _stopped(found, error) from error
        raise
    settle()


def settle() -> None:
    """Give Keras its usual settings. CourseError where it already runs on another backend."""
    import keras

    config = keras.config
    if config.backend() != BACKEND:
        raise CourseError(
            f"Keras 已经用 {config.backend()} 后端导入，而课程用 TensorFlow。请重启内核，先 import "
            "course_utils，再 import keras。",
            f"Keras has been imported with the backend {config.backend()}, and the course uses "
            "TensorFlow. Restart the kernel and import course_utils before keras.",
        )
    config.set_floatx(USUAL["floatx"])
    config.set_epsilon(USUAL["epsilon"])
    config.set_image_data_format(USUAL["image_data_format"])
    for cap in ("set_max_epochs", "set_max_steps_per_epoch"):
        if hasattr(config, cap):  # since Keras 3.11
            getattr(config, cap)(None)


def file() -> Path:
    """The user's settings of Keras."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "keras.json"


def unusual() -> list[str]:
    """Keys of the settings whose values are not Keras's own; all of it where it is no table."""
    try:
        known: Any = json.loads(file().read_bytes())
    except (OSError, ValueError):
        return []
    if not isinstance(known, dict):
        return [json.dumps(known)[:40]]
    return [key for key, value in USUAL.items() if known.get(key, value) != value]


def _stopped(found: list[str], error: Exception) -> CourseError:
    return CourseError(
        f"Keras 导入不了：{error}。你的设置文件 {file()} 里有不常见的内容（{'、'.join(found)}）。"
        "请改正它，或者给它换个名字，再重启内核。",
        f"Keras cannot be imported: {error}. Your settings {file()} hold something unusual "
        f"({', '.join(found)}). Correct or rename that file, then restart the kernel.",
    )
