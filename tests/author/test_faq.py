"""The articles' questions in data/faq.toml: asked in the articles, answered by cells that assert something."""

import functools
import re
import tomllib
from collections import Counter

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.author import corrections, places
from course.author.checks import parity, typography
from course.author.checks.problems import report
from course.notebooks.lessons import all_lessons
from course_utils import paths

QUESTIONS = tomllib.loads((paths.DATA / "faq.toml").read_text(encoding="utf-8"))["question"]
LESSONS = {lesson.number: lesson for lesson in all_lessons()}
FIELDS = {"id", "article", "section", "question_zh", "question_en", "answer_zh", "answer_en",
          "lesson", "cell"}  # fmt: skip
SENTENCE = {"zh": re.compile(r"[。？！]"), "en": re.compile(r"[.?!](?=\s|$)")}


@functools.cache
def places_of(number: str) -> dict[str, places.Place]:
    return places.all_places(LESSONS[number])


def test_every_question_of_the_articles_is_here(articles):
    assert Counter(each["article"] for each in QUESTIONS) == {
        "S1": 7, "S2": 5, "S3": 5, "S4": 3, "S5": 6,
    }  # fmt: skip
    assert len({each["id"] for each in QUESTIONS}) == len(QUESTIONS)
    for each in QUESTIONS:
        text = (articles / f"{each['article']}.txt").read_text(encoding="utf-8")
        section = corrections.section_of(text, each["section"])
        assert corrections.is_in(each["question_zh"], section), each["id"]
        if each["article"] == "S1":
            assert corrections.is_in(each["question_en"], section), each["id"]


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each["id"])
def test_answers_are_short(each):
    assert set(each) == FIELDS and each["id"].startswith(f"{each['article'].lower()}-")
    for language, sentence in SENTENCE.items():
        n = len(sentence.findall(each[f"answer_{language}"]))
        assert 2 <= n <= 4, f"{each['id']}: {n} sentences in {language}"
    assert not typography.has_han(each["question_en"] + each["answer_en"])


@pytest.mark.parametrize("each", QUESTIONS, ids=lambda each: each["id"])
def test_a_cell_measured_it(each):
    """The tag or heading exists in the lesson, and code there asserts something; lessons yet to be written wait."""
    if each["lesson"] not in LESSONS:
        assert each["lesson"] in corrections.LESSONS
        pytest.skip(f"lesson {each['lesson']} is not written yet")
    found = places_of(each["lesson"]).get(each["cell"])
    assert found, f"{each['id']}: lesson {each['lesson']} has no {each['cell']}"
    assert found.asserts, f"{each['id']}: nothing is asserted at {each['cell']}"


def test_both_languages_say_the_same():
    """The checks of the lessons' texts: numbers, formulas, terms, typography."""
    texts = {
        language: "\n".join(
            f"* <q>{each[f'question_{language}']}</q>\n* {each[f'answer_{language}']}"
            for each in QUESTIONS
        )
        for language in ("zh", "en")
    }
    cells = [
        new_markdown_cell(
            f'<div lang="{language}">\n\n{text}\n\n</div>', metadata={"tags": [f"lang-{language}"]}
        )
        for language, text in texts.items()
    ]
    found = parity.check(new_notebook(cells=cells), "data/faq.toml", parity.course_terms())
    assert not found, report(found)
