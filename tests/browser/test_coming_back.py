"""A learner comes back: after a restart, a reload, the next day, without a kernel, with another."""

import nbformat
import pytest
from lab_page import KERNEL, PLOT, SIZE, TOKEN, VIEW
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

from course.notebooks.execute import clean

pytestmark = pytest.mark.browser

BAR = """\
from course_utils.assets import bars, manifest

with bars.downloading(manifest()["mnist"], True) as advance:
    for _ in range(8):
        advance(2_000_000)"""
EXPLORER = """\
Explorer(draw, k=ipywidgets.IntSlider(2, 1, 10, description="频率 frequency"),
         alt_zh="可调的曲线", alt_en="curves to play with")"""
SOURCES = [
    (PLOT, ["setup"]),
    (BAR, []),
    (EXPLORER, ["setup"]),
    ("from course_utils.learning import quiz\nquiz('00-q1')", ["quiz"]),
    ("PhotoUpload(lambda photo: None)", []),
    ("ipywidgets.IntSlider(3)", []),
    ("assert draw\nfor k in [1, 2]:\n    assert k < 3", []),
]
EXPLORER_AT, QUIZ_AT, UPLOAD_AT, SLIDER_AT, CLAIMS_AT = 3, 4, 5, 6, 7
BUTTON = {"zh": "运行到这里", "en": "Run up to here", "both": "运行到这里 · Run up to here"}


def lesson_of_widgets() -> nbformat.NotebookNode:
    """One of each thing that needs a kernel to move."""
    cells = [new_code_cell(source, metadata={"tags": tags}) for source, tags in SOURCES]
    title = new_markdown_cell("# 回来 · Coming back")
    return new_notebook(cells=[title, *cells], metadata={"kernelspec": KERNEL})


@pytest.mark.slow
def test_walk(open_lab, course_folder):
    path = course_folder / "back.ipynb"
    notebook = lesson_of_widgets()
    nbformat.write(notebook, path)
    lab = open_lab("en-US", kernel=True)
    lab.open("back.ipynb")
    lab.wait_for_kernel()
    print("dirty", lab.do("jupyterapp.shell.currentWidget.context.model.dirty"))
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.wait_until_ran()
    lab.page.wait_for_timeout(1500)
    lab.shot("back_ran")
    for i in range(1, 8):
        print(i, lab.panel().locator(".jp-Cell").nth(i).inner_text()[:200].replace("\n", "|"))
    print("names", lab.page.evaluate("[...document.querySelectorAll('.noUi-handle')].map(h => document.getElementById(h.getAttribute('aria-labelledby'))?.textContent)"))
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-kernel')")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.page.wait_for_timeout(3000)
    lab.shot("back_restarted")
    for i in range(1, 8):
        print(i, lab.panel().locator(".jp-Cell").nth(i).inner_text()[:200].replace("\n", "|"))
    lab.page.reload()
    lab.wait_until_open()
    lab.wait_for_kernel()
    lab.page.wait_for_timeout(3000)
    lab.shot("back_reloaded")
    for i in range(1, 8):
        print(i, lab.panel().locator(".jp-Cell").nth(i).inner_text()[:200].replace("\n", "|"))
    print("dirty", lab.do("jupyterapp.shell.currentWidget.context.model.dirty"))
    b = lab.panel().locator(".jp-Cell").nth(4).get_by_role("button", name=BUTTON["en"])
    b.focus()
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_timeout(4000)
    lab.shot("back_alive")
    for i in range(1, 8):
        print(i, lab.panel().locator(".jp-Cell").nth(i).inner_text()[:200].replace("\n", "|"))
