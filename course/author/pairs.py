"""Texts in two languages, and which of them somebody has compared with their partner.

data/compared_pairs.txt has a line for each pair that was compared: the lesson and a hash of each
half. A pair of which only one half is in it has changed on one side since, and the other side is
marked (``course check``, the built notebook, the site) until somebody confirms it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from course.author.checks.problems import Problem
from course.notebooks.lessons import Lesson, read_notebook, read_source, tags, write_notebook
from course.notebooks.markdown import SEPARATOR
from course_utils import files, paths

FILE = paths.DATA / "compared_pairs.txt"
HEAD = "# 对照过的段落 · pairs that were compared: lesson, hash of the Chinese, hash of the English. Made by `course check --confirm`.\n"
# What a built notebook says above a text whose partner changed, by the language that changed.
MARKS = {
    "en": "> ⚠ 英文后来改过，这一段还没有人对照。",
    "zh": "> ⚠ The Chinese was changed since; nobody has compared this paragraph yet.",
}
Change = Literal["", "zh", "en", "new"]
Known = dict[str, set[tuple[str, str]]]  # lesson -> hashes of its pairs


@dataclass(frozen=True)
class Pair:
    """A text in both languages: a heading's line or two cells; ``cell`` counts from 1."""

    lesson: str
    cell: int
    kind: Literal["heading", "text"]
    zh: str
    en: str

    @property
    def hashes(self) -> tuple[str, str]:
        """What the pair is known by."""
        return digest(self.zh), digest(self.en)

    @property
    def id(self) -> str:
        """Its name in a translator's table, which changes with it: nothing goes into a text that changed."""
        return "-".join((self.lesson, *self.hashes))


def digest(text: str) -> str:
    """Ten letters of a hash; white space at the ends does not count."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:10]


def of_notebook(notebook: NotebookNode, lesson: str) -> Iterator[Pair]:
    """All pairs of a lesson, in order."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        if not tags(cell):
            for line in cell.source.splitlines():
                zh, separator, en = line.lstrip("# ").partition(SEPARATOR)
                if line.startswith("#") and separator:
                    yield Pair(lesson, i + 1, "heading", zh, en)
        elif "lang-zh" in tags(cell) and i + 1 < len(notebook.cells):
            after = notebook.cells[i + 1]
            if "lang-en" in tags(after):
                yield Pair(lesson, i + 1, "text", inner(cell.source), inner(after.source))


def inner(source: str) -> str:
    """A text cell without the <div> around it and without a mark."""
    lines = unmarked(source).strip().splitlines()
    if lines and lines[0].startswith("<div lang=") and lines[-1] == "</div>":
        lines = lines[1:-1]
    return "\n".join(lines).strip()


def known(file: Path = FILE) -> Known:
    """The pairs that were compared; none where there is no such file."""
    found: Known = {}
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            lesson, zh, en = line.split()
            found.setdefault(lesson, set()).add((zh, en))
    return found


def change(pair: Pair, compared: set[tuple[str, str]]) -> Change:
    """Which half changed since the pair was compared; "new" where neither half is known."""
    zh, en = pair.hashes
    if (zh, en) in compared:
        return ""
    has_zh, has_en = any(z == zh for z, _ in compared), any(e == en for _, e in compared)
    if has_zh == has_en:  # both moved to other partners, or both are new: somebody wrote both
        return "new"
    return "en" if has_zh else "zh"


def confirm(pairs: Iterable[Pair], lessons: Iterable[str] = (), file: Path = FILE) -> None:
    """Note that these pairs were compared; of the named lessons nothing else stays."""
    found = known(file)
    for lesson in lessons:
        found[lesson] = set()
    for pair in pairs:
        found.setdefault(pair.lesson, set()).add(pair.hashes)
    lines = (f"{n} {zh} {en}\n" for n in sorted(found) for zh, en in sorted(found[n]))
    files.write_atomically(file, HEAD + "".join(lines))


def confirm_lessons(lessons: Iterable[Lesson], file: Path = FILE) -> int:
    """Note that all texts of these lessons are compared; how many pairs they have."""
    lessons = list(lessons)
    found = [pair for one in lessons for pair in of_notebook(read_source(one), one.number)]
    confirm(found, [one.number for one in lessons], file)
    return len(found)


def unmarked(source: str) -> str:
    """A text without the line that says nobody has compared it."""
    for mark in MARKS.values():
        source = source.replace(f"{mark}\n\n", "")
    return source


def mark(notebook: NotebookNode, lesson: str, file: Path = FILE) -> NotebookNode:
    """The notebook itself, changed: a line above each text that waits to be compared, no other such line."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unmarked(cell.source)
    compared = known(file).get(lesson, set())
    for pair in of_notebook(notebook, lesson):
        changed = change(pair, compared)
        if pair.kind == "text" and changed in MARKS:
            cell = notebook.cells[pair.cell - (changed == "en")]
            head, line_end, text = cell.source.partition("\n")  # the <div> of its language
            cell.source = f"{head}\n\n{MARKS[changed]}{line_end}{text}"
    return notebook


def refresh(lesson: Lesson, file: Path = FILE) -> bool:
    """Bring the marks of the built notebook up to date without running it; whether any changed."""
    if not lesson.notebook.exists():
        return False
    notebook = read_notebook(lesson.notebook)
    before = [cell.source for cell in notebook.cells]
    mark(notebook, lesson.number, file)
    if changed := before != [cell.source for cell in notebook.cells]:
        write_notebook(notebook, lesson.notebook)
    return changed


def check_lesson(lesson: Lesson, file: Path = FILE) -> list[Problem]:
    """Texts whose partner changed and was not looked at again; how many pairs are not noted yet."""
    compared = known(file).get(lesson.number, set())
    name, found, n_new = f"lessons/{lesson.source.name}", [], 0
    for pair in of_notebook(read_source(lesson), lesson.number):
        changed = change(pair, compared)
        n_new += changed == "new"
        if changed in ("zh", "en"):
            what = ("中文", "Chinese") if changed == "zh" else ("英文", "English")
            other = ("英文", "English") if changed == "zh" else ("中文", "Chinese")
            zh = f"{what[0]}改过，{other[0]}还没有人对照；对照好了：course check {lesson.number} --confirm"
            en = f"the {what[1]} was changed, and nobody has compared the {other[1]}; once that is done: course check {lesson.number} --confirm"
            found.append(Problem("compared", name, pair.cell, zh, en))
    if n_new:
        zh = f"{n_new} 段还没有记成对照过的：course check {lesson.number} --confirm"
        en = f"{n_new} pairs are not noted as compared yet: course check {lesson.number} --confirm"
        found.append(Problem("compared", name, 0, zh, en))
    return found
