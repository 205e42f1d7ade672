"""A student copy: no solutions, clean outputs, checks that judge as before."""

import argparse
import json
import os
import sys
import zipfile

import processes
import pytest

from course import cli
from course.teacher.release import NAME, add_arguments, choose, release, run
from course.teacher.strip import student_definitions
from course_utils import paths
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
    exercises, quizzes, predictions = packed.unpack(text.split('"""')[3])
    for exercise in exercises:
        assert (exercise.reference, exercise.solution, list(exercise.wrong)) == (None, None, [])
        assert len(exercise.hints) == 2
    assert judge(exercises[1], lambda x: 2 * x).state == "right"
    assert exercises[1].seconds == 2
    assert [option.text[1] for option in quizzes[0].options if option.right] == ["two"]
    assert [p.id for p in predictions] == ["98-p1", "98-p2", "98-p10"]


def test_of_the_course_only_what_learners_type_is_inside(unzipped):
    inside = {
        file.relative_to(unzipped).as_posix() for file in unzipped.rglob("*") if file.is_file()
    }
    code = {name for name in inside if name.startswith("course/")}
    allowed = ("course/notebooks/", "course/learner/")
    top = {"course/__init__.py", "course/__main__.py", "course/arguments.py", "course/cli.py"}
    assert {name for name in code if not name.startswith(allowed)} <= top
    for file in ("course/cli.py", "course/learner/train.py", "course/notebooks/execute.py"):
        assert file in inside
    every = {
        file.relative_to(paths.ROOT).as_posix() for file in (paths.ROOT / "course").rglob("*.py")
    }
    missing = {name for name in every if name.startswith(allowed)} - code
    assert not missing
    # no builder, no grader, no sources of lessons, no tests; and no exercises but packed ones
    assert not [name for name in inside if name.startswith(("tests/", "benchmarks/", ".git"))]
    assert {name for name in inside if name.startswith("lessons/")} == {"lessons/exercises_98.py"}


def test_of_the_real_exercises_nothing_but_judging_is_inside(tmp_path):
    with zipfile.ZipFile(release(choose([]), tmp_path)) as archive:
        names = [name for name in archive.namelist() if "/lessons/" in name]
        texts = [archive.read(name).decode() for name in names]
    assert len(texts) == len({name.name[:2] for name in choose([])} & set(NUMBERS))
    for text in texts:
        exercises, *_ = packed.unpack(text.split('"""')[3])
        assert all((e.reference, e.solution, list(e.wrong)) == (None, None, []) for e in exercises)


TYPE = """
import contextlib, io, json, sys
from course import cli
said = {}
for name in cli.COMMANDS:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = cli.main([name, "--help"])
        except SystemExit as end:
            code = end.code
    said[name] = [code, out.getvalue()]
print(json.dumps(said))
"""


def test_each_command_of_the_copy_answers_and_the_others_say_that_they_are_not_there(
    unzipped, run_copy
):
    said = json.loads(run_copy("-c", TYPE).stdout)
    for name, (module, *_) in cli.COMMANDS.items():
        code, text = said[name]
        if module.startswith("course.learner."):
            assert (code, "usage: course" in text) == (0, True), name
        else:
            assert (code, f"has no `course {name}`" in text) == (1, True), name
    assert {"lab", "start", "update", "run", "fetch", "doctor", "progress", "train"} <= set(said)


@pytest.fixture
def run_copy(unzipped, tmp_path):
    """Python with these arguments in the student copy, as a student who has nothing yet."""
    own = {"PYTHONPATH": unzipped, "COURSE_DATA": tmp_path / "data", "HOME": tmp_path / "home"}
    own |= {"COURSE_CACHE": tmp_path / "cache", "PYTHONUTF8": "1"}

    def run(*arguments):
        return processes.run(
            [sys.executable, *arguments],
            cwd=unzipped,
            env=os.environ | {name: str(value) for name, value in own.items()},
        )

    (tmp_path / "home").mkdir()
    return run


def test_a_students_first_hour_with_the_copy(unzipped, run_copy):
    course = ("-m", "course.cli")
    expected = {
        ("start", "--copy-only"): "98_test.ipynb",
        ("update",): "",
        ("progress",): "98",
        ("fetch",): "MB",
        ("doctor",): "Python",
    }
    for command, words in expected.items():
        done = run_copy(*course, *command)
        assert "Traceback" not in done.stderr, command
        assert words in done.stdout, command
        assert done.returncode == 0 or command == ("doctor",), (
            command
        )  # it warns of what is missing
    assert (unzipped / "my_course" / "98_test.ipynb").exists()


@pytest.mark.parametrize("option", [[], ["--nbgrader"]])
def test_released_onto_a_file(lessons, tmp_path, option):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    for target in ("file", "file/inner"):
        with pytest.raises(CourseError, match="DIR is a folder"):
            run(parser.parse_args([str(tmp_path / target), *option]))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_student_copy_judges_and_says_that_it_has_no_solutions(unzipped, tmp_path):
    # A path file that an editable install left behind must not bring in this course: so PYTHONPATH.
    environment = {"PYTHONPATH": str(unzipped), "COURSE_DATA": str(tmp_path / "data")}
    environment |= {"PATH": "", "HOME": str(tmp_path), "PYTHONUTF8": "1"}
    done = processes.python(USE, cwd=tmp_path, env=environment, check=True)
    said = done.stdout
    assert str(unzipped) in said
    assert said.count("✓ Right") == 2
    assert said.count("✗ Not yet") == 2
    assert "Hint 1/2" in said
    assert "student copy holds no solutions" in said
    assert "one" in said and "two" in said


def test_student_copy_runs_lessons_and_says_that_it_has_no_checks(unzipped, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(unzipped), "COURSE_DATA": str(tmp_path / "data")}
    course = [sys.executable, "-m", "course.cli"]
    options = {"cwd": unzipped, "env": environment}
    ran = processes.run([*course, "run", "98"], **options)
    assert ran.returncode == 0, ran.stderr
    executed = (unzipped / "my_course" / "results" / "98_test.ipynb").read_text(encoding="utf-8")
    assert "not attempted" in executed
    tested = processes.run([*course, "test"], **options)
    assert tested.returncode == 1
    assert "has no `course test`" in tested.stderr


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
    exercises, quizzes, predictions = packed.unpack(text.split('"""')[3])
    full = definitions.exercises(number)
    assert [e.id for e in exercises] == list(full)
    assert [q.id for q in quizzes] == list(definitions.quizzes(number))
    assert predictions == list(definitions.predictions(number).values())
    for exercise in exercises:
        assert judge(exercise, full[exercise.id].reference).state == "right"
        for answer, _ in full[exercise.id].wrong:
            assert judge(exercise, answer).state == "not yet"
