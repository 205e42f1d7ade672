"""``course collect DIR``: run handed-in notebooks in a sandbox, tabulate which exercises pass.

Isolation protects the teacher's computer. It is no proof against somebody who forges the output of
a check: whoever reads the notebooks finds that, this program does not.
"""

import argparse
import csv
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from course.arguments import within
from course.teacher import sandbox
from course.teacher.strip import student_definitions
from course_utils import paths
from course_utils.learning import definitions
from course_utils.messages import CourseError, both

INSIDE = Path("/tmp")
EXERCISE = re.compile(r"\bcheck\(\s*\\?[\"'](\d\d-\d+)")
STATES = get_args(definitions.State)
EXCEEDED = {
    "time": ("超过时间限制", "took too long"),
    "memory": ("超过内存限制", "used too much memory"),
    "processes": ("进程太多", "started too many processes"),
    "output": ("输出太多", "printed too much"),
}


@dataclass(frozen=True)
class HandIn:
    """One notebook's result: exercise -> right, not yet, not attempted, missing."""

    file: str
    states: dict[str, str]
    problem: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course collect``."""
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
    """Mark every notebook under the folder and write the table."""
    files = notebooks(args.folder)
    if not args.no_sandbox and (reason := sandbox.why_not()):
        raise CourseError(
            f"学生的代码可能有害，所以要在沙箱里运行，但{reason[0]}。"
            "确实信任这些笔记本，就加上 --no-sandbox。",
            f"Students' code may do harm, so it runs in a sandbox, but {reason[1]}. "
            "If you trust these notebooks, add --no-sandbox.",
        )
    limits = sandbox.Limits(args.seconds, int(args.memory * 2**30), int(args.disk * 2**30))
    results = []
    for number, file in enumerate(files, 1):
        print(f"{number}/{len(files)} {file.relative_to(args.folder)}", flush=True)
        results.append(mark(file, args.folder, limits, isolated=not args.no_sandbox))
    target = args.csv or args.folder / "results.csv"
    write_table(target, results)
    print_table(results)
    print(both(f"结果表：{target}", f"Table: {target}"))
    return 0


def notebooks(folder: Path) -> list[Path]:
    """Handed-in notebooks, sorted; CourseError where there are none."""
    found = sorted(
        p for p in folder.rglob("*.ipynb")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)
    )  # fmt: skip
    if not found:
        raise CourseError(
            f"{folder} 里没有 .ipynb 笔记本。每个学生一个文件夹，或全部放在一起。",
            f"There is no .ipynb notebook in {folder}. One folder for each student, or all together.",
        )
    return found


def mark(file: Path, folder: Path, limits: sandbox.Limits, isolated: bool = True) -> HandIn:
    """Run one notebook and read what its checks said."""
    wanted = expected(file)
    with tempfile.TemporaryDirectory(prefix="course-collect-") as temporary:
        command, options = (_isolated if isolated else _open)(file, Path(temporary), limits)
        outcome = sandbox.run_limited(command, limits, **options)
    result = _last_line(outcome.output)
    problem = str(result.get("problem", ""))
    if outcome.exceeded:
        problem = " · ".join(EXCEEDED[outcome.exceeded])
    elif not result:
        problem = "没有结果 · no result"
    said = result.get("states", {})
    states = {name: said[name] if said.get(name) in STATES else "missing" for name in wanted}
    return HandIn(file.relative_to(folder).as_posix(), states, problem)


def expected(file: Path) -> list[str]:
    """The exercises of the lesson: by the number in the file's name, else by the checks in it."""
    match = re.search(r"(?<!\d)(\d\d)_", file.name)
    if match and (known := definitions.exercises(match[1])):
        return list(known)
    used = EXERCISE.findall(file.read_text(encoding="utf-8", errors="replace"))
    return [
        name for number in sorted({n[:2] for n in used}) for name in definitions.exercises(number)
    ]


def _runner(file: Path, limits: sandbox.Limits, cache: Path | None) -> list[str]:
    command = [sys.executable, "-m", "course.teacher.runner", str(file)]
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
    own = {"COURSE_DATA": str(temporary / "progress"), "PYTHONPATH": str(paths.ROOT)}
    command = _runner(file.resolve(), limits, None)
    return command, {"cwd": temporary, "env": os.environ | own}


def _last_line(output: str) -> dict:
    lines = output.strip().splitlines()
    try:
        result = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}


def write_table(target: Path, results: list[HandIn]) -> None:
    """A line for each notebook, a column for each exercise; a BOM lets Excel read the Chinese."""
    names = sorted({name for result in results for name in result.states})
    with open(target, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["notebook", *names, "right", "of", "problem"])
        for result in results:
            n_right = sum(state == "right" for state in result.states.values())
            cells = [result.states.get(name, "") for name in names]
            label, problem = _no_formula(result.file), _no_formula(result.problem)
            writer.writerow([label, *cells, n_right, len(result.states), problem])


def _no_formula(text: str) -> str:
    """Names and errors are the student's: no spreadsheet shall take them for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def print_table(results: list[HandIn]) -> None:
    """Short form on the terminal."""
    for result in results:
        n_right = sum(state == "right" for state in result.states.values())
        print(f"{n_right}/{len(result.states)}  {result.file}  {result.problem}".rstrip())
