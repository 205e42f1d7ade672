"""Places in a lesson that data files name: a heading, or the tag of a code cell."""

import ast
from dataclasses import dataclass

from nbformat import NotebookNode

from course.notebooks.lessons import Lesson, python_only, read_source, tags

SECTION = "## "  # headings that begin a section; further ones may stand inside


@dataclass(frozen=True)
class Place:
    """A heading or a tagged cell: its code, and whether that asserts anything."""

    name: str
    code: tuple[str, ...]

    @property
    def asserts(self) -> bool:
        """Whether an assertion stands in the tagged cell, or in the heading's section."""
        return any(asserts(source) for source in self.code)


def asserts(code: str) -> bool:
    """Whether a cell's code has an assertion."""
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(python_only(code))))


def all_places(lesson: Lesson) -> dict[str, Place]:
    """Every heading and every tag of a single code cell, by name; a section's code is that below its heading."""
    cells = read_source(lesson).cells
    code: dict[str, list[str]] = {}
    section: list[str] = []  # the headings that are open
    tagged: dict[str, list[str]] = {}
    for cell in cells:
        if cell.cell_type == "code":
            for heading in section:
                code[heading].append(cell.source)
            for tag in tags(cell):
                tagged.setdefault(tag, []).append(cell.source)
        else:
            section = _headings(cell, section)
            for heading in section:
                code.setdefault(heading, [])
    once = {tag: sources for tag, sources in tagged.items() if len(sources) == 1}
    return {name: Place(name, tuple(sources)) for name, sources in (code | once).items()}


def _headings(cell: NotebookNode, open_: list[str]) -> list[str]:
    """The headings that hold after a text cell."""
    for line in cell.source.splitlines():
        if line.startswith(SECTION):
            open_ = [line.strip()]
        elif line.startswith(f"#{SECTION}"):
            open_ = [each for each in open_ if each.startswith(SECTION)] + [line.strip()]
    return open_
