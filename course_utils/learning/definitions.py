"""What an exercise, a quiz and a prediction are, and where they are found: lessons/exercises_NN.py.

docs/exercises.md shows how to write one. Every text is a pair (中文, English) in Markdown with
formulas between dollar signs.
"""

import hashlib
import importlib.util
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from course_utils import paths
from course_utils.learning.answers import Answer, Text
from course_utils.messages import CourseError

State = Literal["right", "not yet", "not attempted"]
EXERCISE_ID = re.compile(r"\d\d-\d+")
QUIZ_ID = re.compile(r"\d\d-q\d+")
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
    longest that judging may take. A student copy has no reference, solution and wrong answers.
    """

    id: str
    title: Text
    judge: Callable[[Any], Verdict]
    hints: Sequence[Text]
    reference: Any = None
    solution: Text | None = None
    wrong: Sequence[tuple[Any, str]] = ()
    seconds: float = 10.0

    def __post_init__(self) -> None:
        _check_id(self.id, EXERCISE_ID, "03-2")


@dataclass(frozen=True)
class Option:
    """One option of a quiz with its feedback, both as (中文, English)."""

    text: Text
    feedback: Text
    right: bool = False


@dataclass(frozen=True)
class Quiz:
    """One question with options; ``id`` is like ``"03-q1"``. One option or more are right."""

    id: str
    question: Text
    options: Sequence[Option]

    def __post_init__(self) -> None:
        _check_id(self.id, QUIZ_ID, "03-q1")
        # Authors tend to put the right option second: an order of its own gives nothing away.
        options = sorted(self.options, key=lambda option: _digest(self.id + option.text[1]))
        object.__setattr__(self, "options", tuple(options))


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
        _check_id(self.id, PREDICTION_ID, "03-p1")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _check_id(name: str, pattern: re.Pattern, example: str) -> None:
    if not pattern.fullmatch(name):
        raise CourseError(
            f"编号 {name!r} 不对：请写成 {example!r} 的样子。",
            f"The id {name!r} is not of the form {example!r}.",
        )


def definition_files(folder: Path | None = None) -> dict[str, Path]:
    """lesson number -> its exercises_NN.py, in order."""
    files = sorted((folder or paths.LESSONS).glob("exercises_[0-9][0-9].py"))
    return {file.stem[-2:]: file for file in files}


def exercises(number: str) -> dict[str, Exercise]:
    """id -> exercise of lesson ``"03"``; empty where it has none."""
    return {exercise.id: exercise for exercise in getattr(_module(number), "EXERCISES", ())}


def quizzes(number: str) -> dict[str, Quiz]:
    """id -> quiz of lesson ``"03"``; empty where it has none."""
    return {quiz.id: quiz for quiz in getattr(_module(number), "QUIZZES", ())}


def predictions(number: str) -> dict[str, Prediction]:
    """id -> prediction of lesson ``"03"``; empty where it has none."""
    return {found.id: found for found in getattr(_module(number), "PREDICTIONS", ())}


def find_exercise(name: Any) -> Exercise:
    """The exercise with this id; CourseError where there is none, naming those there are."""
    return _find(name, exercises, "03-2", ("练习", "exercise"))


def find_quiz(name: Any) -> Quiz:
    """The quiz with this id; CourseError where there is none, naming those there are."""
    return _find(name, quizzes, "03-q1", ("测验", "quiz"))


def find_prediction(name: Any) -> Prediction:
    """The prediction with this id; CourseError where there is none, naming those there are."""
    return _find(name, predictions, "03-p1", ("猜测", "prediction"))


def _find(name: Any, group: Callable[[str], dict], example: str, kind: Text) -> Any:
    if not isinstance(name, str):
        raise CourseError(
            f'先写{kind[0]}的编号，带引号，例如 `"{example}"`；你写的是 {type(name).__name__} 类型的值。',
            f'The id of the {kind[1]} comes first, in quotes, such as `"{example}"`; '
            f"yours is a value of type {type(name).__name__}.",
        )
    # A Chinese keyboard writes ０３－２ and 03—2 as easily as 03-2.
    name = re.sub("[‐-―−]", "-", unicodedata.normalize("NFKC", name).strip())
    known = group(name[:2]) if name[:2].isdecimal() else {}
    if name in known:
        return known[name]
    zh_known, en_known = ("、".join(known), ", ".join(known)) if known else (example, example)
    raise CourseError(
        f"没有编号为 `{name}` 的{kind[0]}。编号要写成：{zh_known}。",
        f"There is no {kind[1]} `{name}`. Write one of: {en_known}.",
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
