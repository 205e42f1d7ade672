"""``course export``: one language of each lesson as notebook, web page or slides, for offline use.

``--strings`` and ``--take``: the lessons' texts for translators, and back.
"""

import argparse
import copy
import html
import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from nbformat import NotebookNode

from course.author import cells as pieces
from course.author import explorables, one_language, strings
from course.notebooks.lessons import read_notebook, select, tags, write_notebook
from course.notebooks.markdown import half_of_heading, new_parser
from course_utils import files, paths
from course_utils.messages import CourseError, both

# What a page of the site has and an exported one has not.
EMPTY = dict.fromkeys(("@MODE@", "@HEAD@", "@TOP@", "@END@"), "")
OTHER_LANGUAGE = {"zh": "lang-en", "en": "lang-zh"}
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
TEMPLATES = Path(__file__).parent / "templates"
# In what cells have shown: a formula that is marked as one; what stays as it is, and tags; between
# them a formula of a table or text.
SHOWN_FORMULA = re.compile(
    r'<span class="math inline">\$(?P<marked>.+?)\$</span>'
    r"|(?P<kept><(?P<name>code|math|pre|script|style|svg|textarea|title)\b.*?</(?P=name)>|<!--.*?-->|<[^<>]*>)"
    r"|\$(?!\s)(?P<formula>[^$<>]+?)(?<!\s)\$(?!\d)",
    re.DOTALL,
)
LESSON_LINK = re.compile(
    r'<a href="(?P<stem>\d\d_\w+)\.ipynb">(?P<words>.*?)</a>', re.DOTALL
)  # fmt: skip
FORMATS = {"ipynb": ".ipynb", "html": ".html", "slides": ".slides.html"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course export``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--lang", choices=["zh", "en"], help="语言 · language")
    what.add_argument(
        "--strings",
        type=Path,
        metavar="OUT.csv",
        help="课文的表，给译者 · the lessons' texts as a table for translators",
    )
    what.add_argument(
        "--take",
        type=Path,
        metavar="IN.csv",
        help="把译好的表放回 lessons/ · bring such a table back into lessons/",
    )
    parser.add_argument("--format", choices=list(FORMATS), default="ipynb", help="格式 · format")
    parser.add_argument("folder", nargs="?", metavar="DIR", help="放到哪里 · where to put them")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")


def run(args: argparse.Namespace) -> int:
    """Export the chosen lessons and print the files' names; or the translators' table, or take one."""
    if args.take:
        return strings.take(args.take)
    if args.strings:
        n = strings.write(select([args.folder, *args.lessons] if args.folder else []), args.strings)
        print(both(f"{args.strings}：{n} 段", f"{args.strings}: {n} texts"))
        return 0
    if not args.folder:
        raise CourseError("请写出放到哪个文件夹。", "Say which folder to put them in.")
    return _export(Path(args.folder), args)


def _export(folder: Path, args: argparse.Namespace) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    lessons = select(args.lessons)
    there = {lesson.stem for lesson in lessons}
    for lesson in lessons:
        notebook = monolingual(read_notebook(lesson.notebook), args.lang)
        target = folder / f"{lesson.stem}{FORMATS[args.format]}"
        if target.resolve().is_relative_to(paths.NOTEBOOKS.resolve()):
            raise CourseError(
                "notebooks/ 放的是课程自己的笔记本，请导出到别的文件夹。",
                "notebooks/ holds the course's own notebooks: export to another folder.",
            )
        write(notebook, target, args.format, args.lang, there)
        print(target)
    return 0


def write(
    notebook: NotebookNode, target: Path, kind: str, language: str, there: Container[str] = ()
) -> None:
    """Write one exported lesson; ``kind`` is ``ipynb``, ``html`` or ``slides``.

    there: stems of the lessons that stand in the same folder; links lead to these.
    """
    if kind == "ipynb":
        write_notebook(notebook, target)
        return
    page = web_page if kind == "html" else slides
    files.write_atomically(target, linked(page(notebook, language), kind, there))


def monolingual(notebook: NotebookNode, language: str) -> NotebookNode:
    """A copy with one language: its text, its half of headings, printed lines and figures."""
    result = copy.deepcopy(notebook)
    result.cells = [c for c in result.cells if OTHER_LANGUAGE[language] not in tags(c)]
    result.metadata.pop("course", None)
    for cell in result.cells:
        if cell.cell_type == "markdown" and not tags(cell):
            lines = cell.source.split("\n")
            cell.source = "\n".join(half_of_heading(line, language) for line in lines)
        for output in cell.get("outputs", []):
            one_language.choose(output, language)
    return result


def web_page(notebook: NotebookNode, language: str) -> str:
    """The lesson as one HTML file that needs nothing else."""
    return _fill("page.html", notebook, language, _body(notebook.cells))


def slides(notebook: NotebookNode, language: str) -> str:
    """The lesson as slides in one HTML file; arrow keys, space and Page Up/Down turn them."""
    sections = (f"<section>\n{_body(cells)}\n</section>" for cells in slide_cells(notebook))
    return _fill("slides.html", notebook, language, "\n".join(sections))


def slide_cells(notebook: NotebookNode) -> list[list[NotebookNode]]:
    """Cells by slide: a new one at each heading, and at a text that follows code."""
    groups: list[list[NotebookNode]] = []
    for cell in map(_for_the_wall, notebook.cells):
        if cell is None:
            continue
        is_text = cell.cell_type == "markdown"
        is_heading = is_text and cell.source.startswith("#")
        after_code = is_text and bool(groups) and groups[-1][-1].cell_type == "code"
        if not groups or is_heading or after_code:
            groups.append([])
        groups[-1].append(cell)
    return groups


def _for_the_wall(cell: NotebookNode) -> NotebookNode | None:
    """A setup cell (imports, drawing) is shown by its output only, and not at all without one."""
    if cell.cell_type != "code" or "setup" not in tags(cell):
        return cell
    if not cell.outputs:
        return None
    shown = copy.deepcopy(cell)
    shown.metadata["tags"] = [pieces.OUTPUT_ONLY]
    return shown


def _fill(template: str, notebook: NotebookNode, language: str, body: str) -> str:
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    style = (TEMPLATES / "export.css").read_text(encoding="utf-8") + code_styles()
    words = {
        "@LANG@": HTML_LANGUAGE[language],
        **EMPTY,
        "@TITLE@": html.escape(texts[0].splitlines()[0].lstrip("# ") if texts else ""),
        "@STYLES@": f"<style>\n{style}\n</style>",
        "@STYLE@": style,
        "@BODY@": body + explorables.script(notebook.cells),
    }
    return filled(template, words)


def filled(template: str, words: Mapping[str, str]) -> str:
    """A file of templates/ with its marks replaced, in their order: the body comes last."""
    page = (TEMPLATES / template).read_text(encoding="utf-8")
    for mark, word in words.items():
        page = page.replace(mark, word)
    return page


@cache
def code_styles() -> str:
    """Colours of code."""
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style="default").get_style_defs(".highlight")


