"""Lessons copied to ``my_course/``: new ones arrive, nothing of the learner's is overwritten.

Beside the copies, ``my_course/.course/`` keeps the version of each lesson that was brought last.
Three files decide what happens to a lesson: the course's now, the one brought last, and the
learner's. Only a copy in which nothing was written since it was brought is ever replaced. Outputs
do not count: copies start without results, and running a cell is no writing.
"""

import difflib
import hashlib
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from course.notebooks.lessons import wanted_numbers
from course.notebooks.results import without_results
from course_utils import files, paths
from course_utils.messages import CourseError


class Outcome(Enum):
    """What bringing one lesson did."""

    COPIED = "copied"  # it was not there yet
    SAME = "same"  # nothing to do
    REFRESHED = "refreshed"  # not touched by the learner: replaced by the new version
    WAITING = "waiting"  # changed by the learner, and a new version has not been brought yet
    BESIDE = "beside"  # changed by the learner: the new version lies beside it


@dataclass
class Brought:
    """One lesson's outcome, the file that holds the course's version, and what changed in it."""

    name: str
    outcome: Outcome
    file: Path
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Workspace:
    """The course's notebooks and the learner's folder for them."""

    notebooks: Path = paths.NOTEBOOKS
    mine: Path = paths.MY_COURSE

    @property
    def last(self) -> Path:
        """Folder with the version of each lesson that was brought last."""
        return self.mine / ".course"

    def lessons(self, numbers: Sequence[str] = ()) -> list[str]:
        """File names of the lessons with these numbers (``"9"`` or ``"09"``), all when none given.

        Raises CourseError for a number that no notebook has.
        """
        names = [path.name for path in paths.notebooks(self.notebooks)]
        wanted = wanted_numbers(numbers, [name[:2] for name in names])
        return [name for name in names if name[:2] in wanted]

    def bring(self, name: str, beside: bool) -> Brought:
        """Bring one lesson up to date; ``beside`` puts new versions beside changed copies."""
        mine, last = self.mine / name, self.last / name
        now = to_start_with(original(self.notebooks / name))
        if not mine.exists():
            write(last, now)
            write(mine, now)
            return Brought(name, Outcome.COPIED, mine)
        if fingerprint(mine) == fingerprint(now):
            if fingerprint(last) != fingerprint(now):  # an interrupted or lost record heals
                write(last, now)
            return Brought(name, Outcome.SAME, mine)
        if fingerprint(last) == fingerprint(now):
            return Brought(name, Outcome.SAME, mine)
        changes = what_changed(last, now)
        if fingerprint(mine) == fingerprint(last):
            write(mine, now)
            write(last, now)
            return Brought(name, Outcome.REFRESHED, mine, changes)
        if not beside:
            return Brought(name, Outcome.WAITING, mine)
        place = self.place_beside(name, now)
        write(place, now)
        write(last, now)
        return Brought(name, Outcome.BESIDE, place, changes)

    def place_beside(self, name: str, now: bytes) -> Path:
        """A file for the new version: free, or holding a course version nobody has changed."""
        stem, number = Path(name).stem, 1
        while True:
            place = self.mine / f"{stem}.new-version{'' if number == 1 else f'-{number}'}.ipynb"
            untouched = (fingerprint(now), fingerprint(self.last / name))
            if not place.exists() or fingerprint(place) in untouched:
                return place
            number += 1

    def changed_by_hand(self) -> list[str]:
        """Names in notebooks/ that somebody edited or deleted there; none where there is no git."""
        answer = git(self.notebooks, "diff", "--name-only", "-z", "--relative", "HEAD", "--", ".")
        names = [name for name in (answer or b"").decode(errors="replace").split("\0") if name]
        return sorted(
            n for n in names if by_hand(self.notebooks / n, committed(self.notebooks / n))
        )


