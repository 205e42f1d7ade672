"""``predict``, ``outcome`` and ``guesses``: guess first, then see how near it was.

Nobody has to guess, and nothing here raises. A guess counts only when it was made before its result
was seen: the first one after that is kept. Pictures are lines of HTML, so that they follow the
page's theme and language; ``text/plain`` says the same.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.learning import definitions, records, show
from course_utils.learning.answers import Number, Text
from course_utils.learning.checking import METADATA_KEY, never_raises, record_quietly
from course_utils.learning.definitions import Prediction
from course_utils.messages import CourseError

WIDTH = 20  # of a line, in letters
GUESS, RESULT = "○", "●"  # in the colour of the text: any theme has contrast


@never_raises
def predict(name: str, guess: Any = ...) -> None:
    """Note a guess before the experiment: ``predict("03-p1", 20)``; ``...`` is no guess."""
    prediction = definitions.find_prediction(name)
    known = records.predictions().get(prediction.id, {})
    before = _read(prediction, known.get("guess"))
    value = before if _is_none(guess) else prediction.answer.read(guess)
    if value is None:
        return _ask(prediction)
    if "result" in known and value != before:
        return _too_late(prediction, before)
    record_quietly(records.note_prediction, prediction.id, guess=value)
    zh, en = prediction.answer.shown(value)
    title = f"记下了 · {prediction.id} 你猜 {zh}", f"Noted · {prediction.id} you guess {en}"
    return show.show(title, ("", ""), "", _about(prediction, guess=value))


def _is_none(guess: Any) -> bool:
    return guess is ... or guess is None or (isinstance(guess, str) and not guess.strip())


def _read(prediction: Prediction, value: Any) -> Any:
    """A noted guess or result; None where it is missing, or does not fit the question any more."""
    try:
        return None if value is None else prediction.answer.measured(value)
    except CourseError:
        return None


def _about(prediction: Prediction, **values: Any) -> dict[str, Any]:
    """What `course grade` reads in the output's metadata."""
    return {METADATA_KEY: {"prediction": prediction.id} | values}


def _ask(prediction: Prediction) -> None:
    (zh, en), asks = prediction.question, prediction.answer.asks()
    title = f"先猜 · {prediction.id} {zh}", f"Guess first · {prediction.id} {en}"
    text = (
        f"{asks[0]}，换掉 `...`，再运行这个单元格；不想猜就往下走。",
        f"{asks[1]} in place of `...` and run this cell again, or go on without a guess.",
    )
    show.show(title, text, "", _about(prediction))


def _too_late(prediction: Prediction, before: Any) -> None:
    again = f'`reset("{prediction.id}")`'
    zh, en = f"想重新猜：{again}。", f"To guess afresh: {again}."
    if before is None:
        text = f"结果你已经看到了，这次不算猜测。{zh}", f"You have seen the result already. {en}"
    else:
        old = prediction.answer.shown(before)
        text = (
            f"结果你已经看到了，所以留着先前猜的 {old[0]}。{zh}",
            f"You have seen the result, so your earlier guess, {old[1]}, stays. {en}",
        )
    about = _about(prediction) if before is None else _about(prediction, guess=before)
    show.show((f"猜测 {prediction.id}", f"Guess {prediction.id}"), text, "", about)


@never_raises
def outcome(name: str, result: Any) -> None:
    """Set the result of the experiment against the guess, if there was one."""
    prediction = definitions.find_prediction(name)
    value = prediction.answer.measured(result)
    known = records.predictions().get(prediction.id, {})
    record_quietly(records.note_prediction, prediction.id, result=value)
    zh, en = prediction.answer.shown(value)
    guess = _read(prediction, known.get("guess"))
    if guess is None:
        title = f"结果：{zh}（你没有猜）", f"Result: {en} (you made no guess)"
        return show.show(title, prediction.question, "", _about(prediction, result=value))
    pair = Pair(prediction, guess, value)
    bundle = {
        "text/plain": pair.plain(),
        "text/html": show.box(pair.title(), pair.html(), pair.state),
    }
    return show.publish(bundle, _about(prediction, guess=guess, result=value))


