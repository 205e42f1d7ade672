"""Cells of a lesson as HTML, for ``course export`` and ``course site``: text, code, what it showed.

A page is put together from the cells' own pieces, so that a site renders each cell once for all
the pages that it stands on.
"""

import base64
import html
import io
from collections.abc import Callable
from functools import cache
from typing import Any

from nbformat import NotebookNode
from PIL import Image, UnidentifiedImageError

from course.notebooks.lessons import tags

OUTPUT_ONLY = "output-only"
# (kind, bytes of the picture) -> the address for its <img>
Place = Callable[[str, bytes], str]
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg", "image/webp": "webp"}


def embedded(kind: str, content: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def cell_html(
    cell: NotebookNode, markdown: Callable[[str], str], place: Place = embedded, lazy: bool = False
) -> str:
    """A cell: its text, or its code and what it has shown.

    markdown: text -> HTML. place: where pictures go. lazy: they load when they scroll into sight.
    """
    if cell.cell_type == "markdown":
        return f'<div class="text_cell">{markdown(cell.source)}</div>'
    if cell.cell_type != "code":
        return ""
    parts = "" if OUTPUT_ONLY in tags(cell) else code_html(cell.source)
    return f'<div class="code_cell">{parts}{outputs_html(cell, markdown, place, lazy)}</div>'


@cache
def code_html(source: str) -> str:
    """Coloured code."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    return highlight(source, get_lexer_by_name("ipython3"), HtmlFormatter())


def outputs_html(
    cell: NotebookNode, markdown: Callable[[str], str], place: Place = embedded, lazy: bool = False
) -> str:
    """What the cell has shown, one block for each output."""
    shown = (output_html(output, markdown, place, lazy) for output in cell.get("outputs", []))
    return "".join(f'<div class="output_subarea">{one}</div>' for one in shown if one)


def output_html(
    output: NotebookNode, markdown: Callable[[str], str], place: Place, lazy: bool
) -> str:
    """One output, by the richest kind that a page can show."""
    if output.output_type == "stream":
        return f"<pre>{_ansi(output.text)}</pre>"
    if output.output_type == "error":
        return f"<pre>{_ansi(chr(10).join(output.traceback))}</pre>"
    data: dict[str, Any] = output.get("data", {})
    if "text/html" in data:
        return data["text/html"]
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            about = output.get("metadata", {}).get(kind, {})
            return image(kind, data[kind], about.get("alt", ""), place, lazy)
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    return f"<pre>{_ansi(data['text/plain'])}</pre>" if "text/plain" in data else ""


def image(kind: str, stored: str, alt: str, place: Place = embedded, lazy: bool = False) -> str:
    """An <img> of a picture as it is stored in a notebook."""
    return image_of(kind, base64.b64decode(stored), alt, place, lazy)


def image_of(kind: str, content: bytes, alt: str, place: Place, lazy: bool) -> str:
    """An <img> with its size, so that nothing jumps when it arrives."""
    width, height = size_of(content)
    size = f' width="{width}" height="{height}"' if width else ""
    late = ' loading="lazy" decoding="async"' if lazy else ""
    return f'<img alt="{html.escape(alt)}" src="{place(kind, content)}"{size}{late}>'


def size_of(content: bytes) -> tuple[int, int]:
    """(width, height) in pixels of a PNG or JPEG; zeros for what is neither."""
    try:
        return Image.open(io.BytesIO(content), formats=("PNG", "JPEG")).size
    except UnidentifiedImageError:
        return 0, 0


def _ansi(text: str) -> str:
    from nbconvert.filters import ansi2html

    return ansi2html(text)
