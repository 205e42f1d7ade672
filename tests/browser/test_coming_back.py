"""A learner comes back: after a restart, a reload, the next day, without a kernel, with another.

One visit walks all of it: what starts as a built notebook is run, saved, left and opened again.
"""

import json

import nbformat
import pytest
from lab_page import DOT, KERNEL, PLOT, RESTARTED, STORED_WORDS, VIEW
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
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
WIDGET = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": "a" * 32}}
STORED = {"image/png": DOT, "text/plain": "Explorer(k=2)"}
CLAIMS = "assert draw\nfor n in [1, 2]:\n    assert n < 3\nassert n == 2"
SOURCES = [
    (PLOT.replace("figures.show", "figure = "), ["setup"]),
    (EXPLORER, ["setup"]),
    (BAR, []),
    ("from course_utils.learning import quiz\nquiz('00-q1')", ["quiz"]),
    ("PhotoUpload(lambda photo: None)", []),
    ("ipywidgets.IntSlider(3)", []),
    (CLAIMS, []),
]
SETUP, EXPLORER_AT, BAR_AT, QUIZ, UPLOAD, SLIDER, CLAIMS_AT = range(1, 8)
WIDGETS = (EXPLORER_AT, QUIZ, UPLOAD, SLIDER)
RUN = "Run up to here"
PICTURE = ".jp-OutputArea :is(img, .course-layers > svg)"
# What JupyterLab alone makes of a kernel with another patch version of Python.
BY_ITSELF = """() => {
    const { model } = jupyterapp.shell.currentWidget.context;
    const about = { ...model.getMetadata('language_info'), version: '3.0.0' };
    Object.getPrototypeOf(model).setMetadata.call(model, 'language_info', about);
    const { dirty } = model;
    model.dirty = false;
    return dirty;
}"""
ANOTHER_KERNEL = """jupyterapp.shell.currentWidget.sessionContext
    .changeKernel({ name: 'python3' }).then(() => null)"""


def built_lesson() -> nbformat.NotebookNode:
    """One of each thing that needs a kernel, as `course build` leaves it; one picture is stored."""
    cells = [new_code_cell(source, metadata={"tags": tags}) for source, tags in SOURCES]
    cells[1].outputs = [new_output("display_data", WIDGET | STORED)]
    language = {"name": "python", "version": "3.11.0", "file_extension": ".py"}
    about = {"kernelspec": KERNEL, "language_info": language}
    title = new_markdown_cell("# 回来 · Coming back")
    return clean(new_notebook(cells=[title, *cells], metadata=about))


class Desk:
    """What the walk looks at."""

    def __init__(self, lab) -> None:
        self.lab = lab

    def cell(self, index: int):
        return self.lab.panel().locator(".jp-Cell").nth(index)

    def run_button(self, index: int):
        return self.cell(index).get_by_role("button", name=RUN)

    def line(self, index: int):
        """The line of a folded cell."""
        return self.cell(index).locator(".course-fold")

    def code(self, index: int):
        return self.cell(index).locator(".jp-InputArea-editor")

    def is_dirty(self) -> object:
        return self.lab.do("jupyterapp.shell.currentWidget.context.model.dirty")

    def counts(self) -> list:
        """Which code cells have run, by their numbers."""
        counts = "notebook.widgets.map(cell => cell.model.executionCount ?? null)"
        return self.lab.do(counts)[1:]

    def press(self, button) -> None:
        button.focus()
        self.lab.page.keyboard.press("Enter")

    def save(self) -> None:
        self.lab.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")

    def restart(self) -> None:
        self.lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-kernel')")
        self.lab.page.locator(".jp-Dialog .jp-mod-accept").click()

    def reload(self) -> None:
        self.lab.page.reload()
        self.lab.wait_until_open()

    def all_is_stored(self, words: str) -> None:
        """No widget, no error, the pictures and forms, and a way to bring each to life."""
        for index in WIDGETS:
            expect(self.run_button(index)).to_be_visible()
            expect(self.cell(index).locator(".course-hint")).to_contain_text(words)
        expect(self.cell(EXPLORER_AT).locator(PICTURE)).to_be_visible()
        expect(self.cell(QUIZ).get_by_text("Answers", exact=True)).to_be_visible()
        expect(self.lab.panel().locator(".jp-OutputArea .jupyter-widgets")).to_have_count(0)
        expect(self.lab.panel().get_by_text("Error displaying widget")).to_have_count(0)
        assert not self.cell(BAR_AT).locator(".jp-OutputArea").inner_text().strip()
        assert self.is_dirty() is False, "looking at a notebook has changed it"


