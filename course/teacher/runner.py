"""Runs inside the sandbox: execute one handed-in notebook, print as JSON what its checks said.

``python -m course.teacher.runner NOTEBOOK SECONDS [CACHE]``. Only the last line counts; the
kernel's own output goes nowhere.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from course.notebooks.execute import CurrentInterpreter
from course_utils.learning.checking import METADATA_KEY


def states(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """exercise -> what its last check said."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get(METADATA_KEY)
            if isinstance(about, dict) and {"exercise", "state"} <= about.keys():
                found[str(about["exercise"])[:20]] = str(about["state"])[:20]
    return found


def link_cache(cache: Path) -> None:
    """What was downloaded can be read; what the notebook adds stays in the sandbox."""
    own = Path(os.environ["COURSE_CACHE"])
    own.mkdir(parents=True, exist_ok=True)
    for entry in cache.iterdir():
        if entry.name != "features":
            (own / entry.name).symlink_to(entry)


def main(file: str, seconds: float, cache: str | None = None) -> dict:
    """``{"states": {exercise: state}, "problem": text}``; a cell that takes too long is interrupted."""
    if cache:
        link_cache(Path(cache))
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []  # what counts is what happens here
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=CurrentInterpreter()),
        timeout=seconds,
        interrupt_on_timeout=True,
        allow_errors=True,
        store_widget_state=False,
        resources={"metadata": {"path": os.getcwd()}},
    )
    problem = ""
    try:
        client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except Exception as error:  # noqa: BLE001 (a dead kernel, a broken notebook: all are reported)
        problem = f"{type(error).__name__}: {error}"[:200]
    return {"states": states(notebook), "problem": problem}


if __name__ == "__main__":
    result = main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:4])
    print("\n" + json.dumps(result), flush=True)
