"""Every message to a person is in both languages: Chinese first, English below it."""

import copyreg
import os
import re
import sys
from types import TracebackType
from typing import Any

# What steers a terminal instead of being seen in it, ends a line, turns the direction of writing, or
# is half a character: the bytes of a file name that are no text.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class CourseError(Exception):
    """An error that says in both languages what is wrong and what to do.

    Whoever it reaches, in a notebook, a script or the ``course`` command, sees these sentences and
    nothing of the course's inside; with COURSE_DEBUG=1 the traceback as well.
    """

    # Keras makes errors raised in a layer anew, with the layer's arguments in them; not this one.
    _keras_call_info_injected = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(both(zh, en))
        self.zh, self.en = zh, en

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again without ``__init__``, whose arguments a subclass may change: for processes."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows in the place of a traceback."""
        if not debugging():
            return str(self).splitlines()
        from IPython import get_ipython

        return get_ipython().InteractiveTB.structured_traceback(
            type(self), self, self.__traceback__
        )


def debugging() -> bool:
    """Whether somebody looks for a fault of the course itself: COURSE_DEBUG=1."""
    return os.environ.get("COURSE_DEBUG") == "1"


def install() -> None:
    """Scripts end with a CourseError's sentences, too; every other error is shown as before."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, CourseError) and not debugging():
            print(error, file=sys.stderr)
        else:
            before(kind, error, trace)

    sys.excepthook = hook


def both(zh: str, en: str) -> str:
    """The two texts on lines of their own; names in them cannot steer the terminal."""
    return printable(f"{zh}\n{en}", keep="\n\t")


def printable(text: str, keep: str = "") -> str:
    r"""The text of one line, what hides in it written out: ``\x1b``, ``\n``; but not ``keep``."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _escaped(found[0]), text)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
