"""The same exercises for nbgrader: each ``check`` becomes a test cell worth one point.

Answers stay in ordinary cells, which nbgrader leaves as the student wrote them; only test cells are
put back when it grades. docs/teaching-nbgrader.md shows the commands.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course.notebooks.lessons import python_only, write_notebook
from course_utils import files
from course_utils.messages import CourseError

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "transfer_learning"
c.ExecutePreprocessor.timeout = 600
"""
TEST = """\
{check}
### BEGIN HIDDEN TESTS
from course_utils.learning import assess
verdict = assess({name!r}, {answer})
assert verdict.state == "right", verdict.en
### END HIDDEN TESTS"""
EXERCISE = re.compile(r"\d\d-\d+")
# What may follow a statement on its line: the separator, a comment.
BEHIND = re.compile(r"[ \t]*;?[ \t]*(?:#[^\n]*)?")


@dataclass(frozen=True)
class Check:
    """A statement ``check("03-1", answer)``: its place in the cell (characters), its two parts."""

    start: int
    end: int
    name: str
    answer: str


def export(notebooks: list[Path], folder: Path) -> list[Path]:
    """Write ``source/NN_name/NN_name.ipynb`` for each, and nbgrader_config.py; gives the paths."""
    config = folder / "nbgrader_config.py"
    if not config.exists():
        files.write_atomically(config, CONFIG)
    made = [config]
    for notebook in notebooks:
        content = nbformat.read(notebook, as_version=4)
        content.cells = [part for cell in content.cells for part in split(cell)]
        _refuse_repeated(content, notebook.name)
        target = folder / "source" / notebook.stem / notebook.name
        write_notebook(content, target)
        made.append(target)
    return made


def _refuse_repeated(notebook: NotebookNode, file: str) -> None:
    """nbgrader wants each test cell's name once."""
    names = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    if repeated := sorted({n.removeprefix("exercise-") for n in names if names.count(n) > 1}):
        which = ", ".join(repeated)
        raise CourseError(
            f"{file} 里 {which} 检查了不止一次。nbgrader 每题只要一个 check，请删掉多余的。",
            f"{file} checks {which} more than once. nbgrader takes one check for each exercise: "
            "delete the others.",
        )


def split(cell: NotebookNode) -> list[NotebookNode]:
    """A cell without outputs; one with checks is cut at each of them, the rest kept as written."""
    if cell.cell_type != "code":
        return [cell]
    cell.outputs, cell.execution_count = [], None
    source, begin = cell.source, 0
    parts: list[str | NotebookNode] = []
    for check in find_checks(source):
        # the separator to a check on the same line goes with it; `plot(x);` keeps its own
        parts.append(re.sub(r";?[ \t]*\Z", "", source[begin : check.start]))
        comment = BEHIND.match(source, check.end)
        begin = comment.end() if comment else check.end
        parts.append(test_cell(check, source[check.start : begin]))
    return list(_cells(cell, [*parts, source[begin:]])) if parts else [cell]


def _cells(cell: NotebookNode, parts: list[str | NotebookNode]) -> Iterator[NotebookNode]:
    """The parts that hold something; the first text keeps the cell's own id."""
    rest = cell
    for part in parts:
        if not isinstance(part, str):
            yield part
        elif text := re.sub(r"\A(?:[ \t]*\n)+", "", part).rstrip():
            piece, rest = rest, new_code_cell(metadata=cell.metadata.copy())
            piece.source = text
            yield piece


def find_checks(source: str) -> list[Check]:
    """The statements ``check("03-1", answer)`` of a cell, in order.

    CourseError for a check that is no such statement: its exercise would be left out.
    """
    try:
        tree = ast.parse(python_only(source))
    except SyntaxError as error:
        if re.search(r"^\s*check\(", source, re.MULTILINE):
            raise _unclear(source) from error
        return []
    found = [check for node in tree.body if (check := _as_check(node, source))]
    if len(found) < sum(_checking_call(node) is not None for node in ast.walk(tree)):
        raise _unclear(source)
    return found


def _checking_call(node: ast.AST) -> tuple[ast.Call, str] | None:
    """A call of ``check`` and its exercise; None for anything else."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "check":
        return None
    name = getattr(node.args[0], "value", None) if node.args else None
    return (node, name) if isinstance(name, str) and EXERCISE.fullmatch(name) else None


def _as_check(node: ast.stmt, source: str) -> Check | None:
    """The statement as a check; None for another statement, or where it is not clear which answer."""
    if not isinstance(node, ast.Expr) or not (found := _checking_call(node.value)):
        return None
    call, name = found
    answers = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "answer")]
    if len(answers) != 1 or isinstance(answers[0], ast.Starred):
        return None
    start = _place(source, node.lineno, node.col_offset)
    end = _place(source, node.end_lineno or node.lineno, node.end_col_offset or 0)
    return Check(start, end, name, ast.get_source_segment(source, answers[0]) or "...")


def _place(source: str, line: int, column: int) -> int:
    """Where it is in the text, in characters; columns of the syntax tree count bytes."""
    lines = source.split("\n")
    return sum(len(s) + 1 for s in lines[: line - 1]) + len(
        lines[line - 1].encode()[:column].decode()
    )


def _unclear(source: str) -> CourseError:
    line = next((row.strip() for row in source.splitlines() if "check(" in row), source)
    return CourseError(
        f'导出给 nbgrader 时，check 要单独成句：check("03-1", answer)。这里不是：{line}',
        f'For nbgrader a check must be a statement of its own, check("03-1", answer). Not so: {line}',
    )


def test_cell(check: Check, written: str) -> NotebookNode:
    """A locked test cell worth one point; the hidden lines are only in the teacher's version."""
    about = {"schema_version": 3, "cell_type": "code", "grade_id": f"exercise-{check.name}"}
    about |= {"points": 1, "grade": True, "solution": False, "locked": True, "task": False}
    answer = f"({check.answer})" if "\n" in check.answer else check.answer
    source = TEST.format(check=written.strip(), name=check.name, answer=answer)
    return new_code_cell(source, metadata={"nbgrader": about, "tags": ["exercise"]})
