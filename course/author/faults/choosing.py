"""Which faults can be planted in a lesson's teaching code, and a choice of them by a seed.

A fault is one changed place: a constant, an operator, a comparison or a label. What shows or checks
something is left alone (drawings, printed lines, assertions, set-up, exercises), and so is what
changes nothing that a lesson could claim: seeds, sizes of figures, names, steps of a plotted axis.

mutmut and Cosmic Ray change modules and run a test suite on each; a lesson is neither: its cells are
no module that anything imports, its tags say what teaches, and its tests stand between its cells.
"""

import ast
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from course.author.checks.structure import is_teaching
from course.notebooks.folding import is_claims
from course.notebooks.lessons import python_only

KINDS = ("constant", "operator", "comparison", "label")
OPERATORS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"),
}  # fmt: skip
COMPARISONS = {
    ast.Lt: ("<", ">"), ast.Gt: (">", "<"), ast.LtE: ("<=", ">="), ast.GtE: (">=", "<="),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
}  # fmt: skip
# Calls that show, seed, wait or ask: nothing in them is a step of what is taught.
SHOWING = {
    "say", "table", "print", "display", "show", "show_photos", "predict", "outcome", "guesses",
    "check", "hint", "solution", "quiz", "Explorer", "PhotoUpload", "Markdown", "subplots", "figure",
    "reproducible", "default_rng", "set_random_seed", "seed", "SeedGenerator", "epochs",
    "filterwarnings", "simplefilter", "round",
}  # fmt: skip
# Keywords whose value is a name, a look, a seed or an amount of talk.
SILENT = {
    "figsize", "label", "title", "color", "marker", "linestyle", "alpha", "verbose", "seed", "name",
    "description", "random_state", "dtype", "alt_zh", "alt_en", "max_iter", "n_jobs", "decimals",
    "atol", "rtol", "cmap", "columns", "shuffle",
}  # fmt: skip
FIGURES = {"plt", "fig", "ax", "axes", "figures", "explorables", "widgets"}
SMALLEST = 1e-5  # below it a number only guards or compares
Place = tuple[int, int]  # where a fault's text begins and ends, in characters of the cell


@dataclass(frozen=True)
class Fault:
    """One planted fault: the cell (from 0), the place in it, and what stands there before and after."""

    cell: int
    place: Place
    line: int  # within the cell, from 1
    kind: str
    before: str
    after: str
    source: str  # the cell with the fault in it

    @property
    def name(self) -> str:
        """What tells it from all others of a lesson."""
        return f"{self.cell}:{self.place[0]}:{self.after}"


def choose(notebook: NotebookNode, number: int, seed: int | str) -> list[Fault]:
    """``number`` faults of a lesson, or all that there are; the first ones stay with a larger number.

    Cells take turns, and kinds within a cell, so that neither a long cell nor its many constants count
    for more than the rest.
    """
    dice = random.Random(f"faults {seed}")  # text: the same on every Python
    waiting = [_in_turns(faults, dice) for _, faults in sorted(_by_cell(notebook).items())]
    dice.shuffle(waiting)
    chosen: list[Fault] = []
    while any(waiting):
        chosen += [faults.pop(0) for faults in waiting if faults]
    return chosen[:number]


def _by_cell(notebook: NotebookNode) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    for fault in all_faults(notebook):
        found.setdefault(fault.cell, []).append(fault)
    return found


def _in_turns(faults: list[Fault], dice: random.Random) -> list[Fault]:
    """The faults of one cell, one of each kind after the other; a place is used once."""
    kinds = [kind for kind in KINDS if any(fault.kind == kind for fault in faults)]
    dice.shuffle(kinds)
    groups = {kind: [fault for fault in faults if fault.kind == kind] for kind in kinds}
    for group in groups.values():
        dice.shuffle(group)
    order = [g[i] for i in range(len(faults)) for g in groups.values() if i < len(g)]
    return list({fault.place: fault for fault in reversed(order)}.values())[::-1]


def all_faults(notebook: NotebookNode) -> Iterator[Fault]:
    """Every fault that could be planted, in the order of the lesson."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and can_be_faulty(cell):
            yield from faults_of(cell.source, index)


def can_be_faulty(cell: NotebookNode) -> bool:
    """Whether the cell is Python that teaches: no set-up, exercise or quiz, and not only claims."""
    if "raises-exception" in cell.metadata.get("tags", []):
        return False  # any error would do
    return cell.source == python_only(cell.source) and is_teaching(cell) and not is_claims(cell)


def faults_of(source: str, index: int = 0) -> Iterator[Fault]:
    """Every fault of one cell that leaves it Python, and not the same Python."""
    text = _Text(source)
    tree = ast.parse(source)
    for node in _taught(tree):
        for kind, (start, end), after in _changes(node, text):
            changed = source[:start] + after + source[end:]
            try:
                same = ast.dump(ast.parse(changed)) == ast.dump(tree)
            except SyntaxError:
                continue
            if not same:
                line = source.count("\n", 0, start) + 1
                yield Fault(index, (start, end), line, kind, source[start:end], after, changed)


# what is left alone ---------------------------------------------------------------------------


def _taught(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of the code that computes; those above come first."""
    if _shows(node) or isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
        return
    yield node
    for child in _parts(node):
        yield from _taught(child)


