"""A lesson as pages in three language modes, made of the cells of its built notebook."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from nbformat import NotebookNode

from course.author import cells as pieces
from course.author import explorables, export, one_language
from course.author.website import explorers, learning
from course.author.website.pictures import Store, figure
from course.author.website.words import Ids, inline, plain, words
from course.notebooks.lessons import Lesson, read_notebook, tags
from course.notebooks.markdown import SEPARATOR, half_of_heading, parser
from course_utils.learning import definitions
from course_utils.learning.curriculum import Entry

CALL = re.compile(r"^(predict|check|quiz|guesses|finish)\(", re.MULTILINE)
LANGUAGE_TAGS = {"lang-zh": "zh", "lang-en": "en"}
FOLDS = {
    "setup": ("准备工作的代码", "Set-up code"),
    "drawing": ("画图的代码", "Code of the drawing"),
    "button": ("按钮背后的代码", "Code behind the button"),
    "claims": ("{} 条结论的代码", "Code of {} claims"),
}
DESCRIPTION = 155  # characters of English; Chinese ones are twice as wide


@dataclass
class Block:
    """What stands together: a heading, a pair of text cells, or a code cell.

    covers: predictions whose guess this block waits for; veils: those for its outputs only.
    """

    number: int
    cells: list[NotebookNode]
    ids: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    veils: list[str] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        """Whether it holds headings, which belong to both languages."""
        return self.cells[0].cell_type == "markdown" and not tags(self.cells[0])

    @property
    def code(self) -> NotebookNode | None:
        """Its code cell, if it is one."""
        return self.cells[0] if self.cells[0].cell_type == "code" else None


@dataclass(frozen=True)
class Heading:
    """A heading of a lesson, for its contents."""

    id: str
    level: int
    zh: str
    en: str


class LessonPage:
    """One lesson; ``body(language)`` is its page without what all pages share."""

    def __init__(self, lesson: Lesson, entry: Entry, store: Store) -> None:
        self.lesson, self.entry, self.store = lesson, entry, store
        self.notebook = read_notebook(lesson.notebook)
        self.blocks = list(_blocks(self.notebook))
        self.headings = list(_with_ids(self.blocks))
        _cover(self.blocks)

    @cached_property
    def frames(self) -> dict[str, dict]:
        """Stored pictures of the lesson's explorers, by cell."""
        return explorers.stored(self.lesson)

    def anchors(self) -> dict[str, str]:
        """What a link may name (a tag, either half of a heading) -> the place in the page."""
        found: dict[str, str] = {}
        for block in self.blocks:
            for tag in tags(block.cells[0]) - {*LANGUAGE_TAGS}:
                found.setdefault(tag, tag if tag in block.ids else f"b{block.number}")
        for heading in self.headings:
            for name in (heading.zh, heading.en, f"{heading.zh}{SEPARATOR}{heading.en}"):
                found.setdefault(name, heading.id)
                found.setdefault(name.replace(" ", "-"), heading.id)  # as in JupyterLab
        return found

    def description(self, language: str) -> str:
        """The lesson's first sentences, for search engines."""
        halves = []
        for tag in LANGUAGE_TAGS:
            first = next(c for c in self.notebook.cells if tag in tags(c))
            limit = DESCRIPTION if tag == "lang-en" else DESCRIPTION // 2
            halves.append(_cut(plain_text(first.source), limit))
        return plain(language, *halves)

    def body(self, language: str, run_it: str) -> str:
        """All blocks of the page."""
        page = _Page(self, language, run_it)
        body = "\n".join(page.block(block) for block in self.blocks)
        return export.with_formulas(body) + explorables.script(self.notebook.cells)


