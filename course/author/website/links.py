"""Dead links inside a site: addresses and places in pages that are not there."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

OUTSIDE = ("http:", "https:", "mailto:", "data:", "javascript:")
# What the site's own builder writes: attributes in double quotes.
ATTRIBUTE = re.compile(r'\s(id|href|src)="([^"]*)"')


def _read(file: Path) -> tuple[set[str], list[str]]:
    """The ids and the addresses of a page."""
    ids, links = set(), []
    for name, value in ATTRIBUTE.findall(file.read_text(encoding="utf-8")):
        if name == "id":
            ids.add(value)
        else:
            links.append(html.unescape(value))
    return ids, links


def dead(folder: Path) -> Iterator[tuple[str, str]]:
    """(page, address) of each link that leads nowhere, or out of the site's folder."""
    root = folder.resolve()
    pages = {file: _read(file) for file in sorted(root.rglob("*.html"))}
    for file, (_, links) in pages.items():
        for link in dict.fromkeys(links):
            if link.startswith(OUTSIDE):
                continue
            path, _, place = link.partition("#")
            target = (file.parent / unquote(path)).resolve() if path else file
            there = target.is_file() and target.is_relative_to(root)
            if not there or (place and target in pages and unquote(place) not in pages[target][0]):
                yield file.relative_to(root).as_posix(), link
