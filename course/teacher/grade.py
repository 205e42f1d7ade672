"""``course grade DIR``: run handed-in notebooks in a sandbox, tabulate which exercises pass.

Isolation protects the teacher's computer, and the result cannot be forged from outside the kernel.
Inside it a cell can imitate a check: runner.py says what remains possible. Whoever reads the
notebooks finds that, this program does not.
"""

import argparse
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path
from typing import get_args

from course.arguments import within
from course.notebooks.kernels import forget_settings
from course.teacher import guesses, report, sandbox
from course.teacher.hand_ins import BROKEN, UNREADABLE, HandIn, find, in_a_cell, label
from course.teacher.strip import student_definitions
from course.teacher.table import Mark, Table
from course_utils import paths
from course_utils.learning import definitions
from course_utils.messages import CourseError, both

INSIDE = Path("/tmp")
NUMBER = re.compile(r"(?<!\d)(\d\d)(?=_)")
EXERCISE = re.compile(r"\bcheck\(\s*\\?[\"'](\d\d)-\d+")
STATES = get_args(definitions.State)
EXCEEDED = {
    "time": ("超过时间限制", "took too long"),
    "memory": ("超过内存限制", "used too much memory"),
    "processes": ("进程太多", "started too many processes"),
    "output": ("输出太多", "printed too much"),
}
SHOWN = 5  # names of files that were not looked at


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course grade``."""
    usual = sandbox.Limits()
    parser.add_argument("folder", metavar="DIR", type=Path, help="收上来的笔记本 · the notebooks")
    parser.add_argument("--csv", type=Path, help="结果表 · the table (DIR/results.csv)")
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="不隔离，直接运行学生的代码 · run students' code without isolation",
    )
    parser.add_argument(
        "--seconds", type=within(float, 1, 86400), default=usual.seconds, help="每份 · for each"
    )
    parser.add_argument(
        "--memory", type=within(float, 0.25, 4096), default=usual.memory / 2**30, help="GiB"
    )
    parser.add_argument(
        "--disk", type=within(float, 0.001, 4096), default=usual.disk / 2**30, help="GiB"
    )


def run(args: argparse.Namespace) -> int:
    """Mark everything under the folder; the table is on disk after each notebook."""
    limits = sandbox.Limits(args.seconds, int(args.memory * 2**30), int(args.disk * 2**30))
    hand_ins, others = find(args.folder)
    if not args.no_sandbox and (reason := sandbox.why_not()):
        raise CourseError(
            f"学生的代码可能有害，所以要在沙箱里运行，但{reason[0]}。"
            "确实信任这些笔记本，就加上 --no-sandbox。",
            f"Students' code may do harm, so it runs in a sandbox, but {reason[1]}. "
            "If you trust these notebooks, add --no-sandbox.",
        )
    table = Table(args.csv or args.folder / "results.csv")
    marks: list[Mark] = []
    for number, hand_in in enumerate(hand_ins, 1):
        print(f"{number}/{len(hand_ins)} {hand_in.label}", flush=True)
        marks.append(mark(hand_in, limits, isolated=not args.no_sandbox))
        table.write(marks)
    print_marks(marks)
    tables = {table.target, table.spare}
    _tell_others([label(other, args.folder) for other in others if other not in tables])
    table.tell()
    return 0


def _tell_others(names: list[str]) -> None:
    if names:
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        zh = f"另有 {len(names)} 个不是作业的文件，没有看：{shown}"
        print(both(zh, f"Files that are no homework, not looked at ({len(names)}): {shown}"))


def mark(hand_in: HandIn, limits: sandbox.Limits, isolated: bool = True) -> Mark:
    """Run one notebook and read what its checks said; what cannot be run says why."""
    content, note = b"", hand_in.note
    if hand_in.markable:
        try:
            content = hand_in.content()
        except BROKEN as error:
            note = in_a_cell(f"{UNREADABLE} ({error})")
    wanted = expected(hand_in.name, content.decode("utf-8", "replace"))
    try:
        said, problem = _marked(content, limits, isolated) if content else ({}, "")
    except OSError as error:  # a full temporary folder must not cost the others their marks
        said, problem = {}, in_a_cell(f"没有运行 · was not run ({error})")
    verdicts = said.get("states", {})
    states = {n: verdicts[n] if verdicts.get(n) in STATES else "missing" for n in wanted}
    guessed = guesses.sound(said.get("guesses"), sorted({name[:2] for name in wanted}))
    if hand_in.markable and not content and not note:
        note = "空文件 · an empty file"
    return Mark(hand_in.label, states, "; ".join(filter(None, [note, problem])), guessed)


def _marked(content: bytes, limits: sandbox.Limits, isolated: bool) -> tuple[dict, str]:
    """What the runner reported of a notebook (states, guesses), and the problem there was."""
    key = secrets.token_bytes(32)
    with tempfile.TemporaryDirectory(prefix="course-grade-", ignore_cleanup_errors=True) as name:
        file = Path(name, "hand-in.ipynb")
        file.write_bytes(content)
        command, options = (_isolated if isolated else _open)(file, Path(name), limits)
        outcome = sandbox.run_limited(command, limits, given=key, **options)
    result = report.last(outcome.output, key)
    problems = [in_a_cell(result.get("problem", ""))]
    if outcome.exceeded:
        problems.insert(0, " · ".join(EXCEEDED[outcome.exceeded]))
    elif not result:
        problems = ["没有结果 · no result"]
    return result, "; ".join(filter(None, problems))


def expected(name: str, text: str) -> list[str]:
    """The exercises of the lesson: by the numbers in the file's name and by the checks in it.

    Names may begin with a student's own number ("11_03_gradient.ipynb"): one that the checks bear
    out goes before others.
    """
    used = list(dict.fromkeys(EXERCISE.findall(text)))
    named = [number for number in NUMBER.findall(name) if definitions.exercises(number)]
    chosen = [number for number in named if number in used] or named[-1:] or used
    return [name for number in sorted(set(chosen)) for name in definitions.exercises(number)]


def _runner(file: Path, limits: sandbox.Limits, cache: Path | None) -> list[str]:
    # -P: what a notebook writes into its folder is never imported by the runner
    command = [sys.executable, "-P", "-m", "course.teacher.runner", str(file)]
    return [*command, f"{limits.seconds / 3:g}", *([str(cache)] if cache else [])]


def _environment(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(paths.ROOT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COURSE_CACHE": str(home / "cache"),
        "COURSE_DATA": str(home / "progress"),
        "COURSE_OFFLINE": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def _isolated(file: Path, temporary: Path, limits: sandbox.Limits) -> tuple[list[str], dict]:
    """The command in the sandbox. It sees this notebook only, and exercises without solutions."""
    lessons = temporary / "lessons"
    lessons.mkdir()
    for definition in definitions.definition_files().values():
        (lessons / definition.name).write_text(student_definitions(definition), encoding="utf-8")
    folders = [*sandbox.python_folders(), *sandbox.course_folders()]
    inside = INSIDE / "hand-in.ipynb"
    binds = {f: f for f in folders} | {paths.ROOT / "lessons": lessons, inside: file.resolve()}
    cache = paths.cache_dir()
    shared = INSIDE / "course-cache" if cache.is_dir() else None
    binds |= {shared: cache} if shared else {}
    environment = _environment(INSIDE / "home")
    return sandbox.wrap(_runner(inside, limits, shared), binds, environment, limits), {}


def _open(file: Path, temporary: Path, limits: sandbox.Limits) -> tuple[list[str], dict]:
    """The command without isolation; only time, memory and the number of processes are watched."""
    environment = dict(os.environ)
    forget_settings(environment)
    environment |= {"COURSE_DATA": str(temporary / "progress"), "PYTHONPATH": str(paths.ROOT)}
    return _runner(file.resolve(), limits, None), {"cwd": temporary, "env": environment}


def print_marks(marks: list[Mark]) -> None:
    """Short form on the terminal."""
    for found in marks:
        print(f"{found.n_right}/{len(found.states)}  {found.label}  {found.problem}".rstrip())
