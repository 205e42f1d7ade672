"""What check, hint, solution and quiz show: HTML for readers, plain text that nbval compares.

Both languages are always in the output; the language switch hides one by the class
``course-lang``. So a saved output does not depend on anybody's settings.
"""

import html
from functools import cache
from typing import Any

from course_utils.bilingual import publish
from course_utils.learning.questions import Text

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# Contrast of 4.5 on white. The extension's style.css has others for dark themes, by the class:
# JupyterLab takes var(…) out of a notebook that it does not trust.
COLOURS = {"right": "#00704f", "not yet": "#a84300", "not attempted": "#666666", "": "#0072B2"}


def edge(state: str) -> str:
    """Attributes of a <div> with the state's colour on its left."""
    name = f"course-state-{state.replace(' ', '-') or 'plain'}"
    return f'class="{name}" style="border-left:4px solid {COLOURS[state]};padding:2px 12px"'


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    converter = MarkdownIt("commonmark", {"html": False}).enable("table")
    return converter.use(
        dollarmath_plugin,
        allow_space=False,
        renderer=lambda content, options: html.escape(_dollars(content, options)),
    )


def _dollars(content: str, options: dict) -> str:
    """A formula as the page's own typesetter wants it."""
    mark = "$$" if options.get("display_mode") else "$"
    return f"{mark}{content}{mark}"


def to_html(markdown: str) -> str:
    """Markdown as HTML; HTML inside it is shown, not obeyed; formulas stay between dollars."""
    return _markdown().render(markdown).strip()


def in_both(text: Text) -> str:
    """The pair as two blocks of HTML, each with its language; one block where they are equal."""
    if text[0] == text[1]:
        return f"<div>{to_html(text[0])}</div>"
    return "".join(
        f'<div class="course-lang" lang="{language}">{to_html(part)}</div>'
        for language, part in zip(("zh", "en"), text, strict=True)
        if part
    )


def inline(text: Text) -> str:
    """The pair as HTML within a line: plain text, each with its language."""
    return "".join(
        f'<span class="course-lang" lang="{language}" style="margin-right:1em">'
        f"{html.escape(part)}</span>"
        for language, part in zip(("zh", "en"), text, strict=True)
    )


def box(title: Text, body: str, state: str = "") -> str:
    """A box with a coloured edge; the title says in words what the colour says."""
    head = f'<strong style="color:{COLOURS[state]}">{inline(title)}</strong>'
    return f"<div {edge(state)}>{head}{body}</div>"


def show(title: Text, text: Text, state: str = "", about: dict[str, Any] | None = None) -> None:
    """Show a title and a text, in both languages; ``about`` goes into the output's metadata."""
    publish(bundle(title, text, state), about)


def bundle(title: Text, text: Text, state: str = "") -> dict[str, Any]:
    """A title and a text as plain text and as HTML."""
    plain = [f"{head}\n{part}".strip() for head, part in zip(title, text, strict=True)]
    return {"text/plain": "\n".join(plain), "text/html": box(title, in_both(text), state)}


def view(widget: Any) -> dict[str, Any]:
    """The part of a bundle that shows a widget where its kernel runs; it is never stored."""
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}


def in_notebook() -> bool:
    """Whether there is a notebook (or IPython) to show things in."""
    from IPython import get_ipython

    return get_ipython() is not None
