"""One letter means one thing: formulas against the table of letters in docs/style.md.

``unknown letter``: a formula has a letter that the table does not list for this lesson. ``second
meaning``: a meaning of the table stands right beside another letter (``learning rate $\\alpha$`` where
the table has $\\eta$). Quotations and what is only looked up (corrections, references) are not looked
at: other people's letters are theirs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from course.author.checks import debts
from course.author.checks.problems import Problem
from course.notebooks.lessons import Lesson, read_source, tags
from course_utils import paths

STYLE = paths.ROOT / "docs" / "style.md"
HEADING = "## Letters"
EVERYWHERE = "all"
NOT_READ = ("References", "Corrections to the source articles")
RULES = ("unknown letter", "second meaning")
QUOTED = re.compile(r"<q>.*?</q>", re.DOTALL)
# Article S1 §4.2 has $…$: what follows an article's name is the article's.
OF_ARTICLES = re.compile(r"\bS[1-5]\b[^$\n]{0,60}(\$[^$\n]+\$)")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NAMES = re.compile(
    r"\\(?:text|mathrm|operatorname|mathtt|texttt)\s*\{[^{}]*\}"  # words in a formula
    r"|\\(?:begin|end)\{[^}]*\}|[A-Z]{2,}"
)
GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
    "ell",
]
LETTER = re.compile(rf"\\(?:{'|'.join(GREEK)})(?![A-Za-z])|(?<![\\A-Za-z])[A-Za-z](?![A-Za-z])")
COMMAND = re.compile(r"\\[A-Za-z]+")
# A formula that is one letter, perhaps with a hat, an index, a power.
ALONE = r"\$\s*(?:\\(?:hat|tilde|bar)\s*\{?)?(\\[A-Za-z]+|[A-Za-z])\}?(?:[_^](?:\{[^{}$]*\}|[^{}$ ]))*\s*\$"


@dataclass(frozen=True)
class Row:
    """Letters that mean one thing, in these lessons (or all)."""

    letters: tuple[str, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    lessons: tuple[str, ...]

    def counts_in(self, number: str) -> bool:
        """Whether the row is about this lesson."""
        return EVERYWHERE in self.lessons or number in self.lessons


@cache
def table(style: Path = STYLE) -> tuple[Row, ...]:
    """The rows below the heading; meanings are divided by commas."""
    _, _, text = style.read_text(encoding="utf-8").partition(HEADING)
    lines = text.partition("\n## ")[0].splitlines()
    cells = [[c.strip() for c in line.strip("| ").split(" | ")] for line in lines if "$" in line]
    return tuple(
        Row(tuple(letters_of(row[0])), _split(row[1]), _split(row[2]), _split(row[3]))
        for row in cells
        if len(row) == 4
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[,，、]", cell) if part.strip())


def letters_of(text: str) -> list[str]:
    """The letters of all formulas of a text, in order; names and operators are none."""
    return [letter for formula in formulas(text) for letter in letters_in(formula)]


def formulas(text: str) -> list[str]:
    """What stands between dollars, outside of code and quotations."""
    clean = OF_ARTICLES.sub(lambda m: m[0].replace(m[1], ""), QUOTED.sub("", CODE.sub("", text)))
    return [block or inline for block, inline in FORMULA.findall(clean)]


def letters_in(formula: str) -> list[str]:
    """The letters of one formula: ``\\mathcal L`` is L, ``\\mathrm{BCE}`` and ``\\log`` are none."""
    bare = NAMES.sub(" ", formula)
    kept = {f"\\{name}" for name in GREEK}
    spread = COMMAND.sub(lambda m: f" {m[0]} " if m[0] in kept else " ", bare)
    return LETTER.findall(" ".join(re.findall(r"\\[A-Za-z]+|[A-Za-z]|[^A-Za-z\\]", spread)))


def check(notebook: NotebookNode, number: str, file: str) -> list[Problem]:
    """The findings of one lesson: each unknown letter and each second meaning once."""
    rows = [row for row in table() if row.counts_in(number)]
    known = {letter for row in rows for letter in row.letters}
    found: dict[tuple[str, str], Problem] = {}
    for cell, language, text in _texts(notebook):
        for letter in letters_of(text):
            if letter not in known:
                found.setdefault(("unknown", letter), _unknown(letter, file, cell))
        for letter, words, row in second_meanings(text, language, rows):
            found.setdefault((row.en[0], letter), _second(letter, words, row, file, cell))
    return list(found.values())


def _texts(notebook: NotebookNode) -> Iterator[tuple[int, str, str]]:
    """(number, language, text) of the cells that are read."""
    heading = ""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            continue
        heading = cell.source if cell.source.startswith("#") else heading
        language = "zh" if "lang-zh" in tags(cell) else "en"
        if not any(name in heading for name in NOT_READ):
            yield number, language, cell.source


def second_meanings(
    text: str, language: str, rows: Sequence[Row]
) -> Iterator[tuple[str, str, Row]]:
    """(letter, the meaning that it is given, the row that has another letter for that)."""
    clean = QUOTED.sub("", CODE.sub("", text))
    for row in rows:
        for words in row.zh if language == "zh" else row.en:
            for found in _beside(words, language).finditer(clean):
                letter = found[1] or found[2]
                meant = any(letter in r.letters and words in r.zh + r.en for r in rows)
                if not meant and letters_in(letter) == [letter]:
                    yield letter, words, row


@cache
def _beside(words: str, language: str) -> re.Pattern[str]:
    """``learning rate $x$``, ``$x$ is the learning rate``; 学习率 $x$, $x$ 是学习率."""
    if language == "zh":
        ends = r"(?=[，。；、：（）]|$)"
        return re.compile(
            rf"(?<![\u4e00-\u9fff]){words} ?{ALONE}|{ALONE} ?(?:是|为|表示)\s?{words}{ends}"
        )
    verb = r"(?:is|be|for|stands for|denotes)"
    ends = r"(?=[,.;:)]|$)"
    return re.compile(
        rf"(?:\b(?:the|a|an|with) |^){words} {ALONE}|{ALONE} (?:{verb} )?(?:the|a|an) {words}{ends}",
        re.MULTILINE,
    )


def _unknown(letter: str, file: str, cell: int) -> Problem:
    zh = f"字母表（docs/style.md）里这一课没有 ${letter}$：用表里的字母，或加一行"
    en = f"the table of letters in docs/style.md has no ${letter}$ for this lesson: use the table's, or add a row"
    return Problem("unknown letter", file, cell, zh, en)


def _second(letter: str, words: str, row: Row, file: str, cell: int) -> Problem:
    own = f"${row.letters[0]}$"
    zh = f"这里“{words}”写成 ${letter}$，整个课程里它是 {own}"
    en = f"“{words}” is ${letter}$ here, and {own} throughout the course"
    return Problem("second meaning", file, cell, zh, en)


def check_lesson(lesson: Lesson) -> debts.Settled:
    """(letters to be mended now, those that the lesson is known to owe)."""
    file = f"lessons/{lesson.source.name}"
    found = check(read_source(lesson), lesson.number, file)
    return debts.settle(found, debts.of(lesson.number), file, RULES, exact=False)
