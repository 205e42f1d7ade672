"""The map of the course: every lesson with its minutes and the lessons that it builds on.

Read from the notebooks: the title from their first cell, minutes and prerequisites from their
metadata, which the header of lessons/NN_name.py gives: ``course: {minutes: 60, needs: ["01"]}``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils import paths
from course_utils.bilingual import spans
from course_utils.messages import CourseError

TITLE = re.compile(r"# (?P<number>\d\d) (?P<zh>.+?) · (?P<en>.+)")


@dataclass(frozen=True)
class Entry:
    """One lesson of the map; ``needs``: numbers of the lessons that it builds on, in order."""

    number: str
    stem: str
    zh: str
    en: str
    minutes: int
    needs: tuple[str, ...]


def read(folder: Path | None = None) -> list[Entry]:
    """The lessons that are built, in order. CourseError where one does not say what the map needs."""
    entries = [_entry(file) for file in paths.notebooks(folder)]
    have = {entry.number for entry in entries}
    # A class's copy may hold some of the lessons only.
    return [replace(e, needs=tuple(n for n in e.needs if n in have)) for e in entries]


def _entry(file: Path) -> Entry:
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        title = TITLE.match("".join(notebook["cells"][0]["source"]))
        about = notebook["metadata"]["course"]
        needs, minutes = tuple(map(str, about["needs"])), int(about["minutes"])
        if title is None or any(number >= title["number"] for number in needs):
            raise ValueError(file.name)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise _unsaid(file) from error
    return Entry(title["number"], file.stem, title["zh"], title["en"], minutes, needs)


def _unsaid(file: Path) -> CourseError:
    header = 'course: {minutes: 60, needs: ["01"]}'
    return CourseError(
        f"课程地图读不懂 {file.name}：第一个单元格是“# 01 中文标题 · English title”，lessons/{file.stem}.py "
        f"的头部写着 {header}（只写前面的课）。改好后运行 course build。",
        f"The map of the course cannot read {file.name}: its first cell is “# 01 中文标题 · English "
        f"title”, and the header of lessons/{file.stem}.py says {header} (earlier lessons only). "
        "Then run course build.",
    )


def arrows(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """(earlier, later) for every prerequisite that does not follow from the others."""
    needs = {entry.number: entry.needs for entry in entries}
    return [
        (first, entry.number)
        for entry in entries
        for first in entry.needs
        if not any(first in all_needed(needs, other) for other in entry.needs)
    ]


def all_needed(needs: dict[str, tuple[str, ...]], number: str) -> set[str]:
    """Everything that a lesson builds on, directly or not."""
    return set(needs[number]).union(*(all_needed(needs, other) for other in needs[number]))


def table(entries: Sequence[Entry], folder: str = "") -> str:
    """A Markdown table with links to ``folder``'s notebooks."""
    rows = (
        f"| [{entry.number}]({folder}{entry.stem}.ipynb) | {entry.zh} | {entry.en} "
        f"| {entry.minutes} | {', '.join(entry.needs) or '–'} |"
        for entry in entries
    )
    head = "| 课 lesson | 中文 | English | 分钟 minutes | 先学 builds on |"
    return "\n".join([head, "|---|---|---|--:|---|", *rows])


def switched_table(entries: Sequence[Entry]) -> str:
    """The table as lesson 00 shows it: the language switch shows one language of it."""
    rows = (
        f"| [{entry.number}]({entry.stem}.ipynb) | {spans(entry.zh, entry.en)} "
        f"| {entry.minutes} | {', '.join(entry.needs) or '–'} |"
        for entry in entries
    )
    heads = [("课", "lesson"), ("题目", "title"), ("分钟", "minutes"), ("先学", "builds on")]
    head = " | ".join(spans(*pair) for pair in heads)
    return "\n".join([f"| {head} |", "|---|---|--:|---|", *rows])


def short(title: str) -> str:
    """The title without what follows its colon, for places with little room."""
    return re.split(r"：|: ", title)[0]
