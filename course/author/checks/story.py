"""Does a lesson read like a story: a picture and a question first, short texts, something to see often?

Older lessons break these rules; ``debts.toml`` says how often each.
"""

import base64
import io
import math
import re

from nbformat import NotebookNode

from course.author.checks import debts
from course.author.checks.problems import Problem
from course.notebooks.execute import IMAGES
from course.notebooks.lessons import Lesson, read_notebook, tags
from course.notebooks.markdown import read
from course.notebooks.results import EXPLORABLE
from course_utils.bilingual import MIME

MOST_WORDS, MOST_HAN = 120, 200  # of a text cell: English words, Chinese characters
FIRST_PICTURE, APART = 2, 3  # screens
SHORT = 6  # lines of code that do not push a picture away
# What a laptop of 768 pixels shows of a notebook, and what a cell takes of it, in pixels.
SCREEN, WIDTH = 600, 736
TEXT_LINE, LETTERS, BETWEEN, CODE_LINE, FOLDED = 22, 95, 20, 17, 34
LONGEST_OUTPUT, FORM = 400, 200  # longer ones scroll or fold; a quiz
TABLE = re.compile(r"^\s*\|.*\|\s*$\n^\s*\|[\s:|-]+\|\s*$", re.MULTILINE)
TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)
FOLDED_TEXT = re.compile(r"<details>.*?</details>", re.DOTALL)
HAN = re.compile(r"[\u4e00-\u9fff]")
# Lists to look things up in, not to read.
NOT_READ = ("References", "Corrections to the source articles")
RULES = ("long text", "late picture", "nothing to see", "opening")


def check(notebook: NotebookNode, file: str) -> list[Problem]:
    """What keeps a built lesson from reading like a story; ``file`` names it in messages."""
    return [
        *_long_texts(notebook, file),
        *_far_between(notebook, file),
        *_opening(notebook, file),
    ]


def check_lesson(lesson: Lesson) -> debts.Settled:
    """(what is to be mended now, what the lesson is known to owe)."""
    file = f"notebooks/{lesson.notebook.name}"
    found = check(read_notebook(lesson.notebook), file)
    return debts.settle(found, debts.of(lesson.number), file, RULES)


# texts ---------------------------------------------------------------------------------------


def _long_texts(notebook: NotebookNode, file: str) -> list[Problem]:
    problems, heading = [], ""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.source.startswith("#"):
            heading = cell.source
        if any(name in heading for name in NOT_READ):
            continue
        for tag, count, most, zh_unit, en_unit in LENGTHS:
            if tag in tags(cell) and (n := count(cell.source)) > most:
                zh = f"{zh_unit[0]} {n} 个{zh_unit[1]}，至多 {most}：拆成几步，中间放一张图或一段代码；次要的话收进 <details>"
                en = (
                    f"{n} {en_unit}, at most {most}: make steps of it with a figure or code in "
                    "between; put asides into <details>"
                )
                problems.append(Problem("long text", file, number, zh, en))
    return problems


def prose(source: str) -> str:
    """What of a text cell is read from the first word to the last: no tables, nothing folded."""
    return "\n".join(read(TABLE_ROW.sub("", FOLDED_TEXT.sub("", source))).sentences)


def words(source: str) -> int:
    """English words; a formula or a piece of code counts as one."""
    return len([word for word in prose(source).split() if re.search(r"[\w\ue000\ue001]", word)])


def han(source: str) -> int:
    """Chinese characters."""
    return len(HAN.findall(prose(source)))


# Of each language's texts: the tag, how their length is counted, the most, the unit.
LENGTHS = (
    ("lang-en", words, MOST_WORDS, ("英文", "词"), "English words"),
    ("lang-zh", han, MOST_HAN, ("中文", "字"), "Chinese characters"),
)


# screens -------------------------------------------------------------------------------------


def _far_between(notebook: NotebookNode, file: str) -> list[Problem]:
    """Where a reader scrolls too long before something to see comes."""
    problems, at, seen, since = [], 0.0, 0.0, 0
    first = None
    for number, cell in enumerate(notebook.cells, 1):
        if "lang-zh" in tags(cell):
            continue  # one language shows
        top, height = at + source_height(cell), output_height(cell)
        if is_seen(cell):
            problems += _too_far((top - seen) / SCREEN, since, file)
            since, seen = number, top + height
        if first is None and is_pictured(cell):
            first = top / SCREEN
        at = top + height
    return [*_late(first, file), *problems]


def _late(screens: float | None, file: str) -> list[Problem]:
    if screens is not None and screens <= FIRST_PICTURE:
        return []
    zh = "没有图" if screens is None else f"第一张图前面有 {screens:.1f} 屏"
    en = "no picture" if screens is None else f"the first picture comes after {screens:.1f} screens"
    zh += f"：开头 {FIRST_PICTURE} 屏里要有一张图或一个可动的图"
    en += f": show a figure or an explorable within the first {FIRST_PICTURE}"
    return [Problem("late picture", file, 1, zh, en)]


