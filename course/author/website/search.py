"""Search without an index: the text of all sections of one language as one script.

Looked through by substring (templates/site/search.js), so that it needs no server, works from the
disk, and finds a Chinese word wherever a segmenter would cut it.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from course.author.website.lesson import Block, LessonPage, plain_text
from course.notebooks.lessons import python_only, tags
from course_utils.learning import definitions

BOLD = re.compile(r"\*\*([^*]+)\*\*")
NAME = re.compile(r"[A-Za-z_]\w{3,}")


@dataclass
class Row:
    """A place that can be found: page and id, its heading, its text, terms that it introduces."""

    file: str
    id: str
    heading: str
    text: str = ""
    terms: tuple[str, ...] = ()


def of_lesson(page: LessonPage, language: str) -> list[Row]:
    """The sections of a lesson in one language (zh or en)."""
    file = f"{page.lesson.stem}.html"
    rows: list[Row] = []
    names = {heading.id: heading for heading in page.headings}
    for block in page.blocks:
        if block.is_heading:
            for name in block.ids:
                half = names[name].zh if language == "zh" else names[name].en
                rows.append(Row(file, name, plain_text(half)))
        elif rows:
            text, terms = _content(block, language)
            rows[-1].text += f" {text}" if text else ""
            rows[-1].terms += terms
    for row in rows:
        row.text = row.text.strip()
    return rows


def _content(block: Block, language: str) -> tuple[str, tuple[str, ...]]:
    if block.code is not None:
        return " ".join(_code(block.code.source, language)), ()
    for cell in block.cells:
        if f"lang-{language}" in tags(cell):
            return plain_text(cell.source), tuple(BOLD.findall(cell.source))
    return "", ()


def _code(source: str, language: str) -> Iterator[str]:
    """The course's own questions in a cell, and the names that its code uses."""
    side = 0 if language == "zh" else 1
    for name in re.findall(r'\bquiz\("(\d\d-q\d+)"', source):
        question = definitions.find_quiz(name)
        yield plain_text(question.question[side])
        yield plain_text(" ".join(question.lines(side)))
    for name in re.findall(r'\bcheck\("(\d\d-\d+)"', source):
        exercise = definitions.find_exercise(name)
        yield plain_text(exercise.title[side])
    for name in re.findall(r'\bpredict\("(\d\d-p\d+)"', source):
        yield plain_text(definitions.find_prediction(name).question[side])
    yield from _names(source)


@cache
def _names(source: str) -> tuple[str, ...]:
    """Names of what code takes from libraries, and of its options: what a reader may look for."""
    try:
        tree = ast.parse(python_only(source))
    except SyntaxError:
        return ()
    found = []
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.keyword) and node.arg:
            name = node.arg
        if NAME.fullmatch(name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def script(rows: Iterable[Row], titles: dict[str, str], language: str) -> str:
    """The rows as a script that hands them over; names of code that a section repeats are left out."""
    files = list(titles)
    packed = [
        [files.index(row.file), row.id, row.heading, row.text, "|".join(row.terms)] for row in rows
    ]
    data = {"pages": [[file, titles[file]] for file in files], "rows": packed}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'(window.courseSearch ??= {{}})["{language}"] = {text};\n'
