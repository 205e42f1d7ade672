"""The exercises exported to nbgrader: generated, handed in, graded by ``nbgrader autograde``."""

import ast
import csv
import os
import shutil

import nbformat
import processes
import pytest
from handed_in import write_notebook

from course.teacher import nbgrader
from course.teacher.release import choose
from course_utils import paths
from course_utils.learning import definitions
from course_utils.messages import CourseError

# what grading these exercises needs of the course's own dependencies
NEEDED = ["numpy", "filelock", "platformdirs", "ipykernel", "markdown-it-py", "mdit-py-plugins"]
HERE = "from course_utils import paths\nfrom pathlib import Path\npaths.LESSONS = Path({!r})"


def test_checks_become_test_cells(lessons, tmp_path):
    nbgrader.export(choose([]), tmp_path)
    made = nbformat.read(tmp_path / "source" / "98_test" / "98_test.ipynb", as_version=4)
    nbformat.validate(made)
    sources = [cell.source for cell in made.cells]
    assert "answer = ..." in sources
    assert 'def twice(x):\n    """A number."""\n    return ...' in sources
    graded = [c.metadata.nbgrader for c in made.cells if "nbgrader" in c.metadata]
    assert [about.grade_id for about in graded] == ["exercise-98-1", "exercise-98-2"]
    assert not any(cell.get("outputs") for cell in made.cells)


def cut(source):
    """What a cell becomes: text for an answer, (exercise, first line, answer) for a test."""
    cells = nbgrader.split(nbformat.v4.new_code_cell(source))
    assert len({cell.id for cell in cells}) == len(cells)
    return [_seen(cell) for cell in cells]


def _seen(cell):
    if "nbgrader" not in cell.metadata:
        return cell.source
    first, _, hidden = cell.source.partition("\n### BEGIN HIDDEN TESTS\n")
    call = ast.parse(hidden).body[1].value
    return call.args[0].value, first, ast.unparse(call.args[1])


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (
            'answer = 3; check("01-1", answer)',
            ["answer = 3", ("01-1", 'check("01-1", answer)', "answer")],
        ),
        (
            'x = 1\ncheck("01-1", x)  # 试一试\nx = 2\ncheck("01-2", x)\nprint(x);',
            [
                "x = 1",
                ("01-1", 'check("01-1", x)  # 试一试', "x"),
                "x = 2",
                ("01-2", 'check("01-2", x)', "x"),
                "print(x);",
            ],
        ),
        (
            '名 = "中文"; check("01-1", 名); print(名)',
            ['名 = "中文"', ("01-1", 'check("01-1", 名);', "名"), "print(名)"],
        ),
        ('plot(x);\ncheck("01-1", x)', ["plot(x);", ("01-1", 'check("01-1", x)', "x")]),
        (
            '%matplotlib inline\n!ls\ncheck("01-1", 1)',
            ["%matplotlib inline\n!ls", ("01-1", 'check("01-1", 1)', "1")],
        ),
        (
            'check(\n    "01-1",  # which\n    1\n    + 2,\n)',
            [("01-1", 'check(\n    "01-1",  # which\n    1\n    + 2,\n)', "1 + 2")],
        ),
        ('check("01-1", answer=[1,2])', [("01-1", 'check("01-1", answer=[1,2])', "[1, 2]")]),
        ('text = """\n%s\ncheck("01-1", 1)\n"""', ['text = """\n%s\ncheck("01-1", 1)\n"""']),
        ("%%bash\nls -l", ["%%bash\nls -l"]),
        ("# 只有说明 only words", ["# 只有说明 only words"]),
    ],
)
def test_cells_are_cut_at_their_checks_and_nothing_is_lost(source, cells):
    assert cut(source) == cells


@pytest.mark.parametrize(
    "source",
    [
        'for n in (1, 2):\n    check("01-1", n)',
        'said = check("01-1", 1)',
        'check("01-1")',
        'check("01-1", *answers)',
        'x = (\ncheck("01-1", x)',
    ],
)
def test_a_check_that_cannot_be_graded_is_refused(source):
    with pytest.raises(CourseError, match="statement of its own"):
        cut(source)


