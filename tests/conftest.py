"""Fixtures that tests of several parts share."""

import os
import sys
from pathlib import Path

import processes
import pytest

from course.author import corrections
from course_utils import paths


@pytest.fixture
def run_course(tmp_path):
    """``run_course("fetch", "--all", env={…})`` runs the command as a learner does, in its own process.

    Cache, user data and home are folders of this test alone unless ``env`` says otherwise.
    """

    def run(*arguments: str | Path, env: dict[str, str] | None = None, timeout: float = 300):
        own = {"HOME": tmp_path / "home", "COURSE_CACHE": tmp_path / "cache"}
        own["COURSE_DATA"] = tmp_path / "user-data"
        merged = os.environ | {k: str(v) for k, v in own.items()} | (env or {})
        return processes.run(
            [sys.executable, "-m", "course.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=merged,
            timeout=timeout,
        )

    (tmp_path / "home").mkdir()
    return run


@pytest.fixture(scope="session")
def local_photos() -> Path:
    """Folder with the test photos that are not part of the course; skips where it is missing."""
    default = paths.ROOT.parent / "shared" / "photos"
    folder = Path(os.environ.get("COURSE_TEST_PHOTOS") or default)
    if not folder.is_dir():
        pytest.skip("no local test photos (set COURSE_TEST_PHOTOS to their folder)")
    return folder


@pytest.fixture(scope="session")
def articles() -> Path:
    """Folder with the articles that the course corrects; skips where it is missing."""
    folder = corrections.articles_folder()
    if folder is None:
        pytest.skip("no articles (set COURSE_ARTICLES to the folder with S1.txt to S5.txt)")
    return folder
