"""Kernels under nbval reach this machine only, and other seeds are asked of those that promise."""

import os
from argparse import Namespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.author import test, try_
from course.author.build import build_notebook
from course.notebooks.execute import ANSI
from course.notebooks.kernel_site.sitecustomize import loopback_only
from course_utils import paths
from course_utils.messages import CourseError

OUT = "import socket\ntry:\n    socket.create_connection(('{}', 9), timeout=2)\nexcept TimeoutError:\n    pass"
# documentation addresses (RFC 5737, RFC 3849): nobody answers there
CONNECTS_OUT = {
    "address": OUT.format("192.0.2.1"),
    "IPv6": OUT.format("2001:db8::1"),
    "name": OUT.format("example.org"),
    "datagram": (
        "import socket\nsocket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))"
    ),
    "library": (
        "import urllib.error, urllib.request\ntry:\n"
        "    urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://192.0.2.1')\n"
        "except urllib.error.URLError as error:\n    raise error.reason"
    ),
    "process": (
        "import subprocess, sys\n"
        "code = \"import socket; socket.create_connection(('192.0.2.1', 9), timeout=2)\"\n"
        "subprocess.run([sys.executable, '-c', code], check=True, stderr=subprocess.DEVNULL)"
    ),
    "caught and taken back": (
        "import sys\nsys.modules.pop('sitecustomize', None)\n" + OUT.format("192.0.2.1")
    ),
}
LOOPBACK = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname(), timeout=5) as client:
        print(client.getpeername()[0])
with socket.create_server(("localhost", 0)) as server:
    socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
"""


def notebook(path, *sources, tags=()):
    cells = [new_code_cell(s, metadata={"tags": list(tags)}, execution_count=1) for s in sources]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_cells_that_connect_out_fail(tmp_path, strict_run):
    path = notebook(tmp_path / "out.ipynb", *CONNECTS_OUT.values())
    result = strict_run(path)
    for number, name in enumerate(CONNECTS_OUT):
        assert f"FAILED {path.name}::Cell {number}" in result.stdout, name
    shown = ANSI.sub("", result.stdout)
    refused = shown.count("PermissionError: 课程的检查不允许连接网络")
    assert refused >= len(CONNECTS_OUT) - 1  # the process' own message is not shown


def test_loopback_is_reached(tmp_path, strict_run):
    path = notebook(tmp_path / "loopback.ipynb", LOOPBACK)
    cells = nbformat.read(path, 4)
    cells.cells[0].outputs = [nbformat.v4.new_output("stream", text="127.0.0.1\n")]
    nbformat.write(cells, path)
    result = strict_run(path)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "example.org"])
def test_other_machines_are_refused(host):
    with pytest.raises(PermissionError):
        loopback_only("socket.connect", (None, (host, 80)))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost"])
def test_this_machine_is_allowed(host):
    loopback_only("socket.connect", (None, (host, 80)))
    loopback_only("socket.getaddrinfo", (host, 80, 0, 0, 0))
    loopback_only("socket.connect", (None, "/run/a-unix-socket"))


@pytest.mark.slow
def test_another_seed_is_asked_only_of_cells_that_promise_it(tmp_path, strict_run):
    kept = tmp_path / "promises.ipynb"
    cells = [
        new_code_cell("import course_utils, os\nprint(os.environ.get('COURSE_SEED'))"),
        new_code_cell("assert os.environ.get('COURSE_SEED') is None"),
        new_code_cell("x = 1\nassert x > 0\nprint('7.3%')", metadata={"tags": ["any-seed"]}),
        new_code_cell("assert x < 0", metadata={"tags": ["any-seed"]}),
    ]
    for count, cell in enumerate(cells, 1):
        cell.execution_count = count
    cells[0].outputs = [nbformat.v4.new_output("stream", text="None\n")]
    cells[2].outputs = [nbformat.v4.new_output("stream", text="7.5%\n")]  # with seed 0
    nbformat.write(new_notebook(cells=cells), kept)
    outcome = strict_run(kept, COURSE_SEED="5").stdout
    assert "1 failed, 1 passed, 1 xfailed, 1 xpassed" in outcome
    assert "FAILED promises.ipynb::Cell 3" in outcome
    none = notebook(tmp_path / "none.ipynb", "x = 1")
    assert "1 deselected" in strict_run(none, COURSE_SEED="5").stdout


# What Python obeys, set so that a kernel which hears of it fails the cell below.
MISLEADING = {
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "PYTHONINSPECT": "1",
    "PYTHONBREAKPOINT": "0",
    "PYTHONDEVMODE": "1",
    "PYTHONPROFILEIMPORTTIME": "1",
    "PYTHONVERBOSE": "1",
    "PYTHONNODEBUGRANGES": "1",
    "PYTHONSTARTUP": "startup.py",
    "PYTHONIOENCODING": "ascii",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONSOMETHINGNEW": "1",
}
HEARS = """
import os
keep = "PATH HASHSEED UTF8 DONTWRITEBYTECODE HOME USERBASE NOUSERSITE PYCACHEPREFIX".split()
heard = [n for n in os.environ if n.startswith("PYTHON") and n.removeprefix("PYTHON") not in keep]
if heard or "started_up" in globals():
    raise SystemError(f"heard of {heard}")
