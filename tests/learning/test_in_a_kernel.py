"""In a real kernel: what is saved, that it is the same each time, and that buttons answer."""

import os

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks.execute import clean, execute
from course_utils.learning import definitions, quiz_forms, records

SETUP = """
from pathlib import Path
from course_utils import paths
paths.LESSONS = Path({folder!r})
from course_utils.learning import check, hint, progress, quiz, solution
"""
CELLS = [
    'check("98-1", ...)',
    'check("98-2", lambda x, w: w)',
    'quiz("98-q1")',
    'hint("98-1")',
    "progress()",
    'quiz("98-q4")',
]


def executed(lessons, folder):
    source = [SETUP.format(folder=str(lessons)), *CELLS]
    notebook = new_notebook(cells=[new_code_cell(s, id=f"c{i}") for i, s in enumerate(source)])
    return clean(execute(notebook, folder, "98_test"))


@pytest.fixture
def notebook(lessons, tmp_path):
    return executed(lessons, tmp_path)


def test_saved_outputs_are_the_same_each_time_and_no_progress_is_kept(notebook, lessons, tmp_path):
    own = {k: v for k, v in os.environ.items() if k == "COURSE_DATA"}
    again = executed(lessons, tmp_path)
    assert [c.outputs for c in again.cells] == [c.outputs for c in notebook.cells]
    assert own
    assert not records.file().exists()


def test_what_is_saved(notebook):
    _, untried, wrong, asked, hinted, drawn, marked = (cell.outputs for cell in notebook.cells)
    assert untried[0].metadata["course"] == {
        "exercise": "98-1", "state": "not attempted", "live": True,
    }  # fmt: skip
    assert wrong[0].metadata["course"]["state"] == "not yet"
    for language in ("zh", "en"):
        assert f'class="course-lang" lang="{language}"' in wrong[0].data["text/html"]
    assert "<details>" in asked[0].data["text/html"]
    assert "proportional" in asked[0].data["text/html"].split("<details>")[1]
    assert "proportional" not in asked[0].data["text/html"].split("<details>")[0]
    assert "application/vnd.jupyter.widget-view+json" not in asked[0].data
    assert "$x_i^2$" in hinted[0].data["text/html"]
    assert drawn[0].metadata["image/png"]["alt_en"] == "Course map: no exercise or quiz done yet."
    assert all(len(outputs) == 1 for outputs in (untried, wrong, asked, hinted, drawn))
    picture, form = marked  # two outputs: text and HTML are compared, the picture is not
    assert picture.metadata["image/png"]["alt_zh"] == "左暗右亮"
    assert set(picture.data) == {"image/png", "text/plain"}
    assert set(form.data) == {"text/html", "text/plain"}
    assert not any("widget-view" in kind for cell in notebook.cells for o in cell.outputs
                   for kind in o.get("data", {}))  # fmt: skip


def test_buttons_answer_and_are_remembered(lessons):
    form = quiz_forms.QuizForm(definitions.find_quiz("98-q1"))
    assert [b.description for b in form.buttons] == ["A", "B"]
    assert "it doubles" in form.buttons[1].tooltip
    form.buttons[0].click()
    assert "Look at the formula." in form.feedback.value
    assert records.read()["quizzes"]["98-q1"]["done"] is False
    form.buttons[1].click()
    assert "They are proportional." in form.feedback.value
    assert records.read()["quizzes"]["98-q1"]["done"] is True
