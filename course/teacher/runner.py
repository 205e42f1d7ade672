"""Runs inside the sandbox: execute one handed-in notebook, report what its checks said.

``python -P -m course.teacher.runner NOTEBOOK SECONDS [CACHE]``, a key on standard input. Whenever a
cell's checks have said something new, a line signed with the key (report.py) goes to standard
output, so that what was right before a crash still counts. The kernel's own output goes nowhere.

What a notebook cannot do: sign a line of its own. The key stands in no file, argument or variable;
it is read to its end before the first cell runs. On Linux no other process may look into the memory
or the open files of this one; elsewhere, and for root without the sandbox, that rests on the system.

What remains possible, because a student's cell is at home in its kernel: to display what looks like
a check's output (its metadata can be read in the course's code), to replace the judge or to read,
through Python, what a judge compares with. None of it looks like an answer: whoever reads the
notebook sees it.
"""

import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from course.notebooks.execute import CurrentInterpreter
from course.teacher import report
from course_utils.learning.checking import METADATA_KEY

# from the worst to the best: where an exercise is checked more than once, the best counts
ORDER = ("not attempted", "not yet", "right")
LONGEST_GUESS, MOST_GUESSES = 20, 100  # letters, and guesses in one notebook
PR_SET_DUMPABLE = 4  # prctl(2)


def keep_to_oneself() -> None:
    """Linux: other processes of this user cannot read this one's memory or open its files."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)


def said(notebook: nbformat.NotebookNode) -> dict[str, list[str]]:
    """exercise -> what its checks said, in order."""
    found = defaultdict(list)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get(METADATA_KEY)
            if isinstance(about, dict) and about.get("state") in ORDER and "exercise" in about:
                found[str(about["exercise"])[:20]].append(about["state"])
    return dict(found)


def guessed(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """prediction -> the guess that its cell noted last. Only shown: a hand-in can claim anything."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get(METADATA_KEY)
            if isinstance(about, dict) and _is_small(about.get("guess")):
                found[str(about.get("prediction"))[:20]] = about["guess"]
    return dict(list(found.items())[:MOST_GUESSES])


def _is_small(guess: Any) -> bool:
    """A letter, word or number that fits into a table."""
    if isinstance(guess, str):
        return len(guess) <= LONGEST_GUESS
    return isinstance(guess, int | float) and abs(guess) < 1e300  # not NaN


def best(states: list[str]) -> str:
    """The best of them."""
    return max(states, key=ORDER.index)


def differing(found: dict[str, list[str]]) -> str:
    """Which exercises were checked several times with different outcomes, in both languages."""
    names = ", ".join(name for name, states in found.items() if len(set(states)) > 1)
    if not names:
        return ""
    return f"{names} 检查了不止一次，按最好的算 · {names} checked more than once, the best counts"


def link_cache(cache: Path) -> None:
    """What was downloaded can be read; what the notebook adds stays in the sandbox."""
    own = Path(os.environ["COURSE_CACHE"])
    own.mkdir(parents=True, exist_ok=True)
    for entry in cache.iterdir():
        if entry.name != "features":
            (own / entry.name).symlink_to(entry)


class Marking:
    """One notebook, executed cell by cell; what is known so far is reported as it changes."""

    def __init__(self, notebook: nbformat.NotebookNode, seconds: float, key: bytes) -> None:
        self.notebook, self.seconds, self.key = notebook, seconds, key
        self.problems: list[str] = []
        self.begin, self.reported = 0.0, ""

    def run(self) -> None:
        """Execute all cells; one that takes too long is interrupted, and the next ones still run."""
        client = NotebookClient(
            self.notebook,
            km=AsyncKernelManager(kernel_spec_manager=CurrentInterpreter()),
            timeout=self.seconds,
            interrupt_on_timeout=True,
            allow_errors=True,
            store_widget_state=False,
            resources={"metadata": {"path": os.getcwd()}},
            on_cell_execute=self.before,
            on_cell_executed=self.after,
        )
        try:
            client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except Exception as error:  # noqa: BLE001 (a dead kernel, a broken notebook: all are reported)
            self.problems.append(f"{type(error).__name__}: {error}"[:200])
        self.tell()

    def before(self, **_: Any) -> None:
        """A cell is sent to the kernel."""
        self.begin = time.monotonic()

    def after(self, cell_index: int, **_: Any) -> None:
        """The kernel has answered."""
        if time.monotonic() - self.begin >= self.seconds:
            n = cell_index + 1
            self.problems.append(
                f"第 {n} 个单元格超过时间限制，已中断 · cell {n} took too long and was interrupted"
            )
        self.tell()

    def tell(self) -> None:
        """Report the states and problems, unless they are as they were."""
        found = said(self.notebook)
        problem = "; ".join([*self.problems, *filter(None, [differing(found)])])
        states = {name: best(states) for name, states in found.items()}
        content = {"states": states, "guesses": guessed(self.notebook), "problem": problem}
        text = report.line(self.key, content)
        if text != self.reported:
            print(text, flush=True)
            self.reported = text


def main(file: str, seconds: float, cache: str | None = None) -> None:
    """Read the key, then the notebook, then run it."""
    keep_to_oneself()
    key = sys.stdin.buffer.read()
    if cache:
        link_cache(Path(cache))
    try:
        notebook = nbformat.read(file, as_version=4)
    except Exception as error:  # noqa: BLE001 (no JSON, no notebook, wrong types: anything can be handed in)
        problem = f"不是有效的笔记本 · not a valid notebook ({type(error).__name__}: {error})"[:200]
        print(report.line(key, {"states": {}, "problem": problem}), flush=True)
        return
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []  # what counts is what happens here
    Marking(notebook, seconds, key).run()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:4])
