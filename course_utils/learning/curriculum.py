"""The map of the course: every lesson with its minutes and the lessons that it builds on.

Nothing of it is written by hand. Title, minutes and prerequisites are read from the built notebooks:
the first sentence of "Before you start" names the lessons that are needed, a later one the minutes.
Lesson 00 draws the map with the learner's progress, README shows it as Mermaid.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import paths
from course_utils.learning import progress_map, records
from course_utils.messages import CourseError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = re.compile(r"# (?P<number>\d\d) (?P<zh>.+?) · (?P<en>.+)")
BEFORE = "Before you start"
MINUTES = {
    "zh": re.compile(r"做练习大约 (\d+) 分钟"),
    "en": re.compile(r"exercises (?:takes )?about (\d+) minutes"),
}
FIRST_SENTENCE = {
    "zh": re.compile(r".*?(?:。|$)", re.DOTALL),
    "en": re.compile(r".*?(?:\.\s|$)", re.DOTALL),
}
NUMBERS = re.compile(r"(?<!\d)(\d\d)(?: ?(?:–|到|to) ?(\d\d))?(?!\d)")
STATES = {"○": ("还没开始", "not started"), "◐": ("进行中", "under way"), "●": ("做完", "done")}


@dataclass(frozen=True)
class Entry:
    """One lesson of the map; ``needs``: numbers of the lessons that it builds on, in order."""

    number: str
    stem: str
    zh: str
    en: str
    minutes: int
    needs: tuple[str, ...]


def read(folder: Path | None = None) -> list[Entry]:
    """The lessons that are built, in order. CourseError where one does not say what the map needs."""
    entries = [_entry(file) for file in paths.notebooks(folder)]
    have = {entry.number for entry in entries}
    # A class's copy may hold some of the lessons only.
    return [replace(e, needs=tuple(n for n in e.needs if n in have)) for e in entries]


def _entry(file: Path) -> Entry:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    title = TITLE.match("".join(cells[0]["source"])) if cells else None
    texts = _before(cells)
    minutes = {language: MINUTES[language].search(text) for language, text in texts.items()}
    if not title or set(texts) != {"zh", "en"} or not all(minutes.values()):
        raise _unsaid(file, "标题、“开始之前”和分钟数", "the title, that section and the minutes")
    needs = {language: _numbers(_first(text, language)) for language, text in texts.items()}
    if needs["zh"] != needs["en"] or minutes["zh"][1] != minutes["en"][1]:
        raise _unsaid(
            file, "两种语言里相同的课和分钟数", "the same lessons and minutes in both languages"
        )
    if any(number >= title["number"] for number in needs["zh"]):
        raise _unsaid(file, "前面的课，不能是后面的", "earlier lessons, not later ones")
    return Entry(
        title["number"], file.stem, title["zh"], title["en"], int(minutes["zh"][1]), needs["zh"]
    )


def _before(cells: list[dict]) -> dict[str, str]:
    """language -> text of the first cell in that language after the heading "Before you start"."""
    texts: dict[str, str] = {}
    inside = False
    for cell in cells:
        source = "".join(cell["source"])
        if source.startswith("#"):
            inside = BEFORE in source
        for language in ("zh", "en"):
            if inside and f"lang-{language}" in cell["metadata"].get("tags", []):
                text = re.sub(r"</?div[^>]*>", "", source).strip()
                texts[language] = f"{texts.get(language, '')}\n{text}".strip()
    return texts


def _first(text: str, language: str) -> str:
    return FIRST_SENTENCE[language].match(text)[0]


def _numbers(sentence: str) -> tuple[str, ...]:
    """``"lessons 03 and 05–07"`` -> 03, 05, 06, 07."""
    found = {
        f"{number:02}"
        for first, last in NUMBERS.findall(sentence)
        for number in range(int(first), int(last or first) + 1)
    }
    return tuple(sorted(found))


def _unsaid(file: Path, zh: str, en: str) -> CourseError:
    return CourseError(
        f"课程地图读不懂 {file.name}：要有{zh}。“开始之前”的第一句说需要哪几课，"
        "后面写“读完并做练习大约 60 分钟”。",
        f"The map of the course cannot read {file.name}: it wants {en}. The first sentence of "
        f"“{BEFORE}” names the lessons needed; a later one says “reading and doing the exercises "
        "about 60 minutes”.",
    )


def arrows(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """(earlier, later) for every prerequisite that does not follow from the others."""
    needs = {entry.number: entry.needs for entry in entries}
    return [
        (first, entry.number)
        for entry in entries
        for first in entry.needs
        if not any(first in all_needed(needs, other) for other in entry.needs)
    ]


def all_needed(needs: dict[str, tuple[str, ...]], number: str) -> set[str]:
    """Everything that a lesson builds on, directly or not."""
    return set(needs[number]).union(*(all_needed(needs, other) for other in needs[number]))


def states(entries: Sequence[Entry], record: records.Record | None = None) -> dict[str, str]:
    """number -> ``○`` not started, ``◐`` under way, ``●`` all exercises and quizzes done."""
    rows = progress_map.rows(records.read() if record is None else record)
    done = {row.number: [*row.exercises.values(), *row.quizzes.values()] for row in rows}
    return {
        entry.number: _sign(done[entry.number]) if done.get(entry.number) else "○"
        for entry in entries
    }


def _sign(done: list[bool]) -> str:
    return "●" if all(done) else "◐" if any(done) else "○"


# --- as text --------------------------------------------------------------------------------------


def table(entries: Sequence[Entry], folder: str = "") -> str:
    """A Markdown table with links to ``folder``'s notebooks."""
    rows = (
        f"| [{entry.number}]({folder}{entry.stem}.ipynb) | {entry.zh} | {entry.en} "
        f"| {entry.minutes} | {', '.join(entry.needs) or '–'} |"
        for entry in entries
    )
    head = "| 课 lesson | 中文 | English | 分钟 minutes | 先学 builds on |"
    return "\n".join([head, "|---|---|---|--:|---|", *rows])


