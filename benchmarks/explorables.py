"""Script time per frame of each explorable: ``python benchmarks/explorables.py``.

A frame is what runs between a reader's movement and the browser's drawing: every function that an
explorable gives to requestAnimationFrame. Each slider is swept from one end to the other, each
explorable played, in one exported page with all of them, in the machine's Chromium. The median and
the 95th percentile must stay below 8 ms, half of a frame at 60 Hz. Next to them stands the same for
a plain loop of arithmetic, measured in the same run: other machines share the ratio.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from course.author import explorables, export
from course.notebooks.lessons import read_notebook
from course_utils import paths
from course_utils.explorables import MIME

LIMIT = 8.0  # milliseconds
STEPS = 60  # of each slider's sweep
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

# Before the page's own scripts: how long each callback of a frame takes.
CLOCK = """
window.spent = [];
const next = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (call) => next((time) => {
  const start = performance.now();
  call(time);
  window.spent.push(performance.now() - start);
});
"""
# One explorable: every slider through its range, one step a frame; then played for two seconds.
SWEEP = """async ([index, steps]) => {
  const root = document.querySelectorAll('.course-explorable')[index];
  root.scrollIntoView();
  const frame = () => new Promise((done) => setTimeout(done, 20));
  await frame();
  window.spent = [];
  for (const input of root.querySelectorAll('input[type=range]')) {
    for (let i = 0; i <= steps; i += 1) {
      input.value = Number(input.min) + i / steps * (input.max - input.min);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
    }
  }
  root.querySelector('[data-key=reset]').click();
  root.querySelector('[data-key=play]')?.click();
  await new Promise((done) => setTimeout(done, 2000));
  return window.spent.sort((a, b) => a - b);
}"""
# A million square roots: the machine's own measure.
YARDSTICK = """() => {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < 1e6; i += 1) sum += Math.sqrt(i);
    return sum > 0 ? performance.now() - start : 0;
  });
  return times.sort((a, b) => a - b)[4];
}"""


def page_of_all(folder: Path) -> tuple[Path, list[str]]:
    """An exported page with every explorable that the lessons store, and their names in order."""
    cells = [cell for path in paths.notebooks() for cell in read_notebook(path).cells]
    stored = list(explorables.outputs(cells))
    shown = [new_code_cell("", execution_count=1, outputs=[output]) for output in stored]
    target = folder / "all.html"
    export.write(export.monolingual(new_notebook(cells=shown), "en"), target, "html", "en")
    return target, [output.data[MIME]["name"] for output in stored]


def main() -> None:
    """Print a table; exit with an error above the limit."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not chromium:
        raise SystemExit("no Chromium on this machine (the variable CHROMIUM can name one)")
    slow = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(CLOCK)
        target, names = page_of_all(Path(folder))
        page.goto(target.as_uri())
        page.wait_for_function(
            "n => document.querySelectorAll('.course-explorable .said').length === n",
            arg=len(names),
        )
        unit = page.evaluate(YARDSTICK)
        for index, name in enumerate(names):
            spent = page.evaluate(SWEEP, [index, STEPS])
            median, high = spent[len(spent) // 2], spent[int(0.95 * len(spent))]
            print(
                f"{name:<10}{len(spent):6} frames  median {median:5.1f} ms  95% {high:5.1f} ms"
                f"  {median / unit:.2f} × a million square roots"
            )
            slow += [name] if high > LIMIT else []
        browser.close()
    if slow:
        sys.exit(f"over {LIMIT:.0f} ms a frame: {', '.join(slow)}")


if __name__ == "__main__":
    main()
