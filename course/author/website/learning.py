"""Quizzes, exercises and guesses of a lesson as parts of a page; templates/site/site.js brings them to life."""

import html
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from course.author.website.words import Text, blocks, inline, plain, words
from course_utils.learning import definitions, quiz_forms
from course_utils.learning.answers import LETTERS, Number, OneOf, YesNo
from course_utils.learning.definitions import Prediction
from course_utils.learning.questions import Answer, Marking, Matching, Ordering, Question, Quiz

YES_NO: tuple[Text, Text] = (("是", "yes"), ("否", "no"))
Shown = Callable[[bytes, str], str]  # PNG, alt text -> <img>


def data(values: Any) -> str:
    """Values for the page's script."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


# --- quizzes ------------------------------------------------------------------------------------


def quiz(question: Question, language: str, picture: Shown) -> str:
    """A question with a button for each choice, and its answers folded for who has no scripts."""
    title = words(language, f"测验 {question.id}", f"Quiz {question.id}")
    buttons, kind = _choices(question, language, picture)
    key = "".join(blocks(language, text) for text in question.key())
    told = words(language, "全部答案", "All answers")
    return (
        f'<section class="box quiz" id="quiz-{question.id}" data-quiz="{question.id}" '
        f'data-kind="{kind}" aria-labelledby="title-{question.id}">'
        f'<p class="title" id="title-{question.id}">{title}</p>'
        f'<div class="question">{blocks(language, question.question)}</div>{buttons}'
        f'<div class="feedback" role="status"></div>'
        f"<details><summary>{told}</summary>{key}</details>"
        f"{data(_answers(question, language))}</section>"
    )


def _choices(question: Question, language: str, picture: Shown) -> tuple[str, str]:
    """The buttons, and what kind of quiz it is."""
    if isinstance(question, Matching):
        items = [pair.item for pair in question.pairs]
        left = "".join(_button("item", str(n), text, language) for n, text in enumerate(items, 1))
        right = _letters(question.matches, language)
        columns = f'<div class="column">{left}</div><div class="column">{right}</div>'
        return f'<div class="columns">{columns}</div>', "match"
    if isinstance(question, Ordering):
        return _letters([step.text for step in question.shown], language), "order"
    assert isinstance(question, Quiz)
    drawing = _marking(question, language, picture) if isinstance(question, Marking) else ""
    return drawing + _letters([option.text for option in question.options], language), "choice"


def _letters(texts: list[Text], language: str) -> str:
    pairs = zip(LETTERS, texts, strict=False)
    return "".join(_button("choice", letter, text, language) for letter, text in pairs)


def _button(kind: str, name: str, text: Text, language: str) -> str:
    return (
        f'<button type="button" data-{kind}="{name}"><b>{name}</b> '
        f"<span>{inline(language, text)}</span></button>"
    )


def _marking(question: Marking, language: str, picture: Shown) -> str:
    png, places = _drawn(question.id)
    frames = []
    for letter, (left, top, width, height), option in zip(
        LETTERS, places, question.options, strict=False
    ):
        name = html.escape(f"{letter}: {plain(language, *option.text)}")
        # The top is a share of the width, as margins are; so the button's place is a margin.
        style = f"left:{left:.2%};margin-top:{top:.2%};width:{width:.2%};height:{height:.2%}"
        frames.append(
            f'<button type="button" data-choice="{letter}" aria-label="{name}" '
            f'style="{style}"></button>'
        )
    shown = picture(png, plain(language, *question.alt))
    return f'<div class="marking">{shown}{"".join(frames)}</div>'


@cache
def _drawn(name: str) -> tuple[bytes, list[tuple[float, float, float, float]]]:
    question = definitions.find_quiz(name)
    assert isinstance(question, Marking)
    return quiz_forms.drawn(question)


def _answers(question: Question, language: str) -> dict[str, list[Any]]:
    """What is said to each choice: key -> [right, HTML, done]."""
    if isinstance(question, Matching):
        n, letters = len(question.pairs), LETTERS[: question.n_letters]
        return {
            f"{item + 1}{letter}": _answer(question.choose(item, letter), language)
            for item in range(n)
            for letter in letters
        }
    if isinstance(question, Ordering):
        found = {}
        for n in range(question.n_letters):
            placed = question.letters[:n]
            for letter in LETTERS[: question.n_letters]:
                if letter not in placed:
                    key = f"{n + 1}{letter}"
                    found[key] = _answer(question.choose(placed, letter), language)
        return found
    assert isinstance(question, Quiz)
    letters = LETTERS[: question.n_letters]
    return {letter: _answer(question.choose(letter), language) for letter in letters}


def _answer(answer: Answer, language: str) -> list[Any]:
    return [answer.right, blocks(language, answer.feedback), answer.done]


# --- exercises ----------------------------------------------------------------------------------


def exercise(name: str, language: str, run_it: str) -> str:
    """The exercise's hints, one after the other, its worked solution, and how to run it."""
    found = definitions.find_exercise(name)
    zh, en = found.title
    title = inline(language, (f"练习 {name} · {zh}", f"Exercise {name} · {en}"))
    hints = "".join(
        _folded(words(language, f"提示 {n}", f"Hint {n}"), blocks(language, text))
        for n, text in enumerate(found.hints, 1)
    )
    solution = ""
    if found.solution is not None:
        why = blocks(language, found.why) if found.why else ""
        worked = blocks(language, found.solution) + why
        solution = _folded(words(language, "解答", "Solution"), worked)
    told = words(language, "运行它：两条命令", "Run it: two commands")
    return (
        f'<section class="box exercise" id="exercise-{name}" aria-labelledby="title-{name}">'
        f'<p class="title" id="title-{name}">{title}</p>{hints}{solution}'
        f"{_folded(told, run_it)}</section>"
    )


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


