"""What the browser tests share: a lesson in miniature, and what a learner does in JupyterLab."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ARTEFACTS = ROOT / "tests" / "artefacts"
TOKEN = "course-test"
SIZE = {"width": 1280, "height": 900}

PLOT = """\
import course_utils
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from course_utils import figures
from course_utils.widgets import Explorer, PhotoUpload

figures.use_style()
x = np.linspace(0, 1, 100)


def draw(k):
    fig, ax = plt.subplots(figsize=(4.5, 2.5), layout="constrained")
    ax.plot(x, np.sin(k * x), label="正弦 sine")
    ax.plot(x, np.cos(k * x), label="余弦 cosine")
    ax.set(xlabel="时间 time", ylabel="高度 height")
    ax.legend()
    return fig


figures.show(draw(3), "两条曲线", "two curves")"""
EXPLORER = (
    'Explorer(draw, k=ipywidgets.IntSlider(2, 1, 10, description="频率 frequency"),\n'
    '         alt_zh="可调的曲线", alt_en="curves to play with")'
)
UPLOAD = 'PhotoUpload(lambda photo: f"红色平均值 mean red: {photo[..., 0].mean():.0f}")'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def language_cells(zh: str, en: str) -> list:
    """The pair of cells that lessons are made of."""
    pair = {"zh": zh, "en": en}
    return [
        new_markdown_cell(
            f'<div lang="{lang}">\n\n{text}\n\n</div>', metadata={"tags": [f"lang-{lang}"]}
        )
        for lang, text in pair.items()
    ]


def small_lesson() -> nbformat.NotebookNode:
    """A lesson in miniature: headings, pairs, a figure, an explorer, an upload."""
    cells = [
        new_markdown_cell("# 小课 · A small lesson"),
        *language_cells("我们先画图，$x^2$ 也在这里。", "First we draw, and $x^2$ is here too."),
        new_markdown_cell("## 图 · Figures"),
        *language_cells("**曲线**如下。", "The **curves** are below."),
        new_code_cell(PLOT),
        new_code_cell(EXPLORER),
        new_markdown_cell("## 照片 · Photos"),
        *language_cells("选一张照片。", "Choose a photo."),
        new_code_cell(UPLOAD),
        *language_cells("结束。", "The end."),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
VIEW = "application/vnd.jupyter.widget-view+json"


def saved_lesson() -> nbformat.NotebookNode:
    """Pictures as a learner's notebook keeps them: with both alt texts, one, none, and a widget's."""
    widget = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": "a" * 32}}
    alts = {"alt": "两条曲线", "alt_zh": "两条曲线", "alt_en": "two curves"}
    knob = {"alt": "可调的曲线", "alt_zh": "可调的曲线", "alt_en": "curves to play with"}
    outputs = [
        new_output("display_data", {"image/png": DOT}, metadata={"image/png": alts}),
        new_output("display_data", {"image/png": DOT}, metadata={"image/png": {"alt": "one dot"}}),
        new_output("display_data", {"image/png": DOT}),
        new_output(
            "display_data",
            widget | {"image/png": DOT, "text/plain": "Explorer(k)"},
            metadata={"image/png": knob},
        ),
        new_output("display_data", widget | {"text/html": "<p>quiz</p>", "text/plain": "Quiz()"}),
    ]
    cells = [
        new_markdown_cell("# 存好的课 · A saved lesson"),
        new_code_cell("draw()", execution_count=1, outputs=outputs),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


# The notebook's cells are sent in order: with every number there and the kernel idle, all have run.
ALL_RAN = """() => {
    const panel = jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
    return panel.sessionContext.session.kernel.status === 'idle'
        && cells.every(cell => cell.model.executionState !== 'running' && cell.prompt !== '*'
            && cell.model.executionCount !== null);
}"""


FINDINGS = """async ([rules, without]) => {
    const page = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)') ?? document;
    const off = Object.fromEntries(without.map(id => [id, { enabled: false }]));
    const options = rules ? { runOnly: rules } : { rules: off };
    // JupyterLab's: the colours of code, which are thousands, and a button of a running kernel
    const context = { include: page, exclude: ['.cm-line', '.jp-DebuggerBugButton'] };
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
# What stands above a widget that does not react.
STORED_WORDS = "This result was stored; it does not react yet."
RESTARTED = "The kernel was restarted or changed: this no longer reacts."