def _body(cells: list[NotebookNode]) -> str:
    cells = one_language.inline_figures([explorables.alive(cell) for cell in copy.deepcopy(cells)])
    return with_formulas("\n".join(pieces.cell_html(cell, render) for cell in cells))


def with_formulas(page: str) -> str:
    """The page with the formulas that cells have shown as MathML; code and attributes stay."""

    def drawn(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        return mathml(html.unescape(found["marked"] or found["formula"]), display=False)

    return SHOWN_FORMULA.sub(drawn, page)


def linked(page: str, kind: str, there: Container[str]) -> str:
    """Links to other lessons lead to their exported pages; to what was not exported there is none."""

    def link(found: re.Match[str]) -> str:
        if found["stem"] not in there:
            return found["words"]
        return f'<a href="{found["stem"]}{FORMATS[kind]}">{found["words"]}</a>'

    return LESSON_LINK.sub(link, page)


def render(text: str, html: bool = True) -> str:
    """Markdown as HTML, formulas as MathML, local pictures embedded.

    Without ``html``, HTML in it is shown, not obeyed: for texts of exercises and quizzes.
    """
    return _rendered(text, html)


@cache
def _rendered(text: str, html: bool) -> str:
    return _renderer(html).render(text)


@cache
def _renderer(html: bool):
    markdown = new_parser()
    markdown.options["html"] = html
    for rule, display in (("math_inline", 0), ("math_inline_double", 1), ("math_block", 1)):
        markdown.add_render_rule(rule, _formula_rule(bool(display)))
    rules: Any = markdown.renderer
    plain_image = rules.rules["image"]

    def image(self, tokens, index, options, env):
        tokens[index].attrs["src"] = _embedded(str(tokens[index].attrs["src"]))
        return plain_image(tokens, index, options, env)

    markdown.add_render_rule("image", image)
    return markdown


def _formula_rule(display: bool):
    def rule(self, tokens, index, options, env):
        return mathml(tokens[index].content, display)

    return rule


@cache
def mathml(formula: str, display: bool) -> str:
    """The formula as MathML, which browsers draw without any script.

    Raises CourseError for a formula that cannot be converted.
    """
    from latex2mathml.converter import convert

    try:
        converted = convert(formula.strip(), display="block" if display else "inline")
        if "\\" in converted:  # an unknown command is left as it stands
            raise ValueError("unknown command")
        return _spaced(converted)
    except Exception as error:  # the converter raises exceptions of many kinds
        raise CourseError(
            f"公式无法转换成 MathML：{formula}（{error!r}）。请换一种写法。",
            f"This formula cannot become MathML: {formula} ({error!r}). Write it another way.",
        ) from error


FUNCTIONS = {"log", "ln", "exp", "sin", "cos", "tan", "max", "min", "argmax", "argmin", "sign"}
MATHML = "http://www.w3.org/1998/Math/MathML"
ROWS = {f"{{{MATHML}}}{name}" for name in ("math", "mrow", "mstyle", "mtd")}
SPACED = {
    f"{{{MATHML}}}{name}" for name in ("mi", "mn", "msub", "msup", "msubsup", "mfrac", "msqrt")
}


def _spaced(formula: str) -> str:
    """A thin space on both sides of log, max and the like, as TeX sets them: not "2logp"."""
    ET.register_namespace("", MATHML)
    root = ET.fromstring(formula)
    for row in [node for node in root.iter() if node.tag in ROWS]:
        children = list(row)
        for i in range(len(children) - 1, 0, -1):
            before, after = children[i - 1], children[i]
            names = _is_function(before) or _is_function(after)
            if names and {before.tag, after.tag} <= SPACED | {f"{{{MATHML}}}munder"}:
                row.insert(i, ET.Element(f"{{{MATHML}}}mspace", width="0.17em"))
    return ET.tostring(root, encoding="unicode")


def _is_function(node: ET.Element) -> bool:
    """``log``, or ``log`` with an index."""
    first = next((child for child in node.iter() if not len(child)), node)
    return first.text in FUNCTIONS


def _embedded(source: str) -> str:
    """A picture file of the course as a data address; other addresses stay."""
    import base64
    import mimetypes

    path = paths.NOTEBOOKS / source
    if ":" in source or not path.is_file():
        return source
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
