"""The teacher's sheet says what the lesson and its exercises say."""

import pytest

from course.notebooks.lessons import Lesson, all_lessons
from course.teacher import teach as sheet
from course_utils import paths
from course_utils.learning import definitions
from course_utils.messages import CourseError

LESSONS = [lesson for lesson in all_lessons() if lesson.number in ("03", "09")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_everything_is_on_it(lesson, language):
    text, pick = sheet.sheet(lesson, language), 0 if language == "zh" else 1
    assert text.startswith(f"# {lesson.number} ")
    assert " · " not in text.splitlines()[0]
    assert "<div" not in text
    for heading in sheet.WORDS[language].values():
        assert not isinstance(heading, str) or f"\n## {heading}\n\n" in text
    for quiz in definitions.quizzes(lesson.number).values():
        assert quiz.question[pick] in text
        assert all(line in text for line in quiz.lines(pick))
        assert all(answer[pick] in text for answer in quiz.key())
    rows = [line for line in text.splitlines() if line.startswith(f"| {lesson.number}-")]
    exercises = definitions.exercises(lesson.number).values()
    assert len(rows) == sum(len(exercise.wrong) for exercise in exercises)
    for row in rows:  # every wrong answer is told something
        assert len(row.replace("\\|", "").split("|")) == 5
        assert len(row.split("|")[-2].strip()) > 5


def test_a_wrong_answer_and_its_feedback_stand_side_by_side():
    (lesson,) = [lesson for lesson in LESSONS if lesson.number == "03"]
    rows = [line for line in sheet.sheet(lesson, "en").splitlines() if "| `16` |" in line]
    assert len(rows) == 1
    assert "the steeper, the smaller" in rows[0]


def test_formulas_go_to_the_board_in_order():
    (lesson,) = [lesson for lesson in LESSONS if lesson.number == "03"]
    text = sheet.sheet(lesson, "zh")
    board = text[text.index("## 板书") : text.index("## 课堂提问")]
    assert board.index("nabla L") < board.index("hat m_t")
    assert "1. 梯度下降与学习率" in board
    assert "Gradient" not in board


def test_only_the_div_itself_is_taken_off():
    text = '<div lang="en">\n\nDivide by the individual lengths.\n\n</div>'
    assert sheet._inside(text) == "Divide by the individual lengths."


START = """
from course_utils.learning import definitions, judges
from course_utils.learning.definitions import Exercise
"""
HINTS = '[("一", "one"), ("二", "two")]'
WRITTEN = {
    "by name": f'Exercise(id="97-1", title=("数", "A number"), judge=judges.number(1), hints={HINTS}, wrong=[(1 + 1, "x"), (3, "x")])',
    "by position": f'Exercise("97-1", ("数", "A number"), judges.number(1), {HINTS}, 1, None, [(1 + 1, "x"), (3, "x")])',
    "through a module": f'definitions.Exercise("97-1", ("数", "A number"), judges.number(1), {HINTS}, wrong=[(1 + 1, "x"), (3, "x")])',
    "wrong by a loop": f'Exercise("97-1", ("数", "A number"), judges.number(1), {HINTS}, wrong=[(n, "x") for n in (2, 3)])',
    "wrong by a name": f'Exercise("97-1", ("数", "A number"), judges.number(1), {HINTS}, wrong=MORE)',
    "partly by a name": f'Exercise("97-1", ("数", "A number"), judges.number(1), {HINTS}, wrong=[(1 + 1, "x"), *MORE[1:]])',
    "by a dictionary": f'Exercise(**dict(id="97-1", title=("数", "A number"), judge=judges.number(1), hints={HINTS}, wrong=MORE))',
    "computed id": f'Exercise(f"{{97}}-1", ("数", "A number"), judges.number(1), {HINTS}, wrong=MORE)',
}


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A function that writes lesson 97 with these exercises."""
    monkeypatch.setattr(paths, "LESSONS", tmp_path)
    (tmp_path / "97_small.py").write_text("# %% [markdown]\n# # 97 小 · Small\n", encoding="utf-8")

    def write(text):
        (tmp_path / "exercises_97.py").write_text(text, encoding="utf-8")
        return Lesson(tmp_path / "97_small.py", tmp_path / "97_small.ipynb")

    return write


@pytest.mark.parametrize("way", WRITTEN)
def test_exercises_may_be_written_any_way(lesson, way):
    text = f'{START}MORE = [(2, "x"), (3, "x")]\nEXERCISES = [{WRITTEN[way]}]\n'
    rows = [line for line in sheet.sheet(lesson(text), "en").splitlines() if "97-1" in line]
    spelt = "1 + 1" if way in ("by name", "by position", "through a module") else "2"
    assert [row.split("|")[2].strip() for row in rows] == [f"`{spelt}`", "`3`"]


@pytest.mark.parametrize(
    "text",
    [
        "EXERCISES = [",
        "1 / 0",
        "EXERCISES = [3]",
        f"{START}EXERCISES = [Exercise('97-1', ('', ''), judges.number(1), [], wrong=[2, 3])]",
        f"{START}EXERCISES = [Exercise('97-1')]",
        f"{START}EXERCISES = [Exercise('97-1', ('', ''), judges.number(1), [], wrong=None)]",
        "raise SystemExit",
    ],
)
def test_exercises_that_cannot_be_used_are_named(lesson, text):
    with pytest.raises(CourseError, match="exercises_97.py cannot be used") as caught:
        sheet.sheet(lesson(text), "zh")
    assert "exercises_97.py 用不了" in caught.value.zh


def test_a_lesson_without_exercises_has_a_sheet(lesson, tmp_path):
    bare = lesson("")
    bare.exercises.unlink()
    assert sheet.sheet(bare, "en").startswith("# 97 Small")


def test_a_judge_that_fails_is_part_of_the_sheet(lesson):
    broken = f'Exercise("97-1", ("数", "A number"), lambda a: 1 / 0, {HINTS}, wrong=[(2, "x")])'
    assert "ZeroDivisionError" in sheet.sheet(lesson(f"{START}EXERCISES = [{broken}]"), "en")
