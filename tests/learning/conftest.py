"""A lesson of exercises for the tests, in a folder of its own, and progress that is the test's own."""

import pytest

from course_utils import paths
from course_utils.learning import checking, records, where

EXERCISES_98 = '''
"""Exercises and quizzes of lesson 98."""

from course_utils.learning import judges
from course_utils.learning.definitions import (
    Exercise, Marking, Matching, Option, Ordering, Pair, Quiz, Region, Step
)


def layer(x, w):
    return x @ w.T


def picture():
    import matplotlib.pyplot as plt
    import numpy as np

    fig, ax = plt.subplots(figsize=(4, 2))
    ax.imshow(np.tile(np.linspace(0, 1, 20), (10, 1)), cmap="gray")
    ax.axis("off")
    return fig


EXERCISES = [
    Exercise(
        id="98-1",
        title=("斜率", "The slope"),
        judge=judges.number(-0.6, mistakes=[(0.3, ("少乘了 2。", "A factor of 2 is missing."))]),
        hints=[("写出 $x_i^2$。", "Write $x_i^2$."), ("求导。", "Take the derivative.")],
        reference=-0.6,
        solution=("答案是 $-0.6$。", "It is $-0.6$."),
        why=("负号说明要往右走。", "The minus sign says: go to the right."),
        wrong=[(0.3, "factor"), (0.6, "sign"), (1, "太大")],
    ),
    Exercise(
        id="98-2",
        title=("一层", "A layer"),
        judge=judges.function(
            layer,
            random=lambda rng: (rng.normal(size=(3, 2)), rng.normal(size=(4, 2))),
            mistakes=[(lambda x, w: x @ w.T + 1, ("多加了 1。", "There is 1 too much."))],
        ),
        hints=[("形状。", "Shapes."), ("转置。", "Transpose.")],
        reference=layer,
        solution=("`x @ w.T`", "`x @ w.T`"),
        wrong=[
            (lambda x, w: w @ x.T, "(3, 4)"),
            (lambda x, w: x @ w.T + 1, "1 too much"),
            (lambda x, w: x @ w, "ValueError"),
        ],
        seconds=1.0,
    ),
]
QUIZZES = [
    Quiz(
        id="98-q1",
        question=("$x$ 加倍呢？", "And if $x$ doubles?"),
        options=[
            Option(("不变", "nothing"), ("再看公式。", "Look at the formula.")),
            Option(("加倍", "it doubles"), ("成正比。", "They are proportional."), right=True),
        ],
    ),
    Ordering(
        id="98-q2",
        question=("先后怎样？", "In which order?"),
        steps=[
            Step(("取批次", "take a batch")),
            Step(("算 $z$", "compute $z$"), ("还没有批次。", "There is no batch yet.")),
            Step(("更新", "update"), ("还没有梯度。", "There is no gradient yet.")),
        ],
        why=("各用前一件的结果。", "Each uses the one before."),
    ),
    Matching(
        id="98-q3",
        question=("哪个配哪个？", "Which goes with which?"),
        pairs=[
            Pair(("一", "one"), ("甲", "first"), ("一是甲。", "One is first."), ("甲配一。", "For one.")),
            Pair(("二", "two"), ("乙", "second"), ("二是乙。", "Two is second."), ("乙配二。", "For two.")),
            Pair(("三", "three"), ("丙", "third"), ("三是丙。", "Three is third."), ("丙配三。", "For three.")),
        ],
        others=[Option(("丁", "fourth"), ("没有四。", "There is no four."))],
    ),
    Marking(
        id="98-q4",
        question=("哪里最亮？", "Where is it brightest?"),
        picture=picture,
        alt=("左暗右亮", "dark at the left, bright at the right"),
        options=[
            Region(("左边", "the left"), ("这里暗。", "It is dark here."), box=(0, 2, 4, 8)),
            Region(("中间", "the middle"), ("不够亮。", "Not bright enough."), box=(8, 2, 12, 8)),
            Region(("右边", "the right"), ("最亮。", "Brightest."), right=True, box=(16, 2, 19, 8)),
        ],
    ),
]
'''


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """The folder with exercises_98.py; progress goes to ``tmp_path / "user-data"``."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "exercises_98.py").write_text(EXERCISES_98, encoding="utf-8")
    monkeypatch.setattr(paths, "LESSONS", folder)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "user-data"))
    monkeypatch.setattr(checking, "_shown_here", {})
    monkeypatch.setattr(records, "_here", {})
    monkeypatch.setattr(where, "_last", [])  # nothing was asked yet
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return folder
