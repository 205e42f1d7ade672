"""What a class guessed: only what fits a question is shown, and shown where it belongs."""

import argparse

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.notebooks.lessons import Lesson
from course.teacher import guesses, runner, teach
from course.teacher.table import Mark, text
from course_utils.learning import definitions
from course_utils.messages import CourseError


@pytest.fixture
def lesson(lessons):
    """Lesson 98, whose built notebook knows that 35 were right."""
    built = lessons.parent / "notebooks" / "98_test.ipynb"
    about = [{"prediction": "98-p1", "result": 35}, {"prediction": "98-p2", "result": "x"}, 3]
    outputs = [new_output("display_data", metadata={"course": entry}) for entry in about]
    nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=outputs)]), built)
    (lessons / "98_test.py").write_text("# %% [markdown]\n# # 98 测试 · Test\n", encoding="utf-8")
    return Lesson(lessons / "98_test.py", built)


@pytest.fixture
def table(tmp_path):
    """The table of a class of twelve; some cells were changed by hand."""
    said = [20, 20, 21, 35, 34, 36, 0, 5.5, "=1+1", 99, "", None]
    marks = [
        Mark(f"{n}.ipynb", {"98-1": "right"}, "", {"98-p1": guess, "98-p10": "AB"[n % 2]})
        for n, guess in enumerate(said)
    ]
    file = tmp_path / "results.csv"
    file.write_text(text(marks), encoding="utf-8-sig")
    return file


def test_columns_of_guesses_come_last_in_order(table):
    header = table.read_text(encoding="utf-8-sig").splitlines()[0]
    assert header == "notebook,98-1,right,of,problem,98-p1,98-p10"


CLAIMS = {
    "98-p1": [(20, 20), ("２０", 20), (37, None), (-1, None), ("=1+1", None), ([1], None)],
    "98-p2": [(True, True), (1, None), ("\x1b[31m", None)],
    "98-p10": [("B", "B"), ("C", None), (None, None)],
    "98-p3": [(1, None)],
    "97-p1": [(1, None)],
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_is_shown_only_where_it_fits_its_question(lesson, name):
    for claim, kept in CLAIMS[name]:
        found = guesses.sound({name: claim}, ["98"])
        assert found == ({} if kept is None else {name: kept})
    assert guesses.sound([name], ["98"]) == guesses.sound(None, ["98"]) == {}


def test_what_a_notebook_may_claim_is_small():
    claims = [{"prediction": "98-p1", "guess": guess} for guess in ("x" * 21, [1], 1e301, 7)]
    claims += [{"guess": 1}, {"prediction": "98-p2"}, "98-p2", {"prediction": {"a": 1}, "guess": 2}]
    outputs = [new_output("display_data", metadata={"course": claim}) for claim in claims]
    found = runner.guessed(new_notebook(cells=[new_code_cell("x", outputs=outputs)]))
    assert found == {"98-p1": 7, "None": 1, "{'a': 1}": 2}
    many = [{"prediction": f"98-p{n}", "guess": n} for n in range(500)]
    outputs = [new_output("display_data", metadata={"course": claim}) for claim in many]
    found = runner.guessed(new_notebook(cells=[new_code_cell("x", outputs=outputs)]))
    assert len(found) == runner.MOST_GUESSES


def test_the_sheet_shows_how_the_guesses_are_spread(lesson, table, capsys):
    parser = argparse.ArgumentParser()
    teach.add_arguments(parser)
    args = parser.parse_args(["98", "--lang", "en", "--guesses", str(table)])
    shown = teach.sheet(lesson, "en", guesses.from_table(args.guesses))
    begin = shown.index("**98-p1** How many? (result: 35 of 36)")
    lines = shown[begin:].split("```")[1].splitlines()[1:]
    assert lines[0] == "8 guessed"
    assert [line.split("│")[0].strip() for line in lines[1:]] == [
        "0–4", "4–8", "8–12", "12–16", "16–20", "20–24", "24–28", "28–32", "32–36",
    ]  # fmt: skip
    bars = [line.split("│")[1] for line in lines[1:]]
    assert bars == ["█ 1", "█ 1", "", "", "", "███ 3", "", "", "███ 3 ← the result"]
    assert "**98-p2** Equal?\n" in shown  # nobody guessed, and its result is not known
    assert "A fewer │██████ 6\n B more │██████ 6" in shown


def test_without_a_table_the_sheet_still_asks(lesson):
    shown = teach.sheet(lesson, "zh")
    assert "**98-p1** 对几张？（结果：35 张）" in shown
    assert "```text" not in shown


def test_many_guesses_fit_and_bars_stay_in_proportion(lesson):
    (which,) = [p for p in definitions.predictions("98").values() if p.id == "98-p10"]
    lines = guesses.histogram(which, ["A"] * 300 + ["B"] * 3, "B", "zh")
    assert lines[0] == "303 人猜过"
    assert lines[1] == f"A 变少 │{'█' * 30} 300"
    assert lines[2] == "B 变多 │█ 3 ← 结果"


def test_a_logarithmic_scale_has_steps_of_equal_factors(lesson):
    from course_utils.learning.answers import Number

    left = definitions.Prediction("98-p4", ("剩", "Left?"), Number(1e-16, 1, factor=10))
    lines = guesses.histogram(left, [0, 1e-16, 1e-3, 0.5, 1], 3e-13, "en")
    assert [line.split("│")[0].strip() for line in lines[1:3]] == ["1e-16–1e-14", "1e-14–1e-12"]
    assert lines[1].endswith("│██ 2") and lines[2].endswith("│← the result")
    assert lines[-1].endswith("0.01–1 │██ 2")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\x00\x01"])
def test_a_table_that_cannot_be_read_is_named(tmp_path, content):
    file = tmp_path / "results.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CourseError, match="course grade"):
        guesses.from_table(file)


def test_a_table_without_guesses_shows_none(tmp_path, lesson):
    file = tmp_path / "results.csv"
    file.write_text("notebook,98-1\na,right,extra,columns\n", encoding="utf-8")
    assert guesses.from_table(file) == {}
