"""``course corrections``: the tables of corrections at the lessons' ends, made from data/corrections.toml.

The file has one row for each mistake of an article, with its words. ``--check`` only says which tables
are not what they would be. What is asked of a row: docs/authoring.md, "Corrections".
"""

import argparse
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from course.author.checks.problems import Problem
from course.author.places import asserts
from course.notebooks.lessons import Lesson, read_source, select, tags
from course_utils import files, paths
from course_utils.messages import CourseError, both

FILE = paths.DATA / "corrections.toml"
NAME = "data/corrections.toml"
ARTICLES = ("S1", "S2", "S3", "S4", "S5")
LESSONS = tuple(f"{number:02}" for number in range(18))
SEVERITIES = ("H", "M", "L")
FORMS = ("text", "code", "formula")
FLAGS = ("pending", "cited")
TAG = "shows-"  # the tag of the cell that shows a correction
HEADING = "## 对原文章的更正 · Corrections to the source articles"
HEADS = {"zh": ("文章", "正确的说法", "原文"), "en": ("article", "what is right", "it says")}
OMITTED = "…"  # between pieces of a quotation that are apart in the article
# Headings; one article sets some of them in bold: "**8.5.5 Model Compression**".
NUMBERED = re.compile(r"^(?:#+\s*|\*\*)(?P<number>\d+(?:\.\d+)*)", re.MULTILINE)
REFERENCE = re.compile(r"^\| (\w+) \| (.+) \|$", re.MULTILINE)
MARKUP = re.compile(r"[*“”]")  # a title is in italics or, with a word to avoid, in quotation marks
REMARK = re.compile(r" \([^()]*\)$")  # what an entry's last brackets say is said in each language


@dataclass(frozen=True)
class Correction:
    """One row: an article's words, what is right instead, and the cell that shows it.

    ``quote_en`` are the article's own English words; ``translation`` is ours where it has none. What no
    run can show (a year, an author, a name) is ``cited``: its lesson prints the entry of ``reference``.
    """

    id: str
    articles: tuple[str, ...]
    sections: tuple[str, ...]
    lesson: str
    severity: str
    quote: str
    right_zh: str
    right_en: str
    quote_en: str = ""
    translation: str = ""
    form: str = "text"
    cell: str = ""
    pending: bool = False
    cited: bool = False
    reference: str = ""

    def places(self, language: str) -> str:
        """``S1 §4.2, S3 §4.2``."""
        pairs = zip(self.articles, self.sections, strict=True)
        return ("、" if language == "zh" else ", ").join(f"{a} §{s}" for a, s in pairs)

    def quotation(self, language: str) -> str:
        """The article's words as Markdown; ``<q>`` keeps the checks from reading them as ours."""
        if self.form == "formula":
            return f"${' '.join(self.quote.split())}$"
        if self.form == "code":
            pieces = [" ".join(piece.split()) for piece in self.quote.split(OMITTED)]
            return f" {OMITTED} ".join(f"`{piece}`" for piece in pieces)
        if language == "en":
            return f"<q>{self.quote_en or f'{self.quote} [{self.translation}]'}</q>"
        return f"<q>{self.quote}</q>"

    def row(self, language: str) -> str:
        """The row of the table."""
        right = self.right_zh if language == "zh" else self.right_en
        return f"| {self.places(language)} | {right} | {self.quotation(language)} |"


