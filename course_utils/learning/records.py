"""The learner's progress: one small JSON file in the user's data folder. Nothing leaves the machine.

Written whole to a new file that then takes the old one's place, under a lock, so several kernels
can write at once. Of a damaged file what is sound goes on, and the file is kept aside, with a word
to the learner; one from a newer course is left alone.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_utils import files, paths
from course_utils.learning import show

VERSION = 2  # 1 had no predictions
KINDS = ("exercises", "quizzes", "predictions")
# Of an entry. since: when it was right first; a quiz's seen: when it was answered last, wrong: how
# often wrongly, until it is remembered in a later lesson. A guess and its result are a number, True
# or False, or an option's letter.
TYPES: dict[str, tuple[type, ...]] = {
    "tries": (int,), "hints": (int,), "done": (bool,), "solution": (bool,), "since": (str,),
    "seen": (str,), "wrong": (int,),
    "guess": (int, float, bool, str), "result": (int, float, bool, str),
}  # fmt: skip
Record = dict[str, Any]


class NewerFile(Exception):
    """The file was written by a newer course: it is neither used nor changed."""


def file() -> Path:
    """Where progress is kept; COURSE_DATA moves it."""
    return paths.user_data_dir() / "progress.json"


def read() -> Record:
    """What is known; empty when there is no file, or none that can be read."""
    from filelock import Timeout

    try:
        record, sound = _read(file())
        if sound:
            return record
        with changing() as record:
            return record
    except (OSError, NewerFile, Timeout):
        return _empty()


@contextlib.contextmanager
def changing() -> Iterator[Record]:
    """The record to change in place; saved at the end. OSError, NewerFile or a lock's Timeout."""
    from filelock import FileLock

    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=5):
        record, sound = _read(path)
        if not sound:
            _keep_aside(path)
        yield record
        _write(path, record)


def note_exercise(name: str, state: str) -> None:
    """Count a try; what was right once stays done."""
    with changing() as record:
        entry = record["exercises"].setdefault(name, {})
        entry["tries"] = entry.get("tries", 0) + 1
        _note_done(entry, state == "right")


def note_quiz(name: str, right: bool, settled: bool = False) -> None:
    """Count a choice; ``settled``: right at once in a later lesson, so what was wrong is forgotten."""
    with changing() as record:
        entry = record["quizzes"].setdefault(name, {})
        entry["tries"] = entry.get("tries", 0) + 1
        entry["seen"] = _now()
        entry["wrong"] = 0 if settled else entry.get("wrong", 0) + (not right)
        _note_done(entry, right)


def note_help(name: str, **seen: int | bool) -> None:
    """Remember how many hints were shown (``hints=2``), or that the solution was."""
    with changing() as record:
        record["exercises"].setdefault(name, {}).update(seen)


# Guesses and results of this kernel: they go on even where progress cannot be saved.
_here: dict[str, Record] = {}


def note_prediction(name: str, **seen: Any) -> None:
    """Remember a guess (``guess=20``), or the result that the learner has seen (``result=35``)."""
    _here.setdefault(name, {}).update(seen)
    with changing() as record:
        record["predictions"].setdefault(name, {}).update(seen)


def predictions() -> Record:
    """id -> what is known of a prediction: guess, result."""
    return _here | read()["predictions"]


def _note_done(entry: dict, right: bool) -> None:
    entry["done"] = entry.get("done", False) or right
    if right:
        entry.setdefault("since", _now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def forget(names: str) -> int:
    """Remove what starts with this lesson's or exercise's id (``""``: all); how many there were."""
    with changing() as record:
        found = [(k, n) for k in KINDS for n in record[k] if _belongs(n, names)]
        for kind, name in found:
            del record[kind][name]
    for name in [n for n in _here if _belongs(n, names)]:
        del _here[name]
    return len(found)


def _belongs(name: str, wanted: str) -> bool:
    return not wanted or name == wanted or name.startswith(f"{wanted}-")


def _empty() -> Record:
    return {"version": VERSION} | {kind: {} for kind in KINDS}


def _read(path: Path) -> tuple[Record, bool]:
    """What the file holds, and whether all of it is sound. NewerFile, OSError."""
    if not path.exists():
        return _empty(), True
    try:
        record = json.loads(path.read_bytes())  # finds out about UTF-8, UTF-16 and byte order marks
    except (ValueError, RecursionError):
        return _empty(), False
    version = record.get("version") if isinstance(record, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise NewerFile(str(path))
    if type(version) is not int or version < 1:
        return _empty(), False
    if version == 1:
        record = {"predictions": {}} | record | {"version": VERSION}
    kept = _empty() | {kind: _sound_entries(record.get(kind)) for kind in KINDS}
    return kept, kept == record


def _sound_entries(entries: Any) -> Record:
    if not isinstance(entries, dict):
        return {}
    return {name: entry for name, entry in entries.items() if _is_sound(entry)}


def _is_sound(entry: Any) -> bool:
    """Whether it holds what this module writes: ``"tries": "two"`` would stop the counting."""
    return isinstance(entry, dict) and all(
        type(value) in TYPES.get(key, ()) and value == value for key, value in entry.items()
    )


def _keep_aside(path: Path) -> None:
    """Move the file out of the way, and say so."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"progress.unreadable-{stamp}.json")
    path.replace(aside)
    zh = f"进度文件有损坏：读得出的部分保留下来了，原来的文件存为 `{aside}`。"
    en = f"The progress file is damaged: what can be read goes on, the file is kept as `{aside}`."
    show.show(("进度", "Progress"), (zh, en))


def record_quietly(function: Callable, *args: Any, **kwargs: Any) -> None:
    """Progress that cannot be saved (full disk, newer file) must not keep anyone from learning."""
    from filelock import Timeout

    try:
        function(*args, **kwargs)
    except (OSError, Timeout, NewerFile):
        note = (
            "进度没有保存；`course doctor` 可以查原因。",
            "Progress could not be saved; `course doctor` helps to find out why.",
        )
        show.show(("进度", "Progress"), note)


def _write(path: Path, record: Record) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    files.write_atomically(path, text)