@dataclass(frozen=True)
class Pair:
    """A guess and what came out."""

    prediction: Prediction
    guess: Any
    result: Any

    @property
    def is_close(self) -> bool:
        """Whether the guess counts as right."""
        return self.prediction.answer.is_close(self.guess, self.result)

    @property
    def state(self) -> str:
        """The colour: being wrong is no mistake here."""
        return "right" if self.is_close else ""

    def title(self) -> Text:
        """Guess and result in one line."""
        shown = self.prediction.answer.shown
        zh, en = ("✓ 猜得准 · ", "✓ Close · ") if self.is_close else ("", "")
        (guess_zh, guess_en), (result_zh, result_en) = shown(self.guess), shown(self.result)
        return (
            f"{zh}你猜 {guess_zh}，结果 {result_zh}",
            f"{en}You guessed {guess_en}, the result is {result_en}",
        )

    def _places(self) -> tuple[float, float] | None:
        answer = self.prediction.answer
        if not isinstance(answer, Number):
            return None
        return answer.place(self.guess), answer.place(self.result)

    @property
    def deviation(self) -> float | None:
        """-1 (much too low) to 1 (much too high); None where it is no number."""
        places = self._places()
        return None if places is None else places[0] - places[1]

    def _ends(self) -> tuple[str, str]:
        answer: Any = self.prediction.answer
        return answer.shown(answer.low)[0].split()[0], answer.shown(answer.high)[0].split()[0]

    def plain(self) -> str:
        """Title and question in both languages, and the line."""
        places = self._places()
        text = "\n".join(
            "\n".join(both) for both in zip(self.title(), self.prediction.question, strict=True)
        )
        return text if places is None else f"{text}\n{plain_line(_marks(*places), *self._ends())}"

    def html(self) -> str:
        """What was asked, and the line."""
        return show.in_both(self.prediction.question) + self.line()

    def line(self) -> str:
        """The guess and the result on the scale, as HTML; nothing where it is no number."""
        places = self._places()
        return "" if places is None else html_line(_marks(*places), *self._ends())


Marks = Sequence[tuple[float, str]]


def _marks(guess: float, result: float) -> Marks:
    return [(guess, GUESS), (result, RESULT)]


def plain_line(marks: Marks, left: str, right: str) -> str:
    """Marks (place 0–1, sign) on a line of letters; where two meet, the last is seen."""
    letters = ["─"] * (WIDTH + 1)
    for place, sign in marks:
        letters[round(place * WIDTH)] = sign
    return f"{left} {''.join(letters)} {right}"


def html_line(marks: Marks, left: str, right: str) -> str:
    """The same as HTML without scripts or pictures. Screen readers get the words beside it."""
    pieces, at = [], 0.0
    for place, sign in sorted(marks):
        pieces += [_stretch(place - at), f"<b>{sign}</b>"]
        at = place
    line = "".join([*pieces, _stretch(1 - at)])
    return f'<div aria-hidden="true" style="white-space:nowrap">{left} {line} {right}</div>'


def _stretch(share: float) -> str:
    style = "display:inline-block;vertical-align:middle;border-top:2px solid #888"
    return f'<span style="{style};width:{share * WIDTH / 2:.2f}em"></span>'


def _pairs(number: str, known: records.Record) -> list[Pair]:
    """The predictions of a lesson that were guessed and have come out."""
    found = []
    for name, prediction in definitions.predictions(number).items():
        entry = known.get(name, {})
        guess, result = (_read(prediction, entry.get(key)) for key in ("guess", "result"))
        if guess is not None and result is not None:
            found.append(Pair(prediction, guess, result))
    return found


@never_raises
def guesses(number: str | None = None) -> None:
    """How near the guesses of a lesson were, in one picture: ``guesses("03")``; of all: ``guesses()``."""
    known = records.predictions()
    if number is None:
        if not show_all(known):
            show.show(("你的猜测", "Your guesses"), NONE_YET)
        return None
    wanted = _lesson(number)
    pairs = _pairs(wanted, known)
    title = f"你的猜测 · 第 {wanted} 课", f"Your guesses · lesson {wanted}"
    if not pairs:
        return show.show(title, NONE_YET)
    rows = "".join(_row(pair) for pair in pairs)
    plain = [f"{'✓' if p.is_close else '×'} {p.prediction.id}\n{p.plain()}" for p in pairs]
    return _publish(title, pairs, rows, plain)


