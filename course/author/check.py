"""``course check [NN…]``: what the two languages do not share, typography, terms, sections, lengths,
letters of formulas, corrections of the articles; how much there is to read.

What older lessons are known to owe (texts too long, figures too far apart) is told, too, and is no error.
The same checks as in the test run, in seconds and without running a cell.
"""

import argparse

from course.author import corrections, pairs
from course.author.checks import debts, languages, letters, parity, reading, story, structure
from course.author.checks.problems import report
from course.author.website import links
from course.notebooks.lessons import select
from course_utils.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course check``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="记下：这些课的中文和英文对照过了 · note that both languages of these lessons were compared",
    )


def run(args: argparse.Namespace) -> int:
    """Print how much there is to read, the findings, and what is owed; 1 where something is to be mended."""
    terms, found, owed, warnings = parity.course_terms(), [], [], []
    lessons = select(args.lessons)
    if args.confirm:
        n = pairs.confirm_lessons(lessons)
        for lesson in lessons:
            pairs.refresh(lesson)
        print(both(f"记下了：{n} 段对照过。", f"Noted: {n} pairs were compared."))
    for lesson in lessons:
        print(reading.line(lesson))
        warnings += [*reading.check_lesson(lesson), *pairs.check_lesson(lesson)]
        found += [*parity.check_lesson(lesson, terms), *structure.check_lesson(lesson)]
        found += links.in_lesson(lesson)
        for rules in (languages, story, letters):
            now, later = rules.check_lesson(lesson)
            found += now
            owed += later
    found += corrections.check(lessons)
    if warnings:
        print(both("提醒，不算错误：", "Warnings, no errors:"))
        print(report(warnings).strip())
    if owed:
        print(both(f"欠着的（{debts.TABLE.name}），以后还：", f"Known debts ({debts.TABLE.name}):"))
        print(report(owed).strip())
    print(report(found).strip() if found else "ok")
    return 1 if found else 0
