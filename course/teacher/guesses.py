"""What a class guessed before each experiment: read from hand-ins, shown as bars of text.

A hand-in can claim any guess: here it is only shown, once it fits its question.
"""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from course.notebooks.lessons import Lesson, read_notebook
from course_utils.learning import definitions
from course_utils.learning.answers import LETTERS, Number, OneOf
from course_utils.learning.checking import METADATA_KEY
from course_utils.learning.definitions import Prediction
from course_utils.messages import CourseError

LONGEST_BAR = 30
# How many bars a scale of numbers is cut into: the first that makes steps of whole numbers.
STEPS = (8, 10, 9, 7, 6, 5)
WORDS = {
    "zh": {"result": "（结果：{}）", "here": "← 结果", "n": "{} 人猜过"},
    "en": {"result": " (result: {})", "here": "← the result", "n": "{} guessed"},
}


def sound(claimed: Any, numbers: Iterable[str]) -> dict[str, Any]:
    """Of the guesses that a hand-in claims, those that fit a question of these lessons."""
    claimed = claimed if isinstance(claimed, dict) else {}
    known = {n: p for number in numbers for n, p in definitions.predictions(number).items()}
    read = {name: _read(known[name], claimed[name]) for name in known if name in claimed}
    return {name: guess for name, guess in read.items() if guess is not None}


def _read(prediction: Prediction, guess: Any) -> Any:
    try:
        return prediction.answer.read(guess)
    except CourseError:
        return None


def from_table(file: Path) -> dict[str, list[str]]:
    """prediction -> what stands in its column of the table that `course grade` wrote. CourseError."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeError, csv.Error) as error:
        raise CourseError(
            f"读不了 {file}（{error}）。请给 course grade 写出的结果表，例如 DIR/results.csv。",
            f"{file} cannot be read ({error}). Give the table that `course grade` wrote, such as "
            "DIR/results.csv.",
        ) from error
    names = {n for row in rows for n in row if n and definitions.PREDICTION_ID.fullmatch(n)}
    return {name: [row[name] for row in rows if row.get(name)] for name in sorted(names)}


def results(lesson: Lesson) -> dict[str, Any]:
    """prediction -> the result in the lesson's built notebook; none where it is not built."""
    if not lesson.notebook.exists():
        return {}
    outputs = [o for c in read_notebook(lesson.notebook).cells for o in c.get("outputs", [])]
    about = [output.get("metadata", {}).get(METADATA_KEY) for output in outputs]
    found = [a for a in about if isinstance(a, dict) and "prediction" in a and "result" in a]
    return {a["prediction"]: a["result"] for a in found}


def sheet(lesson: Lesson, language: str, table: dict[str, list[str]]) -> Iterable[str]:
    """Each question with its result and, where there are guesses, how they are spread: Markdown."""
    known, pick, words = results(lesson), 0 if language == "zh" else 1, WORDS[language]
    for name, prediction in definitions.predictions(lesson.number).items():
        result = _measured(prediction, known.get(name))
        head = f"**{name}** {prediction.question[pick]}"
        if result is not None:
            head += words["result"].format(prediction.answer.shown(result)[pick])
        read = (_read(prediction, text) for text in table.get(name, []))
        guesses = [guess for guess in read if guess is not None]
        bars = "\n".join(histogram(prediction, guesses, result, language))
        yield f"{head}\n\n```text\n{bars}\n```" if guesses else head


def _measured(prediction: Prediction, result: Any) -> Any:
    try:
        return None if result is None else prediction.answer.measured(result)
    except CourseError:
        return None


def histogram(prediction: Prediction, guesses: list[Any], result: Any, language: str) -> list[str]:
    """A line for each step of the scale or each option: label, bar, count; one marks the result."""
    labels, words = _labels(prediction, language), WORDS[language]
    counts = Counter(_step(prediction, guess, len(labels)) for guess in guesses)
    here = None if result is None else _step(prediction, result, len(labels))
    widest, most = max(map(_width, labels)), max([LONGEST_BAR, *counts.values()])
    lines = [words["n"].format(len(guesses))]
    for step, label in enumerate(labels):
        bar = "█" * -(-counts[step] * LONGEST_BAR // most)
        told = [bar, str(counts[step] or ""), words["here"] if step == here else ""]
        lines.append(f"{' ' * (widest - _width(label))}{label} │{' '.join(filter(None, told))}")
    return lines


def _labels(prediction: Prediction, language: str) -> list[str]:
    answer, pick = prediction.answer, 0 if language == "zh" else 1
    if isinstance(answer, OneOf):
        return [answer.shown(letter)[pick] for letter in LETTERS[: len(answer.options)]]
    if not isinstance(answer, Number):
        return ["True", "False"]
    edges = [_edge(answer, step / _n_steps(answer)) for step in range(_n_steps(answer) + 1)]
    return [f"{low:.3g}–{high:.3g}" for low, high in zip(edges, edges[1:], strict=False)]


def _n_steps(answer: Number) -> int:
    if answer.factor:
        return STEPS[0]
    return next((n for n in STEPS if (answer.high - answer.low) % n == 0), STEPS[0])


def _edge(answer: Number, share: float) -> float:
    if answer.factor:
        return answer.low * (answer.high / answer.low) ** share
    return answer.low + (answer.high - answer.low) * share


def _step(prediction: Prediction, value: Any, n: int) -> int:
    """Which line a guess or result belongs to; a border belongs to the line above it."""
    answer = prediction.answer
    if isinstance(answer, Number):
        return min(int(answer.place(value) * n + 1e-9), n - 1)
    return LETTERS.index(value) if isinstance(answer, OneOf) else int(not value)


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
