"""``course test``: all checks, or those of some lessons; plain ``pytest`` runs the same checks."""

import argparse
import os
import subprocess
import sys

from course.arguments import within
from course.notebooks.fingerprint import named_assets
from course.notebooks.kernels import forget_settings
from course.notebooks.lessons import Lesson, select
from course.notebooks.needs import fetch_for
from course_utils import paths
from course_utils.messages import CourseError, both

# The tests that go over the lessons; they read COURSE_TEST_LESSONS.
LESSON_TESTS = ("tests/notebooks", "tests/learning")
# What an author wants before a commit: style, stale notebooks, and the tests that take no network,
# no browser and no long computation; cells are not executed. Set-up, networks, commands and hand-ins
# start programs: who changes those runs their folders.
STYLE = (("ruff", "format", "--check", "."), ("ruff", "check", "."))
QUICK_FOLDERS = (
    "architecture", "author", "bilingual", "detectors", "evaluation", "explorables", "figures",
    "learning", "messages", "notebooks", "photos", "waiting", "widgets",
)  # fmt: skip
QUICK = (
    "-m", "not slow and not browser and not index", *(f"tests/{name}" for name in QUICK_FOLDERS),
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course test``; what stands after ``--`` goes to pytest."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--repeat", type=within(int, 1, 1000), default=1, help="连续运行几次 · runs in a row"
    )
    parser.add_argument(
        "--threads", type=within(int, 1, 1024), help="内核的 CPU 线程数 · CPU threads of kernels"
    )
    parser.add_argument(
        "--seed",
        type=within(int, 0, 2**32 - 1),
        help="另一个随机种子 · another seed for the lessons",
    )
    parser.add_argument("--durations", action="store_true", help="各类用时 · time by kind of test")
    parser.add_argument("--quick", action="store_true", help="提交之前，两分钟 · before a commit")
    parser.add_argument("--pytest", default="", help="pytest 的参数 · arguments for pytest")


def run(args: argparse.Namespace) -> int:
    """Fetch what is missing, then run pytest ``--repeat`` times; stops at the first red run."""
    lessons = select(args.lessons)
    if args.quick and (code := check_style()):
        return code
    fetch_everything(lessons, with_tests=not args.lessons)
    command = pytest_command(args, lessons)
    for number in range(1, args.repeat + 1):
        if args.repeat > 1:
            print(
                both(f"第 {number}/{args.repeat} 次", f"run {number} of {args.repeat}"), flush=True
            )
        if code := subprocess.call(command, cwd=paths.ROOT, env=environment(args)):
            return code
    return 0


def check_style() -> int:
    """ruff's answer on formatting and rules, the first that is not 0."""
    for words in STYLE:
        if code := subprocess.call([sys.executable, "-m", *words], cwd=paths.ROOT):
            return code
    return 0


def fetch_everything(lessons: list[Lesson], with_tests: bool) -> None:
    """The assets of the lessons and, ``with_tests``, those that the tests name."""
    fetch_for(lessons)
    if with_tests and os.environ.get("COURSE_OFFLINE") != "1":
        from course_utils import assets

        for name in named_assets((paths.ROOT / "tests").rglob("*.py")):
            try:
                assets.fetch(name)
            except CourseError as error:  # its tests are skipped, with the reason
                print(error, file=sys.stderr)


def pytest_command(args: argparse.Namespace, lessons: list[Lesson]) -> list[str]:
    """The pytest call; without lesson numbers it is plain ``pytest``."""
    command = [sys.executable, "-m", "pytest", *args.pytest.split()]
    if args.durations:
        command.append("--course-durations")
    if args.quick:
        command += QUICK[:2] if args.lessons else QUICK
    if args.lessons:
        command += [str(lesson.notebook) for lesson in lessons]
        command += [folder for folder in LESSON_TESTS if (paths.ROOT / folder).exists()]
    return command


def environment(args: argparse.Namespace) -> dict[str, str]:
    """Threads, seed and the chosen lessons reach the kernels and the tests as variables."""
    chosen = {
        "COURSE_THREADS": args.threads,
        "COURSE_SEED": args.seed,
        "COURSE_TEST_LESSONS": ",".join(args.lessons) or None,
    }
    found = {**os.environ, **{k: str(v) for k, v in chosen.items() if v is not None}}
    forget_settings(found)
    return found
