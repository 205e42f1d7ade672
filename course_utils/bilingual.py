"""One line of text in two languages, ``损失 loss 0.3``, and what shows one language of it.

The course writes labels, titles and printed lines as a pair on one line. That is what GitHub, VS
Code and a terminal show. JupyterLab's language switch and ``course export`` show a half of it:
``halves`` is their rule, and ``labextension/static/pairs.js`` is the same rule in JavaScript
(``tests/bilingual/pairs.json`` holds both to the same examples).
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

# A bundle's plain text is the pair; this beside it holds the halves, or a picture in layers.
MIME = "application/vnd.course.bilingual+json"
SEPARATOR = " · "

CHINESE = re.compile("[\u4e00-\u9fff]")
_CHINESE_TOKEN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # and its punctuation
WORD = re.compile(r"[A-Za-z]{2,}|['’]s\b")
LOWER = re.compile("[a-z][a-z’'-]+[,:;.)]*")
_FORMULA = re.compile(r"\$[^$]*\$")
# z: a token with Chinese, e: with an English word, n: numbers, signs, single letters
_PAIR = re.compile("([en]*)(z(?:[zn]*z)?)(n*)(e(?:[en]*e)?)(n*)")
# Between pairs: two spaces, an opening bracket, a name and a Chinese comma (``VGG16，准确率``).
_BETWEEN = re.compile(
    r"(\s{2,}|(?<!\S)\((?=[\u4e00-\u9fff])|(?<!\S)[A-Za-z0-9-]+，(?=[\u4e00-\u9fff]))"
)
_EDGES = "()[]（），,.:：;；"


def halves(text: str) -> tuple[str, str]:
    """The Chinese and the English half: ``照片 photo 3`` -> (``照片 3``, ``photo 3``).

    What stands between two pairs, numbers, signs and formulas belong to both. Where the rule cannot
    know, `` · `` or a line break separates the languages. A text in one language is both halves.
    """
    lines = text.split("\n")
    kinds = [_kind(line) for line in lines]
    if "z" in kinds and "e" in kinds:  # lines of their own for each language
        halved = [
            (line if kind == "z" else None, line if kind == "e" else None)
            if kind in ("z", "e")
            else _line(line)
            for line, kind in zip(lines, kinds, strict=True)
        ]
    else:
        halved = [_line(line) for line in lines]
    zh, en = ("\n".join(p for p in part if p is not None) for part in zip(*halved, strict=True))
    return zh, en


def _kind(text: str) -> str:
    """``z`` for Chinese, which may have names in it, ``e`` for English, ``ze`` for both, or ``n``."""
    bare = _FORMULA.sub("", text)
    if not CHINESE.search(bare):
        return "e" if WORD.search(bare) else "n"
    return "ze" if any(map(LOWER.fullmatch, bare.split())) else "z"


def _line(line: str) -> tuple[str, str]:
    left, separator, right = line.partition(SEPARATOR)
    if separator and CHINESE.search(left) and not CHINESE.search(right):
        number = re.match(r"\d\d ", left)  # a lesson's, unless both halves count something
        own = number is None or right.startswith(number[0])
        return left, right if own else number[0] + right  # type: ignore[index]  # own if None
    formulas = list(dict.fromkeys(_FORMULA.findall(line)))
    hidden = _FORMULA.sub(lambda found: chr(0xE000 + formulas.index(found[0])), line)
    halved = [
        (piece, piece.replace("，", ", ")) if i % 2 else _piece(piece)
        for i, piece in enumerate(_BETWEEN.split(hidden))
    ]
    zh, en = ("".join(part) for part in zip(*halved, strict=True))
    return _shown(zh, formulas), _shown(en, formulas)


def _shown(text: str, formulas: list[str]) -> str:
    """Formulas back in their places."""
    return re.sub("[\ue000-\uf8ff]", lambda found: formulas[ord(found[0]) - 0xE000], text)


def _piece(piece: str) -> tuple[str, str]:
    tokens = piece.split(" ")
    kinds = _kinds(tokens)
    zh: list[str] = []
    en: list[str] = []
    end = 0
    for found in _PAIR.finditer(kinds):
        for half in (zh, en):
            half += tokens[end : found.start()]
        first, second = _pair([tokens[slice(*found.span(i))] for i in range(1, 6)])
        zh, en, end = zh + first, en + second, found.end()
    return " ".join(zh + tokens[end:]).replace("： ", "："), " ".join(en + tokens[end:])


def _kinds(tokens: Sequence[str]) -> str:
    """One letter for each token; names inside Chinese (``用 VGG16 的特征``) belong to it."""
    kinds = "".join(
        "z" if _CHINESE_TOKEN.search(t) else "e" if WORD.search(t) else "n" for t in tokens
    )

    def inside(found: re.Match[str]) -> str:
        names = not any(map(LOWER.fullmatch, tokens[found.start() : found.end()]))
        return ("z" if names else "e") * len(found[0])

    return re.sub("(?<=z)e+(?=z)", inside, kinds)


def _pair(parts: list[list[str]]) -> tuple[list[str], list[str]]:
    """The halves of one pair, as tokens. What one half has of its own it does not get again."""
    lead, zh, mid, en, tail = parts
    first = [*lead, *zh, *_new(mid, lead + zh)]
    colon = 0 if any(mark in "".join(first) for mark in "：？") else _colon(en + tail)
    if colon:  # "照片 photo 3: VGG16 0.9": what follows belongs to both, and the number before it
        en, tail = (en + tail)[:colon], (en + tail)[colon:]
        first += _new(_numbers(en), first)
    second = [*_new(lead, mid + en + tail), *_new(mid, en + tail), *en, *tail]
    if colon:
        return [*first[:-1], first[-1].rstrip(":") + "：" + " ".join(tail)], second
    return first + _new(tail, first), second


def _colon(tokens: Sequence[str]) -> int:
    """How many tokens there are up to the first colon, or 0."""
    return next((i + 1 for i, token in enumerate(tokens) if token.endswith(":")), 0)


def _numbers(tokens: Sequence[str]) -> list[str]:
    """The numbers and signs at the end of the tokens."""
    words = [i for i, token in enumerate(tokens) if WORD.search(token)]
    return list(tokens[words[-1] + 1 :])


def _new(tokens: list[str], there: Sequence[str]) -> list[str]:
    """The tokens, or none where all of them are there already."""
    known = " ".join(there)
    return [] if all(token.strip(_EDGES) in known for token in tokens) else tokens


def say(*parts: object) -> None:
    """Print a line in both languages: ``say("准确率 accuracy", f"{score:.2f}")``.

    Each part is a pair, or belongs to both languages (a name, a number). A Chinese part may be
    followed by its English one, ``say("猜对了。", "You guessed right.")``; where names in it would
    mislead the rule, the two stand in a tuple. Printed is what ``print`` would print; the language
    switch shows its half of it.
    """
    split = list(_parts(parts))
    plain, zh, en = (" ".join(part[i] for part in split) for i in range(3))
    publish({"text/plain": plain, MIME: {"zh": zh.replace("： ", "："), "en": en}})


def _parts(parts: Sequence[object]) -> Iterable[tuple[str, str, str]]:
    """(as it is printed, Chinese, English) for each part."""
    rest = list(parts)
    while rest:
        part = rest.pop(0)
        if isinstance(part, tuple) and [type(half) for half in part] == [str, str]:
            yield " ".join(part), part[0], part[1]
            continue
        zh, en = halves(str(part))
        if zh == en and CHINESE.search(zh) and rest and _kind(str(rest[0])) == "e":
            en = str(rest.pop(0))
            yield f"{zh} {en}", zh, en
        else:
            yield str(part), zh, en


def spans(zh: str, en: str) -> str:
    """The two as HTML (for Markdown, too) of which the language switch shows one."""
    return " ".join(
        f'<span class="course-lang" lang="{language}">{html.escape(text, quote=False)}</span>'
        for language, text in (("zh", zh), ("en", en))
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a head whose cells are pairs: ``table(["模型 model", "损失 loss"], rows)``.

    Numbers come as text, rounded as they shall be seen. Columns are aligned in plain text; the
    language switch shows a real table with one language in it.
    """
    texts = [[str(cell) for cell in row] for row in [head, *rows]]
    split = [[halves(cell) for cell in row] for row in texts]
    publish({"text/plain": aligned(texts), MIME: {"table": split}})


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of plain text with aligned columns; a Chinese character is two wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def publish(bundle: dict[str, Any], about: dict[str, Any] | None = None) -> None:
    """Show a bundle {MIME type: content}; outside a notebook its plain text is printed."""
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True, metadata=about or {})
