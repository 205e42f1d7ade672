"""Guesses: noted before the result, set against it, and whatever is written, nothing raises."""

import argparse
import json
import re

import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course.learner import progress as command
from course_utils.learning import (
    answers,
    definitions,
    guesses,
    outcome,
    predict,
    predictions,
    progress,
    records,
    reset,
    show,
)
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.messages import CourseError

EXERCISES_97 = """
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import Prediction

PREDICTIONS = [
    Prediction("97-p1", ("对几张？", "How many right?"), Number(0, 36, ("张", "of 36"), close=2)),
    Prediction("97-p2", ("剩多少？", "How much is left?"), Number(1e-6, 1, factor=10)),
    Prediction("97-p3", ("相等吗？", "Equal?"), YesNo()),
    Prediction("97-p4", ("哪一个？", "Which?"), OneOf((("变少", "fewer"), ("变多", "more")))),
]
"""
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def lesson(lessons):
    """The folder with lessons 97, which has predictions, and 98, which has none."""
    (lessons / "exercises_97.py").write_text(EXERCISES_97, encoding="utf-8")
    return lessons


@pytest.fixture
def shown(lesson, monkeypatch):
    """What is shown as in a notebook: bundles with their metadata."""
    found = []
    monkeypatch.setattr(show, "publish", lambda data, about=None: found.append((data, about or {})))
    return found


def said(capsys):
    """Text since the last call; nothing was blamed on the course."""
    text = capsys.readouterr().out
    assert "The course itself has failed" not in text
    return text


def test_guess_then_result_in_one_line_with_a_scale(lesson, capsys):
    predict("97-p1", 20)
    assert said(capsys) == "记下了 · 97-p1 你猜 20 张\nNoted · 97-p1 you guess 20 of 36\n"
    outcome("97-p1", np.int64(35))
    zh, asked_zh, en, asked_en, line = said(capsys).splitlines()
    assert zh == "你猜 20 张，结果 35 张"
    assert en == "You guessed 20 of 36, the result is 35 of 36"
    assert (asked_zh, asked_en) == definitions.find_prediction("97-p1").question
    assert line.startswith("0 ─") and line.endswith("─ 36")
    assert 0 < line.index("○") < line.index("●")
    outcome("97-p1", 21)
    assert "✓ Close · You guessed 20 of 36" in said(capsys)


def test_results_in_a_row_tell_which_question_they_answer(shown):
    outcome("97-p1", 35)
    zh, en = definitions.find_prediction("97-p1").question
    assert zh in str(shown) and en in str(shown)


def test_without_a_guess_outputs_never_depend_on_records(shown):
    """What `course build` and nbval see: the same before and after results are known."""
    calls = [lambda: predict("97-p1", ...), lambda: outcome("97-p1", 35), lambda: guesses("97")]
    for call in calls:
        call()
    first = shown.copy()
    shown.clear()
    for call in calls:
        call()
    assert shown == first
    assert "no guess" in first[1][0]["text/plain"]
    progress()  # prints the map only
    assert len(shown) == 3


def test_one_who_changes_a_guess_after_the_result_keeps_the_first(lesson, capsys):
    predict("97-p1", 20)
    predict("97-p1", 22)  # before the result: as often as one likes
    outcome("97-p1", 35)
    capsys.readouterr()
    predict("97-p1", 35)
    assert "your earlier guess, 22 of 36, stays" in said(capsys)
    predict("97-p1", 22)  # the whole lesson is run once more
    assert "Noted · 97-p1" in said(capsys)
    predict("97-p1", ...)  # a new copy of the lesson
    assert "you guess 22" in said(capsys)
    outcome("97-p3", True)
    predict("97-p3", True)
    assert "You have seen the result already" in said(capsys)
    outcome("97-p3", True)
    assert "no guess" in said(capsys)
    reset("97-p1")
    predict("97-p1", 35)
    assert "you guess 35" in said(capsys)


