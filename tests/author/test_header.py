""" "Before you start" and the lesson's header say the same; each difference planted is found."""

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.author.checks import header
from course.author.new import new_lesson
from course.notebooks.lessons import Lesson, read_source

ZH = "你需要第 05–06 课。第 01 课不必。在 2 个核上运行不到 1 分钟，读完并做练习大约 40 分钟。"
EN = "You need lessons 05–06. Not 01. Reading and doing the exercises takes about 40 minutes."


def problems(minutes=40, needs=("05", "06"), zh=ZH, en=EN):
    cells = [new_markdown_cell("## 开始之前 · Before you start")]
    for language, text in (("zh", zh), ("en", en)):
        div = f'<div lang="{language}">\n\n{text}\n\n</div>'
        cells.append(new_markdown_cell(div, metadata={"tags": [f"lang-{language}"]}))
    cells += [new_markdown_cell("## 后来 · Later"), new_markdown_cell("Lesson 99.")]
    notebook = new_notebook(cells=cells)
    if minutes is not None:
        notebook.metadata["course"] = {"minutes": minutes, "needs": list(needs)}
    return {problem.rule for problem in header.check(notebook, "lessons/07_small.py")}


def test_a_text_that_says_what_the_header_says():
    assert problems() == set()


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("header", {"minutes": None}),
        ("header", {"needs": ["05", "06", "07"]}),
        ("minutes", {"minutes": 50}),
        ("minutes", {"zh": ZH.replace("40", "50")}),
        ("minutes", {"en": EN.replace("about 40 minutes", "long")}),
        ("needs", {"needs": ["05"]}),
        ("needs", {"en": EN.replace("05–06", "05")}),
        ("needs", {"zh": "你会 Python。" + ZH}),
    ],
    ids=str,
)
def test_each_difference_is_found(rule, planted):
    assert rule in problems(**planted)


def test_the_template(tmp_path):
    source = new_lesson("98", "example", "例子", "An example", tmp_path)[0]
    notebook = read_source(Lesson(source, tmp_path / "98_example.ipynb"))
    assert header.check(notebook, "lessons/98_example.py") == []


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("lessons 03 and 05–07", ("03", "05", "06", "07")),
        ("第 01 到 03 课", ("01", "02", "03")),
        ("lesson 2024, VGG16", ()),
    ],
)
def test_numbers_in_a_sentence(sentence, numbers):
    assert header.numbers(sentence) == numbers
