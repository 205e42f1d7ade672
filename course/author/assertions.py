"""How many assertions the lessons have, and how many of them only look at stored results.

Numbers in data/results/ are the same in every run, so an assertion about them alone tests the file and
not the run. A name is stored where it is read from such a file or made of stored names only; what else
a cell computes is the run's.
"""

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from course.notebooks.lessons import Lesson, python_only

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
RESULTS = "results"  # the folder's name, in the expression that reads a file of it


@dataclass
class Count:
    """Assertions of one or more lessons."""

    all: int = 0
    stored: int = 0
    _kinds: dict[str, str] = field(default_factory=dict)  # name: "stored", "run" or "neutral"

    def statement(self, node: ast.AST) -> None:
        """Follow one statement and those within it, in the order in which they stand."""
        if isinstance(node, ast.Assert):
            self.all += 1
            self.stored += self.kind(node.test) == "stored"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._name(
                [alias.asname or alias.name.partition(".")[0] for alias in node.names], "neutral"
            )
        elif isinstance(node, FUNCTION | ast.ClassDef):
            self._name([getattr(node, "name", "")], self.kind(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            mixed = (
                [node.value, *targets]
                if any(map(_is_part, targets)) or isinstance(node, ast.AugAssign)
                else [node.value]
            )
            self._name(
                [n for target in targets for n in _names(target)], self.kind(*filter(None, mixed))
            )
        elif isinstance(node, ast.For):
            self._name(_names(node.target), self.kind(node.iter))
        if not isinstance(node, FUNCTION | ast.ClassDef | ast.expr):
            for child in ast.iter_child_nodes(node):
                self.statement(child)
        for inner in ast.walk(node) if isinstance(node, ast.expr) else ():
            if isinstance(inner, ast.NamedExpr):
                self._name(_names(inner.target), self.kind(inner.value))

    def kind(self, *nodes: ast.AST) -> str:
        """Where the values come from that the code uses."""
        found = set()
        for node in nodes:
            names = set(_names(node)) - _bound_within(node)
            found |= {self._kinds.get(name, "neutral") for name in names}
            words = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
            if RESULTS in words:
                found.add("stored")
        return "run" if "run" in found else "stored" if "stored" in found else self._fresh(nodes)

    def _fresh(self, nodes: Iterable[ast.AST]) -> str:
        """Constants and functions are neutral; what is called for the first time is the run's."""
        calls = any(isinstance(n, ast.Call) for node in nodes for n in ast.walk(node))
        return (
            "run"
            if calls and not any(isinstance(n, FUNCTION | ast.ClassDef) for n in nodes)
            else "neutral"
        )

    def _name(self, names: list[str], kind: str) -> None:
        self._kinds |= dict.fromkeys(names, kind)


def _is_part(target: ast.expr) -> bool:
    return isinstance(target, ast.Subscript | ast.Attribute)


def _names(node: ast.AST) -> list[str]:
    names = (n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    return [name for name in names if not hasattr(builtins, name)]


def _bound_within(node: ast.AST) -> set[str]:
    """Names of comprehensions and parameters: they stand for values that the code has anyway."""
    bound: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.comprehension):
            bound |= set(_names(inner.target))
        elif isinstance(inner, ast.arg):
            bound.add(inner.arg)
        elif (
            isinstance(inner, ast.Name)
            and isinstance(inner.ctx, ast.Store)
            and isinstance(node, FUNCTION)
        ):
            bound.add(inner.id)
    return bound


def count(lessons: Iterable[Lesson]) -> Count:
    """Of all these lessons together."""
    total = Count()
    for lesson in lessons:
        one = Count()
        one.statement(ast.parse(python_only(lesson.source.read_text(encoding="utf-8"))))
        total.all, total.stored = total.all + one.all, total.stored + one.stored
    return total
