"""The same exercises for nbgrader: each ``check`` becomes a test cell worth one point.

Answers stay in ordinary cells, which nbgrader leaves as the student wrote them; only test cells are
put back when it grades. docs/teaching-nbgrader.md shows the commands.
"""

import ast
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course.notebooks.lessons import python_only

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


def export(notebooks: list[Path], folder: Path) -> list[Path]:
    """Write ``source/NN_name/NN_name.ipynb`` for each, and nbgrader_config.py; gives the paths."""
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG, encoding="utf-8")
    made = [config]
    for notebook in notebooks:
        content = nbformat.read(notebook, as_version=4)
        content.cells = [part for cell in content.cells for part in split(cell)]
        target = folder / "source" / notebook.stem / notebook.name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(content, target)
        made.append(target)
    return made


def split(cell: NotebookNode) -> list[NotebookNode]:
    """A cell without outputs; one with checks is cut into its answer and a test cell for each."""
    if cell.cell_type != "code":
        return [cell]
    cell.outputs, cell.execution_count = [], None
    checks = find_checks(cell.source)
    if not checks:
        return [cell]
    lines = cell.source.splitlines()
    for call in checks:
        lines[call.lineno - 1 : call.end_lineno] = [""] * (call.end_lineno - call.lineno + 1)
    cell.source = "\n".join(lines).strip()
    return ([cell] if cell.source else []) + [test_cell(call) for call in checks]


def find_checks(source: str) -> list[ast.Call]:
    """The calls ``check("03-1", answer)`` that stand as lines of their own."""
    calls = [n.value for n in ast.parse(python_only(source)).body if isinstance(n, ast.Expr)]
    return [
        call
        for call in calls
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "check"
        and len(call.args) == 2
        and isinstance(call.args[0], ast.Constant)
    ]


def test_cell(call: ast.Call) -> NotebookNode:
    """A locked test cell worth one point; the hidden lines are only in the teacher's version."""
    name = call.args[0].value
    about = {"schema_version": 3, "cell_type": "code", "grade_id": f"exercise-{name}", "points": 1}
    about |= {"grade": True, "solution": False, "locked": True, "task": False}
    source = TEST.format(check=ast.unparse(call), name=name, answer=ast.unparse(call.args[1]))
    return new_code_cell(source, metadata={"nbgrader": about, "tags": ["exercise"]})