def git(folder: Path, *arguments: str) -> bytes | None:
    """What a git command prints in that folder; None without git or outside a clone."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def committed(notebook: Path) -> bytes | None:
    """What git has for a notebook; None where git does not know it."""
    return git(notebook.parent, "show", f"HEAD:./{notebook.name}")


def by_hand(notebook: Path, before: bytes | None) -> bool:
    """Whether a notebook of the course was changed in place, and not by `course build`.

    A build from changed sources stores their new hash; an edited notebook keeps the old one.
    """
    if before is None or not notebook.exists():
        return before is not None
    now = notebook.read_bytes()
    return same_lines(now) != same_lines(before) and source_hash(now) == source_hash(before)


def same_lines(content: bytes) -> bytes:
    """With line ends as git stores them: under ``autocrlf`` the files of a clone have others."""
    return content.replace(b"\r\n", b"\n")


def source_hash(content: bytes) -> str | None:
    """The hash of its sources that `course build` stores in a notebook."""
    try:
        return json.loads(content)["metadata"]["course"]["hash"]
    except (ValueError, KeyError, TypeError):
        return None


def original(notebook: Path) -> bytes:
    """The course's version of a notebook; one that was changed by hand is not passed on."""
    before = committed(notebook)
    if before is not None and by_hand(notebook, before):
        return before
    return notebook.read_bytes()


def to_start_with(content: bytes) -> bytes:
    """A notebook as a learner gets it: without the results of experiments."""
    try:
        notebook = without_results(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        return content  # no notebook: as it is
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


# Of a cell's metadata: how it is shown, and what running it leaves behind.
VIEW = {
    "jupyter", "collapsed", "scrolled", "trusted", "execution", "ExecuteTime", "vscode", "course",
}  # fmt: skip


def fingerprint(notebook: Path | bytes) -> str:
    """Hash of what is written in a notebook: its cells' sources and metadata. Empty without a file.

    Outputs, ids, counters, folding and empty cells (JupyterLab adds one below the last) do not
    count, so that running a lesson is not changing it.
    """
    try:
        data = notebook if isinstance(notebook, bytes) else notebook.read_bytes()
    except FileNotFoundError:
        return ""
    try:
        cells = [written(cell) for cell in json.loads(data)["cells"]]
        data = json.dumps([cell for cell in cells if cell], sort_keys=True).encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # no notebook any more: then every byte counts
    return hashlib.sha256(data).hexdigest()


def written(cell: dict) -> dict:
    """What somebody wrote in a cell; nothing of an empty one."""
    unwritten = ("id", "execution_count", "outputs")
    kept = {key: value for key, value in cell.items() if key not in unwritten}
    kept["source"] = "".join(kept.get("source", ""))
    kept["metadata"] = {k: v for k, v in kept.get("metadata", {}).items() if k not in VIEW}
    return kept if kept["source"].strip() or kept["metadata"] else {}


def what_changed(before: Path, now: bytes) -> list[str]:
    """Headings of the sections whose cells differ between two versions, in order, each once."""
    try:
        old = sections(json.loads(before.read_bytes())["cells"])
        new = sections(json.loads(now)["cells"])
    except (OSError, ValueError, KeyError):
        return []
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    touched = [
        heading
        for kind, i1, i2, j1, j2 in steps
        if kind != "equal"
        for heading, _ in old[i1:i2] + new[j1:j2]
    ]
    return list(dict.fromkeys(touched))


def sections(cells: list[dict]) -> list[tuple[str, str]]:
    """(heading above it, source) of each cell."""
    heading, rows = "", []
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and (found := re.match(r"#+ (.+)", source)):
            heading = found[1]
        rows.append((heading, source))
    return rows


def write(path: Path, content: bytes) -> None:
    """Write a file completely or not at all."""
    try:
        files.write_atomically(path, content)
    except OSError as error:
        raise CourseError(
            f"写不了 {path}：{error.strerror}。请检查磁盘空间和文件夹权限，关掉占用它的程序，再试一次。",
            f"Cannot write {path}: {error.strerror}. Check disk space and permissions, close programs "
            "that hold it, and try again.",
        ) from error
