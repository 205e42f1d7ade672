"""Pictures in the built lessons: alt text in both languages, and not too big."""

import base64
import re
from pathlib import Path

import nbformat
import pytest

from course_utils import figures, paths
from course_utils.bilingual import MIME

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LIMITS = {"image/png": figures.PNG_LIMIT, "image/jpeg": figures.JPEG_LIMIT}


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """What is wrong with the pictures in a notebook's outputs."""
    found = []
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            for mime in [m for m in output.get("data", {}) if m.startswith("image/")]:
                about = output.metadata.get(mime, {})
                if not (about.get("alt_zh") and about.get("alt_en") and about.get("alt")):
                    found.append(f"cell {number}: {mime} without alt text in both languages")
                size = len(base64.b64decode(output.data[mime]))
                if size > LIMITS.get(mime, 0):
                    found.append(f"cell {number}: {mime} of {size} bytes")
    return found


def one_picture(metadata: dict, content: bytes = b"x") -> nbformat.NotebookNode:
    output = nbformat.v4.new_output(
        "display_data", {"image/png": base64.b64encode(content).decode()}, metadata=metadata
    )
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_pictures_of_lesson(path):
    assert not problems(nbformat.read(path, 4))
    assert path.stat().st_size <= 1_500_000


def test_planted_mistakes_are_found():
    about = {"image/png": figures.alt_metadata("图", "picture")}
    assert not problems(one_picture(about))
    assert problems(one_picture({}))
    assert problems(one_picture({"image/png": {"alt": "picture"}}))
    assert problems(one_picture(about, bytes(figures.PNG_LIMIT + 1)))


def elements(notebook: nbformat.NotebookNode) -> set[str]:
    """What the notebook's line art is made of."""
    stored = [
        output.data[MIME]["svg"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "svg" in output.get("data", {}).get(MIME, {})
    ]
    return {name for svg in stored for name in re.findall(r"<(\w+)", svg)}


def test_the_extension_shows_every_shape_of_the_line_art():
    """It takes out what it does not know: hatched bars were not there."""
    code = (paths.ROOT / "labextension" / "static" / "layers.js").read_text(encoding="utf-8")
    [listed] = re.findall(r"^const SHAPES = \[(.*?)\];", code, re.DOTALL | re.MULTILINE)
    used = set().union(*(elements(nbformat.read(path, 4)) for path in NOTEBOOKS))
    assert "pattern" in used and used <= set(re.findall(r'"(\w+)"', listed))
