"""How much there is to read, and a warning where the promised minutes do not fit."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.author.checks import reading


def notebook(minutes, words):
    tagged = [("en", "word " * words), ("zh", "字" * words)]
    cells = [new_markdown_cell(t, metadata={"tags": [f"lang-{n}"]}) for n, t in tagged]
    cells += [new_code_cell("x = 1\n\n# why\ny = 2"), new_code_cell('check("02-1", ...)')]
    cells += [new_code_cell("import a\n" * 50, metadata={"tags": ["setup"]})]
    return new_notebook(cells=cells, metadata={"course": {"minutes": minutes}})


def test_what_is_counted():
    amount = reading.measure(notebook(20, 1500))
    assert amount == (1500, 1500, 3, 1, 0, 20)
    assert amount.minutes == pytest.approx((6 + 0.3 + 5, 10 + 0.3 + 5))


@pytest.mark.parametrize(("minutes", "warned"), [(20, 0), (15, 0), (5, 1), (60, 1)])
def test_a_warning_outside_of_the_band(minutes, warned):
    found = reading.check(reading.measure(notebook(minutes, 1500)), "x")
    assert len(found) == warned and all("15 minutes" in problem.en for problem in found)
