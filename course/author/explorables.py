"""Explorables in exported pages: their data in the page, their modules in one script at its end.

A page opened from the disk may import no file beside it, so the modules travel inside as addresses.
"""

import base64
import copy
import html
import json
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from course.author import cells as pieces
from course_utils import paths
from course_utils.explorables import MIME

FOLDER = paths.ROOT / "labextension" / "static" / "explorables"
# One that fails leaves its picture, and the others, as they are.
SCRIPT = """<script type="module">
const modules = @MODULES@;
const { mount } = await import(modules.kit);
for (const node of document.querySelectorAll("[data-explorable]")) {
  const { name, data, alt } = JSON.parse(node.dataset.explorable);
  import(modules[name]).then((module) => mount(node, module.default, data, alt)).catch(console.error);
}
</script>"""


def outputs(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """The outputs of these cells that hold an explorable."""
    for cell in cells:
        yield from (o for o in cell.get("outputs", []) if MIME in o.get("data", {}))


def alive(cell: NotebookNode) -> NotebookNode:
    """The cell with its explorables as HTML; the same cell where there are none."""
    if not any(outputs([cell])):
        return cell
    cell = copy.deepcopy(cell)
    for output in outputs([cell]):
        output.data = NotebookNode({"text/html": as_html(output)})
    return cell


def as_html(output: NotebookNode, place: pieces.Place = pieces.embedded) -> str:
    """An output's place in the page: its data, and its picture until the script has run."""
    about = output.metadata["image/png"]
    values = output.data[MIME] | {"alt": [about["alt_zh"], about["alt_en"]]}
    late = place is not pieces.embedded
    picture = pieces.image("image/png", output.data["image/png"], about["alt"], place, late)
    return f'<div data-explorable="{html.escape(json.dumps(values))}">{picture}</div>'


def script(cells: Iterable[NotebookNode]) -> str:
    """What brings a page's explorables to life; nothing where there are none."""
    names = {output.data[MIME]["name"] for output in outputs(cells)}
    if not names:
        return ""
    modules = {name: _address(name) for name in sorted(names | {"kit"})}
    return SCRIPT.replace("@MODULES@", json.dumps(modules))


def _address(name: str) -> str:
    content = (FOLDER / f"{name}.js").read_bytes()
    return f"data:text/javascript;base64,{base64.b64encode(content).decode()}"
