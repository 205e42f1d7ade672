"""Frozen features of photos, extracted once and kept on disk.

>>> extract(photos.default("train"))        # doctest: +SKIP
array of shape (200, 1280)

A photo's features depend on its bytes, on the backbone and its weights, and on the preprocessing;
these are the key of the cache, so a renamed or copied photo is found again and a changed one is not.
Photos are read, decoded and used in batches: memory does not grow with their number.
"""

import contextlib
import hashlib
import os
import sqlite3
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

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
BATCH = 8
Photos = photos.PhotoSet | Sequence[str | Path]


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
    photo_set: Photos,
    backbone: str = "efficientnet_lite0",
    pooling: str = "avg",
    *,
    flip: bool = False,
    scale: float | None = None,
    progress: bool = False,
) -> tuple[np.ndarray, dict[Path, str]]:
    """Like ``extract``, but bad photos are listed (file → reason) and their rows are NaN."""
    paths = _paths(photo_set)
    network = _Network(backbone, pooling, flip, scale)
    bad: dict[Path, str] = {}
    # Rows arrive in order, so the only thing that grows is this table (5 kB a photo).
    table = np.full((len(paths), network.n_features), np.nan, np.float32)
    with _Store(network) as store, _bar(len(paths), progress) as bar:
        for start, batch in _batches(paths, lambda path: _prepare(path, network, store)):
            _fill(table[start : start + len(batch)], batch, network, store)
            bad |= {item.path: item.bad for item in batch if item.bad}
            bar.update(len(batch))
    return table, bad


def input_size(backbone: str) -> tuple[int, int]:
    """(height, width) in pixels of the photos that ``backbone`` is shown here."""
    return _Network(backbone, "avg", flip=False).size


def _paths(photo_set: Photos) -> list[Path]:
    found = photo_set.paths if isinstance(photo_set, photos.PhotoSet) else photo_set
    return [Path(path) for path in found]


def _bar(total: int, shown: bool):
    from tqdm import tqdm

    return tqdm(total=total, unit="photo", disable=None if shown else True, leave=False)


class _Network:
    """The backbone, loaded only when a photo's features are not cached."""

    def __init__(self, name: str, pooling: str, flip: bool, scale: float | None = None) -> None:
        from course_utils import assets, backbones

        if pooling not in ("avg", "max", "flatten"):
            raise CourseError(
                f"没有 pooling={pooling!r}；特征可以用 'avg'、'max' 或 'flatten'。",
                f"There is no pooling={pooling!r}; features take 'avg', 'max' or 'flatten'.",
            )
        self.name, self.pooling, self.flip, self.scale = name, pooling, flip, scale
        spec = backbones.SPECS.get(name)
        if spec is None:  # keras.applications: only the model itself knows its sizes
            self.size = tuple(self.model.input_shape[1:3])
            self.n_features, origin = self.model.output_shape[-1], "keras.applications"
        else:
            self.size, self.n_features = (spec.size, spec.size), spec.n_features
            if pooling == "flatten":  # the course's backbones halve the picture five times
                self.n_features *= (-(-spec.size // 32)) ** 2
            asset = assets.manifest().get(spec.asset)
            origin = f"{spec.preprocessing} {asset.member_sha256 if asset else spec.asset}"
        parts = (VERSION, Image.__version__, name, origin, self.size, pooling, flip)
        parts += (scale,) if scale else ()
        self.key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    @cached_property
    def model(self) -> "keras.Model":
        return _load(self.name, self.pooling, self.scale is not None)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Features (n, d) of photos (n, height, width, 3)."""
        bare = self.scale is not None
        pixels = images * np.float32(self.scale) if bare else images
        return _predictor(self.name, self.pooling, bare)(pixels)


def _load(name: str, pooling: str, bare: bool) -> "keras.Model":
    """bare: without the backbone's own preprocessing."""
    import keras

    from course_utils import backbones

    pooled = None if pooling == "flatten" else pooling
    model = backbones.load(name, pooling=pooled, preprocessing=not bare)
    if pooling != "flatten":
        return model
    return keras.Model(model.input, keras.layers.Flatten()(model.output))


@lru_cache(maxsize=1)
def _predictor(name: str, pooling: str, bare: bool) -> Callable[[np.ndarray], np.ndarray]:
    """The frozen graph; the last one stays loaded, for calls that follow each other."""
    from course_utils import backbones

    return backbones.predictor(_load(name, pooling, bare))


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


def _batches(
    paths: list[Path], prepare: Callable[[Path], _Item]
) -> Iterator[tuple[int, list[_Item]]]:
    """Batches of prepared photos; two more are being prepared while one is in use."""
    waiting: deque[tuple[int, list[Future]]] = deque()
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for start in range(0, len(paths), BATCH):
            chunk = paths[start : start + BATCH]
            waiting.append((start, [pool.submit(prepare, path) for path in chunk]))
            if len(waiting) > 2:
                yield _collect(waiting)
        while waiting:
            yield _collect(waiting)


def _collect(waiting: deque) -> tuple[int, list[_Item]]:
    start, futures = waiting.popleft()
    return start, [future.result() for future in futures]


def _fill(table: np.ndarray, batch: list[_Item], network: _Network, store: "_Store") -> None:
    """Write the batch's features into its rows of the table, and the new ones into the cache."""
    new = [item for item in batch if item.pixels is not None]
    if new:
        for item, row in zip(new, network.predict(np.stack([i.pixels for i in new])), strict=True):
            item.row = row
        store.put({item.digest: item.row for item in new})
    for place, item in enumerate(batch):
        if item.row is not None:
            table[place] = item.row


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
