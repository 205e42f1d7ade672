"""The type checker's answer, with the settings of pyproject.toml."""

import subprocess
import sys

import pytest

from course_utils import paths


@pytest.mark.slow
def test_types():
    command = [sys.executable, "-m", "mypy", "--no-error-summary"]
    done = subprocess.run(
        command, cwd=paths.ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
