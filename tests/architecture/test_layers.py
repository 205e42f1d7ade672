"""Who may import whom, how large what lessons import may get, and that commands are their files."""

import ast
import sys

import processes
import pytest

from course.cli import COMMANDS
from course_utils import paths

# Of course_utils: 5,600 for lessons 00-09; what came on top is named here. Guesses before experiments
# 560; explorables 73; errors without internals, photos without their example, long cells 130; quizzes
# of three more kinds with their buttons, how a lesson ends, buttons below a check, and what judges say
# to a slip 1,137; download bars that leave nothing 40; one language at a time (bilingual, layers) 520;
# a redrawn picture keeps its layout 75; the detector of negative transfer 47;
# sentences, speech and a small BERT read from files, and their features in the cache 500; lines of a
# figure that are alone in their language 20; Student's interval, a result beside its question, and a
# course that many share 40; what all long runs share 30.
MOST_LINES = 8_790


def test_import_rules_are_kept():
    """The contracts of pyproject.toml: folders import downwards only, and nothing in a circle."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = processes.run([*command, "--no-cache"], cwd=paths.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_forbidden_import_would_be_found(tmp_path):
    """The same contract over a tree in which course_utils reaches up."""
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    for package in ("course_utils", "course", *(f"course/{p}" for p in FOLDERS)):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
    for module in ("bootstrap/__init__.py", "course/arguments.py", "course/cli.py"):
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / module).write_text("", encoding="utf-8")
    (tmp_path / "course_utils" / "up.py").write_text("import course.learner\n", encoding="utf-8")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = processes.run([*command, "--no-cache"], cwd=tmp_path)
    assert done.returncode == 1
    assert "course_utils.up -> course.learner" in done.stdout


FOLDERS = ("notebooks", "learner", "teacher", "author")


def test_names_of_test_files_are_unique():
    """pytest puts their folders on the path: two of one name are one module, and one is not collected."""
    names = [
        file.name for file in (paths.ROOT / "tests").rglob("*.py") if file.name != "conftest.py"
    ]
    assert not {name for name in names if names.count(name) > 1}


def test_what_lessons_import_stays_small():
    files = list((paths.ROOT / "course_utils").rglob("*.py"))
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    assert lines <= MOST_LINES


def test_lessons_import_nothing_of_the_command():
    for file in paths.LESSONS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "course" for name in names), file.name


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_its_file(command):
    """``course train`` is course/learner/train.py; a Python keyword gets an underscore."""
    module = COMMANDS[command][0]
    assert module.rpartition(".")[2].rstrip("_") == command
    assert (paths.ROOT / f"{module.replace('.', '/')}.py").is_file()
