"""What an exercise, a quiz and a prediction are, and where they are found: lessons/exercises_NN.py.

docs/exercises.md shows how to write one. Every text is a pair (中文, English) in Markdown with
formulas between dollar signs.
"""

import importlib.util
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from course_utils import paths
from course_utils.learning import where
from course_utils.learning.answers import Answer
from course_utils.learning.questions import (
    Marking,
    Matching,
    Option,
    Ordering,
    Pair,
    Question,
    Quiz,
    Region,
    Step,
    Text,
    check_id,
)
from course_utils.messages import CourseError

__all__ = [
    "NOT_ATTEMPTED", "Exercise", "Marking", "Matching", "Option", "Ordering", "Pair", "Prediction",
    "Question", "Quiz", "Region", "Step", "Text", "Verdict", "not_yet", "right",
]  # fmt: skip

State = Literal["right", "not yet", "not attempted"]
EXERCISE_ID = re.compile(r"\d\d-\d+")
PREDICTION_ID = re.compile(r"\d\d-p\d+")


@dataclass(frozen=True)
class Verdict:
    """What a judge says about an answer: a state and the reason in both languages."""

    state: State
    zh: str = ""
    en: str = ""


def right(zh: str = "", en: str = "") -> Verdict:
    """The answer is right; the texts may add what is worth knowing."""
    return Verdict("right", zh, en)


def not_yet(zh: str, en: str) -> Verdict:
    """The answer is not right yet; the texts say why and where to look."""
    return Verdict("not yet", zh, en)


NOT_ATTEMPTED = Verdict("not attempted")


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    id: ``"03-2"``. judge: answer -> Verdict. hints: at least two, each a step further.
    reference: an answer that passes. solution: the worked answer. wrong: at least three pairs
    (plausible wrong answer, a piece of the reason that it gets, 中文 or English). seconds: the
    longest that judging may take. why: said when the answer is right: why it is, what it buys,
    perhaps a question that goes further. A student copy has no reference, solution and wrong answers.
    """

    id: str
    title: Text
    judge: Callable[[Any], Verdict]
    hints: Sequence[Text]
    reference: Any = None
    solution: Text | None = None
    wrong: Sequence[tuple[Any, str]] = ()
    seconds: float = 10.0
    why: Text | None = None

    def __post_init__(self) -> None:
        check_id(self.id, EXERCISE_ID, "03-2")


@dataclass(frozen=True)
class Prediction:
    """What a learner may guess before an experiment tells; ``id`` is like ``"03-p1"``.

    question: short, in words that the learner has by then. answer: what a guess may be, and how
    near is near enough. The lesson hands the true result to ``outcome``.
    """

    id: str
    question: Text
    answer: Answer

    def __post_init__(self) -> None:
        check_id(self.id, PREDICTION_ID, "03-p1")


def definition_files(folder: Path | None = None) -> dict[str, Path]:
    """lesson number -> its exercises_NN.py, in order."""
    files = sorted((folder or paths.LESSONS).glob("exercises_[0-9][0-9].py"))
    return {file.stem[-2:]: file for file in files}


def exercises(number: str) -> dict[str, Exercise]:
    """id -> exercise of lesson ``"03"``; empty where it has none."""
    return {exercise.id: exercise for exercise in getattr(_module(number), "EXERCISES", ())}


def quizzes(number: str) -> dict[str, Question]:
    """id -> quiz of lesson ``"03"``; empty where it has none."""
    return {quiz.id: quiz for quiz in getattr(_module(number), "QUIZZES", ())}


def predictions(number: str) -> dict[str, Prediction]:
    """id -> prediction of lesson ``"03"``; empty where it has none."""
    return {found.id: found for found in getattr(_module(number), "PREDICTIONS", ())}


def find_exercise(name: Any) -> Exercise:
    """The exercise with this id; CourseError where there is none, naming those there are."""
    return _find(name, exercises, "03-2", ("练习", "exercise"))


def find_quiz(name: Any) -> Question:
    """The quiz with this id; CourseError where there is none, naming those there are."""
    return _find(name, quizzes, "03-q1", ("测验", "quiz"))


def find_prediction(name: Any) -> Prediction:
    """The prediction with this id; CourseError where there is none, naming those there are."""
    return _find(name, predictions, "03-p1", ("猜测", "prediction"))


def _find(name: Any, group: Callable[[str], dict], example: str, kind: Text) -> Any:
    if not isinstance(name, str):
        raise _not_in_quotes(name, group, example, kind)
    name = tidy(name)
    known = group(name[:2]) if name[:2].isdecimal() else {}
    if name in known:
        where.remember(name)
        return known[name]
    zh_known, en_known = _choices(known or _of_this_lesson(group), example)
    raise CourseError(
        f"没有编号为 `{name}` 的{kind[0]}。编号要写成：{zh_known}。",
        f"There is no {kind[1]} `{name}`. Write one of: {en_known}.",
    )


def tidy(name: str) -> str:
    """The id as it is meant: a Chinese keyboard writes ０３－２ and 03—2 as easily as 03-2.

    ``3-2``, ``03_2``, ``03 - 2`` and ``3-Q1`` can mean one thing only, too.
    """
    name = re.sub("[‐-―−]", "-", unicodedata.normalize("NFKC", name).strip())
    found = re.fullmatch(r"(\d{1,2})\s*[-_./]\s*(q?)\s*(\d{1,2})", name, re.IGNORECASE)
    return f"{found[1]:0>2}-{found[2].lower()}{int(found[3])}" if found else name


def _of_this_lesson(group: Callable[[str], dict]) -> dict:
    number = where.this_lesson()
    return group(number) if number else {}


def _choices(known: Iterable[str], example: str) -> Text:
    names = [f'`"{name}"`' for name in known] or [f'`"{example}"`']
    return "、".join(names), ", ".join(names)


def _not_in_quotes(
    value: Any, group: Callable[[str], dict], example: str, kind: Text
) -> CourseError:
    """For ``hint(1)``, ``hint(00-1)`` (which Python computes: -1) and ``check(answer, "03-2")``."""
    zh, en = _choices(_of_this_lesson(group), example)
    if type(value) is int and f"00-{-value}" in group("00"):
        meant = f"00-{-value}"
        return CourseError(
            f'编号要加引号：`"{meant}"`。没有引号，Python 把 `{meant}` 当减法，算成了 {value}。',
            f'The id needs quotes: `"{meant}"`. Without them Python takes `{meant}` for a '
            f"subtraction, and the result is {value}.",
        )
    return CourseError(
        f"先写{kind[0]}的编号，带引号：{zh}；你写的是 {type(value).__name__} 类型的值。",
        f"The id of the {kind[1]} comes first, in quotes: {en}; "
        f"yours is a value of type {type(value).__name__}.",
    )


def _module(number: str) -> ModuleType | None:
    file = definition_files().get(number)
    return _load(file, file.stat().st_mtime_ns) if file else None


@cache
def _load(file: Path, changed: int) -> ModuleType:
    """The file as a module; loaded once more only when it has ``changed`` (ns)."""
    loader = SourceFileLoader(f"course_{file.stem}", str(file))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None  # a loader is given
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
