"""Dead links: of lessons to other lessons and files, of a site's pages to pages and places in them."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from course.author.checks.problems import Problem
from course.notebooks.lessons import Lesson, all_lessons, read_source

OUTSIDE = ("http:", "https:", "mailto:", "data:", "javascript:")
# What the site's own builder writes: attributes in double quotes. Shown code may look like one.
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
ATTRIBUTE = re.compile(r'\s(id|href|src)="([^"]*)"')


# A lesson's link to another lesson, to a heading in it perhaps, or to a page of docs/.
LINK = re.compile(r"\]\((?P<to>(?:\d\d_\w+\.ipynb|\.\./[\w./-]+)(?:#[^)]*)?)\)")


def in_lesson(lesson: Lesson) -> list[Problem]:
    """Links of a lesson's texts to lessons and files of the course that are not there."""
    known = {f"{other.stem}.ipynb" for other in all_lessons(lesson.root)}
    found = []
    for number, cell in enumerate(read_source(lesson).cells, 1):
        if cell.cell_type != "markdown":
            continue
        for link in LINK.findall(cell.source):
            file = link.partition("#")[0]
            if file not in known and not (lesson.root / "notebooks" / file).exists():
                zh, en = f"链接 {link} 没有去处", f"the link {link} leads nowhere"
                found.append(Problem("links", f"lessons/{lesson.source.name}", number, zh, en))
    return found


def _read(file: Path) -> tuple[set[str], list[str]]:
    """The ids and the addresses of a page."""
    ids, links = set(), []
    text = "".join(TAG.findall(file.read_text(encoding="utf-8")))
    for name, value in ATTRIBUTE.findall(text):
        if name == "id":
            ids.add(value)
        else:
            links.append(html.unescape(value))
    return ids, links


def dead(folder: Path) -> Iterator[tuple[str, str]]:
    """(page, address) of each link that leads nowhere, or out of the site's folder."""
    root = folder.resolve()
    pages = {file: _read(file) for file in sorted(root.rglob("*.html"))}
    for file, (_, links) in pages.items():
        for link in dict.fromkeys(links):
            if link.startswith(OUTSIDE):
                continue
            path, _, place = link.partition("#")
            target = (file.parent / unquote(path)).resolve() if path else file
            there = target.is_file() and target.is_relative_to(root)
            if not there or (place and target in pages and unquote(place) not in pages[target][0]):
                yield file.relative_to(root).as_posix(), link
