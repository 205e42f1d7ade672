"""docs/glossary.md: the course's terms and the variants that lessons must not use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course.notebooks.markdown import parser
from course_utils import paths
from course_utils.messages import CourseError

COLUMNS = ["中文", "English", "说明", "meaning", "避免", "avoid"]
# Someone else's words may be quoted, whatever they are called in the course.
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|\"[^\"]*\"")


@dataclass(frozen=True)
class Term:
    """One row."""

    zh: str
    en: str
    avoid_zh: tuple[str, ...]
    avoid_en: tuple[str, ...]


def load(path: Path = paths.ROOT / "docs" / "glossary.md") -> list[Term]:
    """The rows of the glossary's table. Raises CourseError for a row of another width."""
    terms = []
    for row in table_rows(path.read_text(encoding="utf-8")):
        if len(row) != len(COLUMNS):
            raise CourseError(
                f"docs/glossary.md：这一行应有 {len(COLUMNS)} 列：{row}",
                f"docs/glossary.md: this row needs {len(COLUMNS)} columns: {row}",
            )
        if row != COLUMNS:
            terms.append(Term(row[0], row[1], _split(row[4], "、"), _split(row[5], ",")))
    return terms


def table_rows(text: str) -> list[list[str]]:
    """The cells' text of every table row in a Markdown text."""
    rows: list[list[str]] = []
    in_cell = False
    for token in parser().parse(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open", "th_close", "td_close"):
            in_cell = token.type.endswith("open")
        elif in_cell and token.type == "inline":
            rows[-1].append(token.content.strip())
    return rows


def _split(cell: str, separator: str) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in cell.split(separator) if piece.strip())


def forbidden_zh(sentence: str, terms: list[Term]) -> Iterator[tuple[str, Term]]:
    """(variant, row) for each forbidden Chinese variant in the sentence.

    A variant inside a right term (模型 in 基础模型) or in quotation marks is none.
    """
    text = QUOTED.sub("□", sentence)
    for term in terms:
        for variant in term.avoid_zh:
            if variant in _masked(text, variant, [t.zh for t in terms]):
                yield variant, term


def forbidden_en(sentence: str, terms: list[Term]) -> Iterator[tuple[str, Term]]:
    """The same for English: whole words, in any case, singular or plural."""
    text = QUOTED.sub("□", sentence).lower()
    for term in terms:
        for variant in term.avoid_en:
            masked = _masked(text, variant.lower(), [t.en.lower() for t in terms])
            if re.search(rf"(?<![\w-]){re.escape(variant.lower())}s?(?![\w-])", masked):
                yield variant, term


def _masked(text: str, variant: str, right: list[str]) -> str:
    for term in sorted((t for t in right if variant in t and t != variant), key=len, reverse=True):
        text = text.replace(term, "□")
    return text
