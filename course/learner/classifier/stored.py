"""Training on features that ``course features`` wrote: the photos themselves are not needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from course.learner.scale import places
from course_utils import features, photos
from course_utils.messages import CourseError

COLUMNS = ["path", "sha256", "label", "vector"]


@dataclass(frozen=True)
class StoredPhotos(photos.PhotoSet):
    """Photos by their features: table (n, d) float32, digests of their contents, the backbone."""

    table: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    digests: tuple[str, ...] = ()
    backbone: str = ""

    def subset(self, at: Sequence[int] | np.ndarray) -> "StoredPhotos":
        """The photos at these places, or where a mask is True."""
        found = np.arange(len(self))[np.asarray(at)]
        return StoredPhotos(
            [self.paths[i] for i in found],
            self.labels[found],
            self.class_names,
            table=self.table[found],
            digests=tuple(self.digests[i] for i in found),
            backbone=self.backbone,
        )


def features_of(photo_set: photos.PhotoSet, backbone: str, *, progress: bool = False) -> np.ndarray:
    """(n, d) of the photos: stored with them, or extracted. ValueError for a backbone not stored."""
    if not isinstance(photo_set, StoredPhotos):
        return features.extract(photo_set, backbone, progress=progress)
    if backbone != photo_set.backbone:
        raise ValueError(f"{photo_set.backbone} is stored, not {backbone}")
    return photo_set.table


def load(address: str) -> StoredPhotos:
    """What a file or folder of ``course features`` holds; photos without a class are left out."""
    places.check_installed("pyarrow")
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        found = ds.dataset(address, format="parquet")
        backbones = {_backbone(piece.physical_schema) for piece in found.get_fragments()}
        rows = found.to_table(columns=COLUMNS, filter=ds.field("label").is_valid())
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(address, " ".join(str(error).split())) from error
    if len(backbones) != 1 or "" in backbones:
        raise _unreadable(address, f"backbone: {sorted(backbones)}")
    return _photos(rows, backbones.pop(), address)


def _backbone(schema) -> str:
    from course.learner.scale.parts import BACKBONE

    return (schema.metadata or {}).get(BACKBONE, b"").decode()


def _photos(rows, backbone: str, address: str) -> StoredPhotos:
    paths, names = rows["path"].to_pylist(), rows["label"].to_pylist()
    if len(set(paths)) != len(paths):
        raise CourseError(
            f"{address} 里有照片出现两次：特征还没有算完。请再运行一次 course features。",
            f"Photos stand twice in {address}: it is not complete. Run `course features` again.",
        )
    vectors = rows["vector"].combine_chunks()
    table = vectors.values.to_numpy(zero_copy_only=False).reshape(
        len(paths), vectors.type.list_size
    )
    if not np.isfinite(table).all():
        raise _unreadable(address, "NaN")
    classes, labels = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    return StoredPhotos(
        [Path(path) for path in paths],
        labels.astype(np.int64),
        tuple(map(str, classes)),
        table=table,
        digests=tuple(rows["sha256"].to_pylist()),
        backbone=backbone,
    )


def _unreadable(address: str, reason: str) -> CourseError:
    return CourseError(
        f"{address} 不是 course features 写的特征，或者已损坏（{reason}）。",
        f"{address} holds no features written by `course features`, or is damaged ({reason}).",
    )