def _too_far(screens: float, cell: int, file: str) -> list[Problem]:
    if screens <= APART or not cell:  # before the first one, the other rule says it
        return []
    far = f"{screens:.1f}"
    zh = f"从这里往下 {far} 屏没有图、表或可动的图，至多 {APART} 屏：加一张，或把话说短"
    en = f"{far} screens from here on without a figure, table or explorable, at most {APART}: add one, or say it in fewer words"
    return [Problem("nothing to see", file, cell, zh, en)]


def is_seen(cell: NotebookNode) -> bool:
    """Whether the cell shows a figure, a table or an explorable."""
    if cell.cell_type != "code":
        return bool(TABLE.search(cell.source)) or is_pictured(cell)
    html = "".join(str(output.get("data", {}).get("text/html", "")) for output in cell.outputs)
    marks = "".join(str(output.get("data", {}).get("text/markdown", "")) for output in cell.outputs)
    printed = any("table" in output.get("data", {}).get(MIME, {}) for output in cell.outputs)
    return is_pictured(cell) or printed or "<table" in html or bool(TABLE.search(marks))


def is_pictured(cell: NotebookNode) -> bool:
    """Whether the cell shows a figure or an explorable."""
    if cell.cell_type != "code":
        return "![" in cell.source or "<img" in cell.source
    kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
    return bool(kinds & {*IMAGES, EXPLORABLE}) or "photo-live" in tags(cell)


def source_height(cell: NotebookNode) -> float:
    """Pixels of what the author wrote; set-up is folded to one line."""
    if cell.cell_type == "code":
        lines = cell.source.count("\n") + 1
        return FOLDED if "setup" in tags(cell) else lines * CODE_LINE + BETWEEN
    text = FOLDED_TEXT.sub("\n", re.sub(r"</?div[^>]*>", "", cell.source))
    lines = [math.ceil(len(line) / LETTERS) for line in text.splitlines() if line.strip()]
    blocks = len(re.split(r"\n\s*\n", text.strip()))
    return sum(lines) * TEXT_LINE + blocks * TEXT_LINE / 2 + BETWEEN


def output_height(cell: NotebookNode) -> float:
    """Pixels of what the cell has shown."""
    return sum(map(_height, cell.outputs)) if cell.cell_type == "code" else 0.0


def _height(output: NotebookNode) -> float:
    data = output.get("data", {})
    for kind in ("image/png", "image/jpeg", "image/gif"):
        if kind in data:
            return _picture_height(base64.b64decode(data[kind])) + BETWEEN
    if EXPLORABLE in data or "image/svg+xml" in data:
        return LONGEST_OUTPUT
    if "<details" in data.get("text/html", ""):
        return FORM
    text = output.get("text", "") or str(data.get("text/plain", "")) or output.get("ename", "")
    return min(LONGEST_OUTPUT, (text.count("\n") + 1) * CODE_LINE)


def _picture_height(content: bytes) -> float:
    from PIL import Image

    width, height = Image.open(io.BytesIO(content)).size
    return height * min(1.0, WIDTH / width)


# the beginning -------------------------------------------------------------------------------


def _opening(notebook: NotebookNode, file: str) -> list[Problem]:
    """A lesson opens with a picture and a question, not with imports."""
    problems = []
    code = next((n for n, c in enumerate(notebook.cells, 1) if c.cell_type == "code"), 0)
    first = notebook.cells[code - 1] if code else NotebookNode(source="", metadata={})
    lines = [s for s in first.source.splitlines() if s.strip() and not s.strip().startswith("#")]
    if len(lines) > SHORT and "setup" not in tags(first):
        zh = f"第一个代码单元格有 {len(lines)} 行：加标签 setup（折叠起来），或缩到 {SHORT} 行以内"
        en = f"the first code cell has {len(lines)} lines: tag it setup, which folds it, or keep to {SHORT}"
        problems.append(Problem("opening", file, code, zh, en))
    for language, mark in (("zh", "？"), ("en", "?")):
        if not any(mark in text for text in _first_texts(notebook, language)):
            zh = f"开头两屏里没有问题（{language}）：先给一张图，问一句读者会好奇的话"
            en = f"no question ({language}) within the first {FIRST_PICTURE} screens: open with a picture and ask what a reader wonders about"
            problems.append(Problem("opening", file, 1, zh, en))
    return problems


def _first_texts(notebook: NotebookNode, language: str) -> list[str]:
    """The texts of one language that begin within the first screens."""
    texts, at = [], 0.0
    for cell in notebook.cells:
        if {"lang-zh", "lang-en"} & tags(cell) - {f"lang-{language}"}:
            continue
        if at > FIRST_PICTURE * SCREEN:
            break
        if f"lang-{language}" in tags(cell):
            texts.append(cell.source)
        at += source_height(cell) + output_height(cell)
    return texts
