"""Quizzes of every kind: what they say to each choice, as text and by their buttons."""

import dataclasses
import io
import os
import re

import numpy as np
import pytest
from PIL import Image

from course_utils.learning import definitions, quiz, quiz_forms, quizzes, records
from course_utils.learning.help_buttons import HelpForm
from course_utils.learning.questions import (
    Marking,
    Matching,
    Option,
    Ordering,
    Pair,
    Quiz,
    Region,
    Step,
    read_letters,
)
from course_utils.messages import CourseError

T = ("中", "en")


def entry(name):
    return records.read()["quizzes"].get(name, {})


def wrong_letters(right):
    """One letter of the answer changed for another, in all ways."""
    known = sorted(set(right) | {"A", "B"})
    for place in range(len(right)):
        for letter in known:
            if letter != right[place]:
                yield right[:place] + letter + right[place + 1 :]


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("b, a → c", "BAC"),
        ("Ｂ，Ａ、Ｃ", "BAC"),
        ("1→B 2-A", "BA"),
        ("B > A", "BA"),
        ("x", ""),
        (3, ""),
    ],
)
def test_letters_are_read_however_they_are_written(typed, letters):
    assert read_letters(typed, 3) == letters


def test_order_is_answered_by_letters(lessons, capsys):
    question = definitions.find_quiz("98-q2")
    assert question.letters != "ABC"
    quiz("98-q2", question.letters[::-1])
    said = capsys.readouterr().out
    assert "as step 1" in said and "There is no gradient yet." in said and "第 1 步" in said
    assert entry("98-q2")["done"] is False and entry("98-q2")["wrong"] == 1
    quiz("98-q2", " → ".join(question.letters.lower()))
    said = capsys.readouterr().out
    assert "✓ Right" in said and "Each uses the one before." in said
    assert entry("98-q2")["done"] is True


def test_pairs_are_answered_by_letters(lessons, capsys):
    question = definitions.find_quiz("98-q3")
    right = question.letters
    fourth = "ABCD"[question.matches.index(("丁", "fourth"))]
    quiz("98-q3", fourth + right[1:])
    assert "There is no four." in capsys.readouterr().out
    quiz("98-q3", right[1] + right[0] + right[2])
    assert f"1 → {right[1]} ✗" in (said := capsys.readouterr().out) and "For two." in said
    quiz("98-q3", right)
    assert all(words in capsys.readouterr().out or words for words in ("One is", "Three is"))
    assert entry("98-q3")["done"] is True


@pytest.mark.parametrize("name", ["98-q2", "98-q3"])
@pytest.mark.parametrize("typed", ["", "A", "AAAAA", "XYZ", "A1", 3, "?", np.zeros(3)])
def test_an_answer_that_is_none_is_said(lessons, name, typed, capsys):
    quiz(name, typed)
    said = capsys.readouterr().out
    assert "is no complete answer" in said and f'quiz("{name}", "ABC")' in said
    assert entry(name) == {}


def test_a_place_in_the_picture_is_answered_by_its_letter(lessons, capsys):
    question = definitions.find_quiz("98-q4")
    for letter, option in zip("ABC", question.options, strict=True):
        quiz("98-q4", letter)
        assert option.feedback[1] in capsys.readouterr().out
    quiz("98-q4")
    assert "dark at the left" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["98-q1", "98-q2", "98-q3", "98-q4"])
def test_the_static_form_has_all_and_folds_the_answers(lessons, name):
    question = definitions.find_quiz(name)
    shown, folded = re.sub(r"<span[^>]*>|</span>", "", quizzes.static_form(question)).split(
        "<details>"
    )
    for language in (0, 1):
        for line in question.lines(language):
            text = line.partition(". ")[2]
            assert text in shown
            assert text in quizzes.plain_form(question)
    for zh, en in question.key():
        words = en.partition(": ")[2]
        assert words in folded and words not in shown and words not in quizzes.plain_form(question)
        assert zh


# --- buttons ------------------------------------------------------------------------------------


def press(form, name):
    next(button for button in form.buttons if button.description == name).click()
    return form.feedback.value


def test_steps_are_pressed_in_order(lessons):
    form = quiz_forms.form_of(definitions.find_quiz("98-q2"))
    first, second, third = form.question.letters
    assert "no gradient yet" in press(form, third)
    assert "And then?" in press(form, first)
    assert "has its place" in press(form, first)
    assert "as step 2" in press(form, third)
    press(form, second)
    assert entry("98-q2")["done"] is False
    assert "Each uses" in press(form, third)
    assert entry("98-q2")["done"] is True and entry("98-q2")["wrong"] == 2
    assert "step 3 ✓" in form.steps["ABC".index(third)].text.value


