"""The teacher's sheet says what the lesson and its exercises say."""

import pytest

from course.notebooks.lessons import all_lessons
from course.teacher import teach as sheet
from course_utils.learning import definitions

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
        assert all(option.text[pick] in text for option in quiz.options)
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
    assert board.index("nabla J") < board.index("hat m_t")
    assert "1. 梯度下降与学习率" in board
    assert "Gradient" not in board


def test_only_the_div_itself_is_taken_off():
    text = '<div lang="en">\n\nDivide by the individual lengths.\n\n</div>'
    assert sheet._inside(text) == "Divide by the individual lengths."
