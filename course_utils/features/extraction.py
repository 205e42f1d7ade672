"""Frozen features of photos, extracted once and kept on disk.

>>> extract(photos.default("train"))        # doctest: +SKIP
array of shape (200, 1280)

A photo's features depend on its bytes, on the backbone and its weights, on the preprocessing and on
the versions of Keras and TensorFlow; these are the key of the cache, so a renamed or copied photo is
found again, and a changed one, or one from before an upgrade, is not.
Photos go through in batches, one thread each from file to features: memory does not grow with their
number, and no core waits while another decodes.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bootstrap.computer import processors
from course_utils import photos
from course_utils.features.cache import Store
from course_utils.features.network import Network
from course_utils.photos import reading

# Photos in a batch. Two batches in a small network at once keep the cores busy; a large one does
# that with one batch, and two would only cost memory.
BATCH = 8
Photos = photos.PhotoSet | Sequence[str | Path]
Photo = TypeVar("Photo")
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
    paths, network = _paths(photo_set), Network(backbone, pooling, **options)
    bad: dict[Path, str] = {}
    # Rows arrive in order, so the only thing that grows is this table (5 kB a photo).
    table = np.full((len(paths), network.n_features), np.nan, np.float32)
    with Store(network) as store, _bar(len(paths), progress) as bar:
        for start, batch in batches(paths, lambda chunk: _work(chunk, network, store)):
            for place, item in enumerate(batch, start):
                if item.row is not None:
                    table[place] = item.row
            bad |= {item.path: item.bad for item in batch if item.bad}
            bar.update(len(batch))
    return table, bad


def input_size(backbone: str) -> tuple[int, int]:
    """(height, width) in pixels of the photos that ``backbone`` is shown here."""
    return Network(backbone, "avg").size


def _paths(photo_set: Photos) -> list[Path]:
    found = photo_set.paths if isinstance(photo_set, photos.PhotoSet) else photo_set
    return [Path(path) for path in found]


def _bar(total: int, shown: bool):
    from tqdm import tqdm

    return tqdm(total=total, unit="photo", disable=None if shown else True, leave=False)


@dataclass
class _Item:
    """A photo on its way: its bad news, its cached features, or its pixels."""

    path: Path
    digest: bytes = b""
    row: np.ndarray | None = None
    pixels: np.ndarray | None = None
    bad: str | None = None


def _prepare(path: Path, network: Network, store: Store) -> _Item:
    """Read, look up, and decode only where the cache has nothing."""
    item = _Item(path)
    try:
        content = reading.read_bytes(path)
        item.digest = hashlib.sha256(content).digest()
        item.row = store.get(item.digest)
        if item.row is None:
            pixels = reading.resized(reading.decode(content, path), network.size)
            item.pixels = pixels[:, ::-1] if network.flip else pixels
    except reading.BadPhoto as error:
        item.bad = error.reason
    return item


def _work(chunk: Sequence[Path], network: Network, store: Store) -> list[_Item]:
    """A batch from files to features; the new ones go into the cache."""
    batch = [_prepare(path, network, store) for path in chunk]
    new = {item.digest: item.pixels for item in batch if item.pixels is not None}
    if new:
        rows = dict(zip(new, network.predict(np.stack(list(new.values()))), strict=True))
        for item in batch:
            item.row, item.pixels = rows.get(item.digest, item.row), None
        store.put(rows)
    return batch


def batches(
    photos: Sequence[Photo], work: Callable[[Sequence[Photo]], Result], cores: int | None = None
) -> Iterator[tuple[int, Result]]:
    """(place of its first photo, result) of each batch, in order; few are on their way at once.

    cores: how many work at a time; all that this process may use when not given.
    """
    threads = (cores or processors()) + 1  # one more than cores: somebody is always at the disk
    waiting: deque[tuple[int, Future[Result]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(photos), BATCH):
            waiting.append((start, pool.submit(work, photos[start : start + BATCH])))
            if len(waiting) > threads:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)


def _next(waiting: deque) -> tuple:
    start, future = waiting.popleft()
    return start, future.result()
