"""Which code cells of a lesson are folded to one line for learners: set-up, drawings, assertions.

It follows from tags, outputs and the code itself, so that no author need think of it. What is
derived stands in the cell's metadata, ``{"course": {"fold": "claims", "n_claims": 3}}``; the
course's JupyterLab extension (labextension/static/fold.js) folds by it. GitHub, nbval and exports
see the plain notebook.
"""

import ast

from nbformat import NotebookNode

from course.notebooks.lessons import python_only, tags
from course.notebooks.results import EXPLORABLE

DRAWN = ("image/", EXPLORABLE)
LOOPS = (ast.For, ast.With, ast.If)
Names = frozenset[str]


def mark_folds(notebook: NotebookNode) -> None:
    """Write into each executed cell's metadata, in place, how it is folded; most cells are not."""
    later: Names = frozenset()  # what the cells below use
    for cell in reversed(notebook.cells):
        if cell.cell_type != "code":
            continue
        tree = _parsed(cell.source)
        if about := _fold(cell, tree, later):
            cell.metadata["course"] = NotebookNode(about)
        later |= _used(tree)


def _fold(cell: NotebookNode, tree: ast.Module, later: Names) -> dict[str, str | int] | None:
    if tags(cell) & {"exercise", "quiz", "raises-exception"}:
        return None
    if n_claims := _claims(tree, later):
        return {"fold": "claims", "n_claims": n_claims}
    if "setup" in tags(cell):
        return {"fold": "button" if _uploads(tree) else "drawing" if _draws(cell) else "setup"}
    return None


def is_claims(cell: NotebookNode) -> bool:
    """Whether the code cell only makes claims, whoever uses its names."""
    return bool(_claims(_parsed(cell.source), frozenset()))


def _uploads(tree: ast.Module) -> bool:
    """Whether it shows a button for the learner's own photo."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(name, ast.Name) and name.id == "PhotoUpload" for name in calls)


def _draws(cell: NotebookNode) -> bool:
    kinds = (kind for output in cell.outputs for kind in output.get("data", {}))
    return any(kind.startswith(DRAWN) for kind in kinds)


def _claims(tree: ast.Module, later: Names) -> int:
    """How many assertions a cell makes that does nothing else; 0 where it does more.

    It may prepare what it compares, in fewer assignments than assertions, of names that no later
    cell uses: where there is more, or more to see, a learner should read it.
    """
    flat = _statements(tree.body)
    claims = [node for node in flat if isinstance(node, ast.Assert)]
    helpers = [node for node in flat if isinstance(node, (ast.Assign, ast.Import, ast.ImportFrom))]
    only = len(claims) + len(helpers) == len(flat) and len(helpers) < len(claims)
    return len(claims) if only and not _bound(tree) & later else 0


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements, with those inside loops and conditions in their place."""
    flat: list[ast.stmt] = []
    for node in body:
        if isinstance(node, LOOPS):
            flat += _statements([*node.body, *getattr(node, "orelse", [])])
        else:
            flat.append(node)
    return flat


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(python_only(source))
    except SyntaxError:  # a cell that fails on purpose
        return ast.Module([], [])


def _used(tree: ast.Module) -> Names:
    return frozenset(
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _bound(tree: ast.Module) -> Names:
    """Names that later cells could use; those of loops may be anybody's, ``for i in …``."""
    found = {
        node.id
        for statement in _statements(tree.body)
        if isinstance(statement, ast.Assign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return frozenset(found)
