"""What is stored keeps four digits, whatever it is nested in."""

import pytest

from course_utils.rounding import rounded


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
