"""How much there is to read in a lesson, against the minutes that its header promises.

Minutes cover reading the texts and the code, running it, guessing, and doing exercises and quizzes. A
reader of English takes in about 150 words a minute here (formulas want thought), of Chinese 250
characters, of code 10 lines; an exercise takes 5 minutes and a quiz 1½. These are assumptions, and
what comes out is no more than a measure: the band around it is wide.
"""

from typing import NamedTuple

from nbformat import NotebookNode

from course.author.checks import story
from course.author.checks.problems import Problem
from course.author.checks.structure import code_lines
from course.notebooks.lessons import Lesson, read_source, tags

WORDS_A_MINUTE, HAN_A_MINUTE, LINES_A_MINUTE = 150, 250, 10
EXERCISE, QUIZ = 5, 1.5  # minutes
BAND = (0.6, 1.4)  # of the promised minutes


class Amount(NamedTuple):
    """What a lesson has: English words, Chinese characters, lines of code that are not folded, tasks."""

    words: int
    han: int
    lines: int
    exercises: int
    quizzes: int
    promised: int

    @property
    def minutes(self) -> tuple[float, float]:
        """Minutes that it takes, read in Chinese and in English."""
        rest = self.lines / LINES_A_MINUTE + self.exercises * EXERCISE + self.quizzes * QUIZ
        return self.han / HAN_A_MINUTE + rest, self.words / WORDS_A_MINUTE + rest


def measure(notebook: NotebookNode) -> Amount:
    """Count the cells that are read from the first word to the last."""
    words = han = lines = exercises = quizzes = 0
    heading = ""
    for cell in notebook.cells:
        if cell.source.startswith("#") and cell.cell_type == "markdown":
            heading = cell.source
        if any(name in heading for name in story.NOT_READ):
            continue
        if cell.cell_type == "code":
            exercises += "check(" in cell.source
            quizzes += "quiz(" in cell.source and "quiz" in tags(cell)
            lines += 0 if tags(cell) & {"setup", "quiz"} else code_lines(cell.source)
        elif "lang-en" in tags(cell):
            words += story.words(cell.source)
        elif "lang-zh" in tags(cell):
            han += story.han(cell.source)
    promised = int(notebook.metadata.get("course", {}).get("minutes", 0))
    return Amount(words, han, lines, exercises, quizzes, promised)


def line(lesson: Lesson) -> str:
    """One line about one lesson."""
    amount = measure(read_source(lesson))
    zh, en = amount.minutes
    return (
        f"{lesson.number}  {amount.han} 字 · {amount.words} words  {amount.lines} 行代码 · lines of code"
        f"  约 about {zh:.0f}/{en:.0f} min  ({amount.promised} min)"
    )


def check(amount: Amount, file: str) -> list[Problem]:
    """A warning where what there is to read does not fit the promised minutes."""
    share = max(amount.minutes) / max(amount.promised, 1)
    if BAND[0] <= share <= BAND[1]:
        return []
    zh = f"读完大约要 {max(amount.minutes):.0f} 分钟，头部写的是 {amount.promised}：删一些、分开，或改头部"
    en = f"reading it takes about {max(amount.minutes):.0f} minutes, and the header says {amount.promised}: cut, split, or change the header"
    return [Problem("reading time", file, 0, zh, en)]


def check_lesson(lesson: Lesson) -> list[Problem]:
    """The warning of one lesson, if any."""
    return check(measure(read_source(lesson)), f"lessons/{lesson.source.name}")
