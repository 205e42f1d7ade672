"""The learner's progress: one small JSON file in the user's data folder. Nothing leaves the machine.

Written whole to a new file that then takes the old one's place, under a lock, so several kernels
can write at once. A file that cannot be read is kept aside, one from a newer course is left alone.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_utils import files, paths

VERSION = 1
# version -> function that turns a record of that version into the next one
MIGRATIONS: dict[int, Callable[[dict], dict]] = {}
Record = dict[str, Any]


class NewerFile(Exception):
    """The file was written by a newer course: it is neither used nor changed."""


def file() -> Path:
    """Where progress is kept; COURSE_DATA moves it."""
    return paths.user_data_dir() / "progress.json"


def read() -> Record:
    """What is known; empty when there is no file, or none that can be read."""
    try:
        return _read(file())
    except (OSError, ValueError, NewerFile):
        return _empty()


@contextlib.contextmanager
def changing() -> Iterator[Record]:
    """The record to change in place; saved at the end. OSError, NewerFile or a lock's Timeout."""
    from filelock import FileLock

    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=5):
        record = _read_or_keep_aside(path)
        yield record
        _write(path, record)


def note_exercise(name: str, state: str) -> None:
    """Count a try; what was right once stays done."""
    with changing() as record:
        entry = record["exercises"].setdefault(name, {})
        entry["tries"] = entry.get("tries", 0) + 1
        _note_done(entry, state == "right")


def note_quiz(name: str, right: bool) -> None:
    """Count a chosen option."""
    with changing() as record:
        entry = record["quizzes"].setdefault(name, {})
        entry["tries"] = entry.get("tries", 0) + 1
        _note_done(entry, right)


def note_help(name: str, **seen: int | bool) -> None:
    """Remember how many hints were shown (``hints=2``), or that the solution was."""
    with changing() as record:
        record["exercises"].setdefault(name, {}).update(seen)


def _note_done(entry: dict, right: bool) -> None:
    entry["done"] = entry.get("done", False) or right
    if right:
        entry.setdefault("since", datetime.now(UTC).isoformat(timespec="seconds"))


def forget(names: str) -> int:
    """Remove what starts with this lesson's or exercise's id (``""``: all); how many there were."""
    with changing() as record:
        found = [(k, n) for k in ("exercises", "quizzes") for n in record[k] if _belongs(n, names)]
        for kind, name in found:
            del record[kind][name]
    return len(found)


def _belongs(name: str, wanted: str) -> bool:
    return not wanted or name == wanted or name.startswith(f"{wanted}-")


def _empty() -> Record:
    return {"version": VERSION, "exercises": {}, "quizzes": {}}


def _read(path: Path) -> Record:
    if not path.exists():
        return _empty()
    record = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not isinstance(record.get("version"), int):
        raise ValueError("this is no record of progress")  # noqa: TRY004 (as unreadable as bad JSON)
    if record["version"] > VERSION:
        raise NewerFile(str(path))
    while record["version"] < VERSION:
        if record["version"] not in MIGRATIONS:
            raise ValueError(f"unknown version {record['version']}")
        record = MIGRATIONS[record["version"]](record)
    for kind in ("exercises", "quizzes"):
        entries = record.get(kind)
        if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
            raise ValueError(f"{kind}: entries expected")
    return record


def _read_or_keep_aside(path: Path) -> Record:
    try:
        return _read(path)
    except ValueError:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        path.replace(path.with_name(f"progress.unreadable-{stamp}.json"))
        return _empty()


def _write(path: Path, record: Record) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    files.write_atomically(path, text)
