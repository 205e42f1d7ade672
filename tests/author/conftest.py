"""Small lessons in a temporary course, and strict runs over their notebooks."""

import os
import subprocess
import sys
from pathlib import Path

import processes
import pytest

from course.notebooks.lessons import Lesson, all_lessons


@pytest.fixture
def course(tmp_path):
    """A function that writes lessons/98_small.py with the given cells and gives the lesson."""

    def write(*cells: str) -> Lesson:
        (tmp_path / "lessons").mkdir(exist_ok=True)
        text = "\n\n".join(f"# %%{cell}" for cell in cells) + "\n"
        (tmp_path / "lessons" / "98_small.py").write_text(text, encoding="utf-8")
        return all_lessons(tmp_path)[0]

    return write


@pytest.fixture
def strict_run():
    """A function that runs strict nbval on a notebook as ``pytest`` does; gives the result."""

    def run(notebook: Path, **environment: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "pytest", "-p", "course.author.pytest_plugin", "-p"]
        command += ["no:cacheprovider", "-n", "0", "--nbval", "--nbval-current-env", "-rA"]
        return processes.run(
            [*command, "--color", "no", str(notebook)],
            cwd=notebook.parent,
            env={**os.environ, **environment},
            timeout=120,
        )

    return run
