"""Definitions of a student copy: packed, so that answers are not readable at a glance.

This hides nothing from somebody who wants to unpack it; it keeps an open file from giving away the
reference function of a code exercise. ``course release`` packs.
"""

import base64
import zlib
from typing import Any

WIDTH = 100


def pack(source: str, number: str) -> str:
    """The text of an exercises_NN.py that holds ``source`` packed."""
    text = base64.b64encode(zlib.compress(source.encode(), 9)).decode()
    lines = "\n".join(text[i : i + WIDTH] for i in range(0, len(text), WIDTH))
    return (
        f'"""Exercises and quizzes of lesson {number}, packed for students."""\n\n'
        "from course_utils.learning.packed import unpack\n\n"
        f'EXERCISES, QUIZZES = unpack("""\n{lines}\n""")\n'
    )


def unpack(text: str) -> tuple[list[Any], list[Any]]:
    """EXERCISES and QUIZZES of a packed file."""
    source = zlib.decompress(base64.b64decode(text)).decode()
    namespace: dict[str, Any] = {"__name__": "course_exercises"}
    exec(compile(source, "<exercises>", "exec"), namespace)  # noqa: S102 (the course's own file)
    return namespace.get("EXERCISES", []), namespace.get("QUIZZES", [])
