"""check, hint, solution, quiz and reset: what they say, and that they never raise."""

import numpy as np
import pytest

from course_utils.learning import check, definitions, hint, quiz, records, reset, solution
from course_utils.learning.checking import assess


def raising(*_):
    raise RuntimeError("boom")


def endless(*_):
    while True:
        pass


def leaving(*_):
    raise SystemExit(3)


class Hostile:
    """Everything about it raises."""

    def __array__(self, *_, **__):
        raise MemoryError

    def __eq__(self, other):
        raise ValueError

    def __repr__(self):
        raise ValueError

    __hash__ = None


BAD = {
    "None": None,
    "NaN": float("nan"),
    "shape": np.zeros((2, 7, 1)),
    "strings": ["a", "b"],
    "raising": raising,
    "leaving": leaving,
    "endless": endless,
    "hostile": Hostile(),
    "class": Hostile,
    "dict": {"a": Hostile()},
    "generator": (i for i in range(3)),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ["98-1", "98-2"])
def test_bad_answers_never_raise_and_are_never_right(lessons, name, bad, capsys):
    check(name, BAD[bad])
    said = capsys.readouterr().out
    assert ("Not yet" in said) or (bad == "None" and "Not attempted" in said)
    assert "The course itself has failed" not in said


@pytest.mark.parametrize("name", ["98-3", "97-1", "", "../x"])
def test_unknown_exercise_names_those_there_are(lessons, name, capsys):
    for function in (check, hint, solution, quiz):
        function(name)
        assert "There is no" in capsys.readouterr().out
    check("98-7", 1)
    assert '`"98-1"`, `"98-2"`' in capsys.readouterr().out


def test_three_states_in_both_languages(lessons, capsys):
    for answer, zh, en in [
        (-0.6, "✓ 正确 · 98-1 斜率", "✓ Right · 98-1 The slope"),
        (0.3, "少乘了 2。", "A factor of 2 is missing."),
        (..., "○ 还没有作答", "○ Not attempted"),
    ]:
        assert check("98-1", answer) is None
        said = capsys.readouterr().out
        assert zh in said
        assert en in said


def test_hints_go_on_one_step_each_time_and_after_a_restart(lessons, capsys, monkeypatch):
    hint("98-1")
    first = capsys.readouterr().out
    assert "Write $x_i^2$." in first
    assert "derivative" not in first
    monkeypatch.setattr("course_utils.learning.checking._shown_here", {})  # a new kernel
    hint("98-1")
    second = capsys.readouterr().out
    assert "derivative" in second
    assert "last hint" in second
    hint("98-1")
    assert capsys.readouterr().out == second


def test_solution_and_a_copy_without_it(lessons, capsys):
    solution("98-1")
    assert "It is $-0.6$." in capsys.readouterr().out
    file = lessons / "exercises_98.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('solution=("答案是 $-0.6$。", "It is $-0.6$."),', ""), encoding="utf-8"
    )
    solution("98-1")
    assert "student copy holds no solutions" in capsys.readouterr().out


def test_quiz_text_keeps_the_answers_folded(lessons, capsys):
    quiz("98-q1")
    said = capsys.readouterr().out
    assert "B. it doubles" in said
    assert "proportional" not in said


def test_quiz_is_answered_by_a_letter(lessons, capsys):
    right = next(o for o in definitions.find_quiz("98-q1").options if o.right)
    letter = "AB"[definitions.find_quiz("98-q1").options.index(right)]
    quiz("98-q1", {"A": "B", "B": "A"}[letter])
    shown = capsys.readouterr().out
    assert "不对" in shown and "Not this one" in shown
    assert records.read()["quizzes"]["98-q1"]["done"] is False
    quiz("98-q1", f" {letter.lower()}")
    shown = capsys.readouterr().out
    assert all(text in shown for text in right.feedback)
    assert records.read()["quizzes"]["98-q1"]["done"] is True


@pytest.mark.parametrize("answer", ["", "Z", "AB", 1, ["A"], Hostile(), np.zeros((300, 300))])
def test_an_option_that_is_not_there_is_said(lessons, capsys, answer):
    quiz("98-q1", answer)
    shown = capsys.readouterr().out
    assert "没有选项" in shown and "Write one letter: A, B" in shown
    assert "98-q1" not in records.read()["quizzes"]


def test_what_was_right_stays_done_and_reset_forgets(lessons, capsys):
    check("98-1", -0.6)
    check("98-1", 1)
    check("98-2", ...)
    entry = records.read()["exercises"]["98-1"]
    assert (entry["done"], entry["tries"]) == (True, 2)
    assert "98-2" not in records.read()["exercises"]
    reset("98-2")
    reset()
    reset("all")
    assert records.read()["exercises"]["98-1"]["done"]
    reset("98")
    assert records.read()["exercises"] == {}
    check("98-1", -0.6)
    reset("all", confirm=True)
    assert records.read()["exercises"] == {}


def test_progress_that_cannot_be_saved_is_said_and_the_verdict_still_comes(
    lessons, tmp_path, capsys, monkeypatch
):
    (tmp_path / "a-file").write_text("", encoding="utf-8")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "a-file"))
    check("98-1", -0.6)
    said = capsys.readouterr().out
    assert "✓ Right" in said
    assert "could not be saved" in said
    hint("98-1")
    hint("98-1")
    assert "Hint 2/2" in capsys.readouterr().out


def test_interrupting_is_no_error(lessons, monkeypatch):
    from course_utils.learning import deadline

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(deadline, "run", interrupted)
    assert assess("98-1", 1).en == "You interrupted the check."


