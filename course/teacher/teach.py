"""``course teach NN``: a lesson's sheet for the teacher, drawn from the lesson and its exercises.

Minutes and prerequisites, the questions to ask before the experiments (with what the class guessed,
from the table of ``course grade``), the board plan (sections and
their displayed formulas), and what students answer wrongly, with what the checks tell them. Nothing
is written by hand, so it is never out of date.
"""

import argparse
import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from course.notebooks.lessons import Lesson, read_cells, select, tags
from course.notebooks.markdown import half_of_heading, parser
from course.teacher import guesses
from course_utils.learning import definitions
from course_utils.learning.checking import judge
from course_utils.messages import CourseError

WORDS = {
    "zh": {
        "before": "开始之前",
        "ask": "先问学生",
        "board": "板书",
        "wrong": "学生常见的错误答案",
        "quiz": "课堂提问（测验）",
        "take": "小结",
        "row": ("练习", "答案", "检查给出的反馈"),
    },
    "en": {
        "before": "Before you start",
        "ask": "Ask before the experiments",
        "board": "Board plan",
        "wrong": "Common wrong answers",
        "quiz": "Questions for the class (the quiz)",
        "take": "Take-away",
        "row": ("Exercise", "Answer", "What the check says"),
    },
}
# The lesson's sections by their English names; all others are its board plan.
FIXED = ("What you will be able to do", "Before you start", "Predict first", "Exercises", "Quiz")
LAST = ("Take-away", "Corrections to the source articles", "References")
FIELDS = [field.name for field in dataclasses.fields(definitions.Exercise)]  # also by position
LONGEST = 90  # characters of an answer in the table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course teach``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument("--lang", choices=["zh", "en"], required=True, help="语言 · language")
    parser.add_argument(
        "--guesses",
        type=Path,
        metavar="CSV",
        help="course grade 的结果表：画出全班的猜测 · its table: show what the class guessed",
    )


def run(args: argparse.Namespace) -> int:
    """Print the sheets of the chosen lessons as Markdown."""
    table = guesses.from_table(args.guesses) if args.guesses else {}
    for lesson in select(args.lessons):
        print(sheet(lesson, args.lang, table))
    return 0


def sheet(lesson: Lesson, language: str, table: dict[str, list[str]] | None = None) -> str:
    """The lesson's sheet in one language, as Markdown; ``table``: what the class guessed."""
    _assert_usable(lesson)
    words, source = WORDS[language], read_cells(lesson)
    sections = _sections(source, language)
    title = next(iter(sections))

    def text(name: str) -> str:
        found = next((cells for key, cells in sections.items() if _english(key, name)), [])
        return "\n\n".join(found)

    taught = {key: cells for key, cells in sections.items() if _is_taught(key) and key != title}
    parts = [
        half_of_heading(f"# {title}", language),
        f"## {words['before']}",
        text("Before you start"),
    ]
    parts += [f"## {words['ask']}", text("Predict first")]
    parts += guesses.sheet(lesson, language, table or {})
    parts += [f"## {words['board']}", *_board(taught, language)]
    parts += [f"## {words['quiz']}", *_questions(lesson.number, language)]
    parts += [f"## {words['wrong']}", "\n".join(_mistakes(lesson, language))]
    parts += [f"## {words['take']}", text("Take-away")]
    return "\n\n".join(part for part in parts if part) + "\n"


def _sections(source: NotebookNode, language: str) -> dict[str, list[str]]:
    """Bilingual heading → its texts in one language, in order."""
    found: dict[str, list[str]] = {"": []}
    for cell in source.cells:
        if cell.cell_type != "markdown":
            continue
        if f"lang-{language}" in tags(cell):
            found[next(reversed(found))].append(_inside(cell.source))
        elif not tags(cell):
            found[cell.source.lstrip("# ").strip()] = []
    found.pop("")
    return found


def _inside(text: str) -> str:
    """The text without its ``<div>``."""
    lines = (line for line in text.splitlines() if not line.startswith(("<div", "</div")))
    return "\n".join(lines).strip()


