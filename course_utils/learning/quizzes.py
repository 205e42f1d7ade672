"""``quiz``: a question with a button for each option, and the same as text where no kernel runs."""

import html
import unicodedata
from typing import Any

from course_utils.bilingual import spans
from course_utils.learning import definitions, records, show
from course_utils.learning.checking import never_raises, record_quietly
from course_utils.learning.definitions import Option, Quiz, Text
from course_utils.messages import CourseError

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LETTERS = "ABCDEFGHIJ"


@never_raises
def quiz(name: str, answer: str | None = None) -> None:
    """Ask the question ``name``; each option answers why it is right or not.

    With a letter it is answered at once, where there are no buttons: ``quiz("03-q1", "B")``.
    """
    question = definitions.find_quiz(name)
    if answer is not None:
        return _answered(question, answer)
    bundle: dict[str, Any] = {
        "text/plain": plain_form(question),
        "text/html": static_form(question),
    }
    if (view := _live_form(question)) is not None:
        bundle[WIDGET_VIEW] = view
    return show.publish(bundle)


def _answered(question: Quiz, answer: Any) -> None:
    """Show the feedback of the option and remember it; CourseError where there is none."""
    letters = LETTERS[: len(question.options)]
    words = answer if isinstance(answer, str) else type(answer).__name__
    letter = unicodedata.normalize("NFKC", words).strip().upper()  # Ｂ of a Chinese keyboard is B
    if len(letter) != 1 or letter not in letters:
        raise CourseError(
            f"没有选项 `{words}`。请写一个字母：{'、'.join(letters)}。",
            f"There is no option `{words}`. Write one letter: {', '.join(letters)}.",
        )
    option = question.options[letters.index(letter)]
    state = "right" if option.right else "not yet"
    show.show(_title(question), _feedback(letter, option), state)
    record_quietly(records.note_quiz, question.id, option.right)


def plain_form(question: Quiz) -> str:
    """Question and options as text, without the answers."""
    blocks = []
    for language, title in enumerate(("测验", "Quiz")):
        options = zip(LETTERS, question.options, strict=False)
        lines = [f"{letter}. {option.text[language]}" for letter, option in options]
        blocks.append("\n".join([f"{title} {question.id}", question.question[language], *lines]))
    return "\n\n".join(blocks)


def static_form(question: Quiz) -> str:
    """Question, options and folded answers as HTML, for readers without a kernel."""
    body = show.in_both(question.question) + "".join(
        f'<div style="margin-left:1em">{_option_text(letter, option)}</div>'
        for letter, option in zip(LETTERS, question.options, strict=False)
    )
    answers = "".join(
        show.in_both(_feedback(letter, option))
        for letter, option in zip(LETTERS, question.options, strict=False)
    )
    body += f"<details><summary>{spans('答案', 'Answers')}</summary>{answers}</details>"
    return show.box(_title(question), body)


def _title(question: Quiz) -> Text:
    return f"测验 {question.id}", f"Quiz {question.id}"


def _option_text(letter: str, option: Option) -> str:
    return show.in_both((f"**{letter}**  {option.text[0]}", f"**{letter}**  {option.text[1]}"))


def _feedback(letter: str, option: Option) -> Text:
    zh, en = ("✓ 对", "✓ Right") if option.right else ("✗ 不对", "✗ Not this one")
    return (
        f"**{letter} {zh}**：{option.feedback[0]}",
        f"**{letter} {en}**: {option.feedback[1]}",
    )


def _live_form(question: Quiz) -> dict[str, Any] | None:
    """The view of the widget; None outside a notebook."""
    if not show.in_notebook():
        return None
    widget = QuizForm(question).widget
    return {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}


class QuizForm:
    """The question with a button for each option (Tab and Enter reach them) and its feedback."""

    def __init__(self, question: Quiz) -> None:
        import ipywidgets

        self.question = question
        self.feedback = ipywidgets.HTMLMath()
        head = ipywidgets.HTMLMath(show.box(_title(question), show.in_both(question.question)))
        options = zip(LETTERS, question.options, strict=False)
        rows = [self._row(letter, option) for letter, option in options]
        self.buttons = [row.children[0] for row in rows]
        self.widget = ipywidgets.VBox([head, *rows, self.feedback])

    def _row(self, letter: str, option: Option) -> Any:
        import ipywidgets

        tooltip = f"{letter}: {option.text[0]} · {letter}: {option.text[1]}"
        button = ipywidgets.Button(description=letter, tooltip=tooltip, layout={"width": "3em"})
        button.on_click(lambda _: self.choose(letter))
        text = ipywidgets.HTMLMath(show.in_both(option.text), layout={"flex": "1 1 auto"})
        return ipywidgets.HBox([button, text])

    def choose(self, letter: str) -> None:
        """Show the feedback of an option and remember it."""
        option = self.question.options[LETTERS.index(letter)]
        body = show.in_both(_feedback(letter, option))
        colour = show.COLOURS["right" if option.right else "not yet"]
        self.feedback.value = (
            f'<div role="status" style="border-left:4px solid {html.escape(colour)};'
            f'padding:2px 12px">{body}</div>'
        )
        record_quietly(records.note_quiz, self.question.id, option.right)
