"""Processes that the tests start: one way, whatever the machine's locale and its network."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

# What pip, uv and npm say where no index answers them.
NO_INDEX = re.compile(
    r"failed to fetch|dns error|error sending request|connection refused|no matching distribution"
    r"|could not resolve|npm error|ENOTFOUND|EAI_AGAIN|ETIMEDOUT",
    re.IGNORECASE,
)


def run(
    command: Sequence[str | Path], *, check: bool = False, timeout: float = 600, **options: Any
) -> subprocess.CompletedProcess[str]:
    """The process when it has ended, its output as text; ``options`` as those of subprocess.run.

    ``check``: CalledProcessError where it fails. TimeoutExpired after ``timeout`` seconds.
    """
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    pipes |= {"encoding": "utf-8", "errors": "replace"}
    words = [str(word) for word in command]
    return subprocess.run(words, check=check, timeout=timeout, **pipes | options)


def python(code: str, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """The code in a Python of its own."""
    return run([sys.executable, "-c", code, *arguments], **options)


def skip_without_index(done: subprocess.CompletedProcess[str]) -> None:
    """Skip where the process failed because no package index answered it."""
    if done.returncode and NO_INDEX.search(done.stdout + done.stderr):
        pytest.skip(f"no package index answers here: {(done.stderr or done.stdout).strip()[-300:]}")