# --- guesses ------------------------------------------------------------------------------------


def prediction(name: str, language: str) -> str:
    """The question with a place for the guess; what follows it in the page waits for that."""
    found = definitions.find_prediction(name)
    title = words(language, f"先猜 · {name}", f"Guess first · {name}")
    question = f'<label for="guess-{name}">{inline(language, found.question)}</label>'
    if not isinstance(found.answer, Number):
        question = f'<span id="asks-{name}">{inline(language, found.question)}</span>'
    note = plain(language, "记下", "Note it")
    return (
        f'<form class="box guess" id="predict-{name}" data-prediction="{name}">'
        f'<p class="title">{title}</p><p>{question}</p>{_field(found, language)}'
        f'<button type="submit">{note}</button> <output class="noted"></output>'
        f"{data(_about(found, language))}</form>"
    )


def _field(found: Prediction, language: str) -> str:
    answer, name = found.answer, found.id
    if isinstance(answer, Number):
        unit = words(language, *answer.unit)
        field = f'<input id="guess-{name}" name="guess" inputmode="decimal" autocomplete="off" required>'
        return f"{field} {unit} <span>({answer.least:,}–{answer.high:,})</span> "
    options = YES_NO if isinstance(answer, YesNo) else answer.options  # type: ignore[attr-defined]
    values = ("true", "false") if isinstance(answer, YesNo) else LETTERS
    picks = "".join(
        f'<label class="pick"><input type="radio" name="guess" value="{value}" required> '
        f"{inline(language, text)}</label>"
        for value, text in zip(values, options, strict=False)
    )
    return f'<div role="radiogroup" aria-labelledby="asks-{name}">{picks}</div>'


def _about(found: Prediction, language: str) -> dict[str, Any]:
    """What the script has to know to judge a guess and to show it."""
    answer = found.answer
    if isinstance(answer, Number):
        return {
            "low": answer.least,
            "high": answer.high,
            "close": answer.close,
            "factor": answer.factor,
            "unit": plain(language, *answer.unit),
        }
    if isinstance(answer, YesNo):
        return {
            "options": {"true": plain(language, *YES_NO[0]), "false": plain(language, *YES_NO[1])}
        }
    assert isinstance(answer, OneOf)
    pairs = zip(LETTERS, answer.options, strict=False)
    return {"options": {letter: plain(language, *text) for letter, text in pairs}}


def outcome(name: str, result: Any, language: str) -> str:
    """The result, beside which the script puts the guess."""
    found = definitions.find_prediction(name)
    value = found.answer.measured(result)
    shown = found.answer.shown(value)
    if isinstance(found.answer, YesNo):
        shown = YES_NO[0 if value else 1]
    said = words(language, f"结果：{shown[0]}", f"Result: {shown[1]}")
    stored = html.escape(json.dumps(value))
    return f'<p class="box outcome" data-outcome="{name}" data-result="{stored}">{said}</p>'
