"""What the long runs (``lessons/full_NN.py``) share: taking code from their lesson, storing numbers."""

import ast
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np


def from_lesson(source: Path, wanted: Collection[str]) -> dict[str, Any]:
    """Run a lesson's imports, functions and the assignments to the names in ``wanted``; its names.

    So what is stored is measured by the code that learners read.
    """
    keep = []
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        targets = getattr(node, "targets", [])
        names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef) or names & {*wanted}:
            keep.append(node)
    namespace: dict[str, Any] = {}
    exec(compile(ast.Module(keep, []), str(source), "exec"), namespace)  # noqa: S102 (our own)
    return namespace


def packed(values: Any) -> str:
    """Numbers as one text, row after row: a number a line would make the file long."""
    return " ".join(f"{value:.4g}" for value in np.ravel(values))


def rounded(value: Any) -> Any:
    """The same with 4 significant digits in each float of its dicts and lists, so that a file stays short."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