def mermaid(entries: Sequence[Entry]) -> str:
    """The map as a Mermaid flow chart, which GitHub and JupyterLab draw."""
    boxes = (
        f'    L{entry.number}["<b>{entry.number}</b> {short(entry.zh)}<br>{short(entry.en)}<br>'
        f'{entry.minutes} min"]'
        for entry in entries
    )
    return "\n".join(
        ["flowchart TD", *boxes, *(f"    L{first} --> L{then}" for first, then in arrows(entries))]
    )


def short(title: str) -> str:
    """The title without what follows its colon: a box is small."""
    return re.split(r"：|: ", title)[0]


# --- as a figure ----------------------------------------------------------------------------------

BOX, GAP, LINE = 2.75, 0.2, 0.35  # inches: a box, between two, the room that a passing arrow takes
HEIGHT, PITCH = 0.62, 0.95  # inches: a box, from one row to the next
WIDEST = 3  # boxes in a row
LOOKS = {"○": ("white", "black"), "◐": ("#cfe6f5", "black"), "●": ("#0072B2", "white")}
Point = tuple[float, float]


def show(entries: Sequence[Entry]) -> None:
    """Draw the map with the learner's progress."""
    from course_utils import figures

    signs = states(entries)
    figures.use_style()
    zh, en = _alt(entries, signs)
    figures.show(draw(entries, signs), zh, en, name="lesson-map")


def _alt(entries: Sequence[Entry], signs: dict[str, str]) -> tuple[str, str]:
    done = sum(sign == "●" for sign in signs.values())
    pairs = [(entry.number, entry.needs) for entry in entries if entry.needs]
    zh = "；".join(f"{number} 需要 {'、'.join(needs)}" for number, needs in pairs)
    en = "; ".join(f"{number} needs {', '.join(needs)}" for number, needs in pairs)
    arrow = "arrows point from a lesson to those that build on it"
    return (
        f"课程地图：{len(entries)} 课，做完 {done} 课；箭头从先学的课指向后学的课。{zh}。",
        f"Map of the course: {len(entries)} lessons, {done} done; {arrow}. {en}.",
    )


def draw(entries: Sequence[Entry], signs: dict[str, str]) -> "Figure":
    """The map as a figure: a box for each lesson, arrows from what it builds on."""
    import matplotlib.pyplot as plt

    places, ways = layout(entries)
    width = WIDEST * (BOX + GAP) + 0.2
    height = (max((-y for _, y in places.values()), default=0) + 1) * PITCH + 0.25
    fig, ax = plt.subplots(figsize=(width, height), layout="constrained")
    ax.set(xlim=(-width / 2, width / 2), ylim=(0.55 * PITCH - height, 0.55 * PITCH))
    ax.axis("off")
    for way in ways:
        _arrow(ax, way)
    for entry in entries:
        x, y = places[entry.number]
        _box(ax, (x, y * PITCH), entry, signs[entry.number])
    signs_said = "    ".join(f"{sign} {zh} {en}" for sign, (zh, en) in STATES.items())
    ax.text(0, 0.6 * PITCH - height, signs_said, ha="center", va="bottom", fontsize=9)
    return fig


