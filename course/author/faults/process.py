"""Runs a lesson's cells one after the other in this process and says where it stopped.

``running`` starts ``main`` as a process of its own. No kernel and no pictures: what a cell shows is text.
"""

import ast
import contextlib
import hashlib
import io
import json
import linecache
import os
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course.notebooks.lessons import python_only


def run(cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """``{"stop": None or where and why, "texts": {cell: hash of its printed text}}``.

    A cell is ``{"number", "source", "fails", "compared"}``: ``fails`` says that it must raise,
    ``compared`` that what it prints is compared.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    texts: dict[str, str] = {}
    for cell in cells:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            stop = _run_cell(cell, names)
        if stop:
            return {"stop": stop, "texts": texts}
        if cell["compared"]:
            texts[str(cell["number"])] = hashlib.sha256(said.getvalue().encode()).hexdigest()
    return {"stop": None, "texts": texts}


def _run_cell(cell: dict[str, Any], names: dict[str, Any]) -> dict[str, Any] | None:
    file, source = f"<cell {cell['number']}>", python_only(cell["source"])
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        _execute(source, file, names)
    except SystemExit as error:
        return _stop(cell, error)
    except Exception as error:  # noqa: BLE001 (whatever a fault leads to)
        return None if cell["fails"] else _stop(cell, error)
    if cell["fails"]:
        return {"cell": cell["number"], "line": 0, "kind": "no error", "text": ""}
    return None


def _execute(source: str, file: str, names: dict[str, Any]) -> None:
    """As a notebook does it: the value of a last expression is shown."""
    tree = ast.parse(source, file)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, file, "exec"), names)  # noqa: S102
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), file, "eval"), names)
        if value is not None:
            print(repr(value))


def _stop(cell: dict[str, Any], error: BaseException) -> dict[str, Any]:
    """Where the cell failed: an assertion counts as one where it stands in the lesson itself."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith("<cell ")]
    asserted = isinstance(error, AssertionError) and frames and frames[-1] in ours
    place = ours[-1] if ours else None
    return {
        "cell": int(place.filename[6:-1]) if place else cell["number"],
        "line": place.lineno if place else 0,
        "kind": "assertion" if asserted else type(error).__name__,
        "text": (place.line if place else "") or "",
    }


def without_pictures() -> None:
    """Figures are made by the lesson and drawn by nobody."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    from course_utils import explorables, figures, widgets

    def show(*_: Any, **__: Any) -> None:
        plt.close("all")

    figures.show = figures.show_photos = explorables.show = show
    widgets.Explorer = widgets.PhotoUpload = show  # type: ignore[assignment, misc]


def main(
    cells: Sequence[dict[str, Any]], folder: str, variables: dict[str, str], target: str
) -> None:
    """Run the cells in ``folder`` and write the answer to the file ``target``."""
    os.environ.update(variables)
    os.chdir(folder)
    without_pictures()
    Path(target).write_text(json.dumps(run(cells)), encoding="utf-8")