def read(file: Path = FILE) -> list[Correction]:
    """All rows. Raises CourseError where the file cannot be read or a row is not as it should be."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("correction", [])
    except FileNotFoundError:
        raise CourseError(f"缺少 {NAME}。", f"{NAME} is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(
            f"{NAME} 不是有效的 TOML（{error}）。", f"{NAME} is not valid TOML ({error})."
        ) from error
    rows = [_row(table, place) for place, table in enumerate(tables, 1)]
    ids = [row.id for row in rows]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise _wrong(twice[0], "id 用了两次", "its id is used twice")
    return rows


def _row(table: dict, place: int) -> Correction:
    """One table of the file as a row; ``article`` and ``section`` may be given once or as lists."""
    name = str(table.get("id", f"no. {place}"))
    values = dict(table)
    for one, many in (("article", "articles"), ("section", "sections")):
        single = values.pop(one, None)
        values[many] = tuple(values.get(many, [] if single is None else [single]))
    known = {each.name: each for each in fields(Correction)}
    if unknown := sorted(set(values) - set(known)):
        raise _wrong(name, f"没有 {unknown[0]} 这一项", f"there is no field {unknown[0]}")
    for key in (
        "id",
        "articles",
        "sections",
        "lesson",
        "severity",
        "quote",
        "right_zh",
        "right_en",
    ):
        if not values.get(key):
            raise _wrong(name, f"缺少 {key}", f"it has no {key}")
    for key, value in values.items():
        kind = tuple if key in ("articles", "sections") else bool if key in FLAGS else str
        words = value if isinstance(value, tuple) else [value]
        if not isinstance(value, kind) or (
            kind is tuple and not all(isinstance(w, str) for w in words)
        ):
            raise _wrong(name, f"{key} 的类型不对", f"{key} is of the wrong type")
        if kind is not bool and any("\n" in word.strip() or "|" in word for word in words):
            raise _wrong(
                name,
                f"{key} 里有换行或竖线，放不进表格",
                f"{key} has a line break or a bar, which no table takes",
            )
    row = Correction(**values)
    _check_values(row)
    return row


def _check_values(row: Correction) -> None:
    for key, found, allowed in (
        ("article", row.articles, ARTICLES),
        ("lesson", [row.lesson], LESSONS),
        ("severity", [row.severity], SEVERITIES),
        ("form", [row.form], FORMS),
    ):
        if wrong := [value for value in found if value not in allowed]:
            listed = ", ".join(allowed)
            raise _wrong(
                row.id,
                f"{key} 是 {wrong[0]}，只能是：{listed}",
                f"{key} is {wrong[0]}; choose among: {listed}",
            )
    if len(row.articles) != len(row.sections):
        raise _wrong(row.id, "每篇文章要有一个 section", "each article needs its section")
    if bool(row.cell) + row.pending + row.cited != 1:
        zh = "要么写 cell，要么写 cited = true，要么写 pending = true"
        en = "it needs either a cell or cited = true or pending = true"
        raise _wrong(row.id, zh, en)
    if row.cited and not row.reference:
        raise _wrong(row.id, "写了 cited 就要写 reference", "cited = true needs a reference")
    if row.cell and not row.cell.startswith(TAG):
        raise _wrong(row.id, f"cell 以 {TAG} 开头", f"cell begins with {TAG}")
    if row.form == "text" and bool(row.quote_en) == bool(row.translation):
        zh = "要么写 quote_en（文章自己的英文），要么写 translation（我们的译文）"
        en = "it needs either quote_en, the article's own English, or translation, ours"
        raise _wrong(row.id, zh, en)


def _wrong(name: str, zh: str, en: str) -> CourseError:
    return CourseError(f"{NAME}，{name}：{zh}。", f"{NAME}, {name}: {en}.")


def table(rows: list[Correction], language: str) -> list[str]:
    """The lines of a lesson's table."""
    return [
        f"| {' | '.join(HEADS[language])} |",
        "|---|---|---|",
        *(row.row(language) for row in rows),
    ]


