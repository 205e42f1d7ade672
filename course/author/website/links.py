"""Dead links inside a site: addresses and places in pages that are not there."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

OUTSIDE = ("http:", "https:", "mailto:", "data:", "javascript:")


class _Reader(HTMLParser):
    """Ids and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src") and value and tag not in ("use", "image"):
                self.links.append(value)


def _read(file: Path) -> _Reader:
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    return reader


def dead(folder: Path) -> Iterator[tuple[str, str]]:
    """(page, address) of each link that leads nowhere, or out of the site's folder by a file's path."""
    pages = {file.resolve(): _read(file) for file in sorted(folder.rglob("*.html"))}
    root = folder.resolve()
    for file, page in pages.items():
        for link in dict.fromkeys(page.links):
            if link.startswith(OUTSIDE):
                continue
            path, _, place = link.partition("#")
            target = (file.parent / unquote(path)).resolve() if path else file
            there = target.is_file() and target.is_relative_to(root)
            if not there or (place and target in pages and unquote(place) not in pages[target].ids):
                yield file.relative_to(root).as_posix(), link