def serious_findings(page, rules: list[str] | None = None, without: tuple[str, ...] = ()) -> list:
    """(rule, element) for each finding of the checker that the fixture ``axe`` has put in the page."""
    return page.evaluate(FINDINGS, [rules, list(without)])


class Lab:
    """What a learner does in JupyterLab, in one browser context."""

    def __init__(self, address: str, context) -> None:
        self.address, self.context = address, context
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)

    def forbid_kernels(self) -> None:
        """Requests for a kernel get no answer; saved pictures must do."""
        self.context.route(
            "**/api/sessions*",
            lambda route: None if route.request.method == "POST" else route.continue_(),
        )

    def open(self, path: str, query: str = f"token={TOKEN}", reset: bool = True) -> None:
        """Open a notebook by its address, as a link does."""
        start = "reset&" if reset else ""
        self.page.goto(f"{self.address}/lab/tree/{path}?{start}{query}")
        self.wait_until_open()

    def wait_until_open(self) -> None:
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .course-language")
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedMarkdown")

    def open_beside(self, path: str) -> None:
        """Open another notebook in the JupyterLab that is there already."""
        open_it = (
            f"void jupyterapp.commands.execute('docmanager:open', {{path: '{path}'}})"
            ".then(widget => jupyterapp.shell.activateById(widget.id))"
        )
        is_there = "path => jupyterapp.shell.currentWidget?.context?.path === path"
        # A request made while JupyterLab is busy closing another notebook can be lost: ask again.
        for patience in (20_000, 40_000, 60_000):
            self.page.evaluate(open_it)
            with contextlib.suppress(playwright.TimeoutError):
                self.page.wait_for_function(is_there, arg=path, timeout=patience)
                break
        self.wait_until_open()

    def close(self) -> None:
        """Close the notebook that is shown, without a question."""
        self.page.evaluate("jupyterapp.shell.currentWidget.dispose()")

    def do(self, expression: str) -> object:
        """The value of a JavaScript expression about ``notebook``, the one that is shown."""
        return self.page.evaluate(
            f"(() => {{ const notebook = jupyterapp.shell.currentWidget.content;"
            f" return {expression}; }})()"
        )

    def panel(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def button(self, mode: str):
        return self.panel().locator(f".course-language button[value={mode}]")

    def mode(self) -> str:
        """The language that the buttons say is shown."""
        return self.panel().locator(".course-language [aria-pressed=true]").get_attribute("value")

    def sees(self, text: str) -> bool:
        """Whether any of the notebook's cells shows the text."""
        return self.panel().locator(".jp-Cell", has_text=text).first.is_visible()

    def run_all(self) -> None:
        """Run all cells and wait for the last."""
        self.clear()
        self.wait_for_kernel()
        self.page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_until_ran()

    def wait_for_kernel(self) -> None:
        """A command given before the kernel has answered is lost."""
        status = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"{status} === 'idle'")

    def clear(self) -> None:
        """Take away outputs and numbers, so that new ones can be told from saved ones."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")

    def wait_until_ran(self, timeout: float | None = None) -> None:
        """Wait until every code cell has its number and the kernel rests; timeout: milliseconds."""
        self.page.wait_for_function(ALL_RAN, timeout=timeout)

    def shot(self, name: str) -> None:
        """Keep what is on the screen for an eye, where COURSE_SHOTS is set: each costs time."""
        if not os.environ.get("COURSE_SHOTS"):
            return
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


@contextlib.contextmanager
def labs(address: str, browser) -> Iterator[Callable[..., Lab]]:
    """A function that opens browser profiles; all are closed at the end."""
    contexts = []

    def start(locale: str = "en-US", kernel: bool = False, **options) -> Lab:
        contexts.append(browser.new_context(locale=locale, viewport=SIZE, **options))
        opened = Lab(address, contexts[-1])
        if not kernel:
            opened.forbid_kernels()
        return opened

    yield start
    for context in contexts:
        context.close()