# What a guess is written as -> what is noted
UNDERSTOOD = {
    "97-p1": {"20": 20, "２０": 20, " 20 ": 20, 20.0: 20, np.float32(20): 20, 20.5: 20.5, 0: 0},
    "97-p2": {0: 0, "1e-3": 0.001, 1: 1},
    "97-p3": {True: True, np.False_: False, "是": True, "No": False, "Ｔｒｕｅ": True},
    "97-p4": {"a": "A", "Ｂ": "B", "变少": "A", "more": "B"},
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_guess_may_be_written_in_many_ways(lesson, name):
    for written, noted in UNDERSTOOD[name].items():
        predict(name, written)
        kept = json.loads(records.file().read_text(encoding="utf-8"))["predictions"][name]["guess"]
        assert kept == noted and type(kept) is type(noted)


REFUSED = {
    "97-p1": [
        "many",
        "二十",
        37,
        -1,
        float("nan"),
        float("inf"),
        True,
        [1, 2],
        1j,
        10**400,
        object(),
    ],
    "97-p2": [-0.1, 2, "half"],
    "97-p3": [1, 0.5, "maybe", None.__class__],
    "97-p4": ["C", "", 1, True, "fewe"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_guess_gets_two_sentences_and_nothing_is_noted(lesson, name, capsys):
    for written in REFUSED[name]:
        predict(name, written)
        text = said(capsys)
        zh, en = text.splitlines()[1::2]
        assert HAN.search(zh) and not HAN.search(re.sub("`[^`]*`", "", en)), text
        assert re.search("[Ww]rite", en), text
        assert "`...`" in zh and "`...`" in en, text
    assert records.predictions() == {}


@pytest.mark.parametrize("call", [predict, outcome])
def test_an_id_that_is_none_is_answered_with_those_there_are(lesson, call, capsys):
    for name in ("97-p9", "97-1", "p1", 97, None):
        call(name, 20)
        text = said(capsys)
        assert "97-p1" in text or "03-p1" in text
    call()
    assert 'p1", ' in said(capsys)


def test_a_chinese_keyboard_is_read_before_python_does():
    reader = TransformerManager()
    reader.cleanup_transforms.append(predictions.narrow_calls)
    cell = "predict（“00-p1”，２０） # 我猜（二十）\nx = '２０'\n"
    calls = []
    code = compile(reader.transform_cell(cell), "cell", "exec")
    exec(code, {"predict": lambda *a: calls.append(a)})  # noqa: S102 (the line above)
    assert calls == [("00-p1", 20)]
    assert reader.transform_cell(cell).endswith("x = '２０'\n")


def test_a_lessons_end_shows_every_guess_and_where_they_lean(lesson, capsys, shown):
    for name, guess, result in [("97-p1", 20, 35), ("97-p2", 0.1, 2e-5), ("97-p3", True, True)]:
        predict(name, guess)
        outcome(name, result)
    shown.clear()
    guesses("97")
    ((bundle, _),) = shown
    plain, html = bundle["text/plain"], bundle["text/html"]
    assert "Close: 1 of 3. Of the numbers that were far off, 1 were too high, 1 too low." in plain
    lean = plain.splitlines()[-1]
    assert lean.startswith("偏低 too low") and lean.endswith("偏高 too high")
    assert lean.index("○") < lean.index("●") < lean.rindex("○")
    assert html.count("○") == html.count("●") + 1 == 4  # two lines of their own, one of both
    assert 'lang="zh"' in html and 'lang="en"' in html and "97-p4" not in plain
    shown.clear()
    guesses()
    assert "97 △△▲" in shown[0][0]["text/plain"]


def test_progress_shows_all_guesses_below_the_map(lesson, capsys):
    predict("97-p3", True)
    outcome("97-p3", False)
    capsys.readouterr()
    progress()
    text = said(capsys)
    assert text.index("98 □□ ○") < text.index("97 △")


def test_the_command_shows_them_too(lesson, capsys):
    predict("97-p1", 34)
    outcome("97-p1", 35)
    capsys.readouterr()
    assert command.run(argparse.Namespace(export=None)) == 0
    assert "97 ▲\n" in said(capsys)


def test_a_lesson_that_is_none_or_has_no_predictions(lesson, capsys):
    for number in ("98", "77", "x", 3.5):
        guesses(number)
        assert 'guesses("97")' in said(capsys)
    guesses(97)
    assert "No guesses yet" in said(capsys)


def test_what_grading_reads_stands_in_the_metadata(shown):
    predict("97-p1", "２０")
    outcome("97-p1", 35.0)
    about = [metadata["course"] for _, metadata in shown]
    assert about[0] == {"prediction": "97-p1", "guess": 20}
    assert about[1] == {"prediction": "97-p1", "guess": 20, "result": 35}


def test_a_guess_survives_where_progress_cannot_be_saved(lesson, monkeypatch, capsys):
    monkeypatch.setattr(records, "changing", lambda: (_ for _ in ()).throw(OSError("full")))
    predict("97-p1", 20)
    assert "could not be saved" in said(capsys)
    outcome("97-p1", 35)
    assert "You guessed 20" in said(capsys)


VERSION_1 = '{"version": 1, "exercises": {"98-1": {"done": true, "tries": 1}}, "quizzes": {}}'


def test_a_file_of_version_1_is_sound_and_goes_on(lesson, capsys):
    records.file().parent.mkdir()
    records.file().write_text(VERSION_1, encoding="utf-8")
    assert records.read()["exercises"]["98-1"]["tries"] == 1
    predict("97-p1", 20)
    kept = json.loads(records.file().read_text(encoding="utf-8"))
    assert kept["version"] == records.VERSION
    assert kept["exercises"] == json.loads(VERSION_1)["exercises"]
    assert "kept as" not in said(capsys)


@pytest.mark.parametrize("entry", ['{"guess": [1]}', '{"guess": NaN}', '{"sure": 1}', "[]"])
def test_of_damaged_guesses_what_is_sound_goes_on(lesson, entry, capsys):
    records.file().parent.mkdir()
    text = f'{{"version": 2, "exercises": {{}}, "quizzes": {{}}, "predictions": {{"97-p1": {entry}, "97-p3": {{"guess": true}}}}}}'
    records.file().write_text(text, encoding="utf-8")
    outcome("97-p1", 35)
    outcome("97-p3", True)
    text = said(capsys)
    assert "kept as" in text and "✓ Close · You guessed True" in text


def test_a_guess_that_no_longer_fits_its_question_counts_for_nothing(lesson, capsys):
    """An update of the course made another question of it."""
    records.note_prediction("97-p1", guess="A", result=float("inf"))
    records.note_prediction("97-p4", guess="A", result="Z")
    for call in (lambda: guesses("97"), progress, lambda: outcome("97-p1", 3)):
        call()
        assert "△" not in said(capsys)


@pytest.mark.parametrize("wrong", [(5, 1, {"close": 1}), (0, 1, {}), (0, 1, {"factor": 2})])
def test_an_author_hears_of_a_number_that_cannot_be(wrong):
    with pytest.raises(CourseError, match="close or factor"):
        Number(*wrong[:2], **wrong[2])


def test_how_close_is_close():
    half, times = Number(0, 1, close=0.1), Number(1e-6, 1, factor=10)
    assert half.is_close(0.3, 0.2) and not half.is_close(0.31, 0.2)
    assert times.is_close(1e-4, 1e-5) and not times.is_close(1e-4, 0.9e-5)
    assert times.is_close(0, 0) and not times.is_close(0, 1e-6)
    assert [times.place(x) for x in (0, 1e-6, 1e-3, 1, 5)] == pytest.approx([0, 0, 0.5, 1, 1])
    assert YesNo().shown(True) == ("True", "True")
    assert OneOf((("一", "one"),)).shown("A") == ("A 一", "A one")
    assert answers.Number(0, 1e9, close=1).shown(1_281_167) == ("1,281,167", "1,281,167")


def test_every_question_is_short_and_in_both_languages():
    found = [p for n in definitions.definition_files() for p in definitions.predictions(n).values()]
    assert len(found) >= 8
    for prediction in found:
        zh, en = prediction.question
        assert HAN.search(zh) and not HAN.search(en)
        assert len(zh) <= 40 and len(en.split()) <= 18, prediction.id
        assert all(text.strip() for text in prediction.answer.asks())
