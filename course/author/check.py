"""``course check [NN…]``: what the two languages do not share, typography, terms, sections, lengths.

The same checks as in the test run, in seconds and without running a cell.
"""

import argparse

from course.author.checks import languages, parity, structure
from course.author.checks.problems import report
from course.notebooks.lessons import select


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course check``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 where there are any."""
    terms = parity.course_terms()
    found = [
        problem
        for lesson in select(args.lessons)
        for problem in [
            *parity.check_lesson(lesson, terms),
            *languages.check_lesson(lesson),
            *structure.check_lesson(lesson),
        ]
    ]
    print(report(found).strip() if found else "ok")
    return 1 if found else 0
