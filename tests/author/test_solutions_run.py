"""A build runs the lesson's printed solutions; one that fails is named, and nothing of it is kept."""

import pytest

from course.author import build, solutions
from course.notebooks.lessons import read_notebook
from course_utils import paths
from course_utils.messages import CourseError

DEFINITIONS = """
from course_utils.learning.definitions import Exercise, not_yet, right

def is_double(answer):
    return right() if answer(3) == 6 else not_yet("不是两倍。", "That is not the double.")

def is_six(answer):
    return right() if answer == 6 else not_yet("不是 6。", "That is not 6.")

HINTS = [("一", "one"), ("二", "two")]
EXERCISES = [
    Exercise("98-1", ("翻倍", "Double"), is_double, HINTS,
             solution=({first!r}, {first!r})),
    Exercise("98-2", ("六", "Six"), is_six, HINTS,
             solution=({second!r}, {second!r})),
    Exercise("98-3", ("也是六", "Six again"), is_six, HINTS, solution=("$6$", "`6`")),
]
"""
CELLS = (
    """
from pathlib import Path
from course_utils import paths
paths.LESSONS = Path.cwd().parent / "lessons"
from course_utils.learning import check
two = 2""",
    """ tags=["exercise"]
def double(x):
    \"\"\"x: a number -> its double\"\"\"
    return ...


check("98-1", double)""",
    """ tags=["exercise"]
answer = ...
check("98-2", answer)""",
)
SIX = "```python\nanswer = 3 * two\n```"


@pytest.fixture
def solved(course, monkeypatch):
    """A function that writes a lesson whose exercises have these printed solutions."""

    def write(first, second=SIX):
        lesson = course(*CELLS)
        text = DEFINITIONS.format(first=first, second=second)
        lesson.exercises.write_text(text, encoding="utf-8")
        monkeypatch.setattr(paths, "LESSONS", lesson.source.parent)
        return lesson

    return write


def test_good_solutions_run_and_leave_nothing_in_the_notebook(solved, capsys):
    lesson = solved("`y = two * x`, then `return y`; `return 2 * x` does as well.")
    assert build._build_all([lesson], 1) == 0
    assert "98_small: ok · 2 份解答已运行，1 份没有代码 · " in capsys.readouterr().out
    notebook = read_notebook(lesson.notebook)
    assert len(notebook.cells) == len(CELLS)
    states = [o.metadata.course.state for cell in notebook.cells for o in cell.outputs]
    assert states == ["not yet", "not yet"]  # the learner's own checks
    assert build.staleness(lesson) is None


def test_every_solution_that_fails_is_named(solved):
    lesson = solved("`return x`", "```python\nanswer = 3 * too\n```")
    with pytest.raises(CourseError) as raised:
        build.build_notebook(lesson)
    zh, en = raised.value.zh, raised.value.en
    assert "练习 98-1 的解答" in zh and "练习 98-2 的解答" in zh
    assert "98-1 fails in its lesson (check: not yet)" in en
    assert "lessons/exercises_98.py, line 13." in en
    assert "That is not the double" in en
    assert "98-2 fails in its lesson (NameError: name 'too' is not defined)" in en
    assert "lessons/exercises_98.py, line 15." in en


def test_solution_that_is_no_python_is_named(solved):
    with pytest.raises(CourseError, match=r"exercise 98-1 fails .*SyntaxError"):
        build.build_notebook(solved("`return (x`"))


def test_code_takes_the_place_of_what_is_left_open():
    cell = 'def f(x):\n    return ...\n\n\ncheck("98-1", f)'
    assert solutions.answered(cell, "def f(x):\n    return 2", "98-1").count("def f") == 1
    assert "y = 1\n    return y" in solutions.answered(cell, "y = 1\nreturn y", "98-1")
    assert solutions.answered('a = ...\ncheck("98-1", a)', "a = 6", "98-1").startswith("a = 6\nch")
    with pytest.raises(LookupError):
        solutions.answered('a = ...\ncheck("98-1", a)', "return 6", "98-1")


def test_prose_and_values_are_no_code():
    assert solutions.printed_code("$6$, or `6`") is None
    assert solutions.printed_code("```python\na = 1\n```\n and `return 2`") == "a = 1\n"
