"""exercises_NN.py without what judging does not need: solutions, references, wrong answers."""

import ast
import base64
import zlib
from pathlib import Path

from course_utils.messages import CourseError

NOT_FOR_STUDENTS = ("reference", "solution", "wrong")
WIDTH = 100  # characters in a line of a packed file
POSITIONAL = 4  # id, title, judge, hints: the rest is not for students
KEPT = {"EXERCISES", "QUIZZES", "PREDICTIONS"}


class _Stripper(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "Exercise":
            node.keywords = [k for k in node.keywords if k.arg not in NOT_FOR_STUDENTS]
            node.args = node.args[:POSITIONAL]
        return node


def student_definitions(file: Path) -> str:
    """The packed text of the stripped file. CourseError where something could not be taken out."""
    tree = _Stripper().visit(ast.parse(file.read_text(encoding="utf-8")))
    while _drop_unused(tree):
        pass
    text = pack(ast.unparse(tree), file.stem[-2:])
    _assert_stripped(text, file)
    return text


def pack(source: str, number: str) -> str:
    """The text of an exercises_NN.py that holds ``source`` packed."""
    text = base64.b64encode(zlib.compress(source.encode(), 9)).decode()
    lines = "\n".join(text[i : i + WIDTH] for i in range(0, len(text), WIDTH))
    return (
        f'"""Exercises and quizzes of lesson {number}, packed for students."""\n\n'
        "from course_utils.learning.packed import unpack\n\n"
        f'EXERCISES, QUIZZES, PREDICTIONS = unpack("""\n{lines}\n""")\n'
    )


def _drop_unused(tree: ast.Module) -> bool:
    """Take out functions and constants that nothing uses any more (helpers of the solutions)."""
    for node in list(tree.body):
        names = _defined(node)
        if names and not names & KEPT and not any(_uses(o, names) for o in tree.body if o != node):
            tree.body.remove(node)
            return True
    return False


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


def _uses(node: ast.stmt, names: set[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def _assert_stripped(text: str, file: Path) -> None:
    namespace: dict = {}
    exec(compile(text, file.name, "exec"), namespace)  # noqa: S102 (what was just made)
    for exercise in namespace["EXERCISES"]:
        if exercise.reference is not None or exercise.solution or exercise.wrong:
            raise CourseError(
                f"{file.name}：{exercise.id} 的解答去不掉。请直接写 Exercise(id=…, …)。",
                f"{file.name}: the solution of {exercise.id} cannot be taken out. "
                "Write it as Exercise(id=…, …).",
            )