def test_pairs_are_pressed_one_after_another(lessons):
    form = quiz_forms.form_of(definitions.find_quiz("98-q3"))
    right = form.question.letters
    assert "For two." in press(form, right[1])
    assert "Now for <strong>2</strong>" in press(form, right[0])
    press(form, "3")  # another item first
    assert "Now for <strong>2</strong>" in press(form, right[2])
    assert entry("98-q3")["done"] is False
    assert "Two is second." in press(form, right[1])
    assert entry("98-q3")["done"] is True


def test_the_buttons_on_a_picture_lie_on_its_regions(lessons):
    question = definitions.find_quiz("98-q4")
    png, places = quiz_forms.drawn(question)
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("L"), float)
    height, width = pixels.shape
    means = []
    for left, top, wide, high in places:
        x, y = (left + wide / 2) * width, top * width + high * height / 2
        means.append(pixels[int(y), int(x)])
    order = [question.options[n].text[1] for n in np.argsort(means)]
    assert order == ["the left", "the middle", "the right"]
    form = quiz_forms.QuizForm(question)
    on_picture = quiz_forms.PictureForm(form, png, places, question.alt)
    on_picture.buttons[int(np.argmax(means))].click()
    assert "Brightest." in form.feedback.value
    assert entry("98-q4")["done"] is True


def test_all_of_an_option_is_its_button(lessons):
    form = quiz_forms.form_of(definitions.find_quiz("98-q1"))
    for option, letter in zip(form.options, "AB", strict=True):
        assert option.text.layout.grid_area == option.button.layout.grid_area
        assert option.button.layout.width == option.button.layout.height == "100%"
        assert option.button.description == letter and letter in option.text.value


def test_hints_and_the_solution_are_buttons_below_a_check(lessons):
    exercise = definitions.find_exercise("98-1")
    form = HelpForm(exercise, "<b>verdict</b>")
    names = [button.description for button in form.buttons]
    assert names == ["提示 1 · Hint 1", "提示 2 · Hint 2", "解答 · Solution"]
    form.buttons[1].click()
    assert "Take the derivative." in form.help.value and "$x_i^2$" in form.help.value
    form.buttons[0].click()
    assert "Take the derivative." not in form.help.value
    assert records.read()["exercises"]["98-1"]["hints"] == 2
    form.buttons[2].click()
    assert "$-0.6$" in form.help.value and 'role="status"' in form.help.value
    assert records.read()["exercises"]["98-1"]["solution"] is True


def test_a_students_copy_has_no_button_for_the_solution(lessons):
    exercise = dataclasses.replace(definitions.find_exercise("98-1"), solution=None)
    names = [button.description for button in HelpForm(exercise, "").buttons]
    assert names == ["提示 1 · Hint 1", "提示 2 · Hint 2"]


def test_progress_that_cannot_be_saved_keeps_no_button_from_answering(lessons, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", os.devnull)
    form = quiz_forms.form_of(definitions.find_quiz("98-q1"))
    form.buttons[0].click()
    assert form.feedback.value


# --- what an author gets wrong ------------------------------------------------------------------

PAIR = Pair(T, T, T, T)
BROKEN = {
    "one option": lambda: Quiz("98-q1", T, [Option(T, T, right=True)]),
    "all right": lambda: Quiz("98-q1", T, [Option((x, x), T, right=True) for x in "ab"]),
    "none right": lambda: Quiz("98-q1", T, [Option((x, x), T) for x in "ab"]),
    "same text": lambda: Quiz("98-q1", T, [Option(T, T, right=True), Option(T, T)]),
    "no feedback": lambda: Quiz(
        "98-q1", T, [Option(("a", "a"), T, right=True), Option(("b", "b"), ("", ""))]
    ),
    "two steps": lambda: Ordering("98-q1", T, [Step(("a", "a")), Step(("b", "b"), T)], T),
    "step without feedback": lambda: Ordering(
        "98-q1", T, [Step(("a", "a")), Step(("b", "b"), T), Step(("c", "c"))], T
    ),
    "two pairs": lambda: Matching("98-q1", T, [PAIR, PAIR]),
    "same match twice": lambda: Matching("98-q1", T, [Pair((x, x), T, T, T) for x in "abc"]),
    "no region": lambda: Marking(
        "98-q1", T, [Option((x, x), T, right=x == "a") for x in "abc"], lambda: None, T
    ),
    "box inside out": lambda: Marking(
        "98-q1",
        T,
        [Region((x, x), T, right=x == "a", box=(3, 0, 1, 1)) for x in "abc"],
        lambda: None,
        T,
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_definition_that_cannot_work_is_refused(what):
    with pytest.raises(CourseError, match="(?s)测验 98-q1：.*Quiz 98-q1: "):
        BROKEN[what]()