def _shows(node: ast.AST) -> bool:
    """Whether it draws, prints, seeds or documents."""
    if isinstance(node, ast.FunctionDef):
        return any(_makes_figure(inner) for inner in ast.walk(node))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.comprehension):
        return "seed" in ast.unparse(node.target)
    if not isinstance(node, ast.Call):
        return False
    return _called(node) in SHOWING or bool(FIGURES & {n.id for n in _names(node.func)})


def _makes_figure(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node) in ("subplots", "figure")


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _parts(node: ast.AST) -> Iterable[ast.AST]:
    """The children that may be changed: no silent keyword, no number of points of an axis."""
    if isinstance(node, ast.Call):
        arguments = node.args[:2] if _called(node) in ("linspace", "logspace") else node.args
        keywords = [k for k in node.keywords if k.arg not in SILENT]
        return [node.func, *arguments, *keywords]
    if isinstance(node, ast.For) and "seed" in ast.unparse(node.target):
        return [*node.body, *node.orelse]
    if isinstance(node, ast.AnnAssign):
        return [node.target, *([node.value] if node.value else [])]
    if isinstance(node, ast.arguments):
        return [*node.defaults, *filter(None, node.kw_defaults)]
    if isinstance(node, ast.Assign) and any("seed" in n.id.lower() for n in _targets(node)):
        return []
    return ast.iter_child_nodes(node)


def _targets(node: ast.Assign) -> list[ast.Name]:
    return [name for target in node.targets for name in _names(target)]


# what is changed ------------------------------------------------------------------------------


def _changes(node: ast.AST, text: "_Text") -> Iterator[tuple[str, Place, str]]:
    """(kind, place, what stands there afterwards) for one node."""
    match node:
        case ast.Constant(value=value):
            yield from ((kind, text.of(node), after) for kind, after in _other(value))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            yield from text.sign("operator", left, right, OPERATORS[type(op)])
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in OPERATORS:
            yield from text.sign("operator", target, value, OPERATORS[type(op)])
        case ast.UnaryOp(op=ast.USub()):
            start = text.of(node)[0]
            yield "operator", (start, start + 1), "+"
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            yield from text.sign("comparison", left, right, COMPARISONS[type(op)])
            if isinstance(op, ast.Eq | ast.NotEq) and _value(right) in (0, 1):
                yield "label", text.of(right), str(1 - _value(right))  # type: ignore[operator]
        case ast.BoolOp(op=op, values=[left, right, *_]):
            pair = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
            yield from text.sign("comparison", left, right, pair)
        case ast.List(elts=items) | ast.Tuple(elts=items) if _is_labels(items):
            first, other = items[0], next(i for i in items if _value(i) != _value(items[0]))
            yield "label", text.of(first), text.source[slice(*text.of(other))]


def _other(value: object) -> Iterator[tuple[str, str]]:
    """(kind, another constant) for a constant: a number is off by one, doubled or turned round."""
    if isinstance(value, bool):
        yield "constant", str(not value)
    elif isinstance(value, int) and value < 10:
        yield "constant", str(value + 1)
    elif isinstance(value, int):
        yield "constant", str(value * 2)
    elif isinstance(value, float) and (value == 0 or abs(value) >= SMALLEST):
        yield "constant", repr(value * 2 or 1.0)


def _is_labels(items: list[ast.expr]) -> bool:
    """Whether they are labels of samples: zeros and ones, some of each."""
    values = [_value(item) for item in items]
    numbers = all(isinstance(v, int | float) and v in (0, 1) for v in values) and len(values) > 2
    return numbers and len(set(values)) > 1


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


class _Text:
    """A cell's text, and where its nodes stand in it: ast counts bytes, we count characters."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.splitlines(keepends=True)

    def of(self, node: ast.AST) -> Place:
        """Where the node begins and ends."""
        where = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self._at(where[0], where[1]), self._at(where[2], where[3])

    def _at(self, line: int, column: int) -> int:
        before = sum(map(len, self.lines[: line - 1]))
        return before + len(self.lines[line - 1].encode()[:column].decode())

    def sign(
        self, kind: str, left: ast.AST, right: ast.AST, signs: tuple[str, str]
    ) -> Iterator[tuple[str, Place, str]]:
        """The sign between two nodes; only brackets and spaces may stand beside it."""
        start, end = self.of(left)[1], self.of(right)[0]
        between = re.fullmatch(
            rf"([\s()\\]*){re.escape(signs[0])}(=?)([\s()\\]*)", self.source[start:end]
        )
        if between:
            at = start + len(between[1])
            yield kind, (at, at + len(signs[0])), signs[1]
