"""What pytest needs for notebooks: a safe kernel environment and each lesson's share of the time.

Loaded by ``-p course.author.pytest_plugin`` in pyproject.toml, so plain ``pytest`` has it too.
"""

import contextlib
import functools
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest import mock

import psutil
import pytest

from course.author.checks.figures import CHECKED
from course.notebooks.kernels import THREAD_VARIABLES, forget_settings, kernel_environment
from course_utils import paths
from course_utils.bilingual import MIME
from course_utils.messages import both

SANITIZE = paths.ROOT / "tests" / "notebooks" / "sanitize.cfg"
WITHOUT_ASSERTIONS = (
    "Python 在 -O 或 PYTHONOPTIMIZE 下运行，断言不起作用。请去掉它再运行，或用 course test。",
    "Python runs with -O or PYTHONOPTIMIZE: assertions check nothing. Run without it, or `course test`.",
)
FOLDER = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--course-durations``: what each kind of test and each notebook costs."""
    group = parser.getgroup("course")
    group.addoption("--course-durations", action="store_true", help="seconds by kind of test")


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One more than cores, at most 3, and fewer where memory is short: each may take 3 GB.

    Some always wait: for a kernel, a browser, the network.

    PYTEST_XDIST_AUTO_NUM_WORKERS overrides it.
    """
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    return max(1, min(3, cores() + 1, int(psutil.virtual_memory().total / 3.5e9)))


def cores() -> int:
    """Processor cores of this machine."""
    return os.cpu_count() or 1


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Sanitise from any working folder; give kernels a temporary folder of their own.

    UsageError under ``python -O``: assertions in helpers of the tests would be left out.
    """
    if sys.flags.optimize:
        raise pytest.UsageError(both(*WITHOUT_ASSERTIONS))
    if config.option.nbval_sanitize_with is None:
        config.option.nbval_sanitize_with = str(SANITIZE)
    if hasattr(config, "workerinput"):
        _share_the_cores(config.workerinput["workercount"])
    folder = tempfile.TemporaryDirectory(prefix="course-tests-", ignore_cleanup_errors=True)
    config.stash[FOLDER] = Path(folder.name)
    config.add_cleanup(folder.cleanup)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Durations(), "course-durations")
    if config.option.course_durations:
        config.pluginmanager.register(ProcessorSeconds(), "processor-seconds")


def _share_the_cores(n_workers: int) -> None:
    """TensorFlow's threads wait for each other by spinning: several workers take turns instead."""
    threads = str(max(1, cores() // n_workers))
    os.environ.setdefault("COURSE_THREADS", threads)
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, threads)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    """nbval starts a notebook's kernel when its first cell is set up: only then it is offline."""
    if item.path.suffix != ".ipynb":
        return (yield)
    _overlook_layers(item.parent)
    folder = item.config.stash[FOLDER] / item.path.stem
    with mock.patch.dict(os.environ):
        forget_settings(os.environ)
        os.environ.update(kernel_environment(folder) | CHECKED)
        return (yield)


def _overlook_layers(notebook: Any) -> None:
    """nbval compares no PNG and no JPEG; no SVG beside them either, nor halves of compared lines."""
    if MIME not in notebook.skip_compare:
        notebook.skip_compare = (*notebook.skip_compare, MIME)


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
        return _lesson_seconds(item.path.name[:2]) / 45  # cells
    return 20.0 if item.get_closest_marker("slow") else 0.3


@functools.cache
def _lesson_seconds(number: str) -> float:
    """What the lesson took when it was measured; a minute where it was not."""
    try:
        file = paths.DATA / "results" / f"{number}.json"
        return float(json.loads(file.read_text(encoding="utf-8"))["seconds"])
    except (OSError, ValueError, KeyError):
        return 60.0


def _leave_out_what_is_not_promised(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With another seed (COURSE_SEED) only cells tagged ``any-seed`` must hold.

    The others still run, since later cells need them, but they promise nothing for other seeds;
    notebooks without such a cell are left out.
    """
    if not int(os.environ.get("COURSE_SEED") or 0):
        return
    notebooks: list[Any] = [item for item in items if item.path.suffix == ".ipynb"]
    promising = {item.path for item in notebooks if _holds_for_any_seed(item)}
    config.hook.pytest_deselected(items=[i for i in notebooks if i.path not in promising])
    items[:] = [i for i in items if i.path.suffix != ".ipynb" or i.path in promising]
    item: Any  # of nbval, which has more than pytest's own
    for item in notebooks:
        item.options["check"] = False  # numbers that are printed may differ; assertions may not
        if not _holds_for_any_seed(item):
            item.add_marker(pytest.mark.xfail(reason="no claim for other seeds", strict=False))


def _holds_for_any_seed(item: Any) -> bool:
    return "any-seed" in item.cell.metadata.get("tags", [])


class Durations:
    """Adds up wall-clock and processor seconds by kind of test, and by notebook."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.processor: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup (a kernel's start, a server's) and teardown count as well."""
        for name in kinds_of(report.nodeid):
            self.wall[name] += report.duration
            self.processor[name] += getattr(report, "processor_seconds", 0.0)

    def pytest_terminal_summary(self, terminalreporter) -> None:
        """A table of kinds, another of notebooks, dearest first."""
        if not terminalreporter.config.option.course_durations:
            return
        terminalreporter.section("用时 · seconds: 处理器 processor, 总 wall")
        order = sorted(self.wall, key=lambda n: (n.endswith(".ipynb"), -self.processor[n]))
        for name in order:
            line = f"{self.processor[name]:8.1f} s {self.wall[name]:8.1f} s  {name}"
            terminalreporter.write_line(line)


def kinds_of(nodeid: str) -> list[str]:
    """The kind of a test, the folder that it lies in; a notebook is a line of its own as well."""
    file = nodeid.split("::")[0]
    if file.endswith(".ipynb"):
        return ["notebooks", file]
    return ["/".join(file.split("/")[:2])]


class ProcessorSeconds:
    """Gives each report the processor seconds since the last one: of this process and all below it.

    Browsers and servers that outlive their test count where they work, not where they end. Looking for
    them takes time itself: the seconds of short tests are told with the next one that takes longer.
    """

    SHORT = 0.3  # seconds

    def __init__(self) -> None:
        self.before = self.now()

    @staticmethod
    def now() -> float:
        total = 0.0
        this = psutil.Process()
        for each in (this, *this.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = each.cpu_times()
                total += times.user + times.system
                total += getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
        return total

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item):
        """The attribute travels with the report from a worker."""
        report = yield
        if report.duration > self.SHORT:
            now = self.now()
            report.processor_seconds, self.before = max(0.0, now - self.before), now
        return report
