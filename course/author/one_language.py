"""One language of what a lesson's cells show: printed lines, tables, figures in layers.

``both`` is a language here, too: the pairs as they are stored.
"""

import base64
import html
import xml.etree.ElementTree as ET
from typing import Any

from nbformat import NotebookNode

from course.author.cells import Place, embedded
from course_utils import bilingual

SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"


def choose(output: NotebookNode, language: str, place: Place = embedded) -> None:
    """Keep one language of the output, in place: its alt text, its line, its layer of the figure.

    A figure becomes ``image/svg+xml``; its pixels stay beside it for who shows no SVG. place: where
    the photo goes that the figure cuts its tiles from.
    """
    for details in output.get("metadata", {}).values():
        if isinstance(details, dict) and f"alt_{language}" in details:
            details["alt"] = details[f"alt_{language}"]
    data = output.get("data", {})
    if language != "both" and set(data) == {
        "text/plain"
    }:  # what stands for a picture that is not stored
        data["text/plain"] = bilingual.halves(data["text/plain"])[language == "en"]
    content = data.pop(bilingual.MIME, None)
    if content is None:
        return
    if "svg" in content:
        alt = next((d["alt"] for d in output.metadata.values() if "alt" in d), "")
        photo = data.get("image/jpeg")
        address = place("image/jpeg", base64.b64decode(photo)) if photo else ""
        data["image/svg+xml"] = layer(content["svg"], language, alt, photo=address)
    elif "table" in content:
        rows = [[_half(cell, language) for cell in row] for row in content["table"]]
        data |= {"text/plain": bilingual.aligned(rows), "text/html": html_table(rows)}
    elif language != "both":  # the plain text is the pair
        data["text/plain"] = content[language]


def _half(pair: list[str], language: str) -> str:
    if language == "both":
        return " ".join(dict.fromkeys(pair))
    return pair[language == "en"]


def layer(svg: str, language: str, alt: str, jpeg: str = "", photo: str | None = None) -> str:
    """The SVG with the texts of one language, complete in itself.

    jpeg: the photo that its tiles are cut from, base64; or photo: the address of that.
    """
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", HREF[1:-5])
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            modes = child.get("class", "").split()
            if any(mode.startswith("in-") for mode in modes):
                if f"in-{language}" not in modes:
                    parent.remove(child)
                child.attrib.pop("display", None)
    for picture in root.iter(f"{{{SVG}}}image"):
        if picture.get("class") == "photo":
            picture.set("href", photo or f"data:image/jpeg;base64,{jpeg}")
    root.attrib |= {"role": "img", "aria-label": alt}
    return ET.tostring(root, encoding="unicode")


def html_table(rows: list[list[str]]) -> str:
    """Rows as an HTML table; the first row and the first column are heads."""

    def cell(text: str, row: int, column: int) -> str:
        if row and column:
            return f"<td>{html.escape(text)}</td>"
        scope = "row" if row else "col"
        return f'<th scope="{scope}">{html.escape(text)}</th>'

    lines = (
        f"<tr>{''.join(cell(text, i, j) for j, text in enumerate(row))}</tr>"
        for i, row in enumerate(rows)
    )
    return f"<table>{''.join(lines)}</table>"


def inline_figures(cells: list[NotebookNode]) -> list[NotebookNode]:
    """For a web page: an SVG stands in the page itself, where it has its alt text and its size."""
    for cell in cells:
        for output in cell.get("outputs", []):
            data: Any = output.get("data", {})
            if svg := data.pop("image/svg+xml", None):
                data["text/html"] = f'<div class="figure">{svg}</div>'
    return cells
