"""Kernels under nbval reach this machine only, and other seeds are asked of those that promise."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks.execute import ANSI
from course.notebooks.kernel_site.sitecustomize import loopback_only

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
        new_code_cell("x = 1\nassert x > 0", metadata={"tags": ["any-seed"]}),
        new_code_cell("assert x < 0", metadata={"tags": ["any-seed"]}),
    ]
    for count, cell in enumerate(cells, 1):
        cell.execution_count = count
    cells[0].outputs = [nbformat.v4.new_output("stream", text="None\n")]
    nbformat.write(new_notebook(cells=cells), kept)
    outcome = strict_run(kept, COURSE_SEED="5").stdout
    assert "1 failed, 1 passed, 1 xfailed, 1 xpassed" in outcome
    assert "FAILED promises.ipynb::Cell 3" in outcome
    none = notebook(tmp_path / "none.ipynb", "x = 1")
    assert "1 deselected" in strict_run(none, COURSE_SEED="5").stdout
