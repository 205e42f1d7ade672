"""Which text cells were compared with their partner in the other language, and which wait for that."""

from collections.abc import Iterable

from course.notebooks.lessons import Lesson


def marks(lessons: Iterable[Lesson]) -> dict[str, dict[str, str]]:
    """Lesson -> text cell's id -> the language that changed since."""
    return {}
