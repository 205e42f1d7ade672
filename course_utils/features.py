"""Frozen features of photos, extracted once and kept on disk.

>>> extract(photos.default("train"))        # doctest: +SKIP
array of shape (200, 1280)

A photo's features depend on its bytes, on the backbone and its weights, on the preprocessing and on
the versions of Keras and TensorFlow; these are the key of the cache, so a renamed or copied photo is
found again, and a changed one, or one from before an upgrade, is not.
Photos go through in batches, one thread each from file to features: memory does not grow with their
number, and no core waits while another decodes.
"""

import contextlib
import ctypes
import gc
import hashlib
import os
import sqlite3
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from PIL import Image

from course_utils import photos
from course_utils.messages import CourseError
from course_utils.paths import cache_dir
from course_utils.photos import reading

if TYPE_CHECKING:
    import keras

# Raise this when decoding, resizing or a backbone changes: older cached features are then ignored.
VERSION = 1
# Photos in a batch. Two batches in a small network at once keep the cores busy; a large one does
# that with one batch, and two would only cost memory.
BATCH = 8
LARGE = 5e8  # multiply-accumulate operations a photo: Lite1, Lite2, VGG16, ResNet50
Photos = photos.PhotoSet | Sequence[str | Path]
Result = TypeVar("Result")


def extract(
    photo_set: Photos,
    backbone: str = "efficientnet_lite0",
    pooling: str = "avg",
    *,
    flip: bool = False,
    scale: float | None = None,
    progress: bool = False,
) -> np.ndarray:
    """Features (n, d) float32 of the photos, in their order; extracted once, then from the cache.

    pooling: "avg" or "max" over the last feature map, or "flatten": all of it in one row. flip: of
    the mirror images. scale: for experiments with wrong preprocessing, pixels × scale (1 / 255)
    instead of the backbone's own. Raises CourseError naming the file when a photo cannot be read.
    """
    options = {"flip": flip, "scale": scale, "progress": progress}
    features, bad = extract_good(photo_set, backbone, pooling, **options)
    if bad:
        photos.refuse(bad.items())
    return features


def extract_good(
    photo_set: Photos, backbone: str = "efficientnet_lite0", pooling: str = "avg", **options: Any
) -> tuple[np.ndarray, dict[Path, str]]:
    """Like ``extract``, but bad photos are listed (file → reason) and their rows are NaN."""
    progress = options.pop("progress", False)
    paths, network = _paths(photo_set), _Network(backbone, pooling, **options)
    bad: dict[Path, str] = {}
    # Rows arrive in order, so the only thing that grows is this table (5 kB a photo).
    table = np.full((len(paths), network.n_features), np.nan, np.float32)
    with _Store(network) as store, _bar(len(paths), progress) as bar:
        for start, batch in _batches(paths, lambda chunk: _work(chunk, network, store)):
            for place, item in enumerate(batch, start):
                if item.row is not None:
                    table[place] = item.row
            bad |= {item.path: item.bad for item in batch if item.bad}
            bar.update(len(batch))
    return table, bad


def input_size(backbone: str) -> tuple[int, int]:
    """(height, width) in pixels of the photos that ``backbone`` is shown here."""
    return _Network(backbone, "avg").size


def _paths(photo_set: Photos) -> list[Path]:
    found = photo_set.paths if isinstance(photo_set, photos.PhotoSet) else photo_set
    return [Path(path) for path in found]


def _bar(total: int, shown: bool):
    from tqdm import tqdm

    return tqdm(total=total, unit="photo", disable=None if shown else True, leave=False)