assert 1 == 2"""


@pytest.fixture
def misleading(tmp_path):
    """The variables, and the file that one of them names."""
    startup = tmp_path / "startup.py"
    startup.write_text("started_up = True\n", encoding="utf-8")
    return MISLEADING | {"PYTHONSTARTUP": str(startup)}


@pytest.mark.parametrize("level", ["1", "2"])
def test_build_hears_assertions_whatever_python_is_told(course, misleading, monkeypatch, level):
    for name, value in (misleading | {"PYTHONOPTIMIZE": level}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CourseError, match="AssertionError"):
        build_notebook(course(HEARS))


@pytest.mark.parametrize("level", ["1", "2"])
def test_the_strict_run_refuses_without_assertions(tmp_path, strict_run, level):
    result = strict_run(notebook(tmp_path / "n.ipynb", "assert 1 == 2"), PYTHONOPTIMIZE=level)
    assert result.returncode != 0
    assert "PYTHONOPTIMIZE: assertions check nothing" in result.stderr


def test_kernels_of_the_strict_run_hear_assertions(tmp_path, strict_run, misleading):
    # set when pytest runs already: what a kernel inherits, and pytest itself is not told
    told = f"import os\nos.environ.update({misleading!r})\n"
    (tmp_path / "conftest.py").write_text(told, encoding="utf-8")
    result = strict_run(notebook(tmp_path / "n.ipynb", HEARS))
    assert "1 failed" in result.stdout
    assert "AssertionError" in ANSI.sub("", result.stdout)


def test_checks_by_command_start_in_a_plain_python(misleading, monkeypatch, tmp_path):
    for name, value in misleading.items():
        monkeypatch.setenv(name, value)
    chosen = Namespace(threads=None, seed=None, lessons=[])
    for environment in (test.environment(chosen), try_.environment(tmp_path)):
        assert not misleading.keys() & environment.keys()


@pytest.mark.parametrize("level", ["1", "2"])
def test_the_command_itself_runs_with_assertions(run_course, tmp_path, level):
    say = "import sys\nprint('optimize', sys.flags.optimize, file=sys.stderr)\n"
    (tmp_path / "sitecustomize.py").write_text(say, encoding="utf-8")
    search = os.pathsep.join([str(tmp_path), str(paths.ROOT)])
    result = run_course("teach", "--help", env={"PYTHONPATH": search, "PYTHONOPTIMIZE": level})
    assert result.returncode == 0
    assert "--lang" in result.stdout
    assert result.stderr.split("\n")[:2] == [f"optimize {level}", "optimize 0"]
