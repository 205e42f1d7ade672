"""A backbone as a feature extractor: its input size, its cache key, its frozen graph."""

import contextlib
import ctypes
import gc
import hashlib
import threading
from collections.abc import Callable
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

# Raise this when decoding, resizing or a backbone changes: older cached features are then ignored.
VERSION = 1
LARGE = 5e8  # multiply-accumulate operations a photo: Lite1, Lite2, VGG16


class Network:
    """A backbone with its pooling, loaded only when a photo's features are not cached."""

    def __init__(
        self, name: str, pooling: str, flip: bool = False, scale: float | None = None
    ) -> None:
        from course_utils import assets, backbones

        if pooling not in ("avg", "max", "flatten"):
            raise CourseError(
                f"没有 pooling={pooling!r}；特征可以用 'avg'、'max' 或 'flatten'。",
                f"There is no pooling={pooling!r}; features take 'avg', 'max' or 'flatten'.",
            )
        self.name, self.pooling, self.flip, self.scale = name, pooling, flip, scale
        self.lock = threading.Lock()
        spec = backbones.spec(name)
        self.size, self.n_features = (spec.size, spec.size), spec.n_features
        if pooling == "flatten":  # the course's backbones halve the picture five times
            self.n_features *= (-(-spec.size // 32)) ** 2
        origin = f"{spec.preprocessing} {assets.manifest()[spec.asset].member_sha256}"
        self.room = threading.Semaphore(2 if spec.n_macs < LARGE else 1)
        parts = (VERSION, *_versions(), name, origin, self.size, pooling, flip)
        parts += (scale,) if scale else ()
        self.key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Features (n, d) of photos (n, height, width, 3)."""
        bare = self.scale is not None
        pixels = images * np.float32(self.scale) if bare else images
        with self.lock:  # the network is built once, however many threads ask for it
            predict = _predictor(self.name, self.pooling, bare)
        with self.room:
            return predict(pixels)


@cache
def _versions() -> tuple[str, ...]:
    """Of what makes features out of photos; found without importing TensorFlow."""
    found = [Image.__version__]
    for name in ("keras", "tensorflow", "tensorflow-cpu"):  # the last two: whichever is there
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return tuple(found)


def _load(name: str, pooling: str, bare: bool) -> "keras.Model":
    """bare: without the backbone's own preprocessing."""
    import keras

    from course_utils import backbones

    pooled = None if pooling == "flatten" else pooling
    model = backbones.load(name, pooling=pooled, preprocessing=not bare)
    if pooling != "flatten":
        return model
    return keras.Model(model.input, keras.layers.Flatten()(model.output))


_PREDICTORS: dict[tuple[str, str, bool], Callable[[np.ndarray], np.ndarray]] = {}


def _predictor(name: str, pooling: str, bare: bool) -> Callable[[np.ndarray], np.ndarray]:
    """The frozen graph; the last one stays loaded, for calls that follow each other."""
    from course_utils import backbones

    key = (name, pooling, bare)
    predict = _PREDICTORS.get(key)
    if predict is None:
        _PREDICTORS.clear()  # before the next one needs its room
        _give_back_memory()
        predict = _PREDICTORS[key] = backbones.predictor(_load(*key))
    return predict


def _give_back_memory() -> None:
    """What a network needed goes back to the system; glibc would keep about 0.4 GB of it."""
    gc.collect()  # Keras's layers point at each other
    with contextlib.suppress(OSError, AttributeError):  # other systems do the rest by themselves
        ctypes.CDLL("libc.so.6").malloc_trim(0)
