"""`course lab` again: the last notebook, where the reader was; and a terminal that says what matters."""

import os
import re
import shutil
import subprocess
import sys
import threading

import nbformat
import psutil
import pytest
from lab_page import KERNEL, SIZE, Lab, language_cells
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.notebooks.kernels import kernel_environment
from course_utils import paths

pytestmark = pytest.mark.browser
LESSONS = ("00_start_here.ipynb", "04_convolution.ipynb")
TOP = """() => {
    const notebook = jupyterapp.shell.currentWidget?.content;
    if (!notebook?.widgets?.length) return null;
    const top = (notebook.outerNode ?? notebook.node).getBoundingClientRect().top;
    return notebook.widgets.findIndex(cell => cell.node.isConnected && cell.node.offsetHeight > 0
        && cell.node.getBoundingClientRect().bottom > top + 10);
}"""

SCROLL_TO = """place => {
    const notebook = jupyterapp.shell.currentWidget?.content;
    const scroller = notebook?.outerNode ?? notebook?.node;
    if (scroller && Math.abs(scroller.scrollTop - place) > 50) scroller.scrollTop = place;
    return Boolean(scroller) && Math.abs(scroller.scrollTop - place) <= 50;
}"""


def lesson(title):
    cells = [new_markdown_cell(f"# {title}"), new_code_cell("print(1)")]
    for n in range(40):
        cells += language_cells(f"第 {n} 段。" * 40, f"Paragraph {n}. " * 40)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@pytest.fixture
def project(chromium, tmp_path):
    """A course of its own with two lessons, long enough to scroll."""
    root = tmp_path / "the course"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(paths.ROOT / "course_utils", root / "course_utils", ignore=ignore)
    (root / "notebooks").mkdir()
    for name in LESSONS:
        nbformat.write(lesson(name), root / "notebooks" / name)
    return root


class Course:
    """`course lab` as a process; ``said`` is what its terminal shows."""

    def __init__(self, root):
        home = root.parent / "home"
        env = os.environ | kernel_environment(home)
        env |= {"PYTHONPATH": str(root), "HOME": str(home), "COURSE_PRELOAD": "0"}
        env |= {
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
        }
        (home / "config").mkdir(parents=True, exist_ok=True)
        exposed = "c.LabApp.expose_app_in_browser = True"
        (home / "config" / "jupyter_lab_config.py").write_text(exposed, encoding="utf-8")
        command = [sys.executable, "-m", "course.cli", "lab", "--no-browser"]
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
        self.process = subprocess.Popen(command, cwd=root, env=env, **out)
        self.said, self.found = "", None
        known = threading.Event()
        threading.Thread(target=self._listen, args=(known,), daemon=True).start()
        assert known.wait(90), self.said
        self.address, self.path, self.token = self.found

    def _listen(self, known):
        for line in self.process.stdout:
            self.said += line
            if self.found is None and (
                found := re.search(r"(http://127\.0\.0\.1:\d+)(/\S*)\?token=(\w+)", line)
            ):
                self.found = found.groups()
                known.set()
        known.set()

    def end(self):
        """As Ctrl+C does; what is left after that is ended by force, kernels as well."""
        kernels = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)
        for left in psutil.wait_procs(kernels, timeout=5)[1]:
            left.kill()


@pytest.fixture
def start(project, browser):
    running, contexts = [], []

    def start(kernel=True):
        running.append(Course(project))
        contexts.append(browser.new_context(locale="en-US", viewport=SIZE))
        lab = Lab(running[-1].address, contexts[-1])
        if not kernel:
            lab.forbid_kernels()
        lab.errors = []
        lab.page.on("console", lambda m: lab.errors.append(m.text) if m.type == "error" else None)
        lab.page.goto(f"{lab.address}{running[-1].path}?token={running[-1].token}")
        lab.wait_until_open()
        return running[-1], lab

    yield start
    for context in contexts:
        context.close()
    for course in running:
        if course.process.poll() is None:
            course.end()


def test_the_next_start_opens_the_last_notebook_where_it_was_left(start, project):
    course, lab = start()
    assert course.path == "/lab/tree/00_start_here.ipynb"
    lab.wait_for_kernel()
    lab.page.wait_for_timeout(1000)
    assert lab.page.evaluate(TOP) == 0, "never scrolled: it opens at its title"
    lab.forbid_kernels()  # one has said what it says in the terminal; a place needs none
    lab.open_beside(LESSONS[1])
    kept = project / "my_course" / ".course" / "place.json"
    # As long as cells are still being drawn the page is too short to scroll that far: again, then.
    lab.page.wait_for_function(f"({SCROLL_TO})(3000) && ({TOP})() > 10", polling=300)
    lab.page.wait_for_timeout(1500)
    left = lab.page.evaluate(TOP)
    assert LESSONS[1] in kept.read_text("utf-8")
    lab.shot("place-left")
    course.end()
    # A process that ends and starts again has another port, and this browser knows nothing.
    again, lab = start(kernel=False)
    assert again.path == f"/lab/tree/{LESSONS[1]}"
    assert "接着上次的地方" in again.said and "Where you left off" in again.said
    lab.page.wait_for_function(f"Math.abs(({TOP})() - {left}) <= 1")
    lab.shot("place-found")
    lab.open_beside(LESSONS[0])  # read, but never scrolled
    lab.page.wait_for_function(f"({TOP})() === 0")  # once its cells are drawn
    lab.page.wait_for_timeout(1000)
    assert lab.page.evaluate(TOP) == 0
    for said in (course.said, again.said):
        assert "is not trusted" not in said and "without encryption" not in said, said
    assert not [text for text in lab.errors if "place" in text], lab.errors
