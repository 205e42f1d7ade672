"""``quiz``: a question of any kind with buttons, and the same as text where no kernel runs."""

import base64
from typing import Any

from course_utils.bilingual import spans
from course_utils.learning import definitions, quiz_forms, records, show
from course_utils.learning.checking import never_raises
from course_utils.learning.questions import Marking, Question
from course_utils.learning.quiz_forms import title_of
from course_utils.learning.records import record_quietly


@never_raises
def quiz(name: str, answer: str | None = None) -> None:
    """Ask the question ``name``; each choice answers why it is right or not.

    With letters it is answered at once, where there are no buttons: ``quiz("03-q1", "B")``, and
    ``quiz("03-q2", "BACD")`` where there is an order or a letter for each item.
    """
    question = definitions.find_quiz(name)
    if answer is None:
        ask(question)
    else:
        _answered(question, answer)


def _answered(question: Question, typed: Any) -> None:
    """Show the feedback and remember it; CourseError where it is no answer."""
    answer = question.answer(typed)
    show.show(title_of(question), answer.feedback, "right" if answer.right else "not yet")
    record_quietly(records.note_quiz, question.id, answer.right)


def ask(question: Question, recall: bool = False) -> None:
    """Show the question; ``recall``: it comes from an earlier lesson, to be remembered."""
    bundle: dict[str, Any] = {
        "text/plain": plain_form(question),
        "text/html": static_form(question),
    }
    form = quiz_forms.form_of(question) if show.in_notebook() else None
    if isinstance(question, Marking):
        _show_picture(question, form)
    if form is not None:
        form.recall = recall
        bundle |= show.view(form.widget)
    show.publish(bundle)


def _show_picture(question: Marking, form: Any) -> None:
    """The picture, an output of its own: nbval compares text and HTML, and never a picture."""
    from course_utils import figures

    about = figures.alt_metadata(*question.alt)
    bundle = {"text/plain": about["alt"]}
    if form is not None:
        png, places = quiz_forms.drawn(question)
        bundle["image/png"] = base64.b64encode(png).decode()
        widget = quiz_forms.PictureForm(form, png, places, question.alt).widget
        bundle |= show.view(widget)
    show.publish(bundle, {"image/png": about})


def plain_form(question: Question) -> str:
    """Question and choices as text, without the answers."""
    blocks = []
    for language, title in enumerate(("测验", "Quiz")):
        head = [f"{title} {question.id}", question.question[language]]
        blocks.append("\n".join([*head, *question.lines(language)]))
    return "\n\n".join(blocks)


def static_form(question: Question) -> str:
    """Question, choices and folded answers as HTML, for readers without a kernel."""
    lines = zip(question.lines(0), question.lines(1), strict=True)
    body = show.in_both(question.question) + "".join(
        f'<div style="margin-left:1em">{show.in_both((_bold(zh), _bold(en)))}</div>'
        for zh, en in lines
    )
    answers = "".join(map(show.in_both, question.key()))
    body += f"<details><summary>{spans('答案', 'Answers')}</summary>{answers}</details>"
    return show.box(title_of(question), body)


def _bold(line: str) -> str:
    """``A. text`` with a bold letter, and no list of Markdown's own."""
    letter, _, text = line.partition(". ")
    return f"**{letter}**  {text}"
