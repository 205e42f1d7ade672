"""`course start` really opens JupyterLab on my_course/: asked over HTTP, as a browser would."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import Namespace

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.learner.workspace import jupyter
from course_utils import paths


@pytest.fixture
def project(tmp_path):
    """A project folder of its own with this code and two lessons."""
    root = tmp_path / "the course"  # a space, as in many people's folders
    shutil.copytree(
        paths.ROOT / "course_utils",
        root / "course_utils",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (root / "notebooks").mkdir()
    for name in ("00_start_here", "04_convolution"):
        notebook = new_notebook(cells=[new_markdown_cell(f"# {name}")])
        nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")
    return root


def environment(project):
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "JUPYTER_TOKEN"}
    env = {k: v for k, v in os.environ.items() if k not in hidden}
    home = project.parent / "home"
    own = {"PYTHONPATH": str(project), "HOME": str(home), "PYTHONUTF8": "1"}
    return env | own | {"JUPYTER_RUNTIME_DIR": str(home / "runtime")}


def start(project, *arguments):
    command = [sys.executable, "-m", "course.cli", "start", *arguments]
    return subprocess.Popen(
        command,
        env=environment(project),
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def address_of(process, seconds=60):
    """The address with its token, as JupyterLab prints it for the learner."""
    killer = threading.Timer(seconds, process.kill)
    killer.start()
    seen = ""
    try:
        for line in process.stdout:
            seen += line
            if found := re.search(r"http://127\.0\.0\.1:(\d+)(/\S*)\?token=(\w+)", line):
                return found.groups()
    finally:
        killer.cancel()
    raise AssertionError(f"no address was printed:\n{seen}")


def get(port, path, token=""):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if token:
        request.add_header("Authorization", f"token {token}")
    for _ in range(50):
        try:
            return urllib.request.urlopen(request, timeout=10).read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:  # not listening yet
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


def test_start_opens_the_lesson_in_my_course_behind_a_token(project):
    process = start(project, "4")
    try:
        port, path, token = address_of(process)
        assert path == "/lab/tree/04_convolution.ipynb"
        listing = json.loads(get(port, "/api/contents", token))
        assert [item["name"] for item in listing["content"]] == ["04_convolution.ipynb"]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(port, "/api/contents")
        page = get(port, "/lab", token)
        disabled = re.search(r'"disabledExtensions": (\[.*?\])', page)[1]
        assert json.loads(disabled) == ["@jupyterlab/apputils-extension:announcements"]

        again = subprocess.run(
            [sys.executable, "-m", "course.cli", "start", "00"],
            env=environment(project),
            cwd=project,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
        assert f":{port}/lab/tree/00_start_here.ipynb?token={token}" in again.stdout
    finally:
        process.terminate()
        process.wait(20)


def test_the_browser_stays_closed_where_there_is_no_display(monkeypatch, tmp_path):
    args = Namespace(no_browser=False, port=None)
    monkeypatch.setattr(jupyter.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "--no-browser" in jupyter.options(tmp_path, "/lab", args)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "--no-browser" not in jupyter.options(tmp_path, "/lab", args)
    assert "--no-browser" in jupyter.options(tmp_path, "/lab", Namespace(no_browser=True, port=1))
