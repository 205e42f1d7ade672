"""What code shows is in both languages, and the switch can halve it: ``损失 loss`` (``halves``).

Looked at are the strings as they stand in the code: labels, titles, printed lines, heads of tables.
"""

import ast
import re
from collections.abc import Iterator

from course.author.checks import debts
from course.author.checks.problems import Problem
from course.notebooks.lessons import Lesson, python_only, read_source
from course_utils.bilingual import CHINESE, LOWER, WORD, halves

RULES = ("say", "halves")

KEYWORDS = ("label", "xlabel", "ylabel", "title", "description", "credit")
CALLS = (
    "say", "table", "print", "set_title", "set_xlabel", "set_ylabel", "suptitle", "supxlabel",
    "supylabel", "text", "annotate", "button",
)  # fmt: skip
# A Chinese half that ends so has lost the Latin word after it (``狗的 logit logit of a dog``), and an
# English one that begins so has got a number or unit of the Chinese (``与全 1 with ones``).
CUT_OFF = re.compile("(?:的|有|与|和|或|对|是|从|把|用|让|：course)\\s*$")
SHIFTED = re.compile(r"\s*(?:\d+ (?:with|of|in|at|to|for|from)|[GMk] [A-Z]\w*)\b")
ARTICLE = re.compile(r"[\u4e00-\u9fff] [Aa] [a-z]")  # the English half begins with one …
STAYED = re.compile(r"[\u4e00-\u9fff] [Aa](?=$|：|\n)")  # … and the Chinese one keeps it
# ``权重 int8 weights int8``: one of the names is the Chinese half's.
NAME = re.compile(r"([A-Za-z]+\d+)\b.*\b\1\b")
UNIT = re.compile(r"\(([kMG]?B|m?s)\)$")  # ``大小 size (MB)``: the Chinese half has none
VALUE = "5"  # stands for what is known only when the lesson runs


def can_be_halved(text: str) -> bool:
    """Whether each half is in one language only; a text without Chinese needs no half."""
    if not CHINESE.search(text):
        return True
    zh, en = halves(text)
    english = [word for word in zh.split() if LOWER.fullmatch(word) and len(word) > 2]
    lost = any(CUT_OFF.search(line) for line in zh.split("\n")) and _repeats_its_first_word(en)
    lost = lost or bool(UNIT.search(en) and "（" not in zh)
    whole = not lost and not SHIFTED.match(en)
    return whole and not english and not CHINESE.search(en) and bool(WORD.search(en))


def _repeats_its_first_word(text: str) -> bool:
    """``logit logit of a dog``: the first one belongs to the other language."""
    first, *others = re.findall(r"[A-Za-z]+", text) or [""]
    return first in others


def shown_strings(code: str) -> Iterator[tuple[str, str]]:
    """(name of the call or keyword, string) for what the code shows."""
    for node in ast.walk(ast.parse(python_only(code))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in CALLS:
            yield from ((name, text) for text in _texts(node.args))
        named = [keyword for keyword in node.keywords if keyword.arg in KEYWORDS]
        yield from ((str(k.arg), text) for k in named for text in _texts([k.value]))


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    """Strings among the arguments; a Chinese one that its English one follows is no business here."""
    for i, node in enumerate(nodes):
        text = _text(node)
        after = _text(nodes[i + 1]) if i + 1 < len(nodes) else None
        if isinstance(node, ast.List):
            yield from _texts(node.elts)
        elif text is not None and not (after and _is_followed(text, after)):
            yield text


def _is_followed(text: str, after: str) -> bool:
    return halves(text)[0] == text and not CHINESE.search(after) and bool(WORD.search(after))


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else VALUE for v in node.values)
        return "".join(map(str, parts))
    return None


def problems(code: str, file: str, cell: int) -> list[Problem]:
    """What of a code cell cannot be halved, or is printed past the switch."""
    found = []
    for name, text in shown_strings(code):
        if name == "print" and CHINESE.search(text):
            found.append(
                Problem("say", file, cell, f"{text!r}：用 say 打印，切换语言时只显示一种",
                        f"{text!r}: print it by say, and the language switch shows one half")
            )  # fmt: skip
        elif not can_be_halved(text):
            found.append(
                Problem("halves", file, cell, f"{text!r} 分不成两半：写成“中文 English”或“中文 · English”，里面有名称时用元组",
                        f"{text!r} has no two halves: write 中文 English, or 中文 · English; around a name, a tuple")
            )  # fmt: skip
    return [*found, *_in_strings(code, file, cell)]


def _in_strings(code: str, file: str, cell: int) -> Iterator[Problem]:
    """Strings anywhere in the cell, names of rows too, whose halves kept or lost a word."""
    for text in filter(CHINESE.search, _strings(code)):
        zh, en = halves(text)
        if ARTICLE.search(text) and STAYED.search(zh):
            yield Problem(
                "halves", file, cell, f"{text!r}：英文的冠词会留在中文那一半，去掉它",
                f"{text!r}: the English article would stay in the Chinese half; leave it out",
            )  # fmt: skip
        if NAME.match(en):
            yield Problem(
                "halves", file, cell, f"{text!r}：中文那一半少了名称，把它放进括号",
                f"{text!r}: the Chinese half lost a name; put it in brackets",
            )  # fmt: skip


def _strings(code: str) -> Iterator[str]:
    """All of them, wherever they stand: labels are often kept in a dict first."""
    nodes = ast.walk(ast.parse(python_only(code)))
    return (n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


def check_lesson(lesson: Lesson) -> debts.Settled:
    """(what of a lesson's code is to be mended now, what it is known to owe)."""
    file = f"lessons/{lesson.source.name}"
    cells = enumerate(read_source(lesson).cells, 1)
    found = [
        problem
        for number, cell in cells
        if cell.cell_type == "code"
        for problem in problems(cell.source, file, number)
    ]
    return debts.settle(found, debts.of(lesson.number), file, RULES, exact=False)
