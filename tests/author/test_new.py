"""A new lesson has every section, passes parity as it is, and takes nobody's place."""

import runpy
import sys

import processes
import pytest

from course.author.checks import parity, structure
from course.author.new import new_lesson
from course.notebooks.lessons import all_lessons, read_source
from course_utils.messages import CourseError


@pytest.fixture
def made(tmp_path):
    return new_lesson("7", "feature_extraction", "特征提取", "Feature extraction", tmp_path)


def test_files(made, tmp_path):
    names = [path.relative_to(tmp_path).as_posix() for path in made]
    assert names == ["lessons/07_feature_extraction.py", "lessons/exercises_07.py"]
    (lesson,) = all_lessons(tmp_path)
    title = read_source(lesson).cells[0].source
    assert title == "# 07 特征提取 · Feature extraction"
    assert "@" not in made[0].read_text(encoding="utf-8")


def test_template_passes_parity(made, tmp_path):
    (lesson,) = all_lessons(tmp_path)
    assert parity.check_lesson(lesson) == []


def test_template_lacks_nothing_but_code(made, tmp_path):
    (lesson,) = all_lessons(tmp_path)
    problems = structure.source_problems(read_source(lesson), "lessons/07.py")
    assert {problem.rule for problem in problems} == {"cell count"}


def test_exercises_are_those_the_lesson_uses(made):
    """The reference answer passes, each wrong one gets its reason."""
    from course_utils.learning.checking import judge

    lesson, defined = made[0].read_text(encoding="utf-8"), runpy.run_path(str(made[1]))
    (exercise,), (quiz,) = defined["EXERCISES"], defined["QUIZZES"]
    (prediction,) = defined["PREDICTIONS"]
    assert f'check("{exercise.id}"' in lesson
    assert f'predict("{prediction.id}", ...)' in lesson and f'outcome("{prediction.id}"' in lesson
    assert f'guesses("{exercise.id[:2]}")' in lesson
    assert f'quiz("{quiz.id}")' in lesson
    assert judge(exercise, exercise.reference).state == "right"
    for answer, reason in exercise.wrong:
        verdict = judge(exercise, answer)
        assert verdict.state != "right"
        assert reason in str(verdict)


@pytest.mark.parametrize("path", ["lessons/07_feature_extraction.py", "lessons/exercises_07.py"])
def test_template_is_clean_for_ruff(made, tmp_path, path):
    for command in (["check"], ["format", "--check", "--line-length", "100"]):
        done = processes.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path / path)]
        )
        # imports stand where a notebook needs them
        assert done.returncode == 0 or "E402" in done.stdout, done.stdout + done.stderr


def test_nothing_is_overwritten(made, tmp_path):
    made[1].write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="07_feature_extraction"):
        new_lesson("07", "another", "别的", "Another", tmp_path)
    made[0].unlink()
    assert new_lesson("07", "another", "别的", "Another", tmp_path)[0].name == "07_another.py"
    assert made[1].read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("number", "name"), [("100", "x"), ("x", "x"), ("07", "Has Space"), ("7", "")]
)
def test_bad_names_are_refused(tmp_path, number, name):
    with pytest.raises(CourseError, match="course new 06"):
        new_lesson(number, name, "", "", tmp_path)
    assert not (tmp_path / "lessons").exists()
