"""Kinds of quiz: choose an option, mark a place in a picture, order the steps, match pairs.

Here is what a quiz is and what it says to an answer; quiz_forms.py has the buttons. A definition
that cannot work is refused when its file is loaded, with a CourseError that names the quiz.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.messages import CourseError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Text = tuple[str, str]
Box = tuple[float, float, float, float]  # left, bottom, right, top
QUIZ_ID = re.compile(r"\d\d-q\d+")
LETTERS = "ABCDEFGHIJ"


class Answer(NamedTuple):
    """What a quiz says to a choice; ``done``: whether the whole quiz is answered with it."""

    right: bool
    feedback: Text
    done: bool = False


class Question:
    """What every kind has: an id like ``"03-q1"``, a question, lettered choices, feedback."""

    id: str
    question: Text

    @property
    def n_letters(self) -> int:
        """How many choices have a letter."""
        raise NotImplementedError

    def lines(self, language: int) -> list[str]:
        """What stands below the question, in Markdown, line by line (0: 中文, 1: English)."""
        raise NotImplementedError

    def key(self) -> list[Text]:
        """The answers, folded away in the static form and printed for teachers."""
        raise NotImplementedError

    def answer(self, letters: str) -> Answer:
        """What to say to an answer that was typed; CourseError where it is none."""
        raise NotImplementedError


@dataclass(frozen=True)
class Option:
    """One option of a quiz with its feedback, both as (中文, English)."""

    text: Text
    feedback: Text
    right: bool = False


@dataclass(frozen=True)
class Quiz(Question):
    """One question with options. One option or more are right."""

    id: str
    question: Text
    options: Sequence[Option]

    def __post_init__(self) -> None:
        check_id(self.id, QUIZ_ID, "03-q1")
        right = sum(option.right for option in self.options)
        if not 2 <= len(self.options) <= len(LETTERS) or not 0 < right < len(self.options):
            raise _refusal(
                self.id,
                f"要 2–{len(LETTERS)} 个选项，至少一个对，至少一个不对",
                f"give 2–{len(LETTERS)} options, at least one right and at least one wrong",
            )
        _check_texts(self.id, [o.text for o in self.options], [o.feedback for o in self.options])
        # Authors tend to put the right option second: an order of its own gives nothing away.
        object.__setattr__(self, "options", shuffled(self.id, self.options, lambda o: o.text))

    @property
    def n_letters(self) -> int:
        return len(self.options)

    def lines(self, language: int) -> list[str]:
        return _lettered((option.text for option in self.options), language)

    def choose(self, letter: str) -> Answer:
        """What to say to one option."""
        option = self.options[LETTERS.index(letter)]
        return Answer(option.right, _verdict(letter, option.right, option.feedback), option.right)

    def key(self) -> list[Text]:
        return [self.choose(letter).feedback for letter in LETTERS[: self.n_letters]]

    def answer(self, letters: str) -> Answer:
        typed = read_letters(letters, self.n_letters)
        if len(typed) != 1:
            words, known = _shown(letters), LETTERS[: self.n_letters]
            raise CourseError(
                f"没有选项 `{words}`。请写一个字母：{'、'.join(known)}。",
                f"There is no option `{words}`. Write one letter: {', '.join(known)}.",
            )
        return self.choose(typed)


@dataclass(frozen=True)
class Region(Option):
    """An option that is a place in the picture: ``box`` in the coordinates of its first axes."""

    box: Box = field(kw_only=True)


@dataclass(frozen=True)
class Marking(Quiz):
    """A quiz whose options are 3–6 regions of a picture; their texts say where, not what is right.

    picture: a function without arguments -> Figure, the same in every run. alt: what the picture
    shows, for those who cannot see it.
    """

    options: Sequence[Region]
    picture: Callable[[], "Figure"]
    alt: Text

    def __post_init__(self) -> None:
        super().__post_init__()
        sound = [isinstance(o, Region) and _is_box(o.box) for o in self.options]
        if not 3 <= len(self.options) <= 6 or not all(sound):
            raise _refusal(
                self.id,
                "图上要有 3–6 个 Region，每个有 box=(左, 下, 右, 上)",
                "a picture has 3–6 Regions, each with box=(left, bottom, right, top)",
            )
        _check_texts(self.id, [self.alt], [self.alt])


def _is_box(box: Any) -> bool:
    return len(box) == 4 and box[0] < box[2] and box[1] < box[3]


@dataclass(frozen=True)
class Step:
    """A step of a process. ``too_early``: what to say when it is chosen before its turn.

    The first step cannot be too early and needs no such text.
    """

    text: Text
    too_early: Text = ("", "")


@dataclass(frozen=True)
class Ordering(Question):
    """Steps to be put in order, given in the right one; ``why``: why it is this order."""

    id: str
    question: Text
    steps: Sequence[Step]
    why: Text

    def __post_init__(self) -> None:
        check_id(self.id, QUIZ_ID, "03-q1")
        if not 3 <= len(self.steps) <= 8:
            raise _refusal(self.id, "要 3–8 个步骤", "give 3–8 steps")
        feedback = [self.why, *(step.too_early for step in self.steps[1:])]
        _check_texts(self.id, [step.text for step in self.steps], feedback)

    @property
    def shown(self) -> tuple[Step, ...]:
        """The steps as they are lettered: never in the right order."""
        mixed = shuffled(self.id, self.steps, lambda step: step.text)
        return mixed[::-1] if mixed == tuple(self.steps) else mixed

    @property
    def letters(self) -> str:
        """The right answer: ``"BACD"``."""
        return "".join(LETTERS[self.shown.index(step)] for step in self.steps)

    @property
    def n_letters(self) -> int:
        return len(self.steps)

    def lines(self, language: int) -> list[str]:
        return _lettered((step.text for step in self.shown), language)

    def choose(self, placed: str, letter: str) -> Answer:
        """What to say when ``letter`` comes after the steps that are in their ``placed`` already."""
        if letter in placed:
            return Answer(
                True, (f"**{letter}** 已经放好了。", f"**{letter}** has its place already.")
            )
        n = len(placed) + 1
        if letter != self.letters[n - 1]:
            text = self.shown[LETTERS.index(letter)].too_early
            return Answer(False, _verdict(letter, False, text, f"第 {n} 步", f"as step {n}"))
        if n < self.n_letters:
            zh, en = (
                f"**{letter} ✓** 是第 {n} 步。下一步呢？",
                f"**{letter} ✓** is step {n}. And then?",
            )
            return Answer(True, (zh, en))
        return Answer(True, _verdict(" → ".join(self.letters), True, self.why), done=True)

    def key(self) -> list[Text]:
        early = (
            _verdict(LETTERS[self.shown.index(s)], False, s.too_early, "太早", "too early")
            for s in self.steps[1:]
        )
        return [_verdict(" → ".join(self.letters), True, self.why), *early]

    def answer(self, letters: str) -> Answer:
        typed = read_letters(letters, self.n_letters)
        if sorted(typed) != sorted(self.letters):
            raise _not_all(self, letters, "按顺序写出", "in order")
        return first_wrong_or_last(self.choose(typed[:n], letter) for n, letter in enumerate(typed))


@dataclass(frozen=True)
class Pair:
    """Two things that belong together, and the feedback for right and wrong.

    why: what to say when they are put together. elsewhere: what to say when ``match`` is chosen
    for another item, so it says what ``match`` is really for.
    """

    item: Text
    match: Text
    why: Text
    elsewhere: Text


@dataclass(frozen=True)
class Matching(Question):
    """Items 1, 2, … and lettered things to match them with; ``others`` match nothing."""

    id: str
    question: Text
    pairs: Sequence[Pair]
    others: Sequence[Option] = ()

    def __post_init__(self) -> None:
        check_id(self.id, QUIZ_ID, "03-q1")
        if len(self.pairs) < 3 or self.n_letters > len(LETTERS):
            raise _refusal(
                self.id,
                f"至少 3 对，右边至多 {len(LETTERS)} 个",
                f"give at least 3 pairs, and at most {len(LETTERS)} things to choose from",
            )
        feedback = [text for pair in self.pairs for text in (pair.why, pair.elsewhere)]
        _check_texts(self.id, [pair.item for pair in self.pairs], feedback)
        _check_texts(self.id, self.matches, [option.feedback for option in self.others])

    @property
    def matches(self) -> list[Text]:
        """The right-hand side as it is lettered."""
        texts = [pair.match for pair in self.pairs] + [option.text for option in self.others]
        return list(shuffled(self.id, texts, lambda text: text))

    @property
    def letters(self) -> str:
        """The right answer: a letter for each item, in order."""
        return "".join(LETTERS[self.matches.index(pair.match)] for pair in self.pairs)

    @property
    def n_letters(self) -> int:
        return len(self.pairs) + len(self.others)

    def lines(self, language: int) -> list[str]:
        items = [f"{n}. {pair.item[language]}" for n, pair in enumerate(self.pairs, 1)]
        return items + _lettered(self.matches, language)

    def choose(self, item: int, letter: str) -> Answer:
        """What to say when ``letter`` is chosen for an item (0, 1, …)."""
        name, text = f"{item + 1} → {letter}", self.matches[LETTERS.index(letter)]
        if letter == self.letters[item]:
            return Answer(True, _verdict(name, True, self.pairs[item].why))
        said = {pair.match: pair.elsewhere for pair in self.pairs}
        said |= {option.text: option.feedback for option in self.others}
        return Answer(False, _verdict(name, False, said[text]))

    def key(self) -> list[Text]:
        right = [self.choose(n, letter).feedback for n, letter in enumerate(self.letters)]
        said = [(pair.match, pair.elsewhere) for pair in self.pairs]
        said += [(option.text, option.feedback) for option in self.others]
        wrong = [
            _verdict(LETTERS[self.matches.index(match)], False, text, "配给别的项", "elsewhere")
            for match, text in said
        ]
        return right + wrong

    def answer(self, letters: str) -> Answer:
        typed = read_letters(letters, self.n_letters)
        if len(typed) != len(self.pairs):
            raise _not_all(self, letters, "给每一项选一个，依次写出", "one for each item in turn")
        said = [self.choose(n, letter) for n, letter in enumerate(typed)]
        if wrong := [answer for answer in said if not answer.right]:
            return wrong[0]
        zh, en = ("\n\n".join(answer.feedback[language] for answer in said) for language in (0, 1))
        return Answer(True, (zh, en), done=True)


# --- what they share ----------------------------------------------------------------------------


def first_wrong_or_last(answers: Iterable[Answer]) -> Answer:
    """The answer to a row of choices: the first that is wrong, or the last."""
    last = None
    for last in answers:
        if not last.right:
            break
    assert last is not None  # a quiz has choices
    return last


def read_letters(typed: Any, n: int) -> str:
    """``"b, a → c"`` as ``"BAC"``; empty where something in it is none of the first n letters.

    A Chinese keyboard writes Ｂ，Ａ as easily as B,A.
    """
    text = unicodedata.normalize("NFKC", typed if isinstance(typed, str) else "").upper()
    letters = re.sub(r"[\s,、;.→>\-–—]|\d+\s*(?=[→:=-])", "", text)
    return letters if all(letter in LETTERS[:n] for letter in letters) else ""


def shuffled(name: str, things: Iterable, text: Callable[[Any], Text]) -> tuple:
    """The things in an order that depends on the quiz and on their texts only."""
    return tuple(sorted(things, key=lambda thing: _digest(name + text(thing)[1])))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _lettered(texts: Iterable[Text], language: int) -> list[str]:
    pairs = zip(LETTERS, texts, strict=False)
    return [f"{letter}. {text[language]}" for letter, text in pairs]


def _verdict(
    name: str, right: bool, feedback: Text, zh_place: str = "", en_place: str = ""
) -> Text:
    """``**A ✗ 不对**：…``, with the place where it was chosen."""
    zh, en = ("✓ 对", "✓ Right") if right else ("✗ 不对", "✗ Not this one")
    zh_place, en_place = (f"（{zh_place}）", f" ({en_place})") if zh_place else ("", "")
    return f"**{name} {zh}**{zh_place}：{feedback[0]}", f"**{name} {en}**{en_place}: {feedback[1]}"


def _shown(typed: Any) -> str:
    return typed if isinstance(typed, str) else type(typed).__name__


def _not_all(quiz: Question, typed: Any, zh: str, en: str) -> CourseError:
    words, known = _shown(typed), LETTERS[: quiz.n_letters]
    n = len(getattr(quiz, "pairs", known))
    example = known[:n]
    return CourseError(
        f"`{words}` 不是完整的答案：从 {'、'.join(known)} 里{zh} {n} 个字母，"
        f'例如 `quiz("{quiz.id}", "{example}")`。',
        f"`{words}` is no complete answer. Write {n} letters out of {', '.join(known)}, {en}: "
        f'for example `quiz("{quiz.id}", "{example}")`.',
    )


def check_id(name: str, pattern: re.Pattern, example: str) -> None:
    """CourseError for an id of another form than the example's."""
    if not pattern.fullmatch(name):
        raise CourseError(
            f"编号 {name!r} 不对：请写成 {example!r} 的样子。",
            f"The id {name!r} is not of the form {example!r}.",
        )


def _check_texts(name: str, texts: Sequence[Text], feedback: Sequence[Text]) -> None:
    """CourseError where a text or a feedback is missing, or two texts are the same."""
    for text in (*texts, *feedback):
        if len(text) != 2 or not all(isinstance(part, str) and part.strip() for part in text):
            raise _refusal(
                name,
                f"每段文字都要有（中文, English）两种，反馈也是；这里是 {text!r}",
                f"every text and every feedback is a pair (中文, English), not {text!r}",
            )
    if len(set(texts)) < len(texts):
        raise _refusal(name, "有两个选项的文字相同", "two of its texts are the same")


def _refusal(name: str, zh: str, en: str) -> CourseError:
    return CourseError(f"测验 {name}：{zh}。", f"Quiz {name}: {en}.")
