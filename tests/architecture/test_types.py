"""The type checker's answer, with the settings of pyproject.toml."""

import sys

import processes
import pytest

from course_utils import paths


@pytest.mark.slow
def test_types():
    command = [sys.executable, "-m", "mypy", "--no-error-summary"]
    done = processes.run(command, cwd=paths.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
