"""Printed solutions run in the lesson's own kernel, after its last cell, and its check accepts them.

A solution is code where it has a fenced block, or where its inline code ends in a ``return``: the
body of the function that the exercise leaves open. Prose and single values are not run.
"""

import ast
import re
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course.notebooks.execute import ANSI, shown_texts
from course.notebooks.lessons import Lesson, python_only
from course_utils.learning import definitions
from course_utils.learning.definitions import Exercise
from course_utils.messages import CourseError

FENCED = re.compile(r"```(?:python)?\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Printed:
    """The code of one printed solution."""

    exercise: Exercise
    code: str


def printed_code(text: str) -> str | None:
    """The code that a solution prints, as one block; None where it is prose."""
    if fenced := FENCED.findall(text):
        return "\n".join(fenced)
    inline = INLINE.findall(text)
    ends = [n for n, piece in enumerate(inline, 1) if piece.startswith("return ")]
    return "\n".join(inline[: ends[0]]) if ends else None


def printed(number: str) -> list[Printed]:
    """Every solution of the lesson that is code; twice where the two languages print different code."""
    return [
        Printed(exercise, code)
        for exercise in definitions.exercises(number).values()
        for code in dict.fromkeys(map(printed_code, exercise.solution or ()))
        if code is not None
    ]


def told(number: str) -> str:
    """How many solutions of the lesson ran and how many have no code, in both languages."""
    ran = len({found.exercise.id for found in printed(number)})
    rest = len(definitions.exercises(number)) - ran
    zh, en = f"{ran} 份解答已运行，{rest} 份没有代码", f"solutions run: {ran}, without code: {rest}"
    return f"{zh} · {en}"


class Trial:
    """Cells for the lesson's solutions at the end of its notebook, for as long as it runs.

    ``judge`` is execute's ``on_cell``. ``finish`` takes the cells off again, with whatever they
    have put out, and raises a CourseError that names every solution that failed.
    """

    def __init__(self, notebook: NotebookNode, lesson: Lesson) -> None:
        self.lesson, self.notebook, self.start = lesson, notebook, len(notebook.cells)
        self.solutions, self.errors = printed(lesson.number), list[CourseError]()
        sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        for found in self.solutions:
            cell = new_code_cell(self._source(found, sources))
            cell.metadata.tags = ["raises-exception"]  # the others run all the same
            notebook.cells.append(cell)

    def _source(self, found: Printed, sources: list[str]) -> str:
        call = f'check("{found.exercise.id}"'
        asked = next((source for source in sources if call in source), "")
        try:
            return answered(python_only(asked), found.code, found.exercise.id)
        except (SyntaxError, LookupError) as error:
            raise self._error(found, f"{type(error).__name__}: {error}", found.code) from error

    def judge(self, cell: NotebookNode, index: int) -> None:
        """Note where the cell is a solution that raised or that its check does not accept."""
        if index >= self.start:
            found = self.solutions[index - self.start]
            if reason := fault(cell, found.exercise.id):
                said = ANSI.sub("", "\n".join(shown_texts(cell)))
                self.errors.append(self._error(found, reason, f"{cell.source}\n---\n{said}"))

    def finish(self) -> None:
        """The notebook as it was before, in place. CourseError: these solutions fail."""
        del self.notebook.cells[self.start :]
        if self.errors:
            raise CourseError(
                "\n".join(error.zh for error in self.errors),
                "\n".join(error.en for error in self.errors),
            )

    def _error(self, found: Printed, reason: str, shown: str) -> CourseError:
        name, file = found.exercise.id, self.lesson.exercises
        line = solution_line(file.read_text(encoding="utf-8"), name)
        return CourseError(
            f"练习 {name} 的解答在这一课里行不通（{reason}）。请改正 lessons/{file.name} 第 {line} 行。",
            f"The solution of exercise {name} fails in its lesson ({reason}). "
            f"Correct it in lessons/{file.name}, line {line}.\n--- cell ---\n{shown}",
        )


def fault(cell: NotebookNode, name: str) -> str | None:
    """Why the executed cell is no solution of exercise ``name``; None where all is well."""
    state = None
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
        about = output.get("metadata", {}).get("course", {})
        state = about["state"] if about.get("exercise") == name else state
    return None if state == "right" or "check(" not in cell.source else f"check: {state}"


def answered(cell: str, code: str, name: str) -> str:
    """The exercise's cell with the code in place of what the learner is to write.

    Code with a ``return`` of its own becomes the body of the function that is checked; other code
    takes the place of the statement that it defines anew. LookupError: there is no such function.
    """
    asked = ast.parse(cell)
    wanted = _wanted(asked, name)
    written = ast.parse(code)
    try:
        compile(code, name, "exec")
    except SyntaxError as error:
        if "'return' outside function" not in str(error):
            raise
        _fill(asked, wanted, written)
    else:
        kept = [node for node in asked.body if not (_bound(node) & _bound(*written.body) & wanted)]
        asked.body = written.body + kept
    return ast.unparse(asked)


def _fill(asked: ast.Module, wanted: set[str], written: ast.Module) -> None:
    for node in asked.body:
        if isinstance(node, ast.FunctionDef) and node.name in wanted:
            node.body = written.body
            return
    raise LookupError("no function to complete in the exercise's cell")


def _wanted(asked: ast.Module, name: str) -> set[str]:
    """The names that the exercise's check takes."""
    for node in ast.walk(asked):
        if isinstance(node, ast.Call) and node.args and getattr(node.args[0], "value", "") == name:
            return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - {"check"}
    return set()


def _bound(*nodes: ast.stmt) -> set[str]:
    """What these statements define at the top level of a cell."""
    names = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    plain = [n for n in nodes if not isinstance(n, ast.FunctionDef | ast.ClassDef)]
    inner = [n for node in plain for n in ast.walk(node)]
    return names | {n.id for n in inner if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def solution_line(text: str, name: str) -> int:
    """Where the solution of exercise ``name`` begins in exercises_NN.py; 1 where that is not seen."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            parts: list[ast.expr] = [*node.args, *(keyword.value for keyword in node.keywords)]
            ids = [part for part in parts if isinstance(part, ast.Constant) and part.value == name]
            given = [k.value.lineno for k in node.keywords if k.arg == "solution"]
            if ids and given:
                return given[0]
    return 1
