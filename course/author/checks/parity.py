"""Do the Chinese and the English of a lesson say the same, and is each written properly?

``course check [NN…]`` prints what is to change; the tests demand that nothing is.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from nbformat import NotebookNode

from course.author.checks import glossary, typography
from course.author.checks.numbers import numbers, shown
from course.author.checks.problems import Problem
from course.notebooks.lessons import Lesson, read_source, tags
from course.notebooks.markdown import (
    SEPARATOR,
    Content,
    language_div,
    mentions_language_div,
    read,
)
from course_utils import paths

LANGUAGES = {"lang-zh": "zh", "lang-en": "en"}
Terms = list[glossary.Term]


def check(notebook: NotebookNode, file: str, terms: Terms) -> list[Problem]:
    """Everything that is wrong with the text cells of a lesson; ``file`` names it in messages."""
    problems = []

    def add(rule: str, cell: int, zh: str, en: str) -> None:
        problems.append(Problem(rule, file, cell, zh, en))

    cells = notebook.cells
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        languages = [LANGUAGES[tag] for tag in LANGUAGES if tag in tags(cell)]
        if len(languages) == 1:
            _check_wrapping(cell, index + 1, languages[0], add)
            _check_partner(cells, index, languages[0], add)
            _check_language(cell, index + 1, languages[0], terms, add)
        elif languages:
            add(
                "tags", index + 1, "一个单元格只属于一种语言", "a cell belongs to one language only"
            )
        else:
            _check_shared(cell, index + 1, terms, add)
    return problems


Add = Callable[[str, int, str, str], None]


def _check_wrapping(cell: NotebookNode, number: int, language: str, add: Add) -> None:
    found = language_div(cell.source)
    if found != language:
        add(
            "div",
            number,
            f'标签是 lang-{language}：整个单元格要放在 <div lang="{language}"> 与 </div> 之间，里面留空行',
            f'the tag is lang-{language}: wrap the whole cell in <div lang="{language}"> … </div>, '
            "with blank lines inside",
        )
    has_han = typography.has_han(cell.source)
    if language == "zh" and not has_han:
        add("language", number, "中文单元格里没有汉字", "the Chinese cell has no Chinese in it")
    if read(cell.source).headings:
        add(
            "heading",
            number,
            "标题要单独成一个双语单元格：## 中文 · English",
            "a heading is a cell of its own, in both languages: ## 中文 · English",
        )


def _check_partner(cells: list[NotebookNode], index: int, language: str, add: Add) -> None:
    step = 1 if language == "zh" else -1
    other = "lang-en" if language == "zh" else "lang-zh"
    near = cells[index + step] if 0 <= index + step < len(cells) else None
    if near is None or other not in tags(near):
        add(
            "pair",
            index + 1,
            "中文单元格后面要紧跟它的英文单元格，英文单元格前面要是它的中文单元格",
            "every Chinese cell is followed at once by its English cell",
        )
    elif language == "zh":
        _compare(read(cells[index].source), read(near.source), index + 1, add)


def _compare(zh: Content, en: Content, number: int, add: Add) -> None:
    """Formulas, code, links, HTML, shapes and numbers of a pair; the cell is the Chinese one."""
    for rule, what, name in (
        ("formulas", "公式", "formulas"),
        ("code", "代码", "code spans"),
        ("links", "链接和图片", "links and pictures"),
        ("html_tags", "HTML 标签", "HTML tags"),
    ):
        only_zh, only_en = _difference(getattr(zh, rule), getattr(en, rule))
        if only_zh or only_en:
            add(
                rule,
                number,
                f"两种语言的{what}不同。只在中文：{only_zh or '–'}；只在英文：{only_en or '–'}",
                f"{name} differ from the English cell below. Only in Chinese: {only_zh or '–'}; "
                f"only in English: {only_en or '–'}",
            )
    if zh.shape != en.shape:
        add(
            "shape",
            number,
            f"列表或表格的形状不同：中文 {_counts(zh)}；英文 {_counts(en)}",
            f"lists or tables differ in shape: Chinese {_counts(zh)}; English {_counts(en)}",
        )
    _compare_numbers(zh.sentences, en.sentences, number, add)


def _compare_numbers(zh: list[str], en: list[str], number: int, add: Add) -> None:
    in_zh, in_en = numbers(zh), numbers(en)
    if in_zh != in_en:
        add(
            "numbers",
            number,
            f"数字不同。只在中文：{shown(in_zh - in_en)}；只在英文：{shown(in_en - in_zh)}",
            f"numbers differ. Only in Chinese: {shown(in_zh - in_en)}; "
            f"only in English: {shown(in_en - in_zh)}",
        )


def _difference(zh: Counter[str], en: Counter[str]) -> tuple[str, str]:
    return ", ".join((zh - en).elements()), ", ".join((en - zh).elements())


def _counts(content: Content) -> str:
    counted = Counter(s.removesuffix("_open") for s in content.shape if s.endswith("_open"))
    return ", ".join(f"{n} {kind}" for kind, n in counted.items()) or "–"


def _check_language(cell: NotebookNode, number: int, language: str, terms: Terms, add: Add) -> None:
    for sentence in read(cell.source).sentences:
        _check_sentence(sentence, number, language, terms, add)


def _check_sentence(sentence: str, number: int, language: str, terms: Terms, add: Add) -> None:
    rules = typography.chinese if language == "zh" else typography.english
    for rule, place, zh, en in [*rules(sentence), *typography.emphasis(sentence)]:
        add(rule, number, f"“{place}”：{zh}", f"“{place}”: {en}")
    find = glossary.forbidden_zh if language == "zh" else glossary.forbidden_en
    for variant, term in find(sentence, terms):
        right = term.zh if language == "zh" else term.en
        add(
            "glossary",
            number,
            f"术语表不用“{variant}”，请写“{right}”",
            f"the glossary avoids “{variant}”: write “{right}”",
        )


def _check_shared(cell: NotebookNode, number: int, terms: Terms, add: Add) -> None:
    """A cell without a language may hold headings only, each in both languages."""
    content = read(cell.source)
    if mentions_language_div(cell.source):
        add("tags", number, "有 <div lang> 却没有标签", "it has a <div lang> but no language tag")
        return
    if len(content.sentences) != len(content.headings) or content.code or content.shape:
        add(
            "orphan",
            number,
            "没有语言标签的单元格只能放标题：其余文字要分成 lang-zh 和 lang-en 两个单元格",
            "a cell without a language tag holds headings only: put other text into a pair of "
            "cells tagged lang-zh and lang-en",
        )
    for heading in content.headings:
        _check_heading(heading, number, terms, add)


def _check_heading(heading: str, number: int, terms: Terms, add: Add) -> None:
    zh, separator, en = heading.partition(SEPARATOR)
    if not separator or not typography.has_han(zh) or typography.has_han(en) or SEPARATOR in en:
        add(
            "heading",
            number,
            f"标题“{heading}”要写成“中文 · English”",
            f"write the heading “{heading}” as “中文 · English”",
        )
        return
    _check_sentence(zh, number, "zh", terms, add)
    _check_sentence(en, number, "en", terms, add)
    lesson_number = zh[:2] if zh[:2].isdigit() else ""
    _compare_numbers([zh.removeprefix(lesson_number)], [en], number, add)


def check_lesson(lesson: Lesson, terms: Terms | None = None) -> list[Problem]:
    """The findings for one lesson, with the course's glossary where there is one."""
    terms = course_terms() if terms is None else terms
    found = check(read_source(lesson), f"lessons/{lesson.source.name}", terms)
    return found + (check_definitions(lesson.exercises, terms) if lesson.exercises.exists() else [])


