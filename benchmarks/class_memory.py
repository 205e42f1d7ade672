"""What one student needs: the memory of an idle server, and of each lesson's kernel.

    python benchmarks/class_memory.py [--cold] [NN …]

A kernel runs with the settings of deploy/hub/jupyterhub_config.py: two threads, two arenas. Each lesson
runs with the warm feature cache that the page recommends; with --cold, first with an empty one too (a
term's first student; takes minutes for some). "Peak": the largest resident memory of the kernel.
"Own": the largest part of it after a cell that no other process shares (USS); the rest, mostly
TensorFlow's code, a class shares. Assets are fetched before. The idle server is a plain JupyterLab;
one below JupyterHub holds some megabytes more.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from traitlets.config import PyFileConfigLoader

from course.notebooks import machine
from course.notebooks.execute import execute
from course.notebooks.lessons import Lesson, read_source, select
from course.notebooks.needs import fetch_for
from course_utils import paths

SECONDS_UNTIL_IDLE = 20


def of_the_hub() -> dict[str, str]:
    """What deploy/hub/jupyterhub_config.py tells every kernel about threads and memory."""
    config = PyFileConfigLoader("jupyterhub_config.py", str(paths.ROOT / "deploy/hub"))
    told = config.load_config().Spawner.environment
    limits = ("_THREADS", "PYTHON_CPU_COUNT", "MALLOC_ARENA_MAX")
    return {name: value for name, value in told.items() if name.endswith(limits)}


HUB = of_the_hub()


def main() -> None:
    """Print a row for the idle server and one for each lesson, as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="NN")
    parser.add_argument("--cold", action="store_true", help="first with an empty cache, too")
    arguments = parser.parse_args()
    lessons = select(arguments.lessons)
    fetch_for(lessons)
    print(f"idle server: {idle_server():.2f} GB own", flush=True)
    print("lesson  peak, own (GB)")
    for lesson in lessons:
        if arguments.cold:
            with tempfile.TemporaryDirectory() as cache:
                show(lesson, "empty cache", kernel(lesson, {"COURSE_CACHE": cache}))
        show(lesson, "warm cache", kernel(lesson, {}))


def show(lesson: Lesson, cache: str, measured: tuple[float, float]) -> None:
    """Print one row of the table."""
    peak, own = measured
    print(f"{lesson.number:>6}  {peak:4.2f}, {own:4.2f}   {cache}", flush=True)


def kernel(lesson: Lesson, places: dict[str, str]) -> tuple[float, float]:
    """Gigabytes of one run of the lesson: (largest resident memory, largest part of its own)."""
    peak = own = 0.0

    def look(cell, index: int) -> None:
        nonlocal peak, own
        found = [c for c in psutil.Process().children() if "ipykernel" in " ".join(c.cmdline())]
        peak = max([peak, *(machine.peak_bytes(each) / 1e9 for each in found)])
        own = max([own, *(each.memory_full_info().uss / 1e9 for each in found)])

    extra = HUB | places
    where = lesson.notebook.parent
    execute(read_source(lesson), where, lesson.stem, on_cell=look, timeout=3600, extra=extra)
    return peak, own


def idle_server() -> float:
    """Gigabytes of its own that a JupyterLab holds once it has started and nobody is there."""
    with tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"), folder)
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += ["--ServerApp.port=0", f"--ServerApp.root_dir={folder}"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": Path(folder)}
        server = subprocess.Popen(command, env=os.environ | HUB | places, **quiet)
        try:
            time.sleep(SECONDS_UNTIL_IDLE)
            return psutil.Process(server.pid).memory_full_info().uss / 1e9
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