class _Page:
    """A lesson's page in one language mode."""

    def __init__(self, lesson: LessonPage, language: str, run_it: str) -> None:
        self.lesson, self.language, self.run_it = lesson, language, run_it
        self.figures = 0

    def block(self, block: Block) -> str:
        content = self._content(block)
        if not content:
            return ""
        marks = "".join(f'<a id="{name}"></a>' for name in block.ids if not block.is_heading)
        waits = f' data-after="{" ".join(block.covers)}"' if block.covers else ""
        return f'<div class="block" id="b{block.number}"{waits}>{marks}{content}</div>'

    def _content(self, block: Block) -> str:
        if block.code is not None:
            return self._code(block, block.code)
        if block.is_heading:
            return self._headings(block)
        shown = [cell for cell in block.cells if self._is_shown(cell)]
        return "".join(export.render(cell.source) for cell in shown)

    def _is_shown(self, cell: NotebookNode) -> bool:
        return self.language == "both" or f"lang-{self.language}" in tags(cell)

    def _headings(self, block: Block) -> str:
        lines = [line for line in block.cells[0].source.split("\n") if line.startswith("#")]
        found = []
        for name, line in zip(block.ids, lines, strict=True):
            level, zh, en = _split(line)
            text = inline(self.language, (zh, en))
            found.append(f'<h{level} id="{name}">{text}</h{level}>')
        return "".join(found)

    def _code(self, block: Block, cell: NotebookNode) -> str:
        calls = {call for call, _ in _calls(cell.source)}
        if "quiz" in calls:
            return "".join(self._quiz(name) for call, name in _calls(cell.source) if call == "quiz")
        if "guesses" in calls:
            told = words(self.language, "你的猜测会出现在这里。", "Your guesses appear here.")
            return f'<div class="box guesses" data-guesses>{told}</div>'
        if "finish" in calls:
            return self._outputs(block, cell.outputs[:1])
        if "predict" in calls:
            names = [name for call, name in _calls(cell.source) if call == "predict"]
            return "".join(learning.prediction(name, self.language) for name in names)
        return self._plain_code(block, cell)

    def _quiz(self, name: str) -> str:
        return learning.quiz(definitions.find_quiz(name), self.language, self._picture)

    def _picture(self, png: bytes, alt: str) -> str:
        return pieces.image_of("image/png", png, alt, self.lesson.store, lazy=True)

    def _plain_code(self, block: Block, cell: NotebookNode) -> str:
        """Code, folded where JupyterLab folds it, and what it shows; an exercise has its help below."""
        code = pieces.code_html(cell.source)
        about = cell.metadata.get("course", {})
        checks = [name for call, name in _calls(cell.source) if call == "check"]
        if kind := about.get("fold"):
            zh, en = (text.format(about.get("n_claims")) for text in FOLDS[kind])
            code = f'<details class="code"><summary>{words(self.language, zh, en)}</summary>{code}</details>'
        outputs = [
            o for o in cell.outputs if "exercise" not in o.get("metadata", {}).get("course", {})
        ]
        shown = self._outputs(block, outputs, cell)
        if kind in ("drawing", "button"):
            code, shown = shown, code
        helps = "".join(learning.exercise(name, self.language, self.run_it) for name in checks)
        return f'<div class="code_cell">{code}{shown}{helps}</div>'

    def _outputs(
        self, block: Block, outputs: list[NotebookNode], cell: NotebookNode | None = None
    ) -> str:
        body = "".join(
            f'<div class="output_subarea">{one}</div>'
            for one in (self._output(o, cell) for o in outputs)
            if one
        )
        if body and block.veils:
            return f'<div data-after="{" ".join(block.veils)}">{body}</div>'
        return body

    def _output(self, output: NotebookNode, cell: NotebookNode | None) -> str:
        about = output.get("metadata", {}).get("course", {})
        if "prediction" in about:
            if "result" not in about:
                return ""
            return learning.outcome(about["prediction"], about["result"], self.language)
        output = copy.deepcopy(output)
        one_language.choose(output, self.language, self.lesson.store)
        if explorables.MIME in output.get("data", {}):
            about = output.metadata["image/png"]
            about["alt"] = plain(self.language, about["alt_zh"], about["alt_en"])
            return explorables.as_html(output, self.lesson.store)
        frames = self.lesson.frames.get(cell.id) if cell is not None else None
        if frames and "image/svg+xml" in output.get("data", {}):
            self.figures += 1
            return explorers.as_html(frames, self.language, self._alt(output), self.figures)
        return self._static(output)

    def _static(self, output: NotebookNode) -> str:
        if "image/svg+xml" in output.get("data", {}):
            self.figures += 1
            svg = output.data["image/svg+xml"]
            return figure(svg, self._alt(output), self.lesson.store, self.figures)
        return pieces.output_html(output, export.render, self.lesson.store, lazy=True)

    def _alt(self, output: NotebookNode) -> str:
        about: dict[str, str] = next((d for d in output.metadata.values() if "alt_zh" in d), {})
        return plain(self.language, about.get("alt_zh", ""), about.get("alt_en", ""))


