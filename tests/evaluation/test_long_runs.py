"""Long runs: four digits whatever they are nested in, and a lesson's code without its experiments."""

import pytest

from course_utils.long_runs import from_lesson, packed, rounded


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.123456, 0.1235),
        (-98765.4, -98770.0),
        (1.23456e-9, 1.235e-9),
        (12345678, 12345678),
        ("0.123456", "0.123456"),
        (True, True),
        (None, None),
        ({"a": [1 / 3, {"b": 2 / 3}]}, {"a": [0.3333, {"b": 0.6667}]}),
    ],
)
def test_floats_keep_four_digits_and_all_else_stays(value, kept):
    assert rounded(value) == kept
    assert type(rounded(value)) is type(kept)


def test_numbers_as_text_come_back():
    values = [[1 / 3, -2e-7], [12345.6, 0.0]]
    assert packed(values) == "0.3333 -2e-07 1.235e+04 0"


def test_of_a_lesson_come_functions_and_wanted_values(tmp_path):
    source = tmp_path / "99_small.py"
    source.write_text(
        "import math\nA = 2\nB, c = 3, 4\nraise SystemExit\ndef f():\n    return A * math.e\nD = 5\n",
        encoding="utf-8",
    )
    found = from_lesson(source, {"A", "B"})
    assert (found["A"], found["B"], found["c"]) == (2, 3, 4) and "D" not in found
    assert 5.43 < found["f"]() < 5.44
