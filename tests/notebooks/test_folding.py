"""Which cells are folded: what they do decides, and code that teaches stays open."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.notebooks.folding import mark_folds


def folds(*cells) -> list:
    """What is derived for cells given as (source, tags) or as source alone."""
    pairs = [(cell, []) if isinstance(cell, str) else cell for cell in cells]
    made = [new_code_cell(source, metadata={"tags": tags}) for source, tags in pairs]
    notebook = new_notebook(cells=made)
    mark_folds(notebook)
    return [cell.metadata.get("course") for cell in notebook.cells]


@pytest.mark.parametrize(
    ("source", "n_claims"),
    [
        ("assert a > 0", 1),
        ("assert a\nfor i in range(3):\n    assert i < a  # all", 2),
        ("worst = min(a)\nassert worst > 0\nassert worst < 1", 2),
        ("import math\nassert a\nassert math.pi > a", 2),
        ("with np.errstate(all='ignore'):\n    assert a", 1),
    ],
)
def test_cells_that_only_check_are_folded(source, n_claims):
    assert folds(source) == [{"fold": "claims", "n_claims": n_claims}]


@pytest.mark.parametrize(
    "source",
    [
        "b = f(a)\nassert b > 0",  # what is computed is as much as what is checked
        "model.fit(x)\nassert model.ok",
        "print(a)\nassert a\nassert a",  # what it prints is to be seen
        "def f():\n    return 1\nassert f() == 1\nassert f",
        "np.stack([a, b]",
        "%matplotlib inline",
        "a = 1",
    ],
)
def test_code_that_teaches_stays_open(source):
    assert folds(source) == [None]


def test_names_that_are_used_below_keep_a_cell_open():
    checks = "worst = min(a)\nassert worst > 0\nassert worst < 1"
    assert folds(checks, "print(worst)")[0] is None
    assert folds("print(worst)", checks)[1] == {"fold": "claims", "n_claims": 2}


def test_tags_decide_first():
    assert folds(("assert a", ["exercise"]), ("assert a", ["raises-exception"])) == [None, None]
    assert folds(("assert a", ["setup"])) == [{"fold": "claims", "n_claims": 1}]
    assert folds(("import numpy", ["setup"])) == [{"fold": "setup"}]


def test_a_button_for_the_learners_photo_is_told_apart():
    assert folds(("def f(x): ...\nPhotoUpload(f)", ["setup"])) == [{"fold": "button"}]


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/vnd.course.explorable+json"])
def test_set_up_that_shows_a_picture_is_a_drawing(kind):
    cell = new_code_cell("draw()", metadata={"tags": ["setup"]})
    cell.outputs = [new_output("display_data", {kind: "", "text/plain": ""})]
    mark_folds(new_notebook(cells=[cell]))
    assert cell.metadata["course"] == {"fold": "drawing"}
