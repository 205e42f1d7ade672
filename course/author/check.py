"""``course check [NN…]``: what the two languages do not share, typography, terms, sections, lengths,
corrections of the articles.

What older lessons are known to owe (texts too long, figures too far apart) is told, too, and is no error.
The same checks as in the test run, in seconds and without running a cell.
"""

import argparse

from course.author import corrections
from course.author.checks import languages, parity, story, structure
from course.author.checks.problems import report
from course.notebooks.lessons import select
from course_utils.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course check``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")


def run(args: argparse.Namespace) -> int:
    """Print the findings, and what the lessons are known to owe; 1 where something is to be mended."""
    terms, found, owed = parity.course_terms(), [], []
    lessons = select(args.lessons)
    for lesson in lessons:
        now, later = story.check_lesson(lesson)
        found += [*parity.check_lesson(lesson, terms), *languages.check_lesson(lesson)]
        found += [*structure.check_lesson(lesson), *now]
        owed += later
    found += corrections.check(lessons)
    if owed:
        print(both(f"欠着的（{story.DEBTS.name}），以后还：", f"Known debts ({story.DEBTS.name}):"))
        print(report(owed).strip())
    print(report(found).strip() if found else "ok")
    return 1 if found else 0
