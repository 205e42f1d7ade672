"""The exercises exported to nbgrader: generated, handed in, graded by ``nbgrader autograde``."""

import csv
import os
import shutil
import subprocess

import nbformat
import pytest
from handed_in import write_notebook

from course.teacher import nbgrader
from course.teacher.release import choose
from course_utils import paths

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


@pytest.fixture(scope="module")
def nbgrader_python(tmp_path_factory):
    """A throw-away environment with nbgrader, from the user's own index."""
    folder = tmp_path_factory.mktemp("nbgrader") / "venv"
    uv = shutil.which("uv") or pytest.skip("uv is not on PATH")
    wanted = next(row for row in _optional("nbgrader"))
    subprocess.run([uv, "venv", "-q", str(folder)], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [uv, "pip", "install", "-q", "--python", str(python), wanted, *NEEDED]
    done = subprocess.run(
        install, capture_output=True, text=True, timeout=300, check=False, encoding="utf-8"
    )
    if done.returncode:
        pytest.skip(f"the package index did not answer: {done.stderr.strip()[-200:]}")
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
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            encoding="utf-8",
        )
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
