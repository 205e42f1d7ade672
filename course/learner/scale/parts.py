"""A folder's photos in parts of about 256; each part is one Parquet file, whole or not there.

Which photos are in a part depends on their names alone, and a part's file name on all that its
content depends on. So whoever looks at the same photos plans the same files: a run that was cut off
goes on, several processes share the work without talking, and one new photo changes one part.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course.learner.scale.places import Entry, Place
from course_utils import assets, backbones, photos
from course_utils.features import extraction, network
from course_utils.messages import CourseError, printable
from course_utils.photos import reading

if TYPE_CHECKING:
    import pyarrow as pa

PHOTOS = 256  # of a part, on average at most: 1.3 MB, and some seconds that a cut-off run loses
NAME = re.compile(r"part-\d{6}-of-\d{6}-[0-9a-f]{16}\.parquet")
BAD = "_bad"  # its folder; readers of Parquet folders pass over names that begin with _
BACKBONE = b"course.backbone"  # in a file's metadata


@dataclass(frozen=True)
class Part:
    """A file to be made, and the names of the photos in it."""

    file: str
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A photo: its features (d,) and its content's digest, or why it has none (中文, English)."""

    name: str
    sha256: str = ""
    vector: np.ndarray | None = None
    problem: tuple[str, str] | None = None


def plan(found: Sequence[Entry], backbone: str) -> list[Part]:
    """All parts of these photos, in order. Their number is a power of two: it seldom changes."""
    count = 1
    while count * PHOTOS < len(found):
        count *= 2
    groups: dict[int, list[Entry]] = {}
    for entry in found:
        groups.setdefault(_hash(entry.name) % count, []).append(entry)
    recipe = _recipe(backbone)
    parts = []
    for number, entries in sorted(groups.items()):
        lines = [recipe, *(f"{each.name}\0{each.size}\0{each.changed}" for each in entries)]
        digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
        file = f"part-{number:06d}-of-{count:06d}-{digest[:16]}.parquet"
        parts.append(Part(file, tuple(each.name for each in entries)))
    return parts


def _hash(name: str) -> int:
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big")


def _recipe(backbone: str) -> str:
    """What features depend on beside the photos; not the packages' versions, which may differ by node."""
    weights = assets.manifest()[backbones.spec(backbone).asset].member_sha256
    return f"{network.VERSION} {backbone} {weights}"


def made(
    parts: Sequence[Part], source: Place, backbone: str, cores: int | None = None
) -> Iterator[tuple[Part, list[Row]]]:
    """Each part with the rows of its photos, in order. One stream: no core waits at a part's end."""
    model = network.Network(backbone, "avg")
    names = [name for part in parts for name in part.photos]
    waiting, rows = iter(parts), list[Row]()
    part = next(waiting, None)
    for _, batch in extraction.batches(names, lambda chunk: _work(chunk, source, model), cores):
        rows += batch
        while part is not None and len(rows) >= len(part.photos):
            n = len(part.photos)
            yield part, rows[:n]
            rows, part = rows[n:], next(waiting, None)


def _work(chunk: Sequence[str], source: Place, model: network.Network) -> list[Row]:
    """A batch of photos from bytes to features."""
    rows, pixels = {}, {}
    for name in chunk:
        try:
            content = source.read(_text(name))
            digest = hashlib.sha256(content).hexdigest()
            image = reading.decode(content, Path(name))
            pixels[name] = reading.resized(image, model.size)
            rows[name] = Row(name, digest)
        except photos.BadPhoto as error:
            zh, en = error.reason.split("\n")
            rows[name] = Row(printable(name), problem=(zh, en))
    if pixels:
        vectors = model.predict(np.stack(list(pixels.values())))
        for name, vector in zip(pixels, vectors, strict=True):
            rows[name] = Row(name, rows[name].sha256, vector)
    return [rows[name] for name in chunk]


def _text(name: str) -> str:
    """The name, if Parquet can hold it. Raises BadPhoto."""
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        zh, en = "文件名不是有效的文字（UTF-8）", "its name is no text (UTF-8)"
        raise photos.BadPhoto(Path(name), zh, en)
    return name


def label(name: str) -> str | None:
    """The class of a photo: the folder below the source that it lies in; None outside of any."""
    return name.split("/")[0] if "/" in name else None


def table(rows: Iterable[Row], backbone: str) -> "pa.Table":
    """The good ones: path, sha256, label, vector (a list of d float32)."""
    import pyarrow as pa

    good, d = [row for row in rows if row.vector is not None], backbones.spec(backbone).n_features
    flat = np.concatenate([np.float32(row.vector) for row in good]) if good else np.zeros(0, "f4")
    columns = {
        "path": pa.array([row.name for row in good], pa.string()),
        "sha256": pa.array([row.sha256 for row in good], pa.string()),
        "label": pa.array([label(row.name) for row in good], pa.string()),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(flat, pa.float32()), d),
    }
    return pa.table(columns).replace_schema_metadata({BACKBONE: backbone.encode()})


def bad_table(rows: Iterable[Row]) -> "pa.Table":
    """The others: path, label, and why, in both languages."""
    import pyarrow as pa

    bad = [(row.name, label(row.name), *row.problem) for row in rows if row.problem]
    names = ("path", "label", "problem_zh", "problem_en")
    columns = zip(*bad, strict=True) if bad else ((),) * len(names)
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})


def as_bytes(found: "pa.Table") -> bytes:
    """The Parquet file of a table, in memory: it is written in one go, by the course's own writer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(found, sink, use_dictionary=["label"])  # numbers do not repeat
    return sink.getvalue().to_pybytes()


def write(out: Place, part: Part, rows: Sequence[Row], backbone: str) -> int:
    """The part's file, after that of its bad photos: it says that all is done. Gives how many bad."""
    bad = bad_table(rows)
    if len(bad):
        out.write(f"{BAD}/{part.file}", as_bytes(bad))
    out.write(part.file, as_bytes(table(rows, backbone)))
    return len(bad)


def clear(out: Place, parts: Sequence[Part], found: Sequence[Entry], backbone: str) -> set[str]:
    """Remove parts of photos that are gone or changed; gives the files that are there.

    Raises CourseError rather than remove the features of quite other photos or of another backbone.
    """
    wanted = {part.file for part in parts}
    here = {name for name in out.names() if NAME.fullmatch(name)}
    stale = here - wanted
    if stale and not here & wanted:
        _check_ours(out, min(stale), found, backbone)
    for name in sorted(stale):
        out.remove(name)
    for name in sorted(out.names(BAD) - wanted):
        out.remove(f"{BAD}/{name}")
    return here & wanted


def _check_ours(out: Place, name: str, found: Sequence[Entry], backbone: str) -> None:
    import io

    import pyarrow.parquet as pq

    older = pq.read_table(io.BytesIO(out.read(name)), columns=["path"])
    paths = set(older["path"].to_pylist())
    same = (older.schema.metadata or {}).get(BACKBONE, b"").decode() == backbone
    if not same or (paths and not paths & {entry.name for entry in found}):
        raise CourseError(
            f"{out.address} 里是别的照片或别的骨干网络的特征，不会覆盖。请给出别的 --out，或删除那里的文件。",
            f"{out.address} holds features of other photos or of another backbone, which are not "
            "overwritten. Give another --out, or delete what is there.",
        )
