"""All parts as one Parquet file, for ``--out FILE.parquet``."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from course.learner.scale import parts as parts_
from course.learner.scale.parts import BAD, Part
from course_utils.files import replacing

PLAN = b"course.plan"  # in the file's metadata: the digest of all parts' names


def parts_folder(file: Path) -> Path:
    """Where the parts wait until all are there."""
    return file.with_name(f"{file.name}.parts")


def bad_file(file: Path) -> Path:
    """The table of bad photos, beside it."""
    return file.with_name(f"{file.stem}.bad.parquet")


def is_made_of(file: Path, parts: Sequence[Part]) -> bool:
    """Whether the file holds these very parts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(file).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return False
    return metadata.get(PLAN) == _digest(parts)


def _digest(parts: Sequence[Part]) -> bytes:
    return hashlib.sha256("\n".join(part.file for part in parts).encode()).hexdigest().encode()


def join(file: Path, parts: Sequence[Part], backbone: str) -> None:
    """The parts one after the other, the bad ones' tables too; then the folder of parts goes."""
    folder = parts_folder(file)
    bad = [folder / BAD / part.file for part in parts]
    if bad := [path for path in bad if path.exists()]:
        _join(bad_file(file), bad, parts_.bad_table([]).schema)
    else:
        bad_file(file).unlink(missing_ok=True)
    schema = parts_.table([], backbone).schema
    metadata = {**schema.metadata, PLAN: _digest(parts)}
    _join(file, [folder / part.file for part in parts], schema.with_metadata(metadata))
    for path in (*bad, *(folder / part.file for part in parts)):
        path.unlink(missing_ok=True)
    for place in (folder / BAD, folder):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def _join(target: Path, files: Sequence[Path], schema) -> None:
    import pyarrow.parquet as pq

    with replacing(target) as temporary, pq.ParquetWriter(temporary, schema) as writer:
        for file in files:
            writer.write_table(pq.read_table(file).replace_schema_metadata(schema.metadata))
