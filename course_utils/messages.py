"""Every message to a person is in both languages: Chinese first, English below it."""

import copyreg
import re
from typing import Any

# What steers a terminal instead of being seen in it, ends a line, turns the direction of writing, or
# is half a character: the bytes of a file name that are no text.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class CourseError(Exception):
    """An error that says in both languages what is wrong and what to do.

    The ``course`` command prints it without a traceback and exits with 1.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(both(zh, en))
        self.zh, self.en = zh, en

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again without ``__init__``, whose arguments a subclass may change: for processes."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


def both(zh: str, en: str) -> str:
    """The two texts on lines of their own; names in them cannot steer the terminal."""
    return printable(f"{zh}\n{en}", keep="\n\t")


def printable(text: str, keep: str = "") -> str:
    r"""The text of one line, what hides in it written out: ``\x1b``, ``\n``; but not ``keep``."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _escaped(found[0]), text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