def test_two_checks_of_one_exercise_are_refused(lessons, tmp_path):
    built = paths.NOTEBOOKS / "98_test.ipynb"
    write_notebook(built, ['check("98-1", 1)', 'check("98-1", 2)'])
    with pytest.raises(CourseError, match="98-1 more than once"):
        nbgrader.export([built], tmp_path)


def test_every_lesson_can_be_exported(tmp_path):
    made = nbgrader.export(choose([]), tmp_path)
    tests = [c for f in made[1:] for c in nbformat.read(f, 4).cells if "nbgrader" in c.metadata]
    exercises = [
        e for number in definitions.definition_files() for e in definitions.exercises(number)
    ]
    built = {notebook.name[:2] for notebook in choose([])}
    expected = {f"exercise-{name}" for name in exercises if name[:2] in built}
    assert {cell.metadata.nbgrader.grade_id for cell in tests} == expected


@pytest.fixture(scope="module")
def nbgrader_python(tmp_path_factory):
    """A throw-away environment with nbgrader, from the user's own index."""
    folder = tmp_path_factory.mktemp("nbgrader") / "venv"
    uv = shutil.which("uv") or pytest.skip("uv is not on PATH")
    wanted = next(row for row in _optional("nbgrader"))
    processes.run([uv, "venv", "-q", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [uv, "pip", "install", "-q", "--python", str(python), wanted, *NEEDED]
    done = processes.run(install, timeout=300)
    processes.skip_without_index(done)
    assert done.returncode == 0, done.stderr
    return python


def _optional(group):
    import tomllib

    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["optional-dependencies"][group]


@pytest.mark.index
@pytest.mark.slow
def test_autograde_gives_the_points(lessons, tmp_path, nbgrader_python):
    # nbgrader's kernel is a process of its own: the notebook says where lesson 98 lies
    here = HERE.format(str(lessons))
    built = paths.NOTEBOOKS / "98_test.ipynb"
    content = nbformat.read(built, as_version=4)
    cells = [here, *(cell.source for cell in content.cells if cell.cell_type == "code")]
    write_notebook(built, cells)
    folder = tmp_path / "class"
    folder.mkdir()
    nbgrader.export(choose([]), folder)
    environment = os.environ | {"PYTHONPATH": str(paths.ROOT), "HOME": str(tmp_path)}
    environment |= {"COURSE_DATA": str(tmp_path / "data"), "JUPYTER_PREFER_ENV_PATH": "1"}
    # nbgrader calls its own tools by name, so the environment counts as activated
    environment["PATH"] = os.pathsep.join([str(nbgrader_python.parent), os.environ["PATH"]])

    def run(*arguments):
        command = [str(nbgrader_python), "-m", "nbgrader", *arguments]
        done = processes.run(command, cwd=folder, env=environment)
        assert done.returncode == 0, done.stderr[-3000:]

    run("generate_assignment", "98_test")
    released = folder / "release" / "98_test" / "98_test.ipynb"
    assert "assess(" not in released.read_text(encoding="utf-8")  # hidden tests are the teacher's
    answers = {"ann": ("-0.6", "2 * x"), "ben": ("0.6", "x + x"), "cai": ("...", "...")}
    for name, (number, body) in answers.items():
        handed_in = folder / "submitted" / name / "98_test" / "98_test.ipynb"
        handed_in.parent.mkdir(parents=True)
        text = released.read_text(encoding="utf-8")
        text = text.replace("answer = ...", f"answer = {number}").replace(
            "return ...", f"return {body}"
        )
        handed_in.write_text(text, encoding="utf-8")
    run("autograde", "98_test", "--create")
    run("export", "--to=grades.csv")
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"ann": 2, "ben": 1, "cai": 0}
