"""A page to read: width, toolbar, list of files, colours, and what an accessibility checker finds."""

import shutil

import nbformat
import processes
import pytest
from lab_page import KERNEL, NOTEBOOKS, SIZE, VIEW
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from course.notebooks.execute import clean
from course_utils.learning import show

pytestmark = pytest.mark.browser
AXE = "axe-core@4.10.3"


@pytest.fixture(scope="module")
def axe(tmp_path_factory) -> str:
    """The checker's source, from npm's cache or its index."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--silent", "--no-save", "--ignore-scripts", "--prefer-offline"]
    command += ["--fetch-retries=1", "--prefix", str(folder), AXE]
    done = processes.run(command, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {AXE}: {done.stderr[-300:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


FINDINGS = """async rules => {
    const page = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
    const options = rules ? { runOnly: rules } : {};
    // the colours of code are JupyterLab's, and thousands
    const context = { include: page, exclude: ['.cm-line'] };
    const { violations } = await axe.run(context, { resultTypes: ['violations'], ...options });
    return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]))
        // a long line of code scrolls by Enter and the arrow keys, as JupyterLab has it
        .filter(([id, html]) => id !== 'scrollable-region-focusable' || !html.includes('cm-scroller'));
}"""
# Cells are filled one after the other when the page has time.
ALL_THERE = """() => jupyterapp.shell.currentWidget.content.widgets
    .every(cell => !cell.isPlaceholder())
    && !document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .cm-content:not([aria-label])')"""


def findings(lab, rules: list[str] | None = None) -> list:
    lab.page.wait_for_function(ALL_THERE)
    return lab.page.evaluate(FINDINGS, rules)


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
    assert findings(lab) == []
    change = "jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {}'}})"
    lab.page.evaluate(change.format("Dark"))
    lab.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    assert findings(lab, ["color-contrast"]) == []
    lab.shot("desk_dark")
    lab.page.evaluate(change.format("Light"))
    for path in NOTEBOOKS:
        if path.name[:2] == "01":  # it has one of each: forms, quizzes, explorers, explorables
            lab.open_beside(path.name)
            assert findings(lab) == [], path.name


def nothing_is_covered(lab) -> None:
    for index in (0, 1):
        lab.panel().locator(".jp-Cell").nth(index).hover()
        lab.do(f"notebook.activeCellIndex = {index}")
        lab.page.wait_for_timeout(200)
        assert lab.page.evaluate(COVERED) == []
