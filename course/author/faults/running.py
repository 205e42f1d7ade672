"""Runs a lesson with and without a fault, each time in a process of its own, and judges the outcome."""

import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from nbformat import NotebookNode

from course.author.faults.choosing import Fault
from course.author.faults.process import main
from course.notebooks.kernels import THREAD_VARIABLES, temporary_environment
from course.notebooks.lessons import tags
from course_utils.messages import CourseError

SLOWER = 4  # times as long as the lesson itself: it does not end
LEAST_SECONDS = 60.0
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")  # takes the least processor time


class Sound(NamedTuple):
    """The lesson without a fault: its seconds, and a hash of what each compared cell prints."""

    seconds: float
    texts: dict[str, str]

    @property
    def limit(self) -> float:
        """Seconds after which a run with a fault is stopped."""
        return max(LEAST_SECONDS, SLOWER * self.seconds)


class Verdict(NamedTuple):
    """What became of a fault: ``how`` is assertion, error, time, text (only what is printed) or survived."""

    how: str
    cell: int = 0  # counts from 1, as in the lesson
    line: int = 0
    text: str = ""

    @property
    def caught(self) -> bool:
        """Whether ``course build`` would fail."""
        return self.how in ("assertion", "error", "time")


def sound(notebook: NotebookNode, folder: Path, timeout: float = 1200) -> Sound:
    """The lesson as it is. CourseError where it fails: no fault could be told from that."""
    begin = time.perf_counter()
    answer = run(notebook, folder, timeout)
    if answer is None or answer["stop"]:
        where = answer["stop"] if answer else "timeout"
        raise CourseError(
            f"这一课没有错误时也运行不完（{where}）。先让 course build 通过。",
            f"Without a fault, too, the lesson does not run to its end ({where}). "
            "First see that `course build` passes.",
        )
    return Sound(time.perf_counter() - begin, answer["texts"])


def judge(
    notebook: NotebookNode, fault: Fault, folder: Path, healthy: Sound, limit: float
) -> Verdict:
    """Run the lesson with the fault, up to the first cell that fails."""
    answer = run(notebook, folder, limit, fault)
    if answer is None:
        return Verdict("time")
    if stop := answer["stop"]:
        how = "assertion" if stop["kind"] == "assertion" else "error"
        text = stop["text"] if how == "assertion" else f"{stop['kind']}: {stop['text']}"
        return Verdict(how, stop["cell"], stop["line"], text)
    other = [cell for cell, text in answer["texts"].items() if healthy.texts.get(cell) != text]
    return Verdict("text", int(other[0])) if other else Verdict("survived")


def run(
    notebook: NotebookNode, folder: Path, timeout: float, fault: Fault | None = None
) -> dict[str, Any] | None:
    """The answer of ``process``, or None where the time was up. CourseError where it died."""
    cells = [
        {
            "number": number,
            "source": fault.source if fault and fault.cell == number - 1 else cell.source,
            "fails": "raises-exception" in tags(cell),
            "compared": not {"nbval-ignore-output", "live-timing"} & tags(cell),
        }
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code"
    ]
    with temporary_environment() as environment, tempfile.TemporaryDirectory() as place:
        target = Path(place, "answer.json")
        work = (cells, str(folder), environment, str(target))
        with mock.patch.dict(os.environ, ONE_THREAD | environment, clear=True):
            process = PROCESSES.Process(target=main, args=work, daemon=True)
            process.start()  # the first start imports TensorFlow, with these variables
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            return None
        if target.exists():
            return json.loads(target.read_text(encoding="utf-8"))
    if fault is None:
        raise CourseError("运行这一课的进程停止了。", "The process that ran the lesson died.")
    return {"stop": {"kind": "end of the process", "cell": 0, "line": 0, "text": ""}, "texts": {}}


def _processes() -> Any:
    """Where processes can be forked they start from ``warm``: importing takes longer than a lesson."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["course.author.faults.warm"])
    return context


PROCESSES = _processes()
