"""`course start` really opens JupyterLab on my_course/: asked over HTTP, as a browser would."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from argparse import Namespace
from pathlib import Path
from unittest import mock

import nbformat
import processes
import psutil
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.learner.workspace import jupyter
from course_utils import paths

LESSONS = ["00_start_here.ipynb", "04_convolution.ipynb"]


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
    for name in LESSONS:
        notebook = new_notebook(cells=[new_markdown_cell(f"# {name}")])
        nbformat.write(notebook, root / "notebooks" / name)
    return root


def environment(project, **planted):
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "JUPYTER_TOKEN"}
    env = {k: v for k, v in os.environ.items() if k not in hidden}
    home = project.parent / "home"
    own = {"PYTHONPATH": str(project), "HOME": str(home), "PYTHONUTF8": "1"}
    return env | own | {"JUPYTER_RUNTIME_DIR": str(home / "runtime")} | planted


def start(project, *arguments, **planted):
    command = [sys.executable, "-m", "course.cli", "start", *arguments]
    return subprocess.Popen(
        command,
        env=environment(project, **planted),
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def address_of(process, seconds=60, said=None):
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
        if said is not None:
            said.append(seen)
    raise AssertionError(f"no address was printed:\n{seen}")


def get(port, path, token="", content=None):
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data)
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
    with socket.create_server(("127.0.0.1", 0)) as other:  # the port that is asked for is taken
        taken = other.getsockname()[1]
        process = start(project, "4", "--port", str(taken))
        port, path, token = address_of(process)
    try:
        assert int(port) != taken
        assert path == "/lab/tree/04_convolution.ipynb"
        listing = json.loads(get(port, "/api/contents", token))
        assert [item["name"] for item in listing["content"]] == ["04_convolution.ipynb"]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(port, "/api/contents")
        page = get(port, "/lab", token)
        disabled = re.search(r'"disabledExtensions": (\[.*?\])', page)[1]
        assert json.loads(disabled) == ["@jupyterlab/apputils-extension:announcements"]

        again = processes.run(
            [sys.executable, "-m", "course.cli", "start", "00"],
            env=environment(project),
            cwd=project,
            timeout=60,
            check=True,
        )
        assert f":{port}/lab/tree/00_start_here.ipynb?token={token}" in again.stdout
    finally:
        process.terminate()
        process.wait(20)


OPEN = """
for app in (c.ServerApp, c.LabApp, c.NotebookApp):
    app.ip = "0.0.0.0"
    app.token = ""
    app.password = ""
    app.allow_origin = "*"
    app.allow_remote_access = True
    app.disable_check_xsrf = True
c.IdentityProvider.token = ""
c.PasswordIdentityProvider.hashed_password = ""
c.ServerApp.sock = "/tmp/course.sock"
c.ServerApp.allow_credentials = True
c.ServerApp.identity_provider_class = "jupyter_server.auth.identity.IdentityProvider"
"""


def test_a_users_configuration_does_not_open_the_server(project, tmp_path):
    token = "known-to-everybody"
    for name in ("jupyter_config.py", "jupyter_server_config.py", "jupyter_lab_config.py"):
        (tmp_path / name).write_text(OPEN, encoding="utf-8")
    process = start(project, JUPYTER_CONFIG_DIR=str(tmp_path), JUPYTER_TOKEN=token)
    try:
        port, _, fresh = address_of(process)
        running = psutil.Process(process.pid)
        get(port, "/api/contents", fresh)
        listening = [c for c in running.net_connections() if c.status == psutil.CONN_LISTEN]
        assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
        assert fresh not in " ".join(running.cmdline())  # other users of the machine can read it
        for wrong in ("", token):
            with pytest.raises(urllib.error.HTTPError, match="403"):
                get(port, "/api/contents", wrong)
        assert answered(port, fresh, {"Host": "example.org"}).status == 403
        elsewhere = answered(port, "", {"Origin": "http://example.org"})
        assert "Access-Control-Allow-Origin" not in elsewhere.headers
    finally:
        process.terminate()
        process.wait(20)


def answered(port, token, headers):
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
    connection.request(
        "GET", "/api/contents", headers={"Authorization": f"token {token}"} | headers
    )
    return connection.getresponse()


def test_a_configuration_that_stops_jupyterlab_is_named(project, tmp_path):
    name = "jupyter_server_config.py"
    content = 'c.ServerApp.contents_manager_class = "absent.Manager"'
    (tmp_path / name).write_text(content, encoding="utf-8")
    process = start(project, JUPYTER_CONFIG_DIR=str(tmp_path))
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "Traceback" not in said
    assert said.count(str(tmp_path / name)) == 2
    assert said.count("JUPYTER_CONFIG_DIR") == 2
    assert "没有启动" in said and "did not start" in said


def test_a_home_that_cannot_be_written(project, tmp_path):
    (tmp_path / "a-file").write_text(
        "", encoding="utf-8"
    )  # nobody, not even root, can make a folder in a file
    home = str(tmp_path / "a-file" / "home")
    closed = {"HOME": home, "USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home}
    closed["JUPYTER_RUNTIME_DIR"] = f"{home}/runtime"
    process = start(project, **closed)
    try:
        said = []
        port, _, token = address_of(process, said=said)
        for words in ("JupyterLab 的设置和历史改存在", "COURSE_DATA", "COURSE_CACHE"):
            assert words in said[0]
        listing = json.loads(get(port, "/api/contents", token))
        assert [item["name"] for item in listing["content"]] == LESSONS  # what was moved is hidden
        session = {"name": "04_convolution.ipynb", "path": "04_convolution.ipynb"}
        kernel = {"type": "notebook", "kernel": {"name": "python3"}}
        started = json.loads(get(port, "/api/sessions", token, session | kernel))
        assert started["kernel"]["id"]
        again = start(project, "00", **closed).communicate(timeout=60)[0]
        assert f":{port}/lab/tree/00_start_here.ipynb?token={token}" in again
    finally:
        process.terminate()
        process.wait(20)


def test_what_other_programs_need_does_not_reach_the_kernels(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(jupyter, "serve", lambda _: started.append(dict(os.environ)) or 0)
    monkeypatch.setattr(jupyter, "running_server", lambda _: None)
    planted = {"MPLBACKEND": "TkAgg", "PYTHONOPTIMIZE": "1", "PYTHONWARNINGS": "error"}
    with mock.patch.dict(os.environ, planted):
        jupyter.open_lab(tmp_path, "x.ipynb", Namespace(no_browser=True, port=None))
    assert not planted.keys() & started[0].keys()
    assert started[0]["PATH"].startswith(str(Path(sys.executable).parent))


def test_the_browser_stays_closed_where_there_is_no_display(monkeypatch, tmp_path):
    args = Namespace(no_browser=False, port=None)
    monkeypatch.setattr(jupyter.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "--no-browser" in jupyter.options(tmp_path, "/lab", args)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "--no-browser" not in jupyter.options(tmp_path, "/lab", args)
    assert "--no-browser" in jupyter.options(tmp_path, "/lab", Namespace(no_browser=True, port=1))
