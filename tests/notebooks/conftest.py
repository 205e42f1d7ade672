"""Fixtures for the tests that go over the lessons; COURSE_TEST_LESSONS (``09,10``) narrows them."""

import os

from course.notebooks.lessons import all_lessons, select


def pytest_generate_tests(metafunc):
    """A test with an argument ``lesson`` runs once for each lesson."""
    if "lesson" in metafunc.fixturenames:
        numbers = [n for n in os.environ.get("COURSE_TEST_LESSONS", "").split(",") if n]
        lessons = select(numbers) if numbers else all_lessons()
        metafunc.parametrize("lesson", lessons, ids=lambda lesson: lesson.stem)
