"""Lessons as a learner has them, run from top to bottom in the browser, left and opened again."""

import re

import nbformat
import pytest
from lab_page import ALL_THERE, NOTEBOOKS, RESTARTED, STORED_WORDS, VIEW
from playwright.sync_api import expect

from course.notebooks.lessons import read_notebook
from course.notebooks.results import without_results

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHOLE = ("00", "01", "02")
LIVING = ".jp-OutputArea .jupyter-widgets"
RUN_TIME = 300_000  # milliseconds, on a busy machine
# What a kernel adds for its widgets, which a built notebook has not.
OF_A_KERNEL = {VIEW}
ERRORS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code'
        && !(cell.model.getMetadata('tags') ?? []).includes('raises-exception')) // meant to fail
    .flatMap(cell => cell.model.outputs.toJSON().filter(output => output.output_type === 'error')
        .map(({ ename, evalue }) => `${ename}: ${evalue}`))"""


def results(path) -> list[tuple[str, list]]:
    """What each code cell shows: its source and the kinds of its outputs, of each one once."""
    cells = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
    return [
        (cell.source, sorted({kind for o in cell.outputs for kind in kinds(o)})) for cell in cells
    ]


def kinds(output) -> set[str]:
    """Of one output; what has nothing in it (a finished download bar) is none."""
    return set(output.data) - OF_A_KERNEL if "data" in output else {output.output_type}


@pytest.mark.parametrize("number", WHOLE)
def test_a_whole_lesson(number, open_lab, course_folder):
    built = next(path for path in NOTEBOOKS if path.name.startswith(number))
    path = course_folder / f"{number}_whole.ipynb"
    nbformat.write(without_results(read_notebook(built)), path)
    lab = open_lab("en-US", kernel=True)
    lab.open(path.name)
    lab.wait_for_kernel()
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.wait_until_ran(timeout=RUN_TIME)
    everything_has_worked(lab, n_folded(built))
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")
    assert results(path) == results(built)
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-kernel')")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    everything_is_stored(lab, RESTARTED)
    lab.forbid_kernels()
    lab.page.reload()  # the next day
    lab.wait_until_open()
    lab.page.wait_for_function(ALL_THERE)
    everything_is_stored(lab, STORED_WORDS)
    lab.shot(f"whole_{number}")


def n_folded(path) -> int:
    """How many cells of a lesson only make claims."""
    about = [cell.metadata.get("course", {}) for cell in read_notebook(path).cells]
    return sum(found.get("fold") == "claims" for found in about)


def everything_has_worked(lab, n_claims: int) -> None:
    """No error, every claim is checked, and every widget of the lesson lives."""
    assert lab.page.evaluate(ERRORS) == []
    lab.page.wait_for_function(ALL_THERE)
    checked = lab.panel().locator(".course-fold", has_text=re.compile("claims? checked"))
    expect(checked).to_have_count(n_claims)
    for words in ("does not hold", "to check"):
        expect(lab.panel().locator(".course-fold", has_text=words)).to_have_count(0)
    expect(lab.panel().locator(".course-hint", has_text="stored")).to_have_count(0)
    expect(lab.panel().get_by_text("Error displaying widget")).to_have_count(0)
    assert lab.panel().locator(LIVING).count() > 0


def everything_is_stored(lab, words: str) -> None:
    """No widget pretends to live; each says what it is, and how to bring it to life."""
    expect(lab.panel().locator(LIVING)).to_have_count(0)
    hints = lab.panel().locator(".course-hint", has_text=words)
    expect(hints).not_to_have_count(0)
    buttons = lab.panel().get_by_role("button", name="Run up to here", include_hidden=True)
    expect(buttons).to_have_count(hints.count())
    expect(lab.panel().get_by_text("Error displaying widget")).to_have_count(0)
    assert lab.do("jupyterapp.shell.currentWidget.context.model.dirty") is False
