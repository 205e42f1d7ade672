"""The table of letters: planted letters and meanings are found, and ordinary texts give no alarm."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course.author.checks import letters


def found(text, language="en", number="02"):
    cell = new_markdown_cell(text, metadata={"tags": [f"lang-{language}"]})
    problems = letters.check(NotebookNode(cells=[cell]), number, "x")
    return [(problem.rule, problem.en.split("$")[1]) for problem in problems]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", r"the learning rate $\eta$, and $\eta$ is the learning rate"),
        (
            "en",
            r"$\mathrm{BCE}=-\frac1n\sum_{i=1}^n\left[y_i\log p_i\right]$, $\theta\leftarrow\theta$",
        ),
        ("en", "the loss is smaller than $p$; with the loss, $p$ falls; the weight of $x$"),
        ("en", r"`$E$` and <q>the loss $E$</q>; Article S1 §4.2 has $CE=\zeta$."),
        ("en", r"the loss falls at each step; $x_1$, the label of nothing"),
        ("zh", r"学习率 $\eta$ 很小，$L$ 是损失。"),
        ("zh", r"损失对 $z$ 的导数，标签是 $1$，$x$ 是损失的输入"),
    ],
)
def test_ordinary_texts_give_no_alarm(language, text):
    assert found(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", r"$\zeta=1$", [("unknown letter", r"\zeta")]),
        ("en", r"$$x+\hat E_i$$ and $E$ again", [("unknown letter", "E")]),
        ("en", "where $p$ is the learning rate.", [("second meaning", "p")]),
        ("en", "the learning rate $x_1$ is small", [("second meaning", "x")]),
        ("zh", "其中 $p$ 是学习率。", [("second meaning", "p")]),
        ("zh", "学习率 $w$ 太大", [("second meaning", "w")]),
    ],
)
def test_what_is_planted_is_found(language, text, wanted):
    assert found(text, language) == wanted


def test_a_letter_of_some_lessons_counts_there_only():
    assert found(r"$\rho$", number="03") == []
    assert found(r"$\rho$", number="02") == [("unknown letter", r"\rho")]


def test_what_is_only_looked_up_is_not_read():
    heading = new_markdown_cell("## 参考文献 · References")
    text = new_markdown_cell(r"$\zeta$", metadata={"tags": ["lang-en"]})
    assert letters.check(NotebookNode(cells=[heading, text]), "02", "x") == []


def test_the_table_gives_each_letter_one_meaning_in_a_lesson():
    rows = letters.table()
    assert len(rows) > 40
    for number in ("01", "02", "03", "04", "05", "07", "08", "09", "10"):
        counts = [letter for row in rows if row.counts_in(number) for letter in row.letters]
        twice = {letter for letter in counts if counts.count(letter) > 1}
        # k: an index, and 07's classes of ImageNet. 04 says that convolution's letters are others.
        known = {"k"} | ({"p", "d", "n"} if number == "04" else set())
        assert twice <= known, (number, twice)
