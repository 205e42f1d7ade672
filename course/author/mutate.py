"""``course mutate NN``: plants faults in a lesson's teaching code, one at a time, and says which are caught.

A fault that no assertion sees is a sentence of the lesson that nothing checks, or a step that does not
matter. On demand: each fault is a run of the whole lesson. An interrupted run goes on.
"""

import argparse

from course.arguments import within
from course.author.claims import Kept
from course.author.faults import choosing, running
from course.author.faults.choosing import Fault
from course.author.faults.running import Sound, Verdict
from course.notebooks.fingerprint import fingerprint
from course.notebooks.lessons import Lesson, read_source, select
from course.notebooks.needs import fetch_for
from course_utils import paths
from course_utils.messages import CourseError, both

GOAL = 0.8  # of the faults, caught
HOW = {
    "assertion": ("断言发现", "caught by an assertion"),
    "error": ("出错", "caught by an error"),
    "time": ("超时", "caught: it does not end"),
    "text": ("断言没有发现，只有打印的文字不同", "no assertion sees it; only what is printed differs"),
    "survived": ("没有发现", "survived"),
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course mutate``."""
    parser.add_argument("lessons", nargs="+", metavar="NN", help="课的编号 · lesson numbers")
    faults = "每课几处错误 · faults in a lesson (12)"
    parser.add_argument("--mutants", type=within(int, 1, 1000), default=12, help=faults)
    seed = "选择的种子 · seed of the choice (0)"
    parser.add_argument("--seed", type=within(int, 0, 2**32 - 1), default=0, help=seed)
    limit = "每处错误至多多少秒 · seconds for a fault, at most (4 × lesson)"
    parser.add_argument("--timeout", type=within(float, 1, 24 * 3600), help=limit)


def run(args: argparse.Namespace) -> int:
    """One report after the other; 1 where a lesson's assertions catch less than the goal."""
    lessons = select(args.lessons)
    fetch_for(lessons)
    shares = [mutate(lesson, args.mutants, args.seed, args.timeout) for lesson in lessons]
    return 0 if min(shares) >= GOAL else 1


def mutate(lesson: Lesson, number: int, seed: int, timeout: float | None = None) -> float:
    """Plant ``number`` faults, print what became of each; the share that was caught."""
    notebook, folder = read_source(lesson), lesson.notebook.parent
    faults = choosing.choose(notebook, number, f"{lesson.number} {seed}")
    if not faults:
        raise CourseError(
            "这一课没有可以改错的代码。", "This lesson has no code to plant a fault in."
        )
    kept = Kept(paths.cache_dir() / "mutants" / f"{lesson.number}-{fingerprint(lesson)[:16]}.json")
    found = kept("sound", lambda: list(running.sound(notebook, folder)))
    healthy = Sound(*found)
    verdicts = []
    for i, fault in enumerate(faults, 1):

        def compute(fault: Fault = fault) -> list:
            limit = timeout or healthy.limit
            return list(running.judge(notebook, fault, folder, healthy, limit))

        verdicts.append(Verdict(*kept(fault.name, compute)))
        print(told(lesson, i, fault, verdicts[-1]), flush=True)
    kept.path.unlink(missing_ok=True)
    print(summary(lesson, verdicts), flush=True)
    return sum(verdict.caught for verdict in verdicts) / len(verdicts)


def told(lesson: Lesson, number: int, fault: Fault, verdict: Verdict) -> str:
    """A fault and what became of it: cell, line, what was changed, and who saw it."""
    line = fault.source.splitlines()[fault.line - 1].strip()
    change = f"{fault.before} → {fault.after}   ({line})"
    place = f"{verdict.cell}:{verdict.line} {verdict.text}".strip() if verdict.cell else ""
    zh, en = HOW[verdict.how]
    mark = "✓" if verdict.caught else "✗"
    return both(
        f"{mark} {lesson.number} #{number} 单元格 {fault.cell + 1} 第 {fault.line} 行：{change}",
        f"  cell {fault.cell + 1}, line {fault.line} [{fault.kind}]   {zh} · {en}   {place}".rstrip(),
    )


def summary(lesson: Lesson, verdicts: list[Verdict]) -> str:
    """How many were caught, and by what."""
    n, caught = len(verdicts), sum(verdict.caught for verdict in verdicts)
    by = {how: sum(verdict.how == how for verdict in verdicts) for how in HOW}
    zh = "，".join(f"{HOW[how][0]} {count}" for how, count in by.items() if count)
    en = ", ".join(f"{HOW[how][1]} {count}" for how, count in by.items() if count)
    return both(
        f"{lesson.number}：{n} 处错误发现了 {caught} 处（{caught / n:.0%}，目标 {GOAL:.0%}）：{zh}",
        f"{lesson.number}: {caught} of {n} faults caught ({caught / n:.0%}, goal {GOAL:.0%}): {en}",
    )
