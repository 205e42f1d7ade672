"""Which assets lessons need, and getting them before kernels run offline."""

import os

from course.notebooks.fingerprint import needed_assets
from course.notebooks.lessons import Lesson


def fetch_for(lessons: list[Lesson]) -> None:
    """Fetch what is missing; offline (COURSE_OFFLINE) nothing is asked for."""
    if os.environ.get("COURSE_OFFLINE") == "1" or not lessons:
        return
    from course_utils import assets

    for name in sorted(set().union(*(needed_assets(lesson) for lesson in lessons))):
        assets.fetch(name)
