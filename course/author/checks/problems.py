"""What the checks of lessons report: where something is wrong and what to change."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from course.notebooks.lessons import Lesson, select
from course_utils.messages import CourseError


@dataclass(frozen=True)
class Problem:
    """One finding. ``rule`` is its short name; ``cell`` counts from 1, 0 means the whole file."""

    rule: str
    file: str
    cell: int
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{where} [{self.rule}]: {self.en}\n    {self.zh}"


def report(problems: list[Problem]) -> str:
    """All findings, one below the other, for a failed assertion."""
    return "\n" + "\n".join(map(str, problems))


def print_findings(check: Callable[[Lesson], Iterable[Problem]], numbers: list[str]) -> int:
    """Print what ``check`` finds in the lessons with these numbers; 1 where there is anything."""
    try:
        found = [problem for lesson in select(numbers) for problem in check(lesson)]
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(report(found) if found else "ok")
    return 1 if found else 0