SLIPS = {
    "nothing": ([], {}, "Write it like this"),
    "too much": (["98-1", 1, 2, 3], {}, "Write it like this"),
    "other name": (["98-1"], {"anwser": 1}, "Write it like this"),
    "a number": ([1], {}, "in quotes"),
    "the answer first": ([np.zeros((300, 300)), "98-1"], {}, ""),
    "hostile": ([Hostile()], {}, "in quotes"),
    "half an id": (["1"], {}, "There is no"),
    "no such number": (["98-9"], {}, "There is no"),
    "a list": ([["98-1"]], {}, "in quotes"),
    "None": ([None], {}, "in quotes"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("function", [check, hint, solution, quiz, reset])
def test_a_learners_slip_is_not_the_courses_fault(lessons, function, slip, capsys):
    args, kwargs, says = SLIPS[slip]
    function(*args, **kwargs)
    said = capsys.readouterr().out
    assert "The course itself has failed" not in said
    assert len(said) < 600
    if function is not reset:
        assert says in said
        assert "98-" in said or "03-" in said  # how to write it


def test_every_function_shows_how_it_is_written(lessons, capsys):
    for function in (check, hint, solution, quiz):
        function()
        said = capsys.readouterr().out
        assert f'请这样写：`{function.__name__}("03-' in said
        assert f'Write it like this: `{function.__name__}("03-' in said


@pytest.mark.parametrize("typed", ["９８－１", " 98-1 ", "98—1", "98–1", "98−1"])
def test_an_id_from_a_chinese_keyboard_is_understood(lessons, typed, capsys):
    check(typed, -0.6)
    assert "✓ Right · 98-1" in capsys.readouterr().out
    assert records.read()["exercises"]["98-1"]["done"]


@pytest.mark.parametrize("what", ["3", "3-2", 3, None, "everything"])
def test_reset_of_something_else_says_what_can_be_written(lessons, what, capsys):
    check("98-1", -0.6)
    reset(what)
    assert '`reset("03-2")`, `reset("03")`' in capsys.readouterr().out
    assert records.read()["exercises"]["98-1"]["done"]


def broken(lessons):
    """A fault of the course: the judge of 98-1 fails by itself, and so does reading 98-2."""
    file = lessons / "exercises_98.py"
    text = file.read_text(encoding="utf-8").replace("judges.number(-0.6", "judges.nombre(-0.6")
    file.write_text(text, encoding="utf-8")


def test_a_fault_of_the_course_is_told_without_a_traceback(lessons, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_DEBUG", raising=False)
    broken(lessons)
    check("98-1", -0.6)
    said = capsys.readouterr().out
    assert "课程自己出错了" in said and "The course itself has failed" in said
    assert "nombre" in said
    assert said.count("%env COURSE_DEBUG=1") == 2


def test_a_fault_of_the_course_is_raised_for_whoever_looks_for_it(lessons, monkeypatch):
    monkeypatch.setenv("COURSE_DEBUG", "1")
    broken(lessons)
    for call in (lambda: check("98-1", -0.6), lambda: hint("98-1"), lambda: quiz("98-q1", "A")):
        with pytest.raises(AttributeError, match="nombre"):
            call()


def test_a_judges_own_fault_is_raised_too(lessons, monkeypatch, capsys):
    file = lessons / "exercises_98.py"
    text = file.read_text(encoding="utf-8")
    text = text.replace("judge=judges.number(-0.6,", "judge=lambda answer: 1 / 0 or dict(")
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("COURSE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        check("98-1", -0.6)
    check("98-2", raising)  # a learner's error stays a verdict
    assert "boom" in capsys.readouterr().out


class Mute(Exception):
    def __str__(self):
        raise ValueError


def test_an_exception_without_words_is_named(lessons, capsys):
    def mute(*_):
        raise Mute

    check("98-2", mute)
    said = capsys.readouterr().out
    assert "Mute" in said and "The course itself has failed" not in said


def test_a_right_answer_is_told_why(lessons, capsys):
    check("98-1", -0.6)
    said = capsys.readouterr().out
    assert "负号说明要往右走。" in said and "go to the right" in said
    check("98-1", 0.3)
    assert "go to the right" not in capsys.readouterr().out


@pytest.mark.parametrize("known", ["notebook", "last"])
def test_a_slip_is_answered_with_this_lessons_exercises(lessons, known, capsys, monkeypatch):
    if known == "notebook":
        monkeypatch.setenv("JPY_SESSION_NAME", r"C:\me\my_course\98_small.ipynb")
    else:
        check("98-1", 1)
    for function, listed in ((hint, "98-1, 98-2"), (quiz, "98-q1, 98-q2")):
        function()
        assert f"of this lesson: {listed}" in capsys.readouterr().out
    for slip in ("1", "97-1", 1, None):
        hint(slip)
        assert '`"98-1"`, `"98-2"`' in capsys.readouterr().out


@pytest.mark.parametrize("typed", ["98_1", "98-01", "98 - 1", "98.1"])
def test_an_id_that_can_mean_one_thing_only_is_understood(lessons, typed, capsys):
    hint(typed)
    assert "Hint 1/2 · 98-1" in capsys.readouterr().out


def test_an_id_without_quotes_is_a_subtraction(lessons, capsys, monkeypatch):
    text = (lessons / "exercises_98.py").read_text(encoding="utf-8").replace("98-", "00-")
    (lessons / "exercises_00.py").write_text(text, encoding="utf-8")
    for function in (check, hint, solution):
        function(00 - 1)
        said = capsys.readouterr().out
        assert 'needs quotes: `"00-1"`' in said and "-1." in said
    hint(-7)  # of no exercise
    assert "in quotes" in capsys.readouterr().out
