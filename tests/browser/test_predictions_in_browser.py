"""Predict, then see: a learner's fresh copy, in a real JupyterLab."""

import nbformat
import pytest
from lab_page import DOT, KERNEL
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from course.learner.workspace.copies import Workspace
from course.notebooks.results import KEEP

pytestmark = pytest.mark.browser

# Another test may have worked through lesson 00 in this JupyterLab: its records go first.
IMPORT = """import os, shutil
shutil.rmtree(os.environ["COURSE_DATA"], ignore_errors=True)
from course_utils.learning import guesses, outcome, predict, quiz"""
ALT = {"image/png": {"alt": "开头的图\nthe opening picture"}}
PICTURE = new_output("display_data", {"image/png": DOT}, metadata=ALT)
# As a Chinese keyboard writes it, a word, a later change of mind, and no guess.
GUESSES = ["predict（“00-p1”，２０）", 'predict("00-p4", "many")', 'predict("00-p5", ...)']
RESULTS = 'print("35 / 36")\noutcome("00-p1", 35)\noutcome("00-p4", True)'


def built_lesson():
    """What `course build` leaves: every cell has its output."""
    result = new_output("stream", text="35 / 36\n")
    static = new_output("display_data", {"text/html": "<p>static quiz</p>", "text/plain": "Quiz"})
    cells = [
        new_markdown_cell("# 00 先猜 · Guess first"),
        new_code_cell("None", outputs=[PICTURE], metadata={"tags": [KEEP]}),
        new_code_cell(IMPORT),
        *map(new_code_cell, GUESSES),
        new_code_cell(RESULTS, outputs=[result], metadata={"jupyter": {"source_hidden": True}}),
        new_code_cell('guesses("00")'),
        new_code_cell('quiz("00-q1")', outputs=[static], metadata={"tags": ["quiz"]}),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def test_results_come_after_the_guess(open_lab, course_folder, tmp_path):
    (tmp_path / "00_guess.ipynb").write_text(nbformat.writes(built_lesson()), encoding="utf-8")
    Workspace(tmp_path, course_folder / "mine").bring("00_guess.ipynb", beside=False)
    lab = open_lab("en-US", kernel=True)
    lab.open("mine/00_guess.ipynb")
    page, panel = lab.page, lab.panel()
    expect(panel.locator(".jp-OutputArea img")).to_be_visible()
    expect(panel.get_by_text("static quiz")).to_be_visible()
    expect(panel.get_by_text("35 / 36", exact=True)).to_have_count(0)
    assert lab.do("notebook.widgets.filter(c => c.outputArea?.model.length).length") == 2
    lab.shot("copy-before")

    lab.wait_for_kernel()
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.wait_until_ran()
    expect(panel.get_by_text("Noted · 00-p1 you guess 20 right")).to_be_visible()
    expect(panel.get_by_text("cannot be used here. Write True or False")).to_be_visible()
    expect(panel.get_by_text("or go on without a guess")).to_be_visible()
    expect(panel.get_by_text("35 / 36", exact=True)).to_be_visible()
    told = panel.get_by_text("You guessed 20 right, the result is 35 right")
    assert told.count() == 2  # below the experiment and at the lesson's end
    expect(panel.get_by_text("Close: 0 of 1.")).to_be_visible()
    guess, result = (panel.locator("b", has_text=sign).first.bounding_box() for sign in "○●")
    assert 20 < result["x"] - guess["x"] < 200 and abs(result["y"] - guess["y"]) < 3
    expect(panel.get_by_text("记下了", exact=False)).to_be_hidden()
    lab.shot("copy-after")
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    lab.button("zh").click()
    expect(panel.get_by_text("记下了 · 00-p1 你猜 20 张")).to_be_visible()
    expect(panel.get_by_text("You guessed", exact=False).first).to_be_hidden()
    lab.shot("copy-after-dark")
