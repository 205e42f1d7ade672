"""A student copy: no solutions, clean outputs, checks that judge as before."""

import os
import subprocess
import sys
import zipfile

import pytest

from course.teacher.release import NAME, choose, release
from course.teacher.strip import student_definitions
from course_utils.learning import definitions, packed
from course_utils.learning.checking import judge
from course_utils.messages import CourseError

USE = """
from course_utils.learning import check, hint, solution, quiz
from course_utils import paths
print(paths.ROOT)
check("98-1", -0.6); check("98-1", 3); check("98-2", lambda x: x + x); check("98-2", lambda x: x)
hint("98-1"); solution("98-1"); quiz("98-q1")
"""


@pytest.fixture
def unzipped(lessons, tmp_path):
    with zipfile.ZipFile(release(choose([]), tmp_path)) as archive:
        archive.extractall(tmp_path / "student")
    return tmp_path / "student" / NAME


def test_no_solution_text_and_no_output_anywhere(unzipped):
    for file in unzipped.rglob("*"):
        if file.is_file():
            assert b"SECRET" not in file.read_bytes(), file
    notebook = (unzipped / "notebooks" / "98_test.ipynb").read_text(encoding="utf-8")
    assert '"outputs": []' in notebook
    assert '"execution_count": null' in notebook


def test_packed_definitions_hold_no_more_than_judging_needs(lessons):
    text = student_definitions(lessons / "exercises_98.py")
    assert "twice" not in text  # not readable at a glance
    exercises, quizzes = packed.unpack(text.split('"""')[3])
    for exercise in exercises:
        assert (exercise.reference, exercise.solution, list(exercise.wrong)) == (None, None, [])
        assert len(exercise.hints) == 2
    assert judge(exercises[1], lambda x: 2 * x).state == "right"
    assert exercises[1].seconds == 2
    assert [option.text[1] for option in quizzes[0].options if option.right] == ["two"]


def test_student_copy_judges_and_says_that_it_has_no_solutions(unzipped, tmp_path):
    # A path file that an editable install left behind must not bring in this course: so PYTHONPATH.
    environment = {"PYTHONPATH": str(unzipped), "COURSE_DATA": str(tmp_path / "data")}
    environment |= {"PATH": "", "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    said = done.stdout.decode("utf-8")
    assert str(unzipped) in said
    assert said.count("✓ Right") == 2
    assert said.count("✗ Not yet") == 2
    assert "Hint 1/2" in said
    assert "student copy holds no solutions" in said
    assert "one" in said and "two" in said


def test_student_copy_runs_lessons_and_says_that_it_has_no_checks(unzipped, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(unzipped), "COURSE_DATA": str(tmp_path / "data")}
    course = [sys.executable, "-m", "course.cli"]
    options = {"cwd": unzipped, "env": environment, "capture_output": True}
    ran = subprocess.run([*course, "run", "98"], check=False, **options)
    assert ran.returncode == 0, ran.stderr.decode("utf-8")
    executed = (unzipped / "my_course" / "results" / "98_test.ipynb").read_text(encoding="utf-8")
    assert "not attempted" in executed
    tested = subprocess.run([*course, "test"], check=False, **options)
    assert tested.returncode == 1
    assert "has no `course test`" in tested.stderr.decode("utf-8")


def test_what_cannot_be_stripped_is_refused(lessons):
    file = lessons / "exercises_98.py"
    text = file.read_text(encoding="utf-8")
    text += '\nMORE = dict(reference=3, solution=("解", "SECRET"))\n'
    text += 'EXERCISES.append(Exercise("98-3", ("", ""), judges.number(3), [], **MORE))\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="98-3"):
        student_definitions(file)


def test_chosen_lessons(lessons):
    assert [p.name for p in choose(["98"])] == ["98_test.ipynb"]
    with pytest.raises(CourseError, match="97"):
        choose(["97", "98"])


NUMBERS = list(definitions.definition_files())


@pytest.mark.parametrize("number", NUMBERS)
def test_course_definitions_judge_the_same_when_packed(number):
    text = student_definitions(definitions.definition_files()[number])
    exercises, quizzes = packed.unpack(text.split('"""')[3])
    full = definitions.exercises(number)
    assert [e.id for e in exercises] == list(full)
    assert [q.id for q in quizzes] == list(definitions.quizzes(number))
    for exercise in exercises:
        assert judge(exercise, full[exercise.id].reference).state == "right"
        for answer, _ in full[exercise.id].wrong:
            assert judge(exercise, answer).state == "not yet"
