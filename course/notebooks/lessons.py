"""The lessons in lessons/: finding them by number and reading them as notebooks."""

import ast
import hashlib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils import files, paths
from course_utils.messages import CourseError

LESSON_FILE = re.compile(r"(?P<number>\d\d)_(?P<name>[a-z0-9_]+)\.py")
# The line of a notebook that is no Python: %magic, !command, ?help, help?, x = %magic, x = !command.
MAGIC = re.compile(r"(?P<indent>\s*)([%!?].*|[\w.]+\?{1,2}|[\w.,\[\] ]+=\s*[%!].*)\s*")
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Lesson:
    """One lesson: its source and where its notebook belongs."""

    source: Path
    notebook: Path

    @property
    def number(self) -> str:
        """Two digits, ``"09"``."""
        return self.source.name[:2]

    @property
    def stem(self) -> str:
        """``"09_cats_vs_dogs"``."""
        return self.source.stem

    @property
    def root(self) -> Path:
        """The folder that holds lessons/, notebooks/, data/ and course_utils/."""
        return self.source.parent.parent

    @property
    def exercises(self) -> Path:
        """The file with the lesson's exercises and quizzes; it need not exist."""
        return self.source.with_name(f"exercises_{self.number}.py")


def all_lessons(root: Path = paths.ROOT) -> list[Lesson]:
    """Every ``lessons/NN_name.py`` under ``root``, in order."""
    files = sorted(p for p in (root / "lessons").glob("*.py") if LESSON_FILE.fullmatch(p.name))
    return [Lesson(p, root / "notebooks" / f"{p.stem}.ipynb") for p in files]


def built_lessons(root: Path = paths.ROOT) -> list[Lesson]:
    """Every lesson that has a notebook, in order; a student copy has notebooks without sources."""
    built = paths.notebooks(root / "notebooks")
    return [Lesson(root / "lessons" / f"{p.stem}.py", p) for p in built]


def select(numbers: list[str], root: Path = paths.ROOT) -> list[Lesson]:
    """The lessons with these numbers (``"9"``, ``"09"`` or ``"09_cats_vs_dogs"``); none = all.

    Raises CourseError for a number that no lesson has.
    """
    return choose(all_lessons(root), numbers)


def choose(lessons: list[Lesson], numbers: list[str]) -> list[Lesson]:
    """Those of the lessons that have these numbers; none = all. CourseError for an unknown one."""
    wanted = wanted_numbers(numbers, [lesson.number for lesson in lessons])
    return [lesson for lesson in lessons if lesson.number in wanted]


def wanted_numbers(numbers: Iterable[str], known: Iterable[str]) -> set[str]:
    """The lessons that were asked for, ``{"09"}``; none = all known. CourseError for an unknown one."""
    have = sorted(set(known))
    wanted = {number.split("_")[0].zfill(2) for number in numbers}
    if missing := sorted(wanted - set(have)):
        listed = ", ".join(have) or "–"
        raise CourseError(
            f"没有编号为 {', '.join(missing)} 的课。请从这些编号中选择：{listed}",
            f"There is no lesson {', '.join(missing)}. Choose among: {listed}",
        )
    return wanted or set(have)


def read_source(lesson: Lesson) -> NotebookNode:
    """The lesson as a notebook without outputs; equal sources give equal notebooks. For authors.

    In a student copy, which has no sources, the notebook's own cells.
    """
    if not lesson.source.exists():
        return without_outputs(read_notebook(lesson.notebook))
    import jupytext  # a developers' package

    notebook = jupytext.read(lesson.source, fmt="py:percent")
    about = NotebookNode(notebook.metadata.get("course", {}))  # minutes, needs: from the header
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(KERNELSPEC), course=about)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        cell.id = _cell_id(cell, seen)
    return notebook


def read_cells(lesson: Lesson) -> NotebookNode:
    """The lesson's cells without outputs, also where jupytext is not installed, as for learners.

    The built notebook has the same cells as the source: a test of all lessons sees to it.
    """
    if importlib.util.find_spec("jupytext"):
        return read_source(lesson)
    return without_outputs(read_notebook(lesson.notebook))


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """The notebook itself, its outputs and cell numbers dropped in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _cell_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """An id that depends on the cell's text alone, so that other cells may come and go."""
    digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def read_notebook(path: Path) -> NotebookNode:
    """A built notebook. Raises CourseError where it is missing or not a notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise CourseError(
            f"还没有笔记本 {path.name}。请运行：course build {path.name[:2]}",
            f"There is no notebook {path.name} yet. Run: course build {path.name[:2]}",
        ) from None
    except (ValueError, AttributeError, nbformat.reader.NotJSONError) as error:
        raise CourseError(
            f"{path.name} 不是有效的笔记本（{error}）。请运行：course build {path.name[:2]}",
            f"{path.name} is not a valid notebook ({error}). Run: course build {path.name[:2]}",
        ) from error


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook in one step; the same notebook gives the same bytes. OSError."""
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"
    files.write_atomically(path, text)


def tags(cell: NotebookNode) -> frozenset[str]:
    """The cell's tags."""
    return frozenset(cell.metadata.get("tags", []))


def comparable(notebook: NotebookNode) -> list[tuple[str, str, list[str]]]:
    """What must be equal in a source and its notebook: kind, text and tags of every cell."""
    return [(cell.cell_type, cell.source, sorted(tags(cell))) for cell in notebook.cells]


def python_only(source: str) -> str:
    """The code with as many lines, ``pass`` for each line of IPython's own; all else as written.

    What Python itself takes is never touched: a line of a long string or sum may begin with ``%``.
    A cell in another language (``%%bash``) is empty. What is wrong otherwise stays for ast.parse.
    """
    lines = source.splitlines(keepends=True)
    other_language = any(line.startswith("%%") for line in lines if line.strip())
    while True:
        try:
            ast.parse("".join(lines))
        except SyntaxError as error:
            place = min(error.lineno or 1, len(lines)) - 1
            magic = MAGIC.fullmatch(lines[place])
            if magic is None:
                return "\n" * len(lines) if other_language else source
            lines[place] = f"{magic['indent']}pass\n"
        else:
            return "".join(lines)
