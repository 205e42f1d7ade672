"""Each structural rule finds the violation planted for it, and leaves a good lesson alone."""

import base64

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.author.checks import structure
from course.author.new import new_lesson
from course.notebooks.lessons import Lesson, read_source

ALT = {"alt": "损失曲线下降 · the loss curve falls"}


@pytest.fixture
def lesson_cells(tmp_path):
    """The cells of the template, with enough teaching cells to pass."""
    source = new_lesson("98", "example", "例子", "An example", tmp_path)[0]
    notebook = read_source(Lesson(source, tmp_path / "98_example.ipynb"))
    fillers = [new_code_cell(f"y_{i} = {i}") for i in range(15)]
    return [*notebook.cells[:-1], *fillers, notebook.cells[-1]]


def code(source, *cell_tags, outputs=(), count=1):
    return new_code_cell(
        source, metadata={"tags": list(cell_tags)}, outputs=list(outputs), execution_count=count
    )


def source_rules(cells):
    return {p.rule for p in structure.source_problems(new_notebook(cells=cells), "x.py")}


def test_template_with_enough_code_has_no_problem(lesson_cells):
    assert source_rules(lesson_cells) == set()


CLAIM = code("assert accuracy > 0.9")
IGNORED = code("print(accuracy)", "nbval-ignore-output")
SOURCE_PLANTED = {
    "unknown tag": ("tags", [code("x", "nbval-skip")]),
    "misspelt tag": ("tags", [code("x", "nbval-ignore-outputs")]),
    "NBVAL comment": ("tags", [code("# NBVAL_IGNORE_OUTPUT\nx")]),
    "live-timing alone": ("tags", [code("x", "live-timing"), CLAIM]),
    "ignored output, end of lesson": ("assertion", [IGNORED]),
    "ignored output, no assertion": ("assertion", [IGNORED, code("print(1)"), CLAIM]),
    "ignored output, assert True": ("assertion", [IGNORED, code("assert True")]),
    "ignored output, assertion not compared": (
        "assertion",
        [IGNORED, code("assert x > 1", "nbval-ignore-output"), CLAIM],
    ),
    "ignored output, failing on purpose": (
        "assertion",
        [IGNORED, code("assert x > 1", "raises-exception")],
    ),
    "assertion that trains": ("assertion acts", [code("assert model.fit(x, y) is not None")]),
    "assertion that names": ("assertion acts", [code("assert (best := max(rates)) < 1")]),
    "assertion that keeps an answer": (
        "assertion acts",
        [
            code("def recipe(who):\n    answers[who] = 1\n    return answers[who]"),
            code("def twice(who):\n    return 2 * recipe(who)"),
            code("assert twice('ours') > 1"),
        ],
    ),
    "answer before the guess": (
        "answer in view",
        [code("n_right = count()\noutcome('00-p1', int(n_right))\nassert n_right > 30")],
    ),
    "an end that is no end": ("ending", [code("x = 1")]),
    "the end of another lesson": ("ending", [code('finish("97")')]),
    "too many cells": ("cell count", [code(f"z = {i}") for i in range(30)]),
    "long cells": (
        "cell length",
        [code("\n".join(f"a{i} = {n}" for i in range(16))) for n in range(4)],
    ),
}


@pytest.mark.parametrize("name", SOURCE_PLANTED)
def test_planted_violation_in_the_source_is_found(name, lesson_cells):
    rule, cells = SOURCE_PLANTED[name]
    assert rule in source_rules(lesson_cells + cells)


def test_assertion_after_ignored_output_is_enough(lesson_cells):
    between = new_markdown_cell("## 结果 · Result")
    cells = [*lesson_cells[:-1], IGNORED, between, CLAIM, lesson_cells[-1]]
    assert source_rules(cells) == set()


def test_what_was_asked_may_be_asserted_in_a_folded_cell(lesson_cells):
    asked = "outcome('00-p1', n_right)"
    cells = [code(asked), code(f"{asked}\nassert n_right > 30", "setup")]
    assert "answer in view" not in source_rules(lesson_cells + cells)


def test_guesses_are_not_counted_among_the_code_cells(lesson_cells):
    room = structure.MAX_CODE_CELLS - sum(cell.cell_type == "code" for cell in lesson_cells)
    more = [code("x = 1", "exercise") for _ in range(room + 1)]
    lines = ['predict("98-p2", ...)', 'predict("98-p3", ...)  # %\npredict("98-p4", ...)']
    guessing = [code(line, "exercise") for line in [*lines, 'guesses("98")']]
    assert source_rules([*lesson_cells[:-1], *guessing, *more, lesson_cells[-1]]) == set()
    measured = code('outcome("98-p2", n)\nn = 1', "exercise")
    assert source_rules([*lesson_cells[:-1], *more, measured, lesson_cells[-1]]) == {"cell count"}


def test_an_output_that_stays_may_be_tagged(lesson_cells):
    assert source_rules([*lesson_cells[:-1], code("x", "keep-output"), lesson_cells[-1]]) == set()


def test_assertion_that_only_looks_is_fine(lesson_cells):
    looking = [
        code("def counted(x):\n    seen = []\n    seen.append(x)\n    return len(seen)"),
        code("assert counted(3) == 1 and np.add(1, 2) == 3"),
        code("history = model.fit(x, y)\nassert history.history['loss'][-1] < 0.1"),
    ]
    assert source_rules([*lesson_cells[:-1], *looking, lesson_cells[-1]]) == set()


