"""Pages made from the course's tables: glossary, references, museum of corrections, questions."""

import html
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from course.author import corrections
from course.author.checks import glossary
from course.author.corrections import Correction
from course.author.export import render
from course.author.website.frame import Page
from course.author.website.search import Row
from course.author.website.words import Text, blocks, inline, plain, slug, words
from course_utils import paths
from course_utils.messages import CourseError

FAQ = paths.DATA / "faq.toml"
Anchors = Mapping[str, Mapping[str, str]]  # lesson's number -> what a link may name -> id
GLOSSARY, REFERENCES, MUSEUM, QUESTIONS = (
    "glossary.html",
    "references.html",
    "museum.html",
    "faq.html",
)
TITLES: dict[str, Text] = {
    GLOSSARY: ("术语表", "Glossary"),
    MUSEUM: ("更正陈列馆", "Museum of mistakes"),
    QUESTIONS: ("常见问题", "Questions"),
    REFERENCES: ("参考文献", "References"),
}
SEVERITIES: dict[str, Text] = {
    "H": ("错误", "false, or does not run"),
    "M": ("误导", "misleads, or costs accuracy"),
    "L": ("不准确", "imprecise"),
}


@dataclass(frozen=True)
class Question:
    """One question of data/faq.toml; ``cell``: the tag or heading of the cell that measures it."""

    id: str
    article: str
    section: str
    question_zh: str
    question_en: str
    answer_zh: str
    answer_en: str
    lesson: str
    cell: str = ""


def questions(file: Path = FAQ) -> list[Question]:
    """All rows of data/faq.toml; none where there is no such file. CourseError for a bad row."""
    if not file.exists():
        return []
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(
            f"data/faq.toml 不是有效的 TOML（{error}）。",
            f"data/faq.toml is not valid TOML ({error}).",
        ) from error
    rows = next((value for value in tables.values() if isinstance(value, list)), [])
    return [_question(row, number) for number, row in enumerate(rows, 1)]


def _question(row: dict, number: int) -> Question:
    known = [each.name for each in fields(Question)]
    values = {name: _one_text(row.get(name, "")) for name in known}
    missing = [
        name for name in known if not values[name] and name not in ("cell", "section", "article")
    ]
    if missing:
        name = row.get("id", f"no. {number}")
        raise CourseError(
            f"data/faq.toml，{name}：缺少 {missing[0]}。",
            f"data/faq.toml, {name}: it has no {missing[0]}.",
        )
    return Question(**values)


def _one_text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


# --- glossary -----------------------------------------------------------------------------------