@pytest.mark.slow
def test_coming_back(open_lab, course_folder):
    path = course_folder / "back.ipynb"
    nbformat.write(built_lesson(), path)
    lab = open_lab("en-US", kernel=True)
    desk = Desk(lab)
    lab.open("back.ipynb")
    opened_and_untouched(desk)
    folded_before_it_ran(desk)
    run_up_to_the_explorer(desk)
    run_the_rest(desk, path)
    folds_open_and_close(desk)
    desk.restart()
    desk.all_is_stored(RESTARTED)
    expect(desk.line(CLAIMS_AT)).to_have_text("3 claims to check", use_inner_text=True)
    lab.shot("back_restarted")
    desk.reload()  # the kernel runs, and knows none of these widgets
    lab.wait_for_kernel()
    desk.all_is_stored(STORED_WORDS)
    lab.page.evaluate(ANOTHER_KERNEL)
    lab.wait_for_kernel()
    desk.all_is_stored(STORED_WORDS)
    claims_that_fail(desk)
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    lab.forbid_kernels()
    desk.reload()  # the next day, before a kernel is there
    desk.all_is_stored(STORED_WORDS)
    lab.button("zh").click()
    lab.shot("back_zh")
    lab.button("both").click()
    hint = desk.cell(EXPLORER_AT).locator(".course-hint")
    expect(hint).to_contain_text(f"。 {STORED_WORDS}", use_inner_text=True)


def opened_and_untouched(desk) -> None:
    """The kernel has another Python than the file says, which is no change to save."""
    desk.lab.wait_for_kernel()
    about = "jupyterapp.shell.currentWidget.context.model.getMetadata('language_info')"
    desk.lab.page.wait_for_function(f"{about}?.version")
    assert desk.is_dirty() is False, "closing it would ask to save it"
    assert desk.lab.page.evaluate(BY_ITSELF) is True, "then this test shows nothing"
    expect(desk.lab.panel().locator(".course-run-up-to").first).to_be_visible()


def folded_before_it_ran(desk) -> None:
    for index, words in {
        SETUP: "Set-up code",
        EXPLORER_AT: "Code of the drawing",
        CLAIMS_AT: "3 claims to check",
    }.items():
        expect(desk.line(index)).to_have_text(words, use_inner_text=True)
        expect(desk.line(index)).to_have_attribute("aria-expanded", "false")
        expect(desk.code(index)).to_be_hidden()
    for index in (BAR_AT, QUIZ, UPLOAD):
        expect(desk.code(index)).to_be_visible()
    picture = desk.cell(EXPLORER_AT).locator(PICTURE).bounding_box()
    assert desk.line(EXPLORER_AT).bounding_box()["y"] > picture["y"], "the picture comes first"
    desk.lab.shot("back_opened")


def run_up_to_the_explorer(desk) -> None:
    """By the keyboard; the cells below do not run."""
    desk.press(desk.run_button(EXPLORER_AT))
    slider = desk.cell(EXPLORER_AT).get_by_role("slider", name="frequency", exact=True)
    expect(slider).to_be_visible(timeout=60_000)
    expect(desk.run_button(EXPLORER_AT)).to_have_count(0)
    expect(desk.line(SETUP)).to_have_text("✓ Set-up code", use_inner_text=True)
    assert desk.counts() == [1, 2, None, None, None, None, None]
    assert desk.lab.do("notebook.activeCellIndex") == EXPLORER_AT


def run_the_rest(desk, path) -> None:
    desk.lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-below')")
    desk.lab.wait_until_ran()
    expect(desk.line(CLAIMS_AT)).to_have_text("✓ 3 claims checked", use_inner_text=True)
    expect(desk.lab.panel().locator(".course-hint")).to_have_count(0)
    desk.lab.shot("back_ran")
    desk.save()
    outputs = json.loads(path.read_text(encoding="utf-8"))["cells"][BAR_AT]["outputs"]
    assert [output["data"] for output in outputs] == [{}], "the download bar has left something"


def folds_open_and_close(desk) -> None:
    """By the keyboard and by the mouse; the document stays as it is."""
    line = desk.line(CLAIMS_AT)
    desk.press(line)
    expect(line).to_have_attribute("aria-expanded", "true")
    expect(desk.code(CLAIMS_AT)).to_contain_text("assert draw")
    expect(line).to_be_focused()
    line.click()
    expect(desk.code(CLAIMS_AT)).to_be_hidden()
    desk.lab.do(f"notebook.activeCellIndex = {CLAIMS_AT}")
    desk.lab.do("notebook.mode = 'command'")
    assert desk.is_dirty() is False
    desk.lab.do("notebook.mode = 'edit'")  # as Enter does: nobody types into what is not seen
    expect(desk.code(CLAIMS_AT)).to_be_visible()
    desk.lab.do("notebook.mode = 'command'")


def claims_that_fail(desk) -> None:
    """An edited claim is to be checked again; one that fails shows its code and its error."""
    source = f"notebook.widgets[{CLAIMS_AT}].model.sharedModel"
    desk.lab.do(f"{source}.setSource('assert False')")
    desk.lab.do(f"notebook.activeCellIndex = {CLAIMS_AT}")
    desk.lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-cell')")
    line = desk.line(CLAIMS_AT)
    expect(line).to_have_text("✗ A claim does not hold", use_inner_text=True, timeout=60_000)
    expect(desk.code(CLAIMS_AT)).to_be_visible()
    expect(desk.cell(CLAIMS_AT)).to_contain_text("AssertionError")
    desk.save()