@pytest.mark.parametrize("section", structure.SECTIONS, ids=lambda s: s[1])
def test_missing_section_is_found(section, lesson_cells):
    cells = [cell for cell in lesson_cells if section[0] not in cell.source or cell.metadata]
    assert "sections" in source_rules(cells)


def test_missing_title_and_minutes_are_found(lesson_cells):
    assert "title" in source_rules(lesson_cells[1:])
    without = [cell for cell in lesson_cells if "1 minute" not in cell.source]
    assert "minutes" in source_rules(without)


def test_exercises_and_quizzes_are_no_teaching_cells():
    assert structure.is_teaching(code("x = model.check(1)"))
    assert not structure.is_teaching(code('check("01-1", answer)'))
    assert not structure.is_teaching(code("answer = ...", "exercise"))


def picture(data=b"x", metadata=ALT, kind="image/png", **more):
    encoded = base64.b64encode(data).decode()
    return new_output("display_data", {kind: encoded, **more}, metadata={kind: metadata})


def text(words, name="stdout"):
    return new_output("stream", name=name, text=words)


def error():
    return new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])


def about(**course):
    return new_output("display_data", {"text/plain": "x"}, metadata={"course": course})


GOOD = {
    "text": code("x", outputs=[text("(200, 1280)\n0.9375\n12.50\n1.2e-07\n")]),
    "picture": code("x", outputs=[picture()]),
    "photo": code("x", outputs=[picture(b"x" * 90_000, kind="image/jpeg")]),
    "failure on purpose": code("x", "raises-exception", outputs=[error()]),
    "long number not compared": code("x", "nbval-ignore-output", outputs=[text("0.123456")]),
    "address of a page": code("x", outputs=[text("https://keras.io/api/var/x")]),
    "photo-live": code("x", "photo-live", outputs=[text("<Figure>")]),
    "outcome": code('outcome("98-p1", 3)', outputs=[about(prediction="98-p1", result=3)]),
    "no guess": code('predict("98-p1", ...)', outputs=[about(prediction="98-p1")]),
}
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
BUILT_PLANTED = {
    "no alt text": ("alt text", code("x", outputs=[picture(metadata={})])),
    "alt text in one language": ("alt text", code("x", outputs=[picture(metadata={"alt": "图"})])),
    "alt text in English": ("alt text", code("x", outputs=[picture(metadata={"alt": "a b cc"})])),
    "large figure": ("image size", code("x", outputs=[picture(b"x" * 60_001)])),
    "large photo": ("image size", code("x", outputs=[picture(b"x" * 100_001, kind="image/jpeg")])),
    "stored live photo": ("photo-live", code("x", "photo-live", outputs=[picture()])),
    "warning": ("stderr", code("x", outputs=[text("UserWarning", "stderr")])),
    "widget": ("widget state", code("x", outputs=[new_output("display_data", WIDGET)])),
    "not executed": ("not executed", code("x", count=None)),
    "out of order": ("not executed", code("x", count=2)),
    "failure": ("error", code("x", outputs=[error()])),
    "no failure": ("error", code("x", "raises-exception")),
    "home": ("path", code("x", outputs=[text("saved /home/someone/x.keras")])),
    "windows": ("path", code("x", outputs=[text("C:\\Users\\someone")])),
    "temporary folder": ("path", code("x", outputs=[text("'/tmp/abc'")])),
    "keras timing": ("timing", code("x", outputs=[text("5/5 - 0s - 12ms/step")])),
    "wall time": ("timing", code("x", outputs=[text("Wall time: 3 s")])),
    "version": ("version", code("x", outputs=[text("TensorFlow 2.21.0")])),
    "refused result": ("outcome", code('n = 1\noutcome("98-p1", n)', outputs=[text("please")])),
    "another result": (
        "outcome",
        code('outcome("98-p1", 3)', outputs=[about(prediction="98-p2", result=3)]),
    ),
    "a guess": ("guess", code("x", outputs=[about(prediction="98-p1", guess=3)])),
    "five digits": ("digits", code("x", outputs=[text("0.12345")])),
    "five digits in a table": (
        "digits",
        code("x", outputs=[new_output("display_data", {"text/html": "<td>12.345</td>"})]),
    ),
}


def built_rules(notebook, size=1000):
    return {p.rule for p in structure.notebook_problems(notebook, "x.ipynb", size)}


@pytest.mark.parametrize("name", GOOD)
def test_good_output_is_left_alone(name):
    assert built_rules(new_notebook(cells=[GOOD[name]])) == set()


@pytest.mark.parametrize("name", BUILT_PLANTED)
def test_planted_violation_in_the_notebook_is_found(name):
    rule, cell = BUILT_PLANTED[name]
    assert rule in built_rules(new_notebook(cells=[cell]))


def test_notebook_as_a_whole():
    assert built_rules(new_notebook(), size=1_500_001) == {"size"}
    assert built_rules(new_notebook(metadata={"widgets": {}})) == {"widget state"}
    language = nbformat.from_dict({"language_info": {"version": "3.11.7", "name": "python"}})
    assert built_rules(new_notebook(metadata=language)) == {"version"}