def with_tables(source: str, rows: list[Correction], name: str) -> str:
    """The lesson's source with its tables made anew; what else stands in the section stays.

    Raises CourseError where the section or one of its tables is missing.
    """
    begin = source.find(f"# {HEADING}\n")
    end = source.find("\n# ## ", begin + len(HEADING))
    section = source[begin:end]
    for language, head in HEADS.items():
        old = re.compile(rf"^# \| {re.escape(head[0])} \|.*\n(?:# \|.*\n)+", re.MULTILINE)
        new = "".join(f"# {line}\n" for line in table(rows, language))
        section, n = old.subn(lambda _, new=new: new, section)  # type: ignore[misc]
        if not rows and not n:  # a lesson without corrections says so in a sentence
            continue
        if begin < 0 or n != 1:
            raise CourseError(
                f"{name}：“{HEADING}”下面要有一张中文表和一张英文表，表头是 | {head[0]} |…",
                f"{name}: “{HEADING}” needs one table in each language, headed | {head[0]} | …",
            )
    return source[:begin] + section + source[end:]


def stale(lesson: Lesson, rows: list[Correction]) -> bool:
    """Whether the lesson's tables are not those of the file."""
    source = lesson.source.read_text(encoding="utf-8")
    return source != with_tables(source, of_lesson(rows, lesson.number), lesson.source.name)


def of_lesson(rows: list[Correction], number: str) -> list[Correction]:
    """The lesson's rows, in the order of the file."""
    return [row for row in rows if row.lesson == number]


def articles_folder() -> Path | None:
    """Where the articles are: COURSE_ARTICLES, else beside the course; None where they are not."""
    default = paths.ROOT.parent / "shared" / "articles"
    folder = Path(os.environ.get("COURSE_ARTICLES") or default)
    return folder if folder.is_dir() else None


def section_of(article: str, number: str) -> str:
    """The text of all sections with that number and of those within them."""
    marks = [*NUMBERED.finditer(article)]
    ends = [*(mark.start() for mark in marks[1:]), len(article)]
    return "\n".join(
        article[mark.start() : end]
        for mark, end in zip(marks, ends, strict=True)
        if f"{mark['number']}.".startswith(f"{number}.")
    )


def is_in(quote: str, text: str) -> bool:
    """Whether the text has the quotation's pieces, in order; only white space may differ."""
    text, place = _squeeze(text), 0
    for piece in map(_squeeze, quote.split(OMITTED)):
        place = text.find(piece, place)
        if place < 0 or not piece:
            return False
        place += len(piece)
    return True


def _squeeze(text: str) -> str:
    return "".join(text.split())


def false_quotations(rows: list[Correction], folder: Path) -> Iterator[Problem]:
    """Quotations that do not stand in the article's section."""
    for row in rows:
        for article, number in zip(row.articles, row.sections, strict=True):
            text = section_of((folder / f"{article}.txt").read_text(encoding="utf-8"), number)
            for quote in filter(None, (row.quote, row.quote_en)):
                if not is_in(quote, text):
                    yield Problem(
                        "quotation", NAME, 0,
                        f"{row.id}：{article} 的 §{number} 里没有“{quote}”",
                        f"{row.id}: §{number} of {article} does not have “{quote}”",
                    )  # fmt: skip


def unshown(rows: list[Correction], lesson: Lesson) -> Iterator[Problem]:
    """Rows of the lesson that wait, or whose cell does not exist, is not one cell, or asserts nothing."""
    everything = read_source(lesson).cells
    cells = [cell for cell in everything if cell.cell_type == "code"]
    yield from _waiting(rows, lesson)
    yield from _not_printed(rows, lesson, "\n".join(cell.source for cell in everything))
    for row in of_lesson(rows, lesson.number):
        found = [cell for cell in cells if row.cell in tags(cell)]
        if row.cell and (len(found) != 1 or not asserts(found[0].source)):
            yield Problem(
                "shown", NAME, 0,
                f"{row.id}：第 {lesson.number} 课要有一个标签为 {row.cell} 的单元格，里面有断言",
                f"{row.id}: lesson {lesson.number} needs one cell tagged {row.cell}, with an assertion",
            )  # fmt: skip
    named = {row.cell for row in rows if row.lesson == lesson.number}
    for tag in sorted({t for cell in cells for t in tags(cell) if t.startswith(TAG)} - named):
        yield Problem(
            "shown", f"lessons/{lesson.source.name}", 0,
            f"标签 {tag} 在 {NAME} 里没有对应的一行",
            f"no row of {NAME} names the tag {tag}",
        )  # fmt: skip


