"""A lesson of exercises for the tests, in a folder of its own, and progress that is the test's own."""

import pytest

from course_utils import paths
from course_utils.learning import checking, records

EXERCISES_98 = '''
"""Exercises and quizzes of lesson 98."""

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz


def layer(x, w):
    return x @ w.T


EXERCISES = [
    Exercise(
        id="98-1",
        title=("斜率", "The slope"),
        judge=judges.number(-0.6, mistakes=[(0.3, ("少乘了 2。", "A factor of 2 is missing."))]),
        hints=[("写出 $x_i^2$。", "Write $x_i^2$."), ("求导。", "Take the derivative.")],
        reference=-0.6,
        solution=("答案是 $-0.6$。", "It is $-0.6$."),
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
    )
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
    return folder
