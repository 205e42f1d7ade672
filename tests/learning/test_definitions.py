"""Every exercise, quiz and prediction of the course: references pass, wrong answers get their reason."""

import ast
import re
from collections import Counter

import numpy as np
import pytest
from matplotlib.text import Text

from course.notebooks.lessons import python_only
from course_utils import paths
from course_utils.learning import definitions
from course_utils.learning.checking import judge
from course_utils.learning.questions import Marking

NUMBERS = list(definitions.definition_files())
EXERCISES = [e for number in NUMBERS for e in definitions.exercises(number).values()]
QUIZZES = [q for number in NUMBERS for q in definitions.quizzes(number).values()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def endless(*_):
    while True:
        pass


def raising(*_):
    raise RuntimeError


def by_id(things):
    return pytest.mark.parametrize("thing", things, ids=[thing.id for thing in things])


def assert_bilingual(text):
    """Two texts; a Chinese one has Chinese in it unless it is nothing but code and formulas."""
    zh, en = text
    words = re.sub(r"`[^`]*`|\$[^$]*\$|[^A-Za-z]", "", en)
    assert zh.strip()
    assert en.strip()
    assert not CHINESE.search(re.sub(r"`[^`]*`", "", en)), en
    assert CHINESE.search(zh) or len(words) < 12, zh


@by_id(EXERCISES)
def test_reference_passes(thing):
    verdict = judge(thing, thing.reference)
    assert verdict.state == "right", verdict.en


@by_id(EXERCISES)
def test_wrong_answers_fail_with_their_reason(thing):
    assert len(thing.wrong) >= 3
    for answer, piece in thing.wrong:
        verdict = judge(thing, answer)
        assert verdict.state == "not yet", f"{answer!r} passes"
        assert piece.strip()
        assert piece in f"{verdict.zh}\n{verdict.en}", f"{answer!r}: {verdict.en}"
        assert_bilingual((verdict.zh, verdict.en))


@by_id(EXERCISES)
def test_nonsense_is_never_right(thing):
    bad = [float("nan"), np.zeros((2, 7, 1, 3)), ["a", "b"], raising, object(), {"no": 1}]
    for answer in bad:
        assert judge(thing, answer).state == "not yet", answer
    for stub in (..., None):
        assert judge(thing, stub).state == "not attempted"


@by_id([e for e in EXERCISES if callable(e.reference)])
def test_endless_functions_are_stopped(thing):
    hurried = definitions.Exercise(**{**vars(thing), "seconds": 0.5})
    assert "never ends" in judge(hurried, endless).en


@by_id(EXERCISES)
def test_texts_are_there_in_both_languages(thing):
    assert len(thing.hints) >= 2
    assert thing.solution is not None
    for text in (thing.title, thing.solution, *thing.hints):
        assert_bilingual(text)


@by_id(EXERCISES)
def test_a_right_answer_is_told_why(thing):
    """One to three sentences, and not the solution once more."""
    assert_bilingual(thing.why)
    assert thing.why != thing.solution
    assert 30 <= len(thing.why[1]) <= 330, len(thing.why[1])


@by_id(QUIZZES)
def test_quiz_has_feedback_for_each_choice(thing):
    """That each choice has some is checked when the file is loaded."""
    assert_bilingual(thing.question)
    for text in zip(thing.lines(0), thing.lines(1), strict=True):
        assert_bilingual(text)
    for text in thing.key():
        assert_bilingual(text)
    feedback = [en.partition(": ")[2] for _, en in thing.key()]
    assert len(set(feedback)) == len(feedback)


@by_id([quiz for quiz in QUIZZES if isinstance(quiz, Marking)])
def test_a_picture_to_mark_has_no_words(thing):
    """It is stored as pixels, the same in each language; words stand in the question."""
    drawn = [text.get_text() for text in thing.picture().findobj(Text)]
    assert [text for text in drawn if CHINESE.search(text) or re.search("[A-Za-z]{2}", text)] == []


def test_every_kind_of_quiz_is_used():
    assert {type(quiz).__name__ for quiz in QUIZZES} == {"Quiz", "Ordering", "Matching", "Marking"}


def used(file, calling=("check", "quiz", "predict")):
    """The ids that the lesson's code passes to these functions."""
    code = python_only(file.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call) and n.args]
    names = [c.args[0] for c in calls if getattr(c.func, "id", "") in calling]
    return Counter(name.value for name in names if isinstance(name, ast.Constant))


@pytest.mark.parametrize("number", NUMBERS)
def test_lesson_uses_what_is_defined_once(number):
    (lesson,) = paths.LESSONS.glob(f"{number}_*.py")
    predictions = definitions.predictions(number)
    defined = [*definitions.exercises(number), *definitions.quizzes(number), *predictions]
    assert used(lesson) == Counter(defined)
    assert used(lesson, ["outcome"]) == Counter(list(predictions))
    assert used(lesson, ["guesses"]) == Counter([number] if predictions else [])
    assert all(name.startswith(f"{number}-") for name in defined)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_id_twice(number):
    text = definitions.definition_files()[number].read_text(encoding="utf-8")
    ids = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
    ids = [v for v in ids if isinstance(v, str) and re.fullmatch(rf"{number}-[qp]?\d+", v)]
    groups = (definitions.exercises, definitions.quizzes, definitions.predictions)
    assert len(set(ids)) == sum(len(group(number)) for group in groups)


def test_lessons_that_check_have_definitions():
    checking = [p.name[:2] for p in paths.LESSONS.glob("[0-9][0-9]_*.py") if used(p)]
    assert set(checking) <= set(NUMBERS)