def _waiting(rows: list[Correction], lesson: Lesson) -> Iterator[Problem]:
    """Rows that wait for a lesson that is written."""
    for row in of_lesson(rows, lesson.number):
        if row.pending:
            yield Problem(
                "shown", NAME, 0,
                f"{row.id}：第 {lesson.number} 课已经写好，pending 要换成 cell 或 cited",
                f"{row.id}: lesson {lesson.number} is written: write cell or cited for pending",
            )  # fmt: skip


def _not_printed(rows: list[Correction], lesson: Lesson, text: str) -> Iterator[Problem]:
    """Cited rows whose reference the lesson does not print as docs/references.md has it."""
    known, text = references(), MARKUP.sub("", text)
    for row in of_lesson(rows, lesson.number):
        entry = MARKUP.sub("", REMARK.sub("", known.get(row.reference, "")))
        if row.cited and entry not in text:
            yield Problem(
                "shown", NAME, 0,
                f"{row.id}：第 {lesson.number} 课的参考文献里要有 {row.reference}：{entry}",
                f"{row.id}: the references of lesson {lesson.number} need {row.reference}: {entry}",
            )  # fmt: skip


def references() -> dict[str, str]:
    """The entries of docs/references.md by their keys."""
    file = paths.ROOT / "docs" / "references.md"
    rows = dict(REFERENCE.findall(file.read_text(encoding="utf-8")))
    return {key: entry for key, entry in rows.items() if key != "key"}  # the table's head


def unknown_references(rows: list[Correction]) -> Iterator[Problem]:
    """References whose key is not in docs/references.md."""
    known = references()
    for row in rows:
        if row.reference and row.reference not in known:
            yield Problem(
                "reference", NAME, 0,
                f"{row.id}：docs/references.md 里没有 {row.reference}",
                f"{row.id}: docs/references.md has no {row.reference}",
            )  # fmt: skip


def check(lessons: list[Lesson], file: Path = FILE) -> list[Problem]:
    """All that is wrong with the file's rows of these lessons; quotations where the articles are."""
    try:
        rows = read(file)
    except CourseError as error:
        return [Problem("corrections", NAME, 0, error.zh, error.en)]
    found = [problem for lesson in lessons for problem in unshown(rows, lesson)]
    for lesson in lessons:
        try:
            if stale(lesson, rows):
                zh, en = _outdated(lesson)
                found.append(Problem("corrections", f"lessons/{lesson.source.name}", 0, zh, en))
        except CourseError as error:
            found.append(
                Problem("corrections", f"lessons/{lesson.source.name}", 0, error.zh, error.en)
            )
    if folder := articles_folder():
        found += false_quotations(rows, folder)
    return found + [*unknown_references(rows)]


def _outdated(lesson: Lesson) -> tuple[str, str]:
    number = lesson.number
    return (
        f"更正表与 {NAME} 不同，请运行 course corrections {number}",
        f"its table of corrections is not that of {NAME}: run course corrections {number}",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course corrections``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--check", action="store_true", help="只列出过期的表 · only list stale tables"
    )


def run(args: argparse.Namespace) -> int:
    """Write the tables into the lessons, or with ``--check`` name the stale ones; 1 where there are."""
    rows, n_stale = read(), 0
    for lesson in select(args.lessons):
        if not stale(lesson, rows):
            continue
        n_stale += 1
        if args.check:
            zh, en = _outdated(lesson)
            print(both(f"{lesson.stem}：{zh}", f"{lesson.stem}: {en}"))
        else:
            source = lesson.source.read_text(encoding="utf-8")
            new = with_tables(source, of_lesson(rows, lesson.number), lesson.source.name)
            files.write_atomically(lesson.source, new)
            print(lesson.stem)
    return 1 if args.check and n_stale else 0
