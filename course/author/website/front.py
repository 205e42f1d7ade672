"""The front page: what the course is, README's first figure, the map, the lessons."""

import html
import re
from collections.abc import Sequence

from course.author.website.pictures import Store
from course.author.website.words import plain, words
from course_utils import paths
from course_utils.learning import curriculum
from course_utils.learning.curriculum import Entry

FIGURE = re.compile(r"!\[(?P<alt>[^\]]+)\]\((?P<file>docs/pictures/labels_(?P<lang>zh|en)\.png)\)")
WIDTH, HEIGHT, GAP, RISE = 176, 62, 22, 46  # of the map's boxes, and between them; pixels


def body(
    entries: Sequence[Entry], about: dict[str, str], store: Store, language: str, run_it: str
) -> str:
    """The page; ``about``: each lesson's description by its number."""
    hours = round(sum(entry.minutes for entry in entries) / 60)
    n = len(entries)
    lead = words(
        language,
        f"一门双语笔记本课程，用 TensorFlow 和 Keras 3 讲迁移学习：从第一个梯度，到认出你自己照片的猫狗分类器。{n} 课，大约 {hours} 小时，两个 CPU 核，不要 GPU。这里可以全部读完、搜索、动手拖；要运行和练习，用两条命令装到自己的电脑上。",
        f"A bilingual notebook course on transfer learning with TensorFlow and Keras 3: from the first gradient to a cats-vs-dogs classifier that works on your own photos. {n} lessons, about {hours} hours, two CPU cores, no GPU. Read, search and touch all of it here; to run it and do the exercises, two commands put it on your computer.",
    )
    parts = [
        f"<h1>{words(language, '迁移学习', 'Transfer learning')}</h1>",
        f'<p class="lead">{lead}</p>',
        first_figure(store, language),
        f'<h2 id="map">{words(language, "课程地图", "Map of the course")}</h2>',
        f"<p>{words(language, '箭头从先学的课指向后学的课。', 'An arrow points from a lesson to those that build on it.')}</p>",
        f'<div class="map scrolls">{course_map(entries, language)}</div>',
        f'<h2 id="lessons">{words(language, "各课", "Lessons")}</h2>',
        f'<ol class="lessons">{"".join(_card(e, entries, about, language) for e in entries)}</ol>',
        f'<h2 id="run">{words(language, "在自己的电脑上运行", "Run it on your computer")}</h2>',
        run_it,
    ]
    return "\n".join(parts)


def first_figure(store: Store, language: str) -> str:
    """README's first figure, with its description, in one language or in both."""
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    found = {m["lang"]: m for m in FIGURE.finditer(readme)}
    shown = []
    for one in ("zh", "en") if language == "both" else (language,):
        if one in found:
            src = store("image/png", (paths.ROOT / found[one]["file"]).read_bytes())
            alt = html.escape(found[one]["alt"])
            shown.append(f'<img alt="{alt}" src="{src}" loading="lazy" decoding="async">')
    return f'<div class="figure paper">{"".join(shown)}</div>' if shown else ""


def needed(entry: Entry, entries: Sequence[Entry], language: str) -> str:
    """Links to the lessons that it builds on."""
    known = {other.number: other for other in entries}
    links = [
        f'<a href="{known[n].stem}.html" title="{html.escape(plain(language, known[n].zh, known[n].en))}">{n}</a>'
        for n in entry.needs
    ]
    if not links:
        return words(language, "不需要别的课", "needs no other lesson")
    before = words(language, "先学", "builds on")
    return f"{before} {', '.join(links)}"


def _card(entry: Entry, entries: Sequence[Entry], about: dict[str, str], language: str) -> str:
    minutes = words(language, f"{entry.minutes} 分钟", f"{entry.minutes} min")
    title = words(language, entry.zh, entry.en)
    return (
        f'<li><a class="title" href="{entry.stem}.html">{entry.number} {title}</a>'
        f'<p class="meta">{minutes} · {needed(entry, entries, language)}</p>'
        f"<p>{html.escape(about[entry.number])}</p></li>"
    )


def course_map(entries: Sequence[Entry], language: str) -> str:
    """The lessons as boxes in rows, each below those that it builds on, with arrows between."""
    needs = {entry.number: entry.needs for entry in entries}
    depth: dict[str, int] = {}
    for entry in entries:
        depth[entry.number] = 1 + max((depth[n] for n in entry.needs), default=-1)
    rows: list[list[Entry]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for entry in entries:
        rows[depth[entry.number]].append(entry)
    widest = max(map(len, rows))
    width = widest * (WIDTH + GAP) + GAP
    place: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP) + GAP) / 2
        for i, entry in enumerate(row):
            place[entry.number] = (left + i * (WIDTH + GAP), 8 + level * (HEIGHT + RISE))
    height = 16 + len(rows) * (HEIGHT + RISE) - RISE
    lines = "".join(_arrow(place[a], place[b]) for a, b in curriculum.arrows(entries))
    boxes = "".join(_box(entry, *place[entry.number], language) for entry in entries)
    told = "; ".join(f"{n}: {', '.join(needs[n]) or '–'}" for n in needs)
    name = html.escape(
        plain(language, f"课程地图（先学）：{told}", f"Map of the course (builds on): {told}")
    )
    head = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
    )
    return (
        f'<svg role="group" aria-label="{name}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">{head}{lines}{boxes}</svg>'
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x0, y0), (x1, y1) = start, end
    x0, y0, x1 = x0 + WIDTH / 2, y0 + HEIGHT, x1 + WIDTH / 2
    bend = (y1 - y0) / 2
    return (
        f'<path class="arrow" d="M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} '
        f'{y1 - bend:.0f} {x1:.0f} {y1:.0f}" marker-end="url(#arrow)"/>'
    )


def _box(entry: Entry, x: float, y: float, language: str) -> str:
    titles = {"zh": [entry.zh], "en": [entry.en], "both": [entry.zh, entry.en]}[language]
    lines = [
        line
        for t in titles
        for line in _wrapped(curriculum.short(t), 2 if language != "both" else 1)
    ]
    texts = [f"{entry.number}", *lines]
    step = 15
    top = y + HEIGHT / 2 - (len(texts) - 1) * step / 2 + 4
    rows = "".join(
        f'<text x="{x + WIDTH / 2:.0f}" y="{top + i * step:.0f}"{" class=number" if not i else ""}>'
        f"{html.escape(text)}</text>"
        for i, text in enumerate(texts)
    )
    name = html.escape(f"{entry.number} {plain(language, entry.zh, entry.en)}")
    return (
        f'<a href="{entry.stem}.html" aria-label="{name}">'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>{rows}</a>'
    )


def _wrapped(text: str, most: int, room: int = 25) -> list[str]:
    """At most so many lines; a Chinese character takes two places."""
    size = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
    if size <= room:
        return [text]
    pieces = text.split(" ") if " " in text else list(text)
    joint = " " if " " in text else ""
    lines = [""]
    for piece in pieces:
        wider = f"{lines[-1]}{joint if lines[-1] else ''}{piece}"
        if sum(2 if ord(c) > 0x2E80 else 1 for c in wider) > room and lines[-1]:
            lines.append(piece)
        else:
            lines[-1] = wider
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1] + "…"]