def _english(heading: str, name: str) -> bool:
    return heading.partition(" · ")[2].startswith(name)


def _is_taught(heading: str) -> bool:
    return not any(_english(heading, name) for name in FIXED + LAST)


def _board(sections: dict[str, list[str]], language: str) -> Iterator[str]:
    """Each section with its displayed formulas: what goes on the board."""
    for number, (heading, texts) in enumerate(sections.items(), start=1):
        yield f"{number}. {half_of_heading(f'## {heading}', language).lstrip('# ')}"
        for token in parser().parse("\n\n".join(texts)):
            if token.type.startswith("math_block"):
                yield f"$$\n{token.content.strip()}\n$$"


def _questions(number: str, language: str) -> Iterator[str]:
    pick = 0 if language == "zh" else 1
    for quiz in definitions.quizzes(number).values():
        choices = "\n".join(f"- {line}" for line in quiz.lines(pick))
        answers = "\n".join(f"- {text[pick]}" for text in quiz.key())
        yield f"**{quiz.id}** {quiz.question[pick]}\n\n{choices}\n\n{answers}"


def _mistakes(lesson: Lesson, language: str) -> Iterator[str]:
    """Table rows: exercise, wrong answer as its author wrote it, the check's own words."""
    yield "| " + " | ".join(WORDS[language]["row"]) + " |"
    yield "|---|---|---|"
    written, pick = _wrong_answers(lesson.exercises), 0 if language == "zh" else 1
    for exercise in definitions.exercises(lesson.number).values():
        answers = [answer for answer, _ in exercise.wrong]
        codes = written.get(exercise.id, [])
        if len(codes) != len(answers):  # made by a loop or a function: what came out of it
            codes = [getattr(answer, "__name__", None) or repr(answer) for answer in answers]
        for code, answer in zip(codes, answers, strict=True):
            verdict = judge(exercise, answer)
            says = (verdict.zh, verdict.en)[pick]
            title = f"{exercise.id} {exercise.title[pick]}"
            yield f"| {title} | `{_cell(code)}` | {_cell(says, longest=None)} |"


def _assert_usable(lesson: Lesson) -> None:
    """Raise CourseError where the lesson's exercises cannot be loaded or are not what they must be."""
    try:
        definitions.quizzes(lesson.number)
        for exercise in definitions.exercises(lesson.number).values():
            if not all(len(pair) == 2 for pair in exercise.wrong):
                raise TypeError(f"{exercise.id}: wrong")
    except (Exception, SystemExit) as error:  # the file is code: it may raise anything
        raise _unusable(lesson.exercises, error) from error


def _unusable(file: Path, error: BaseException) -> CourseError:
    what = f"{type(error).__name__}: {error}"
    return CourseError(
        f"{file.name} 用不了（{what}）。请先改正它；course test {file.stem[-2:]} 会检查。",
        f"{file.name} cannot be used ({what}). Correct it first; `course test {file.stem[-2:]}` "
        "checks it.",
    )


def _cell(text: str, longest: int | None = LONGEST) -> str:
    """One line that fits into a table."""
    line = " ".join(text.split()).replace("|", "\\|")
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"


def _wrong_answers(file: Path) -> dict[str, list[str]]:
    """Exercise id → the code of its wrong answers, where the file spells both out."""
    found: dict[str, list[str]] = {}
    source = file.read_text(encoding="utf-8") if file.exists() else ""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) == "Exercise":
            given = dict(zip(FIELDS, node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if isinstance(name := getattr(given.get("id"), "value", None), str):
                found[name] = _codes(given.get("wrong"))
    return found


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _codes(pairs: ast.expr | None) -> list[str]:
    """The first of each pair in a list of pairs; none where anything else stands there."""
    elements = pairs.elts if isinstance(pairs, ast.List | ast.Tuple) else []
    spelt = [pair for pair in elements if isinstance(pair, ast.Tuple) and len(pair.elts) == 2]
    return [ast.unparse(pair.elts[0]) for pair in spelt] if len(spelt) == len(elements) else []