def terms() -> list[tuple[str, str, str, str]]:
    """(中文, English, 说明, meaning) of each row of the glossary."""
    text = (paths.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = glossary.table_rows(text)
    return [(row[0], row[1], row[2], row[3]) for row in rows if row != glossary.COLUMNS]


def term_id(english: str) -> str:
    """The place of a term in the glossary."""
    return f"term-{slug(english)}"


def glossary_page(language: str, introduced: Mapping[str, tuple[str, str]]) -> Page:
    """All terms; ``introduced``: English term -> (lesson's page and place, its number)."""
    heads = {"zh": ("中文", "English", "意思"), "en": ("English", "中文", "meaning")}
    head = heads.get(language, ("中文", "English", "意思 meaning"))
    rows = []
    for zh, en, about_zh, about_en in terms():
        first, second = (en, zh) if language == "en" else (zh, en)
        where = ""
        if en in introduced:
            link, number = introduced[en]
            where = f'<a href="{link}">{words(language, f"第 {number} 课", f"lesson {number}")}</a>'
        about = inline(language, (about_zh, about_en))
        rows.append(
            f'<tr id="{term_id(en)}"><th scope="row" lang="{_code(first)}">{html.escape(first)}</th>'
            f'<td lang="{_code(second)}">{html.escape(second)}</td><td>{about}</td><td>{where}</td></tr>'
        )
    columns = "".join(f'<th scope="col">{one}</th>' for one in head)
    columns += f'<th scope="col">{words(language, "课", "lesson")}</th>'
    lead = words(
        language,
        "每个术语在两种语言里只有一种写法。",
        "Each term has one form in each language.",
    )
    body = (
        f"<h1>{words(language, *TITLES[GLOSSARY])}</h1><p>{lead}</p>{_filter(language)}"
        f'<table class="filtered"><thead><tr>{columns}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )
    return Page(
        GLOSSARY,
        TITLES[GLOSSARY],
        plain(
            language,
            "课程的全部术语，中文和英文。",
            "All terms of the course, in Chinese and English.",
        ),
        body,
    )


def _code(text: str) -> str:
    """The language of a term; pages hide no cell of a table, whatever its language."""
    return "zh-CN" if re.search("[\u4e00-\u9fff]", text) else "en"


def _filter(language: str, *choices: str) -> str:
    name = plain(language, "筛选", "Filter")
    return (
        f'<div class="filter" role="search" hidden><label>{words(language, "筛选", "Filter")} '
        f'<input type="search" aria-label="{name}" autocomplete="off"></label>{"".join(choices)}'
        f'<output class="count"></output></div>'
    )


def glossary_rows(language: str) -> list[Row]:
    """What the search finds in the glossary."""
    return [
        Row(
            GLOSSARY,
            term_id(en),
            zh if language == "zh" else en,
            f"{en} {about_zh}" if language == "zh" else f"{zh} {about_en}",
        )
        for zh, en, about_zh, about_en in terms()
    ]


# --- references ---------------------------------------------------------------------------------


def references_page(language: str) -> Page:
    """The bibliography."""
    rows = "".join(
        f'<li id="{key}">{_linked(render(entry).removeprefix("<p>").strip().removesuffix("</p>"))}</li>'
        for key, entry in corrections.references().items()
    )
    body = f'<h1>{words(language, *TITLES[REFERENCES])}</h1>{_filter(language)}<ul class="filtered references">{rows}</ul>'
    about = plain(language, "课程引用的全部文献。", "Everything that the course cites.")
    return Page(REFERENCES, TITLES[REFERENCES], about, body)


def _linked(entry: str) -> str:
    """arXiv numbers and DOIs as links."""
    entry = re.sub(
        r"arXiv:(\d{4}\.\d{4,5})", r'<a href="https://arxiv.org/abs/\1">arXiv:\1</a>', entry
    )
    return re.sub(r"doi:(10\.[^\s,)<]+)", r'<a href="https://doi.org/\1">doi:\1</a>', entry)


def references_rows() -> list[Row]:
    """What the search finds in the bibliography; the same in both languages."""
    return [
        Row(REFERENCES, key, re.sub(r"[*`\\]", "", entry))
        for key, entry in corrections.references().items()
    ]


# --- museum -------------------------------------------------------------------------------------


def museum_page(language: str, stems: Mapping[str, str], anchors: Anchors) -> Page:
    """Every mistake of the articles, with what is right and the cell that shows it."""
    rows = corrections.read()
    shown = [_exhibit(row, language, stems, anchors) for row in rows]
    articles = sorted({article for row in rows for article in row.articles})
    lessons = sorted({row.lesson for row in rows if row.lesson in stems})
    choices = (
        _choice(
            "article", words(language, "文章", "Article"), [(a, a) for a in articles], language
        ),
        _choice("lesson", words(language, "课", "Lesson"), [(n, n) for n in lessons], language),
        _choice(
            "severity",
            words(language, "多严重", "How bad"),
            [(key, plain(language, *text)) for key, text in SEVERITIES.items()],
            language,
        ),
    )
    lead = words(
        language,
        f"课程从五篇文章（S1 到 S5）出发，逐条核对。这里是 {len(rows)} 处：文章怎么说，正确的是什么，哪个单元格测出来。",
        f"The course starts from five articles (S1 to S5) and checks them point by point. Here are {len(rows)} places: what is said, what is right, and the cell that shows it.",
    )
    body = (
        f"<h1>{words(language, *TITLES[MUSEUM])}</h1><p>{lead}</p>{_filter(language, *choices)}"
        f'<ul class="filtered exhibits">{"".join(shown)}</ul>'
    )
    about = plain(
        language,
        "五篇文章的错误，和正确的说法。",
        "What five articles get wrong, and what is right.",
    )
    return Page(MUSEUM, TITLES[MUSEUM], about, body)


def _choice(key: str, label: str, options: list[tuple[str, str]], language: str) -> str:
    everything = plain(language, "全部", "all")
    rows = "".join(
        f'<option value="{value}">{html.escape(text)}</option>' for value, text in options
    )
    return f'<label>{label} <select data-key="{key}"><option value="">{everything}</option>{rows}</select></label>'


def _exhibit(row: Correction, language: str, stems: Mapping[str, str], anchors: Anchors) -> str:
    said = render(row.quotation("zh")), render(row.quotation("en"))
    quote = "".join(dict.fromkeys(said)) if language == "both" else said[language == "en"]
    place = row.places("en" if language == "en" else "zh")
    link = _to_lesson(row.lesson, row.cell, language, stems, anchors)
    reference = (
        f' · <a href="{REFERENCES}#{row.reference}">{row.reference}</a>' if row.reference else ""
    )
    return (
        f'<li id="{row.id}" data-article="{" ".join(row.articles)}" data-lesson="{row.lesson}" '
        f'data-severity="{row.severity}"><p class="meta">{place} · '
        f"{words(language, *SEVERITIES[row.severity])}</p><blockquote>{quote}</blockquote>"
        f'<div class="right">{blocks_of_page(language, (row.right_zh, row.right_en))}</div>'
        f'<p class="meta">{link}{reference}</p></li>'
    )


def blocks_of_page(language: str, text: Text) -> str:
    """Markdown of the course's own tables, which may hold HTML."""
    zh, en = (render(part) for part in text)
    if language != "both":
        return en if language == "en" else zh
    return f'<div lang="zh">{zh}</div><div lang="en">{en}</div>'


def _to_lesson(
    number: str, cell: str, language: str, stems: Mapping[str, str], anchors: Anchors
) -> str:
    """A link to the lesson, to the cell where that is known; words where the lesson is not built."""
    told = words(language, f"第 {number} 课", f"lesson {number}")
    if number not in stems:
        return told
    if not cell:
        return f'<a href="{stems[number]}.html">{told}</a>'
    told = words(
        language, f"第 {number} 课，测出来的单元格", f"lesson {number}, the cell that shows it"
    )
    cell = cell.lstrip("# ")  # a heading may be given as it stands in the lesson
    # What is not there is a dead link, which the site's own check names.
    place = anchors[number].get(cell) or slug(cell)
    return f'<a href="{stems[number]}.html#{place}">{told}</a>'


def museum_rows(language: str) -> list[Row]:
    """What the search finds in the museum."""
    side = 0 if language == "zh" else 1
    found = []
    for row in corrections.read():
        right = (row.right_zh, row.right_en)[side]
        quote = row.quotation(language).replace("<q>", "").replace("</q>", "")
        found.append(Row(MUSEUM, row.id, f"{row.places(language)}: {quote}"[:90], _bare(right)))
    return found


def _bare(markdown: str) -> str:
    return re.sub(r"\$[^$]*\$|[`*]", "", markdown)


# --- questions ----------------------------------------------------------------------------------


def questions_page(
    rows: Sequence[Question], language: str, stems: Mapping[str, str], anchors: Anchors
) -> Page:
    """Questions and measured answers, each with a link to the cell that measures it."""
    shown = []
    for row in rows:
        source = f"{row.article} §{row.section} · " if row.article else ""
        link = _to_lesson(row.lesson, row.cell, language, stems, anchors)
        shown.append(
            f'<li id="{row.id}"><h2>{inline(language, (row.question_zh, row.question_en))}</h2>'
            f"{blocks(language, (row.answer_zh, row.answer_en))}"
            f'<p class="meta">{html.escape(source)}{link}</p></li>'
        )
    body = (
        f"<h1>{words(language, *TITLES[QUESTIONS])}</h1>{_filter(language)}"
        f'<ul class="filtered questions">{"".join(shown)}</ul>'
    )
    about = plain(language, "常见问题，用测量回答。", "Common questions, answered by measurement.")
    return Page(QUESTIONS, TITLES[QUESTIONS], about, body)


def questions_rows(rows: Sequence[Question], language: str) -> list[Row]:
    """What the search finds among the questions."""
    if language == "zh":
        return [Row(QUESTIONS, r.id, _bare(r.question_zh), _bare(r.answer_zh)) for r in rows]
    return [Row(QUESTIONS, r.id, _bare(r.question_en), _bare(r.answer_en)) for r in rows]
