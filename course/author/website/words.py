"""Words of the site's own, in Chinese, English or both; names of pages and of places in them."""

import html
import re
import unicodedata

from course.author.export import HTML_LANGUAGE, render

LANGUAGES = ("zh", "en", "both")
NAMES = {"zh": "中文", "en": "English", "both": "双语"}
CODES = HTML_LANGUAGE | {"both": "zh-CN"}
Text = tuple[str, str]


def plain(language: str, zh: str, en: str) -> str:
    """Words without markup: titles, names that are read aloud."""
    if zh == en:
        return zh
    return {"zh": zh, "en": en, "both": f"{zh} · {en}"}[language]


def words(language: str, zh: str, en: str) -> str:
    """Plain words as HTML; in both languages each is marked with its own."""
    zh, en = html.escape(zh, quote=False), html.escape(en, quote=False)
    if language != "both" or zh == en:
        return en if language == "en" else zh
    return f'<span lang="zh">{zh}</span> <span lang="en">{en}</span>'


def inline(language: str, text: Text) -> str:
    """A line of Markdown as HTML within a line."""
    zh, en = (_within_a_line(part) for part in text)
    if language != "both" or zh == en:
        return en if language == "en" else zh
    return f'<span lang="zh">{zh}</span> <span lang="en">{en}</span>'


def _within_a_line(markdown: str) -> str:
    return re.sub(r"</?p>", " ", render(markdown, html=False)).strip()


def blocks(language: str, text: Text) -> str:
    """Markdown as blocks of HTML."""
    zh, en = (render(part, html=False) for part in text)
    if language != "both" or zh == en:
        return en if language == "en" else zh
    return f'<div lang="zh">{zh}</div><div lang="en">{en}</div>'


def slug(text: str) -> str:
    """A name for an address: lower-case letters, digits and Chinese characters, dashes between."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^\w]+", "-", re.sub(r"['’`$\\]", "", text)).strip("-_") or "section"


class Ids:
    """Ids of one page: the same text twice gets a number."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def new(self, text: str) -> str:
        """An id that this page does not have yet."""
        name = slug(text)
        self.seen[name] = self.seen.get(name, 0) + 1
        return name if self.seen[name] == 1 else f"{name}-{self.seen[name]}"
