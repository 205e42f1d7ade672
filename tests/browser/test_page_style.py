"""A page to read: width, toolbar, list of files, colours, and what an accessibility checker finds."""

import nbformat
import pytest
from lab_page import ALL_THERE, KERNEL, NOTEBOOKS, SIZE, VIEW, serious_findings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from course.author import export
from course.notebooks.execute import clean
from course.notebooks.lessons import read_notebook
from course_utils.learning import show

pytestmark = pytest.mark.browser
# The first page a newcomer sees; one with one of each (forms, quizzes, explorers, explorables); the
# longest. Colours, a minute a page, are the same on all: one is enough.
LOOKED_AT = {"00": ("color-contrast",), "01": (), "09": ("color-contrast",)}


def desk_lesson() -> nbformat.NotebookNode:
    """What the course adds to a page: checks in each state, a stored explorer, folded code."""
    states = [
        new_output("display_data", {"text/html": show.box((state, state), "<p>…</p>", state)})
        for state in show.COLOURS
    ]
    explorer = {VIEW: {"model_id": "a" * 32}, "text/html": "<p>explorer</p>", "text/plain": "E()"}
    cells = [
        new_markdown_cell("# 桌面 · A desk\n\n" + "A long line of text. " * 30),
        new_markdown_cell("A second text whose first line is as long as the page is wide. " * 5),
        new_code_cell("import numpy", metadata={"tags": ["setup"]}),
        new_code_cell("states()", outputs=states),
        new_code_cell("explorer", outputs=[new_output("display_data", explorer)]),
        new_code_cell("assert True"),
    ]
    return clean(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}))


# Buttons of a cell that lie over its text, wherever the pointer or the cursor is.
COVERED = """() => [...document.querySelectorAll('.jp-cell-toolbar')].flatMap(toolbar => {
    const box = toolbar.getBoundingClientRect();
    const range = document.createRange();
    const texts = toolbar.closest('.jp-Cell').querySelectorAll('.jp-RenderedMarkdown > *');
    return !box.width ? [] : [...texts].filter(text => {
        range.selectNodeContents(text);
        return [...range.getClientRects()].some(line => line.right > box.left + 1
            && line.left < box.right - 1 && line.bottom > box.top + 1 && line.top < box.bottom - 1);
    }).map(text => text.textContent.slice(0, 60));
})"""
WIDEST = """() => Math.max(...[...document.querySelectorAll('.jp-RenderedMarkdown p')]
    .map(p => p.getBoundingClientRect().width / parseFloat(getComputedStyle(document.documentElement).fontSize)))"""


def test_a_page_to_read(open_lab, course_folder, axe):
    nbformat.write(desk_lesson(), course_folder / "desk.ipynb")
    lab = open_lab("en-US")
    lab.page.set_viewport_size({"width": 1600, "height": 900})
    lab.open("desk.ipynb")
    files = lab.page.locator(".jp-DirListing").first
    expect(files).to_be_visible()
    lab.page.wait_for_selector(".jp-RenderedMarkdown p")
    assert 40 < lab.page.evaluate(WIDEST) <= 46
    nothing_is_covered(lab)
    for width in (780, 640):  # 640: 1280 at 200 %
        lab.page.set_viewport_size({"width": width, "height": 700})
        expect(files).to_be_hidden()
        nothing_is_covered(lab)
        lab.shot(f"desk_{width}")
    lab.page.evaluate("jupyterapp.shell.expandLeft()")  # who wants the list has it
    expect(files).to_be_visible()
    for mode in ("zh", "both", "en"):
        lab.button(mode).click(timeout=5000)
    lab.page.set_viewport_size(SIZE)
    expect(files).to_be_visible()

    lab.page.add_script_tag(content=axe)
    lab.page.wait_for_function(ALL_THERE)
    assert serious_findings(lab.page) == []
    change = "jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {}'}})"
    lab.page.evaluate(change.format("Dark"))
    lab.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    assert serious_findings(lab.page, ["color-contrast"]) == []
    lab.shot("desk_dark")
    lab.page.evaluate(change.format("Light"))
    for path in NOTEBOOKS:
        if path.name[:2] in LOOKED_AT:
            lab.open_beside(path.name)
            lab.page.wait_for_function(ALL_THERE)
            without = LOOKED_AT[path.name[:2]]
            assert serious_findings(lab.page, without=without) == [], path.name
            lab.close()


def nothing_is_covered(lab) -> None:
    for index in (0, 1):
        lab.panel().locator(".jp-Cell").nth(index).hover()
        lab.do(f"notebook.activeCellIndex = {index}")
        lab.page.wait_for_timeout(200)
        assert lab.page.evaluate(COVERED) == []


def test_an_exported_page(browser, tmp_path, axe):
    built = next(path for path in NOTEBOOKS if path.name[:2] == "02")
    target = tmp_path / "page.html"
    export.write(export.monolingual(read_notebook(built), "zh"), target, "html", "zh")
    page = browser.new_page(viewport=SIZE)
    try:
        page.goto(target.as_uri())
        page.wait_for_selector(".course-explorable .said")
        page.add_script_tag(content=axe)
        assert serious_findings(page, without=("color-contrast",)) == []
    finally:
        page.close()