class _Network:
    """The backbone, loaded only when a photo's features are not cached."""

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
        spec = backbones.SPECS.get(name)
        if spec is None:  # keras.applications: only the model itself knows its sizes
            self.size = tuple(self.model.input_shape[1:3])
            self.n_features, origin = self.model.output_shape[-1], "keras.applications"
            at_once = 1
        else:
            self.size, self.n_features = (spec.size, spec.size), spec.n_features
            at_once = 2 if spec.n_macs < LARGE else 1
            if pooling == "flatten":  # the course's backbones halve the picture five times
                self.n_features *= (-(-spec.size // 32)) ** 2
            asset = assets.manifest().get(spec.asset)
            origin = f"{spec.preprocessing} {asset.member_sha256 if asset else spec.asset}"
        self.room = threading.Semaphore(at_once)
        parts = (VERSION, *_versions(), name, origin, self.size, pooling, flip)
        parts += (scale,) if scale else ()
        self.key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @cached_property
    def model(self) -> "keras.Model":
        return _load(self.name, self.pooling, self.scale is not None)

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


@dataclass
class _Item:
    """A photo on its way: its bad news, its cached features, or its pixels."""

    path: Path
    digest: bytes = b""
    row: np.ndarray | None = None
    pixels: np.ndarray | None = None
    bad: str | None = None


def _prepare(path: Path, network: _Network, store: "_Store") -> _Item:
    """Read, look up, and decode only where the cache has nothing."""
    item = _Item(path)
    try:
        content = reading.read_bytes(path)
        item.digest = hashlib.sha256(content).digest()
        item.row = store.get(item.digest)
        if item.row is None:
            pixels = reading.fit(reading.decode(content, path), network.size)
            item.pixels = pixels[:, ::-1] if network.flip else pixels
    except reading.BadPhoto as error:
        item.bad = error.reason
    return item


def _work(chunk: list[Path], network: _Network, store: "_Store") -> list[_Item]:
    """A batch from files to features; the new ones go into the cache."""
    batch = [_prepare(path, network, store) for path in chunk]
    new = [item for item in batch if item.pixels is not None]
    if new:
        for item, row in zip(new, network.predict(np.stack([i.pixels for i in new])), strict=True):
            item.row, item.pixels = row, None
        store.put({item.digest: item.row for item in new})
    return batch


def _batches(
    paths: list[Path], work: Callable[[list[Path]], Result]
) -> Iterator[tuple[int, Result]]:
    """(place of its first photo, result) of each batch, in order; few are on their way at once."""
    threads = (os.cpu_count() or 1) + 1  # one more than cores: somebody is always at the disk
    waiting: deque[tuple[int, Future[Result]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(paths), BATCH):
            waiting.append((start, pool.submit(work, paths[start : start + BATCH])))
            if len(waiting) > threads:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def _next(waiting: deque) -> tuple:
    start, future = waiting.popleft()
    return start, future.result()


class _Store:
    """The cache of one backbone: an SQLite file, so writes are atomic and processes can share it.

    Each row carries a checksum. A damaged file or row costs time, never a wrong feature; a disk that
    is full or read-only costs the cache, never the result.
    """

    def __init__(self, network: _Network) -> None:
        self.n_features, self.lock = network.n_features, threading.Lock()
        self.file = cache_dir() / "features" / f"{network.name}-{network.key}.sqlite"
        self.database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except sqlite3.DatabaseError:  # damaged: start it afresh
            self._close()
            with contextlib.suppress(OSError, sqlite3.Error):
                self.file.unlink(missing_ok=True)
                self._open()
        except OSError:
            self._close()
        return self

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(self.file, timeout=60, check_same_thread=False)
        # No waiting for the disk after each batch: what a power cut damages is found by its checksum.
        self.database.execute("PRAGMA synchronous = OFF")
        table = "features (digest BLOB PRIMARY KEY, row BLOB, crc INTEGER) WITHOUT ROWID"
        with self.database:
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    def _close(self) -> None:
        if self.database is not None:
            self.database.close()
        self.database = None

    def __exit__(self, *_: object) -> None:
        self._close()

    def get(self, digest: bytes) -> np.ndarray | None:
        """The cached row (d,), or None."""
        if self.database is None:
            return None
        query = "SELECT row, crc FROM features WHERE digest = ?"
        with self.lock, contextlib.suppress(sqlite3.Error):
            found = self.database.execute(query, (digest,)).fetchone()
            if found and zlib.crc32(found[0]) == found[1]:
                row = np.frombuffer(found[0], np.float32)
                return row if row.size == self.n_features else None
        return None

    def put(self, rows: dict[bytes, np.ndarray]) -> None:
        """Keep these rows: all of them or, when the process is killed meanwhile, none."""
        if self.database is None:
            return
        blobs = ((digest, np.float32(row).tobytes()) for digest, row in rows.items())
        values = [(digest, blob, zlib.crc32(blob)) for digest, blob in blobs]
        with self.lock, contextlib.suppress(sqlite3.Error), self.database:
            self.database.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?)", values)