NONE_YET = (
    "还没有猜过。实验之前先写一个数，哪怕没有把握：与结果不同的地方，就是学到东西的地方。",
    "No guesses yet. Write one before an experiment, however unsure: where it differs is where you learn.",
)


def _lesson(number: Any) -> str:
    """The lesson's number; CourseError for one without predictions."""
    text = unicodedata.normalize("NFKC", str(number)).strip().zfill(2)
    have = [n for n in definitions.definition_files() if definitions.predictions(n)]
    if text not in have:
        example = have[0] if have else "00"
        raise CourseError(
            f'这样写课的编号：`guesses("{example}")`。有猜测的课：{"、".join(have) or "–"}。',
            f'Write the lesson like this: `guesses("{example}")`. Lessons with predictions: '
            f"{', '.join(have) or '–'}.",
        )
    return text


def _row(pair: Pair) -> str:
    """Question, guess and result, and the line."""
    sign = "✓" if pair.is_close else "×"
    text = [f"{sign} {q} {t}" for q, t in zip(pair.prediction.question, pair.title(), strict=True)]
    return f'<div style="margin:4px 0">{show.inline((text[0], text[1]))}{pair.line()}</div>'


def show_all(known: records.Record) -> bool:
    """One row of marks for each lesson that was guessed in, and all guesses around their results.

    Whether there was anything to show: progress() shows nothing then.
    """
    found = {number: _pairs(number, known) for number in definitions.definition_files()}
    lessons = {number: pairs for number, pairs in found.items() if pairs}
    if not lessons:
        return False
    plain = [f"{n} {''.join('▲' if p.is_close else '△' for p in ps)}" for n, ps in lessons.items()]
    rows = "".join(f"<div>{row}</div>" for row in plain)
    title = "你的猜测（▲ 猜得准，△ 差得远）", "Your guesses (▲ close, △ far off)"
    _publish(title, [p for pairs in lessons.values() for p in pairs], rows, plain)
    return True


def _publish(title: Text, pairs: list[Pair], rows: str, plain: list[str]) -> None:
    """The rows, then a summary in words, then how far the numbers lie from their results."""
    summary = _summary(pairs)
    off = [0.5 + d / 2 for pair in pairs if (d := pair.deviation) is not None]
    marks = [(place, GUESS) for place in off] + [(0.5, RESULT)]
    low, high = ("偏低", "too low"), ("偏高", "too high")
    ends = [show.inline(low), show.inline(high)]
    body = rows + show.in_both(summary) + (html_line(marks, *ends) if off else "")
    lines = [*title, *plain, *summary]
    if off:
        lines.append(plain_line(marks, " ".join(low), " ".join(high)))
    show.publish({"text/plain": "\n".join(lines), "text/html": show.box(title, body)})


def _summary(pairs: list[Pair]) -> Text:
    """How many were close, and whether the numbers lean to one side."""
    close, of = sum(pair.is_close for pair in pairs), len(pairs)
    zh, en = f"{of} 次里猜得准 {close} 次。", f"Close: {close} of {of}."
    off = [pair.deviation for pair in pairs if pair.deviation is not None and not pair.is_close]
    if off:
        high = sum(d > 0 for d in off)
        zh += f"差得远的数里，偏高 {high} 个，偏低 {len(off) - high} 个。"
        en += f" Of the numbers that were far off, {high} were too high, {len(off) - high} too low."
    return zh, en


# A Chinese keyboard: predict（“03-p1”，２０） is no Python, and its meaning is plain.
WIDE_CALL = re.compile(r"\s*predict\s*[(（]")
QUOTES = str.maketrans("“”‘’", "\"\"''")


def narrow_calls(lines: list[str]) -> list[str]:
    """The lines of a cell, calls of ``predict`` in them with narrow brackets, commas and digits."""
    return [
        unicodedata.normalize("NFKC", line).translate(QUOTES) if WIDE_CALL.match(line) else line
        for line in lines
    ]


def _listen() -> None:
    """Have the notebook read such calls, before Python does."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and narrow_calls not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(narrow_calls)


_listen()
