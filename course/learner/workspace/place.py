"""Where the learner was: the notebook in sight last, and the cell at the top of each.

The course's JupyterLab extension tells it to the course's server (``server``), which keeps it beside
the copies: another port, another browser or a cleared history forget nothing.
"""

import json
from pathlib import Path
from typing import Any

from course_utils import files

MOST = 200  # notebooks whose cells are remembered


def file(folder: Path) -> Path:
    """Where it is kept, for the notebooks of ``folder``."""
    return folder / ".course" / "place.json"


def last(folder: Path) -> str | None:
    """The notebook that was in sight last, as a path below ``folder``; None where there is none now."""
    path = _read(folder).get("last")
    return path if isinstance(path, str) and _is_notebook(folder, path) else None


def cell(folder: Path, path: str) -> str | None:
    """The id of the cell that was at the top of a notebook."""
    return _cells(_read(folder)).get(path)


def note(folder: Path, path: str, cell_id: str | None) -> None:
    """Remember a notebook as the last one, and its cell, if it is known. OSError."""
    if not _is_notebook(folder, path):
        return
    known = _cells(_read(folder))
    if cell_id:
        known.pop(path, None)  # to the end: the oldest are forgotten first
        known[path] = cell_id
    kept = dict([*known.items()][-MOST:])
    text = json.dumps({"last": path, "cells": kept}, ensure_ascii=False, indent=1)
    files.write_atomically(file(folder), text)


def _is_notebook(folder: Path, path: str) -> bool:
    """Whether it is a notebook that is there, in this folder and nowhere else."""
    try:
        found = (folder / path).resolve()
        return (
            found.suffix == ".ipynb" and found.is_relative_to(folder.resolve()) and found.is_file()
        )
    except (OSError, ValueError):
        return False


def _read(folder: Path) -> dict[str, Any]:
    try:
        known = json.loads(file(folder).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _cells(known: dict[str, Any]) -> dict[str, str]:
    cells = known.get("cells")
    pairs = cells.items() if isinstance(cells, dict) else ()
    return {path: cell for path, cell in pairs if isinstance(cell, str)}
