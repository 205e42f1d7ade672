"""Pictures of the site: files with names made from their contents, drawings that take the page's ink."""

import hashlib
import html
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from course.author.cells import ENDINGS
from course.author.one_language import SVG

FOLDER = "pictures"
LARGE = 60_000  # characters: a drawing above is loaded when it scrolls into sight
COLOUR = re.compile(r"\b(fill|stroke): ?#([0-9a-f]{6})\b")
NAMED = re.compile(r'(\bid=")([^"]+)"|(url\(#|href="#)([^)"]+)')
PHOTO = re.compile(r'(<image class="photo"[^>]*?)href="([^"]*)"')
INK_OF_COLOURED_WORDS = 35  # per cent; lines need less contrast than words


class Store:
    """Where a picture goes, once however often it is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, kind: str, content: bytes) -> str:
        """Its address, from a page of a language."""
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ENDINGS[kind]}"
        file = self.folder / name
        if not file.exists():
            file.write_bytes(content)
        return f"../{FOLDER}/{name}"


def figure(svg: str, alt: str, store: Store, number: int) -> str:
    """A drawing in the page itself; a large one, or one with pixels, as a file of its own.

    A photo that the drawing cuts its tiles from is loaded by the page's script when it is near.
    """
    photo = PHOTO.search(svg)
    if photo is None and ("<image" in svg or len(svg) > LARGE):
        return _as_file(svg, alt, store)
    drawn = own_names(in_the_pages_ink(PHOTO.sub(r'\1data-href="\2"', svg)), number)
    if photo is None:
        return f'<div class="figure">{drawn}</div>'
    plain = f'<noscript><img alt="{html.escape(alt)}" src="{photo[2]}" loading="lazy"></noscript>'
    return f'<div class="figure photos">{drawn}</div>{plain}'


def _as_file(svg: str, alt: str, store: Store) -> str:
    root = ET.fromstring(svg)
    size = "".join(f' {side}="{root.get(side)}"' for side in ("width", "height"))
    place = store("image/svg+xml", svg.encode())
    about = f'alt="{html.escape(alt)}" loading="lazy" decoding="async"'
    return f'<div class="figure paper"><img src="{place}"{size} {about}></div>'


def own_names(svg: str, number: int) -> str:
    """Two figures of a page may have parts of the same name, and one of them may be hidden."""

    def own(found: re.Match[str]) -> str:
        if found[1]:
            return f'{found[1]}f{number}-{found[2]}"'
        return f"{found[3]}f{number}-{found[4]}"

    return NAMED.sub(own, svg)


def in_the_pages_ink(svg: str) -> str:
    """Black, white and greys become the page's ink on its paper; coloured words a step to the ink.

    The same rule as in JupyterLab (labextension/static/layers.js).
    """
    root = ET.fromstring(svg)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    _dress(root)
    root.attrib.pop("font-family", None)
    return ET.tostring(root, encoding="unicode")


def _dress(node: ET.Element) -> None:
    if "fixed" in (node.get("class") or ""):
        return
    is_text = node.tag.endswith("}text")
    if style := node.get("style"):
        node.set("style", COLOUR.sub(lambda found: _ink(found, is_text), style))
    elif is_text and "fill" not in node.attrib:
        node.set("fill", "currentColor")
    if is_text and "fill:" not in (node.get("style") or ""):
        node.set("fill", "currentColor")
    for child in node:
        _dress(child)


def _ink(found: re.Match[str], is_text: bool) -> str:
    red, green, blue = (int(found[2][i : i + 2], 16) for i in (0, 2, 4))
    if max(red, green, blue) - min(red, green, blue) < 6:
        share, other = round(100 - green / 2.55), "var(--paper)"
    elif is_text:
        share, other = INK_OF_COLOURED_WORDS, f"#{found[2]}"
    else:
        return found[0]
    return f"{found[1]}: color-mix(in srgb, var(--ink) {share}%, {other})"