def _box(ax: "Axes", centre: Point, entry: Entry, sign: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = centre
    face, ink = LOOKS[sign]
    ax.add_patch(
        FancyBboxPatch(
            (x - BOX / 2, y - HEIGHT / 2), BOX, HEIGHT, boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=face, edgecolor="#0072B2", linewidth=1.2,
        )
    )  # fmt: skip
    lines = [
        f"{sign} {entry.number} {short(entry.zh)}",
        short(entry.en),
        f"{entry.minutes} 分钟 min",
    ]
    for line, (dy, size) in zip(lines, ((0.17, 9.5), (-0.02, 8), (-0.2, 8)), strict=True):
        ax.text(x, y + dy, line, ha="center", va="center", fontsize=size, color=ink)


def _arrow(ax: "Axes", way: list[Point]) -> None:
    """A curve from the bottom of a box, straight down past other rows, to the top of another."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    (x, y), *passing, (end_x, end_y) = [(px, py * PITCH) for px, py in way]
    points, kinds = [(x, y - HEIGHT / 2)], [Curve.MOVETO]
    for px, py in passing:
        points += _bend(points[-1], (px, py + HEIGHT / 2)) + [(px, py - HEIGHT / 2)]
        kinds += [Curve.CURVE4] * 3 + [Curve.LINETO]
    points += _bend(points[-1], (end_x, end_y + HEIGHT / 2))
    kinds += [Curve.CURVE4] * 3
    style = {"arrowstyle": "-|>", "mutation_scale": 11, "color": "#666666", "linewidth": 1.1}
    ax.add_patch(FancyArrowPatch(path=Curve(points, kinds), zorder=0.5, **style))


def _bend(start: Point, end: Point) -> list[Point]:
    middle = (start[1] + end[1]) / 2
    return [(start[0], middle), (end[0], middle), end]


def rows_of(entries: Sequence[Entry]) -> dict[str, int]:
    """number -> row: below all that it builds on, at most WIDEST lessons in each."""
    row: dict[str, int] = {}
    for entry in entries:
        place = 1 + max((row[n] for n in entry.needs), default=-1)
        while sum(other == place for other in row.values()) >= WIDEST:
            place += 1
        row[entry.number] = place
    return row


def layout(entries: Sequence[Entry]) -> tuple[dict[str, Point], list[list[Point]]]:
    """(number -> (x in inches, -row), a list of points for each arrow), arrows beside the boxes.

    An arrow that passes a row gets a place of its own in it; places are ordered by what they come
    from (Sugiyama, Tagawa and Toda, 1981: layered drawing, here one sweep down).
    """
    row = rows_of(entries)
    chains = {(a, b): list(_chain(a, b, row)) for a, b in arrows(entries)}
    links = [link for chain in chains.values() for link in pairwise(chain)]
    at: dict[tuple, Point] = {}
    every = {node for chain in chains.values() for node in chain} | {(n,) for n in row}
    for level in range(max(row.values(), default=-1) + 1):
        nodes = [node for node in every if _row(node, row) == level]
        above = {n: [at[a][0] for a, b in links if b == n] or [0.0] for n in nodes}
        nodes.sort(key=lambda node: (sum(above[node]) / len(above[node]), node))
        sizes = [(BOX if len(node) == 1 else LINE) + GAP for node in nodes]
        left = -sum(sizes) / 2
        for node, size in zip(nodes, sizes, strict=True):
            at[node] = (left + size / 2, -level)
            left += size
    return {n: at[(n,)] for n in row}, [[at[node] for node in chain] for chain in chains.values()]


def _chain(first: str, then: str, row: dict[str, int]) -> Iterator[tuple]:
    """The places that an arrow touches: a box, one in each row that it passes, a box."""
    yield (first,)
    for level in range(row[first] + 1, row[then]):
        yield (first, then, level)
    yield (then,)


def _row(node: tuple, row: dict[str, int]) -> int:
    return row[node[0]] if len(node) == 1 else node[2]