# --- a notebook's parts -------------------------------------------------------------------------


def _blocks(notebook: NotebookNode) -> Iterator[Block]:
    """The cells; a Chinese and an English text that stand together are one block."""
    number, waiting = 0, None
    for cell in notebook.cells:
        if "lang-en" in tags(cell) and waiting is not None:
            waiting.cells.append(cell)
            waiting = None
            continue
        number += 1
        block = Block(number, [cell])
        waiting = block if "lang-zh" in tags(cell) else None
        yield block


def _split(line: str) -> tuple[int, str, str]:
    """A heading's level and its two halves."""
    zh, en = (half_of_heading(line, one).lstrip("# ") for one in ("zh", "en"))
    return len(line) - len(line.lstrip("#")), zh, en


def _with_ids(blocks: list[Block]) -> Iterator[Heading]:
    """Give headings their ids, from the English half, and cells that are linked to theirs."""
    ids = Ids()
    for block in blocks:
        cell = block.cells[0]
        if block.is_heading:
            for line in cell.source.split("\n"):
                if line.startswith("#"):
                    level, zh, en = _split(line)
                    block.ids.append(ids.new(en))
                    yield Heading(block.ids[-1], level, zh, en)
        else:
            block.ids += [ids.new(tag) for tag in sorted(tags(cell)) if tag.startswith("shows-")]


@cache
def _calls(source: str) -> tuple[tuple[str, str], ...]:
    """(function, id) of each call of the course's own functions that stands alone in a cell."""
    if not CALL.search(source):
        return ()
    found = []
    for node in ast.parse(source).body:
        call = node.value if isinstance(node, ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args):
            continue
        if isinstance(call.args[0], ast.Constant) and CALL.match(f"{call.func.id}("):
            found.append((call.func.id, str(call.args[0].value)))
    return tuple(found)


def _cover(blocks: list[Block]) -> None:
    """What must not be seen before the guess: outputs up to the result, and all that follows it.

    It ends at the next heading, or at the next question, which the reader must be able to see.
    """
    asked: dict[str, int] = {}
    for at, block in enumerate(blocks):
        if block.code is None:
            continue
        for call, name in _calls(block.code.source):
            if call == "predict":
                asked[name] = at
        for output in block.code.outputs:
            about = output.get("metadata", {}).get("course", {})
            name = about.get("prediction")
            if name in asked and "result" in about:
                _cover_one(blocks, asked.pop(name), at, name)


def _cover_one(blocks: list[Block], asked: int, told: int, name: str) -> None:
    for block in blocks[asked + 1 : told + 1]:
        if block.code is not None:
            block.veils.append(name)
    for block in blocks[told + 1 :]:
        stops = block.code is not None and any(
            call in ("predict", "check", "quiz") for call, _ in _calls(block.code.source)
        )
        if block.is_heading or stops:
            return
        block.covers.append(name)


@cache
def plain_text(markdown: str) -> str:
    """The words of a Markdown text in one line; formulas are left out."""
    found: list[str] = []
    for token in parser().parse(markdown):
        if token.type == "inline":
            for child in token.children or []:
                if child.type in ("text", "code_inline"):
                    found.append(child.content)
                elif child.type in ("softbreak", "hardbreak"):
                    found.append(" ")
            found.append(" ")
        elif token.type in ("fence", "code_block"):
            found.append(f"{token.content} ")
    return re.sub(r"\s+", " ", "".join(found)).strip()


def _cut(text: str, limit: int) -> str:
    """Whole sentences up to the limit, or words where the first is longer."""
    if len(text) <= limit:
        return text
    ends = [m.end() for m in re.finditer(r"[。！？]”?|[.!?]”?(?= )", text) if m.end() <= limit]
    if ends:
        return text[: ends[-1]]
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"
