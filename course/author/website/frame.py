"""What all pages of the site share: head, bar, menu, foot; the template is the one of ``course export``."""

import html
from dataclasses import dataclass, field

from course.author import export
from course.author.website.words import CODES, LANGUAGES, NAMES, Text, plain, words

SCRIPTS = ("site.js", "search.js")
# Before anything is drawn: the theme that the reader chose, or that of the system.
THEME = """<script>
(() => {
  let theme = null;
  try { theme = localStorage.getItem("course-theme"); } catch { /* no storage: the system's */ }
  theme ??= matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.jpThemeLight = String(theme === "light");
})();
</script>
"""


@dataclass(frozen=True)
class Page:
    """One page in one language, before it is put into the template.

    contents: (id, level, HTML) of what its table of contents lists.
    """

    file: str
    title: Text
    description: str
    body: str
    contents: list[tuple[str, int, str]] = field(default_factory=list)
    before: tuple[str, Text] | None = None
    after: tuple[str, Text] | None = None


@dataclass(frozen=True)
class Site:
    """What pages need to know of the whole: its menu, and its address if that is known."""

    menu: list[tuple[str, Text]]
    base: str = ""
    name: Text = ("迁移学习", "Transfer learning")


def filled(page: Page, site: Site, language: str) -> str:
    """The whole page as HTML."""
    title = plain(language, *page.title)
    name = plain(language, *site.name)
    values = {
        "@LANG@": CODES[language],
        "@MODE@": f' data-mode="{language}" data-page="{page.file}"',
        "@TITLE@": html.escape(title if title == name else f"{title} | {name}"),
        "@HEAD@": _head(page, site, language),
        "@STYLES@": '<link rel="stylesheet" href="../assets/style.css">',
        "@TOP@": _top(page, site, language),
        "@END@": _end(language),
        "@BODY@": page.body + _turns(page, language),
    }
    return export.filled("page.html", values)


def _head(page: Page, site: Site, language: str) -> str:
    description = f'<meta name="description" content="{html.escape(page.description)}">\n'
    icon = '<link rel="icon" href="../assets/icon.svg" type="image/svg+xml">\n'
    canonical = ""
    if site.base:
        canonical = f'<link rel="canonical" href="{site.base}{language}/{page.file}">\n'
    return description + icon + canonical + alternates(page.file, site.base or "../") + THEME


def alternates(file: str, base: str) -> str:
    """Where the same page is in the other languages, for search engines."""
    links = {"zh-CN": "zh", "en": "en", "x-default": "both"}
    return "".join(
        f'<link rel="alternate" hreflang="{code}" href="{base}{folder}/{file}">\n'
        for code, folder in links.items()
    )


def _top(page: Page, site: Site, language: str) -> str:
    skip = words(language, "跳到正文", "Skip to the text")
    menu = "".join(_menu_item(file, text, page, language) for file, text in site.menu)
    return (
        f'<a class="skip" href="#main">{skip}</a>\n<header class="bar">'
        f'<a class="home" href="index.html">{words(language, *site.name)}</a>'
        f"{_search(language)}{_languages(page, language)}{_theme(language)}"
        f'<nav class="menu" aria-label="{plain(language, "全站", "Site")}">{menu}</nav></header>\n'
        f"{_contents(page, language)}"
    )


def _menu_item(file: str, text: Text, page: Page, language: str) -> str:
    here = ' aria-current="page"' if file == page.file else ""
    return f'<a href="{file}"{here}>{words(language, *text)}</a>'


def _search(language: str) -> str:
    name = plain(language, "搜索课程", "Search the course")
    return (
        f'<form class="search" role="search" hidden><input type="search" name="q" '
        f'aria-label="{name}" placeholder="{name}" autocomplete="off" spellcheck="false" '
        f'role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">'
        f'<div class="found" hidden><p class="count" role="status"></p>'
        f'<ul id="found" role="listbox" aria-label="{plain(language, "结果", "Results")}"></ul></div></form>'
    )


def _languages(page: Page, language: str) -> str:
    links = []
    for one in LANGUAGES:
        here = ' aria-current="page"' if one == language else ""
        code = "" if one == "both" else f' hreflang="{CODES[one]}"'
        speech = "zh-CN" if one == "both" else CODES[one]
        links.append(f'<a href="../{one}/{page.file}" lang="{speech}"{code}{here}>{NAMES[one]}</a>')
    name = plain(language, "语言", "Language")
    return f'<nav class="languages" aria-label="{name}">{"".join(links)}</nav>'


def _theme(language: str) -> str:
    name = plain(language, "深色或浅色", "Dark or light")
    return (
        f'<button type="button" class="theme" aria-label="{name}" title="{name}" hidden>◐</button>'
    )


def _contents(page: Page, language: str) -> str:
    if not page.contents:
        return ""
    rows = "".join(
        f'<li class="level-{level}"><a href="#{name}">{text}</a></li>'
        for name, level, text in page.contents
    )
    title = words(language, "目录", "Contents")
    name = plain(language, "本页目录", "Contents of this page")
    return (
        f'<nav class="contents" aria-label="{name}"><details><summary>{title}</summary>'
        f"<ol>{rows}</ol></details></nav>\n"
    )


def _turns(page: Page, language: str) -> str:
    links = []
    for turn, rel, arrow in ((page.before, "prev", "← {}"), (page.after, "next", "{} →")):
        if turn:
            file, text = turn
            shown = arrow.format(words(language, *text))
            links.append(f'<a rel="{rel}" href="{file}">{shown}</a>')
    if not links:
        return ""
    name = plain(language, "上一课和下一课", "Previous and next lesson")
    return f'<nav class="turns" aria-label="{name}">{"".join(links)}</nav>'


def _end(language: str) -> str:
    licence = words(
        language,
        "文字、图和练习：CC BY 4.0。代码：MIT。照片各有许可，写在图下。",
        "Text, figures and exercises: CC BY 4.0. Code: MIT. Photos have licences of their own, named below them.",
    )
    scripts = "".join(f'<script src="../assets/{name}" defer></script>\n' for name in SCRIPTS)
    return f"<footer><p>{licence}</p></footer>\n{scripts}"


def entry(site: Site, description: str) -> str:
    """The site's own address: to the reader's language, or a choice where scripts do not run."""
    values = {
        "@TITLE@": html.escape(plain("both", *site.name)),
        "@DESCRIPTION@": html.escape(description),
        "@ALTERNATES@": alternates("index.html", site.base or ""),
    }
    return export.filled("site/entry.html", values)


def sitemap(files: list[str], base: str) -> str:
    """All pages, for search engines; only where the site's address is known."""
    rows = "".join(
        f"<url><loc>{base}{language}/{file}</loc></url>\n"
        for file in files
        for language in LANGUAGES
    )
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{name}">\n{rows}</urlset>\n'
