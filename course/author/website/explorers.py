"""Explorers without a kernel: stored pictures that sliders choose from."""

import html
import json

from course.author.website.learning import data
from course.author.website.pictures import in_the_pages_ink
from course.notebooks.lessons import Lesson
from course_utils import paths

FOLDER = "frames"


def stored(lesson: Lesson) -> dict[str, dict]:
    """Cell id -> the pictures of its explorer; empty where none are stored."""
    file = lesson.root / "data" / FOLDER / f"{lesson.number}.json"
    if not file.exists():
        return {}
    return json.loads(file.read_text(encoding="utf-8"))["cells"]


def as_html(frames: dict, language: str, alt: str, number: int) -> str:
    """Placeholder until frames are made."""
    return ""


def draw(lesson: Lesson) -> None:
    """Not yet."""
