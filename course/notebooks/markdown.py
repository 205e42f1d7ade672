"""Reading a lesson's text: Markdown as JupyterLab and GitHub understand it, with formulas."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# Stand for a piece of code or a formula where only its place in the sentence matters.
SEPARATOR = " · "  # between the languages of a heading
CODE, FORMULA = "\ue000", "\ue001"
# The opening and closing of these make the shape of lists and tables.
LISTS = ("bullet_list", "ordered_list", "list_item", "blockquote")
SHAPE = (*LISTS, "table_open", "table_close", "tr_open", "th_open", "td_open")


@cache
def parser() -> MarkdownIt:
    """The one parser for reading."""
    return new_parser()


def new_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough and dollar formulas."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return markdown.use(dollarmath_plugin, allow_labels=False, double_inline=True)


def half_of_heading(line: str, language: str) -> str:
    """``## 一步 · One step`` → ``## One step``; a lesson's number stays in both."""
    if not line.startswith("#") or SEPARATOR not in line:
        return line
    zh, _, en = line.partition(SEPARATOR)
    if language == "zh":
        return zh
    marks, _, words = zh.partition(" ")
    number = f"{words[:2]} " if words[:2].isdigit() and marks == "#" else ""
    return f"{marks} {number}{en}"


@dataclass
class Content:
    """What of a text can be compared between two languages."""

    formulas: Counter[str] = field(default_factory=Counter)
    code: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    shape: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    html_tags: Counter[str] = field(default_factory=Counter)


def read(text: str) -> Content:
    """The content of a Markdown text; ``sentences`` have placeholders for code and formulas."""
    content = Content()
    tokens = parser().parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            _read_inline(token, content)
            if before is not None and before.type == "heading_open":
                content.headings.append(content.sentences[-1])
        else:
            _read_block(token, content)
    return content


def _read_block(token: Token, content: Content) -> None:
    if token.type.startswith("math_block"):
        content.formulas[_squeeze(token.content)] += 1
    elif token.type in ("fence", "code_block"):
        content.code[f"{token.info.strip()}\n{token.content}"] += 1
    elif token.type == "html_block":
        content.html_tags.update(html_tags(token.content))
        content.sentences.extend(_html_texts(token.content))
    elif token.type.startswith(SHAPE):
        content.shape.append(token.type)


def _read_inline(token: Token, content: Content) -> None:
    """A quotation, ``<q>…</q>``, stands in the sentence as a piece of code does: it is not our text."""
    sentence, quoted = [], False
    for child in token.children or []:
        if child.type == "html_inline" and child.content in ("<q>", "</q>"):
            quoted = child.content == "<q>"
            sentence += [CODE] if quoted else []
        elif quoted:
            continue
        elif child.type == "text":
            sentence.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            sentence.append("\n" if child.type == "softbreak" else "\r")
        elif child.type == "code_inline":
            content.code[child.content] += 1
            sentence.append(CODE)
        elif child.type.startswith("math_inline"):
            content.formulas[_squeeze(child.content)] += 1
            sentence.append(FORMULA)
        elif child.type == "link_open":
            content.links[str(child.attrs["href"])] += 1
        elif child.type == "image":
            content.links[str(child.attrs["src"])] += 1
            sentence.append(child.content)
        elif child.type == "html_inline":
            content.html_tags.update(html_tags(child.content))
    content.sentences.append("".join(sentence))


def _squeeze(formula: str) -> str:
    """White space means nothing in a formula, and the words of \\text{…} may be in any language."""
    pieces = "".join(formula.split()).split(r"\text{")
    return r"\text{".join([pieces[0], *("}" + p.partition("}")[2] for p in pieces[1:])])


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.texts.append(data)


def _parsed(html: str) -> _Tags:
    tags = _Tags()
    tags.feed(html)
    tags.close()
    return tags


def html_tags(html: str) -> list[str]:
    """Names of the opening tags; the languages' own ``<div lang=…>`` does not count."""
    return [tag for tag, attributes in _parsed(html).tags if "lang" not in attributes]


def _html_texts(html: str) -> list[str]:
    return [text.strip() for text in _parsed(html).texts if text.strip()]


def language_div(text: str) -> str | None:
    """The language of the ``<div lang="…">`` that wraps the whole text, else None.

    The opening and the closing tag must each be a block of their own: without the blank lines
    inside, Markdown takes the text for HTML and shows it raw.
    """
    tokens = parser().parse(text)
    if len(tokens) < 2 or {tokens[0].type, tokens[-1].type} != {"html_block"}:
        return None
    opening = _parsed(tokens[0].content)
    alone = [tag for tag, _ in opening.tags] == ["div"] and not "".join(opening.texts).strip()
    if not alone or tokens[-1].content.strip() != "</div>":
        return None
    return opening.tags[0][1].get("lang")


def mentions_language_div(text: str) -> bool:
    """Whether any HTML in the text has a ``lang`` attribute."""
    blocks = [t.content for t in parser().parse(text) if t.type == "html_block"]
    return any("lang" in attributes for b in blocks for _, attributes in _parsed(b).tags)