def check_definitions(file: Path, terms: Terms) -> list[Problem]:
    """The same for the texts of exercises and quizzes: every pair ("中文", "English") in the file."""
    problems = []
    for line, zh, en in _text_pairs(ast.parse(file.read_text(encoding="utf-8"))):
        place = f"lessons/{file.name}:{line}"

        def add(rule: str, cell: int, zh: str, en: str, place: str = place) -> None:
            problems.append(Problem(rule, place, 0, zh, en))

        contents = read(zh), read(en)
        _compare(*contents, 0, add)
        for language, content in zip(("zh", "en"), contents, strict=True):
            for sentence in content.sentences:
                _check_sentence(sentence, 0, language, terms, add)
    return problems


def _text_pairs(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """(line, 中文, English) of each pair of string constants whose first alone is Chinese."""
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        for zh, en in pairwise(getattr(part, "value", None) for part in parts):
            if not isinstance(zh, str) or not isinstance(en, str):
                continue
            if typography.has_han(zh) and not typography.has_han(en):
                yield getattr(node, "lineno", 0), zh, en


def course_terms() -> Terms:
    """The rows of docs/glossary.md; none while it is not written."""
    path: Path = paths.ROOT / "docs" / "glossary.md"
    return glossary.load(path) if path.exists() else []
