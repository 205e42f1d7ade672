"""A lesson of exercises in a folder of its own, and notebooks that are handed in."""

import pytest
from handed_in import IMPORT, write_notebook

from course_utils import paths

EXERCISES_98 = '''
"""Exercises of lesson 98."""

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz

SOLUTION_TEXT = ("SECRET-SOLUTION 中文", "SECRET-SOLUTION")


def twice(x):
    return 2 * x


def only_for_wrong(x):
    return "SECRET-WRONG"


EXERCISES = [
    Exercise(
        id="98-1",
        title=("数", "A number"),
        judge=judges.number(-0.6),
        hints=[("一", "one"), ("二", "two")],
        reference=-0.6,
        solution=SOLUTION_TEXT,
        wrong=[(1, "large"), (0.6, "sign"), (only_for_wrong, "function")],
    ),
    Exercise(
        "98-2",
        ("函数", "A function"),
        judges.function(twice, inputs=[(3,)], random=lambda rng: (rng.normal(),)),
        [("一", "one"), ("二", "two")],
        twice,
        SOLUTION_TEXT,
        seconds=2.0,
    ),
]
PROBES = [
    Exercise(f"98-{n}", ("探", "A probe"), judges.number(1), [("一", "one"), ("二", "two")])
    for n in range(10, 40)
]
EXERCISES += PROBES
QUIZZES = [
    Quiz(
        id="98-q1",
        question=("问", "Which?"),
        options=[
            Option(("甲", "one"), ("错", "no")),
            Option(("乙", "two"), ("对", "yes"), right=True),
        ],
    )
]
PREDICTIONS = [
    Prediction("98-p1", ("对几张？", "How many?"), Number(0, 36, ("张", "of 36"), close=2)),
    Prediction("98-p2", ("相等吗？", "Equal?"), YesNo()),
    Prediction("98-p10", ("哪一个？", "Which?"), OneOf((("变少", "fewer"), ("变多", "more")))),
]
'''


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """Folders lessons/ and notebooks/ with lesson 98 in place of the course's."""
    folder, built = tmp_path / "lessons", tmp_path / "notebooks"
    folder.mkdir()
    built.mkdir()
    (folder / "exercises_98.py").write_text(EXERCISES_98, encoding="utf-8")
    monkeypatch.setattr(paths, "LESSONS", folder)
    monkeypatch.setattr(paths, "NOTEBOOKS", built)
    stub = 'def twice(x):\n    """A number."""\n    return ...\n\n\ncheck("98-2", twice)'
    cells = [IMPORT, 'answer = ...\ncheck("98-1", answer)', stub]
    write_notebook(built / "98_test.ipynb", cells, outputs=True)
    return folder
