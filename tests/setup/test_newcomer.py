"""A newcomer's first command: a copy of the project, an empty home, and one mirror; nothing else."""

import os
import shutil
import sys
from pathlib import Path

import processes
import pytest
import uv
from mirror import Mirror

from course_utils import paths

PYTHON = getattr(sys, "_base_executable", sys.executable)
LEFT_OUT = (".venv", ".git", "my_course", "__pycache__", "artefacts", "*.keras", ".ruff_cache")


@pytest.fixture
def mirror():
    with Mirror() as running:
        try:
            page = running.page("tqdm")
        except Exception as error:  # noqa: BLE001 - whatever the network did
            pytest.skip(f"the package index does not answer: {error!r}")
        if not page:
            pytest.skip("the package index does not answer")
        yield running


@pytest.mark.index
@pytest.mark.slow
def test_the_set_up_and_fetch_through_a_mirror_and_nothing_else(tmp_path, mirror):
    """With uv on the path; the same with pip alone is what .ci/run begins with."""
    clone, home = tmp_path / "clone", tmp_path / "home"
    shutil.copytree(paths.ROOT, clone, ignore=shutil.ignore_patterns(*LEFT_OUT))
    home.mkdir()
    (home / ".pip").mkdir()
    (home / ".pip" / "pip.conf").write_text(
        f"[global]\nindex-url = {mirror.url}\n", encoding="utf-8"
    )
    inherited = ("PIP_", "UV_", "COURSE_", "XDG_", "VIRTUAL", "PYTHON")
    env = {k: v for k, v in os.environ.items() if not k.startswith(inherited)}
    env |= {"HOME": str(home), "PYTHONUTF8": "1", "PIP_EXTRA_INDEX_URL": mirror.url}
    # Every other address leads nowhere.
    nowhere = "http://127.0.0.1:9"
    env |= {"HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere, "ALL_PROXY": nowhere}
    env |= {name.lower(): env[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
    env |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    env["PATH"] = os.pathsep.join([str(Path(uv.find_uv_bin()).parent), env["PATH"]])

    def start(*arguments):
        return processes.run([PYTHON, "start.py", *arguments], cwd=clone, env=env, timeout=600)

    done = start("fetch", "default_photos")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "uv did not succeed" not in done.stderr
    kinds = {".jpg", ".jpeg", ".png"}
    photos = [p for p in home.rglob("default_photos-*/**/*") if p.suffix.lower() in kinds]
    assert len(photos) == 280
    assert any("tensorflow" in path for path in mirror.asked if path.startswith("/files/"))

    asked = len(mirror.asked)
    env["COURSE_OFFLINE"] = "1"
    again = start("fetch", "default_photos")
    assert again.returncode == 0, again.stderr
    assert len(mirror.asked) == asked
