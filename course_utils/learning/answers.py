"""What a guess may be: a number, True or False, one of some options.

For the predictions of lessons/exercises_NN.py. ``read`` takes what a learner writes, on a Chinese
keyboard too, and raises a CourseError that says what to write instead.
"""

import math
import unicodedata
from dataclasses import dataclass
from typing import Any, Protocol

from course_utils.messages import CourseError

Text = tuple[str, str]
LETTERS = "ABCDEFGHIJ"
YES, NO = {"true", "yes", "是", "对", "会"}, {"false", "no", "否", "不", "错", "不会", "不是"}


class Answer(Protocol):
    """What all of them can do."""

    def asks(self) -> Text: ...
    def read(self, guess: Any) -> Any: ...
    def measured(self, result: Any) -> Any: ...
    def is_close(self, guess: Any, result: Any) -> bool: ...
    def shown(self, value: Any) -> Text: ...


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``, counted in ``unit`` (``("张", "photos")``).

    A guess is close within ``close`` of the result, or, on a logarithmic scale, where neither is
    more than ``factor`` times the other; then ``low`` (above 0) is where the scale begins, and 0
    may be guessed too.
    """

    low: float
    high: float
    unit: Text = ("", "")
    close: float | None = None
    factor: float | None = None

    def __post_init__(self) -> None:
        sound = (self.close is None) != (self.factor is None) and self.low < self.high
        if not sound or (self.factor and (self.factor <= 1 or self.low <= 0)):
            raise CourseError(
                "Number 要 low < high，并给 close 或 factor 之一；给 factor（大于 1）时 low 要大于 0。",
                "Number wants low < high and either close or factor; with a factor (above 1), low > 0.",
            )

    @property
    def least(self) -> float:
        """The smallest number that may be guessed."""
        return 0 if self.factor else self.low

    def asks(self) -> Text:
        """What to write, as the beginning of a sentence."""
        low, high = _digits(self.least), _digits(self.high)
        return f"写一个 {low} 到 {high} 之间的数", f"Write a number from {low} to {high}"

    def read(self, guess: Any) -> float:
        """The number; CourseError for other things, NaN, and numbers out of range."""
        value = self.measured(guess)
        if not self.least <= value <= self.high:
            raise _refusal(self.asks(), _digits(value))
        return value

    def measured(self, result: Any) -> float:
        """The number, which may be out of range; CourseError for other things and NaN."""
        value = _as_number(result)
        if value is None or not math.isfinite(value):
            raise _refusal(self.asks(), _shown_as_written(result))
        return int(value) if value.is_integer() else value

    def is_close(self, guess: float, result: float) -> bool:
        """Whether the guess counts as right."""
        if self.factor is None:
            return abs(guess - result) <= (self.close or 0) * (1 + 1e-9)
        small, large = sorted((guess, result))
        return small == large or 0 < large <= small * self.factor * (1 + 1e-9)

    def place(self, value: float) -> float:
        """Where it lies on the scale, 0 to 1."""
        value = min(max(value, self.low), self.high)
        if self.factor:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def shown(self, value: float) -> Text:
        """The number with its unit."""
        return tuple(_with_unit(_digits(value), unit) for unit in self.unit)  # type: ignore[return-value]


@dataclass(frozen=True)
class YesNo:
    """True or False."""

    def asks(self) -> Text:
        """What to write, as the beginning of a sentence."""
        return "写 `True` 或 `False`", "Write `True` or `False`"

    def read(self, guess: Any) -> bool:
        """True or False, also from "yes", "否", a NumPy bool; CourseError for other things."""
        written = _narrow(guess).casefold() if isinstance(guess, str) else guess
        if type(written).__name__ in ("bool", "bool_"):
            return bool(written)
        if isinstance(written, str) and written in YES | NO:
            return written in YES
        raise _refusal(self.asks(), _shown_as_written(guess))

    measured = read

    def is_close(self, guess: bool, result: bool) -> bool:
        """Whether the guess was right."""
        return guess == result

    def shown(self, value: bool) -> Text:
        """The word as it is written in Python."""
        return str(value), str(value)


@dataclass(frozen=True)
class OneOf:
    """One of some options, each a (中文, English); a guess is a letter, and so is the result."""

    options: tuple[Text, ...]

    def asks(self) -> Text:
        """What to write, as the beginning of a sentence."""
        pairs = list(zip(LETTERS, self.options, strict=False))
        zh = "，".join(f'`"{letter}"` {text[0]}' for letter, text in pairs)
        en = ", ".join(f'`"{letter}"` {text[1]}' for letter, text in pairs)
        return f"写一个字母（{zh}）", f"Write one letter ({en})"

    def read(self, guess: Any) -> str:
        """The letter, also from a small or a wide one, or from an option's text. CourseError."""
        written = _narrow(guess).casefold() if isinstance(guess, str) else ""
        for letter, text in zip(LETTERS, self.options, strict=False):
            if written in (letter.casefold(), *(_narrow(part).casefold() for part in text)):
                return letter
        raise _refusal(self.asks(), _shown_as_written(guess))

    measured = read

    def is_close(self, guess: str, result: str) -> bool:
        """Whether the guess was right."""
        return guess == result

    def shown(self, value: str) -> Text:
        """The option's letter and text."""
        zh, en = self.options[LETTERS.index(value)]
        return f"{value} {zh}", f"{value} {en}"


def _narrow(text: str) -> str:
    """２０％ as 20%."""
    return unicodedata.normalize("NFKC", text).strip()


def _as_number(value: Any) -> float | None:
    """A float of any number, of text that is one, of an array that holds one; None of all else."""
    if type(value).__name__ in ("bool", "bool_"):
        return None
    try:
        return float(_narrow(value).removesuffix("%") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        return None


def _digits(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _with_unit(number: str, unit: str) -> str:
    return f"{number}{unit}" if unit in ("", "%") else f"{number} {unit}"


def _shown_as_written(value: Any) -> str:
    if not isinstance(value, str | int | float):
        return type(value).__name__
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _refusal(asks: Text, yours: str) -> CourseError:
    zh = f"这里用不了 `{yours}`。请{asks[0]}；不想猜就留着 `...`。"
    return CourseError(zh, f"`{yours}` cannot be used here. {asks[1]}; for no guess leave `...`.")
