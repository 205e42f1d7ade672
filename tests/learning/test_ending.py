"""How a lesson ends: what you can do, a question that depends on your own records, the next lesson."""

import shutil

import pytest

from course_utils import paths
from course_utils.learning import definitions, ending, finish, quiz_forms, records


@pytest.fixture
def three(lessons, tmp_path, monkeypatch):
    """Lessons 96, 97 and 98 with the same exercises, sources and notebooks."""
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    paths.NOTEBOOKS.mkdir()
    definitions_98 = lessons / "exercises_98.py"
    for number in ("96", "97", "98"):
        text = definitions_98.read_text(encoding="utf-8").replace("98-", f"{number}-")
        (lessons / f"exercises_{number}.py").write_text(text, encoding="utf-8")
        (lessons / f"{number}_small.py").write_text(SOURCE.format(number), encoding="utf-8")
        (paths.NOTEBOOKS / f"{number}_small.ipynb").write_text("{}", encoding="utf-8")
    return lessons


SOURCE = """# %% [markdown]
# # {0} 小课：一 · A lesson: one

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 求导；
# * 用 $x$ 检查。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * differentiate;
# * check by $x$.
#
# </div>

# %%
finish("{0}")
"""


def asked(number):
    found = ending.recalled(number, records.read())
    return found.id if found else None


def test_what_it_shows(three, capsys):
    finish("97")
    said = capsys.readouterr().out
    for words in (
        "你应该已经能",
        "* 求导\n",
        "* check by $x$\n",
        "还记得吗",
        "Quiz 96-q1",
        "Next: 98 →",
    ):
        assert words in said
    assert "[98 A lesson: one →](98_small.ipynb)" in said
    finish("98")
    assert "There is no lesson after this one" in capsys.readouterr().out
    finish(96)
    said = capsys.readouterr().out
    assert "Do you remember" not in said and "Next: 97 →" in said  # there is no earlier lesson


@pytest.mark.parametrize("number", ["95", "", "x", None, [1]])
def test_a_lesson_that_is_not_there_is_said(three, number, capsys):
    finish(number)
    said = capsys.readouterr().out
    assert "96, 97, 98" in said and "The course itself" not in said


def test_what_is_left_is_named(three, capsys):
    finish("98")
    assert "Exercises that are left: 98-1, 98-2." in capsys.readouterr().out
    records.note_exercise("98-1", "right")
    finish("98")
    assert "Exercises that are left: 98-2." in capsys.readouterr().out


def test_the_question_is_what_was_wrong_and_then_what_was_not_seen_for_longest(three, monkeypatch):
    times = iter(f"2026-01-{day:02}" for day in range(1, 20))
    monkeypatch.setattr(records, "_now", lambda: next(times))
    assert asked("98") == "97-q1"  # nothing is known: always the same
    for name in ("96-q1", "96-q2", "96-q3", "96-q4"):
        records.note_quiz(name, right=True)
    assert asked("98") == "96-q1"  # lesson 97 was never begun
    records.note_quiz("96-q3", right=False)
    records.note_quiz("96-q3", right=True)
    assert asked("98") == "96-q3"
    records.note_quiz("96-q3", right=True, settled=True)
    assert asked("98") == "96-q1"
    records.note_quiz("96-q1", right=True)
    assert asked("98") == "96-q2"


def test_recalling_at_once_settles_it(three):
    records.note_quiz("96-q1", right=False)
    form = quiz_forms.form_of(definitions.find_quiz("96-q1"))
    form.recall = True
    right = next(n for n, o in enumerate(form.question.options) if o.right)
    form.buttons[right].click()
    assert records.read()["quizzes"]["96-q1"]["wrong"] == 0
    form = quiz_forms.form_of(definitions.find_quiz("96-q1"))
    form.recall = True
    form.buttons[1 - right].click()
    form.buttons[right].click()
    assert records.read()["quizzes"]["96-q1"]["wrong"] == 1


def test_a_students_copy_reads_the_notebook(three):
    import nbformat
    from nbformat.v4 import new_markdown_cell, new_notebook

    texts = ["# 98 课 · Lesson", "## 你将学会 · What …", "* 甲。\n* 乙", "* a;\n* b"]
    book = new_notebook(cells=[new_markdown_cell(text) for text in texts])
    nbformat.write(book, paths.NOTEBOOKS / "98_small.ipynb")
    (three / "98_small.py").unlink()
    assert ending.abilities("98") == [("甲", "a"), ("乙", "b")]
    assert ending.title("98") == ("课", "Lesson")
    shutil.rmtree(paths.NOTEBOOKS)
    assert ending.abilities("98") == [] and ending.title("98") == ("98", "98")


@pytest.mark.parametrize("number", list(definitions.definition_files()))
def test_every_lesson_says_what_you_can_do(number):
    texts = ending.abilities(number)
    assert 3 <= len(texts) <= 8
    assert all(zh and en for zh, en in texts)
    assert ending.title(number)[0] != number
