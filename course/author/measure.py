"""``course build --full NN``: a lesson's seconds and memory, written with the machine's description.

What varies between machines is shown in a lesson only from such a file, data/results/NN.json.
"""

import importlib.util
import json
import time
from pathlib import Path

import psutil

from course.notebooks import machine
from course.notebooks.execute import execute
from course.notebooks.lessons import Lesson, read_source, tags
from course.notebooks.needs import fetch_for
from course_utils import files, paths

TIME_TAG = "time-"


def measure(lesson: Lesson) -> Path:
    """Execute the lesson with COURSE_FULL=1 and write data/results/NN.json; gives its path.

    The file holds ``seconds`` of the whole lesson and of cells tagged ``time-NAME``,
    ``peak_memory_gb`` of the kernel, ``machine``, and, where lessons/full_NN.py has a function
    ``measure() -> dict``, its answer under ``full``.
    """
    fetch_for([lesson])
    results = _timed_run(lesson) | {"machine": _machine()}
    if (extra := lesson.source.with_name(f"full_{lesson.number}.py")).exists():
        results["full"] = load(extra).measure()
    target = paths.DATA / "results" / f"{lesson.number}.json"
    text = json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    files.write_atomically(target, text)
    return target


def _timed_run(lesson: Lesson) -> dict:
    notebook, cells, peak = read_source(lesson), {}, 0.0
    begin = last = time.perf_counter()

    def after_cell(cell, index: int) -> None:
        nonlocal last, peak
        now = time.perf_counter()
        for tag in tags(cell):
            if tag.startswith(TIME_TAG):
                cells[tag.removeprefix(TIME_TAG)] = round(now - last, 2)
        peak, last = max(peak, _children_memory_gb()), now

    execute(
        notebook,
        lesson.notebook.parent,
        lesson.stem,
        on_cell=after_cell,
        timeout=24 * 3600,
        extra={"COURSE_FULL": "1"},
    )
    seconds = round(time.perf_counter() - begin, 1)
    return {"seconds": seconds, "cells": cells, "peak_memory_gb": round(peak, 2)}


def _children_memory_gb() -> float:
    """Largest resident memory so far of this process's children: the kernel and its own."""
    total = 0
    for child in psutil.Process().children(recursive=True):
        try:
            total += machine.peak_bytes(child)
        except (psutil.Error, OSError):
            continue
    return total / 1e9


def _machine() -> dict[str, str | int | float]:
    return machine.describe() | machine.versions("keras", "numpy")


def load(path: Path):
    """The module of a lesson's long measurements, lessons/full_NN.py."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader  # a file that is there
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
