"""Every lesson: its two languages agree, it has all its parts, its notebook is up to date."""

import re

import pytest

from course.author.build import orphans, staleness
from course.author.checks import languages, letters, parity, story, structure
from course.author.checks.problems import report
from course.notebooks.lessons import all_lessons, read_notebook, read_source
from course_utils import paths


@pytest.fixture(scope="module")
def terms():
    return parity.course_terms()


def test_languages_agree(lesson, terms):
    problems = parity.check_lesson(lesson, terms)
    assert not problems, report(problems)


def test_what_code_shows_can_be_halved(lesson):
    problems, _ = languages.check_lesson(lesson)
    assert not problems, report(problems)


def test_source_has_all_parts(lesson):
    problems = structure.source_problems(read_source(lesson), f"lessons/{lesson.source.name}")
    assert not problems, report(problems)


def test_notebook_is_fit_to_compare_and_read(lesson):
    name, size = f"notebooks/{lesson.notebook.name}", lesson.notebook.stat().st_size
    problems = structure.notebook_problems(read_notebook(lesson.notebook), name, size)
    assert not problems, report(problems)


def test_it_owes_its_readers_no_more_than_before(lesson):
    problems, _ = story.check_lesson(lesson)
    assert not problems, report(problems)


def test_a_letter_means_one_thing(lesson):
    problems, _ = letters.check_lesson(lesson)
    assert not problems, report(problems)


def test_notebook_is_up_to_date(lesson):
    assert staleness(lesson) is None, f"run: course build {lesson.number}"


def test_every_notebook_has_a_source():
    assert orphans() == []


@pytest.mark.parametrize("text", ["README.md", "lessons/*.py", "docs/*.md"])
def test_no_lesson_is_called_planned(text):
    """All 18 are there: who announces one sends the reader nowhere."""
    files = sorted(paths.ROOT.glob(text))
    said = {file.name: file.read_text(encoding="utf-8") for file in files}
    assert files and not [name for name in said if re.search(r"计划中|\(planned\)|Planned ·", said[name])]


def test_numbers_are_unique():
    numbers = [lesson.number for lesson in all_lessons()]
    assert len(numbers) == len(set(numbers))
