"""Definitions of a student copy: packed, so that answers are not readable at a glance.

This hides nothing from somebody who wants to unpack it; it keeps an open file from giving away the
reference function of a code exercise. ``course release`` packs (course/teacher/strip.py).
"""

import base64
import zlib
from typing import Any


def unpack(text: str) -> tuple[list[Any], list[Any], list[Any]]:
    """EXERCISES, QUIZZES and PREDICTIONS of a packed file."""
    source = zlib.decompress(base64.b64decode(text)).decode()
    namespace: dict[str, Any] = {"__name__": "course_exercises"}
    exec(compile(source, "<exercises>", "exec"), namespace)  # noqa: S102 (the course's own file)
    exercises, quizzes = namespace.get("EXERCISES", []), namespace.get("QUIZZES", [])
    return exercises, quizzes, namespace.get("PREDICTIONS", [])
