"""Rules for Chinese text: full-width punctuation, 你, and one space beside Latin letters and digits.

The rules see sentences in which code and formulas are placeholders, so they never look into them.
"""

import re
from collections.abc import Iterator

from course.notebooks.markdown import CODE, FORMULA

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
LATIN = f"A-Za-z0-9%°{CODE}{FORMULA}"
WIDE = "，。；：！？（）、“”‘’《》〈〉「」『』【】…"

# (rule, what is wrong, 中文, English)
RULES = [
    (
        "half-width punctuation",
        re.compile(rf"[{HAN}]\s*[,;:!?()\"]|[,;:!?()\"]\s*[{HAN}]|[{HAN}]\.(?!\w)"),
        "中文里用全角标点（，；：！？（）“”。）",
        "use full-width punctuation in Chinese: ，；：！？（）“”。",
    ),
    (
        "full-width letters",
        re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a％]"),
        "字母、数字和百分号用半角",
        "write letters, digits and the per cent sign half-width",
    ),
    ("polite you", re.compile("您"), "用“你”，不用“您”", "address the reader as 你, not 您"),
    (
        "missing space",
        re.compile(rf"[{HAN}][{LATIN}]|[{LATIN}][{HAN}]"),
        "汉字与字母、数字、代码、公式之间空一格",
        "put one space between Chinese characters and letters, digits, code or formulas",
    ),
    (
        "several spaces",
        re.compile(rf"[{HAN}] {{2,}}|[^\s] {{2,}}[{HAN}]"),
        "只空一格",
        "one space is enough",
    ),
    (
        "space beside punctuation",
        re.compile(rf"[ \u3000\n][{WIDE}]|(?<=.)[{WIDE}][ \u3000\n](?=.)", re.DOTALL),
        "全角标点旁边不空格、不换行",
        "no space and no line break beside full-width punctuation",
    ),
    (
        "space between characters",
        re.compile(rf"[{HAN}][ \n]+[{HAN}]"),
        "汉字之间不空格、不换行（一段写成一行）",
        "no space and no line break between Chinese characters: keep a paragraph on one line",
    ),
]  # fmt: skip
FULL_STOP = re.compile(rf"[{HAN}].*[A-Za-z{CODE}{FORMULA}]\.$", re.DOTALL)
HAN_CHARACTER = re.compile(f"[{HAN}]")
STRAY_WIDE = re.compile(rf"(?<![{HAN}{WIDE}])[，。；：！？（）、](?![{HAN}{WIDE}])")
STRAY_EMPHASIS = re.compile(r"\*\*|(?<=\w)__(?=\W)")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return bool(HAN_CHARACTER.search(text))


def chinese(sentence: str) -> Iterator[tuple[str, str, str, str]]:
    """(rule, the place, 中文, English) for everything wrong in a Chinese sentence."""
    if not has_han(sentence):
        return
    for rule, pattern, zh, en in RULES:
        if match := pattern.search(sentence):
            yield rule, place(sentence, match), zh, en
    if match := FULL_STOP.search(sentence):
        tail = place(sentence, match, tail=True)
        yield "half-width punctuation", tail, "中文句子用句号“。”结尾", "end the sentence with 。"


def english(sentence: str) -> Iterator[tuple[str, str, str, str]]:
    """The same for an English sentence: Chinese punctuation only beside Chinese characters."""
    if match := STRAY_WIDE.search(sentence):
        yield (
            "full-width punctuation",
            place(sentence, match),
            "英文里用半角标点",
            "use half-width punctuation in English",
        )


def emphasis(sentence: str) -> Iterator[tuple[str, str, str, str]]:
    """Asterisks that Markdown did not take for emphasis; the reader would see them."""
    if match := STRAY_EMPHASIS.search(sentence):
        yield (
            "emphasis",
            place(sentence, match),
            "这里的 ** 不会变成粗体：请把括号和标点移到 ** 外面，如 **微调**（fine-tuning）",
            "** is shown as it is here: move brackets and punctuation outside, **微调**（fine-tuning）",
        )


def place(sentence: str, match: re.Match, tail: bool = False) -> str:
    """A few characters around the finding."""
    begin = max(0, (match.end() if tail else match.start()) - 8)
    piece = sentence[begin : match.end() + 8].replace("\n", "⏎")
    return piece.replace(CODE, "`…`").replace(FORMULA, "$…$")
