"""What pytest needs for notebooks: a safe kernel environment and each lesson's share of the time.

Loaded by ``-p course.author.pytest_plugin`` in pyproject.toml, so plain ``pytest`` has it too.
"""

import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from course.author.checks.figures import CHECKED
from course.notebooks.kernels import NOT_FOR_KERNELS, kernel_environment
from course_utils import paths

SANITIZE = paths.ROOT / "tests" / "notebooks" / "sanitize.cfg"
FOLDER = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--lesson-durations``: each notebook's share of the time."""
    group = parser.getgroup("course")
    group.addoption("--lesson-durations", action="store_true", help="each lesson's seconds")


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """As many as cores, at most 3, and fewer where memory is short: each may take 3 GB.

    PYTEST_XDIST_AUTO_NUM_WORKERS overrides it.
    """
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return max(1, min(3, os.cpu_count() or 1, int(psutil.virtual_memory().total / 3.5e9)))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Sanitise from any working folder; give kernels a temporary folder of their own."""
    if config.option.nbval_sanitize_with is None:
        config.option.nbval_sanitize_with = str(SANITIZE)
    folder = tempfile.TemporaryDirectory(prefix="course-tests-", ignore_cleanup_errors=True)
    config.stash[FOLDER] = Path(folder.name)
    config.add_cleanup(folder.cleanup)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LessonDurations(), "lesson-durations")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    """nbval starts a notebook's kernel when its first cell is set up: only then it is offline."""
    if item.path.suffix != ".ipynb":
        return (yield)
    folder = item.config.stash[FOLDER] / item.path.stem
    with mock.patch.dict(os.environ, kernel_environment(folder) | CHECKED):
        for name in NOT_FOR_KERNELS:
            os.environ.pop(name, None)
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that take long begin; what other seeds do not promise is left out."""
    _leave_out_what_is_not_promised(config, items)
    seconds: dict[Path, float] = defaultdict(float)
    for item in items:
        seconds[item.path] += _guessed_seconds(item)
    items.sort(key=lambda item: -seconds[item.path])  # a file's tests stay together, in order


def _guessed_seconds(item: pytest.Item) -> float:
    """Near enough that no worker is left with a long file when the others have ended."""
    if item.path.suffix == ".ipynb":
        return 3.0
    return 20.0 if item.get_closest_marker("slow") else 0.3


def _leave_out_what_is_not_promised(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With another seed (COURSE_SEED) only cells tagged ``any-seed`` must hold.

    The others still run, since later cells need them, but they promise nothing for other seeds;
    notebooks without such a cell are left out.
    """
    if not int(os.environ.get("COURSE_SEED") or 0):
        return
    notebooks = [item for item in items if item.path.suffix == ".ipynb"]
    promising = {item.path for item in notebooks if _holds_for_any_seed(item)}
    config.hook.pytest_deselected(items=[i for i in notebooks if i.path not in promising])
    items[:] = [i for i in items if i.path.suffix != ".ipynb" or i.path in promising]
    item: Any  # of nbval, which has more than pytest's own
    for item in notebooks:
        if not _holds_for_any_seed(item):
            item.options["check"] = False
            item.add_marker(pytest.mark.xfail(reason="no claim for other seeds", strict=False))


def _holds_for_any_seed(item: Any) -> bool:
    return "any-seed" in item.cell.metadata.get("tags", [])


class LessonDurations:
    """Adds up the seconds of every notebook's cells."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup (the kernel's start) counts as well."""
        file = report.nodeid.split("::")[0]
        self.seconds[file if file.endswith(".ipynb") else "tests"] += report.duration

    def pytest_terminal_summary(self, terminalreporter) -> None:
        """A table, longest first."""
        if not terminalreporter.config.option.lesson_durations:
            return
        terminalreporter.section("每课用时 · seconds per lesson")
        total = sum(self.seconds.values()) or 1.0
        for name, seconds in sorted(self.seconds.items(), key=lambda pair: -pair[1]):
            terminalreporter.write_line(f"{seconds:8.1f} s {seconds / total:6.1%}  {name}")
