"""Handed-in notebooks: marked, and unable to do harm."""

import contextlib
import csv
import socket
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from handed_in import IMPORT, write_notebook

from course.teacher import grade as collect
from course.teacher import sandbox
from course_utils.messages import CourseError

needs_sandbox = pytest.mark.skipif(sandbox.why_not() is not None, reason=str(sandbox.why_not()))
LIMITS = sandbox.Limits(seconds=60, memory=2**30, disk=50 * 2**20, processes=24)
GOOD = [IMPORT, 'check("98-1", -0.6)', "1 / 0", 'check("98-2", lambda x: x + x)']
# A probe's exercise is right only if what it tries succeeds.
PROBE = """
try:
{attempt}
    done = 1
except BaseException as error:
    done = 0
check("{name}", done)
"""


def hand_in(folder, attempts, limits=LIMITS):
    """One notebook that tries them all; label -> whether it succeeded (None: never got there)."""
    names = dict(zip(attempts, (f"98-{n}" for n in range(10, 40)), strict=False))
    cells = [
        PROBE.format(attempt="\n".join(f"    {line}" for line in attempt.splitlines()), name=name)
        for attempt, name in zip(attempts.values(), names.values(), strict=True)
    ]
    file = write_notebook(folder / "in" / "98_test.ipynb", [IMPORT, *cells])
    result = collect.mark(file, folder / "in", limits)
    meaning = {"right": True, "not yet": False, "missing": None}
    return {label: meaning[result.states[name]] for label, name in names.items()}, result.problem


@needs_sandbox
def test_table_of_a_class(lessons, tmp_path, capsys):
    folder = tmp_path / "in"
    write_notebook(folder / "ann" / "98_test.ipynb", GOOD)
    write_notebook(folder / "ben" / "98_test.ipynb", [IMPORT, 'check("98-1", 4)'], outputs=True)
    (folder / "cai").mkdir()
    (folder / "cai" / "98_broken.ipynb").write_text("{", encoding="utf-8")
    args = collect.argparse.ArgumentParser()
    collect.add_arguments(args)
    assert collect.run(args.parse_args([str(folder)])) == 0
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        ann, ben, cai = csv.DictReader(file)
    assert (ann["98-1"], ann["98-2"], ann["right"], ann["of"]) == ("right", "right", "2", "32")
    assert (ben["98-1"], ben["98-2"], ben["right"]) == ("not yet", "missing", "0")
    assert (cai["98-1"], cai["right"]) == ("missing", "0")
    assert cai["problem"]
    assert "2/32  ann" in capsys.readouterr().out


FILL = """\
with open({folder!r} + "/fill", "wb") as file:
    for _ in range(100):
        file.write(bytes(2**20))"""
CONNECT = "import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)"
OWN_LOOPBACK = """\
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 2)"""


@needs_sandbox
def test_what_a_hand_in_can_and_cannot_reach(lessons, tmp_path, monkeypatch):
    other = write_notebook(tmp_path / "in" / "other" / "98_test.ipynb", GOOD)
    secret = Path.home() / ".course-test-secret"
    monkeypatch.setenv("SECRET_TOKEN", "x")
    course = "from course_utils import paths\nopen(paths.ROOT / {!r} / 'planted.py', 'w')"
    find = "from course_utils.learning.definitions import find_exercise\n"
    can = {
        "write a small file": "open('x.txt', 'w').write('x')",
        "start a process": "import subprocess\nsubprocess.run(['/usr/bin/env'], check=True)",
        "its own loopback": OWN_LOOPBACK,
    }
    cannot = {f"fill {f}": FILL.format(folder=f) for f in ("/tmp", "/dev/shm", "/dev", "/", "/usr")}
    cannot |= {f"change {f}": course.format(f) for f in ("course_utils", "course", "lessons")}
    cannot |= {
        "read the home directory": f"open({str(secret)!r}).read()",
        "read another hand-in": f"open({str(other)!r}).read()",
        "read the solutions": f"open({str(lessons / 'exercises_98.py')!r}).read()",
        "ask for a reference": f"{find}assert find_exercise('98-1').reference is not None",
        "read the environment": "import os\nos.environ['SECRET_TOKEN']",
        "see other processes": "import os\nassert len([p for p in os.listdir('/proc') if p.isdigit()]) > 9",
        "name a host": "import socket\nsocket.getaddrinfo('example.org', 80)",
        "connect out": "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)",
        "use another interface": "import socket\nassert len(socket.if_nameindex()) > 1",
    }
    secret.write_text("secret", encoding="utf-8")
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            cannot["this computer's loopback"] = CONNECT.format(port=server.getsockname()[1])
            found, problem = hand_in(tmp_path, can | cannot)
        assert secret.exists()  # it was there to be read
    finally:
        secret.unlink(missing_ok=True)
    assert found == dict.fromkeys(can, True) | dict.fromkeys(cannot, False)
    assert problem == ""


@needs_sandbox
def test_memory_is_limited(lessons, tmp_path):
    hoard = "hoard = [bytearray(b'x' * 2**24) for _ in range(400)]"
    found, problem = hand_in(tmp_path, {"hoard": hoard})
    assert (found["hoard"], "memory" in problem) == (None, True)


BOMB = """\
import os, time
for _ in range(500):
    if os.fork() == 0:
        time.sleep(600)"""
DETACHED = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)"""


@needs_sandbox
@pytest.mark.parametrize(("attempt", "problem"), [(BOMB, "processes"), (DETACHED, "")])
def test_processes_are_limited_and_none_outlives_the_hand_in(lessons, tmp_path, attempt, problem):
    plenty = sandbox.Limits(seconds=60, memory=2**40, disk=2**20, processes=40)
    with family() as seen:
        _, said = hand_in(tmp_path, {"fork": attempt}, plenty)
    assert problem in said
    assert len(seen) > 3
    _, left = psutil.wait_procs(seen, timeout=5)
    assert left == []


@contextlib.contextmanager
def family():
    """The set of all processes that this one starts, and those that they start.

    What ran before (the browser tests' JupyterLab, in the same worker) and its children do not count.
    """
    me, seen, done = psutil.Process(), set(), threading.Event()
    before = set(me.children())

    def look():
        while not done.wait(0.03):
            for child in set(me.children()) - before:
                with contextlib.suppress(psutil.NoSuchProcess):
                    seen.update([child, *child.children(recursive=True)])

    watcher = threading.Thread(target=look)
    watcher.start()
    yield seen
    done.set()
    watcher.join()


@pytest.mark.slow
@needs_sandbox
def test_time_is_limited(lessons, tmp_path):
    quick = sandbox.Limits(seconds=6, memory=2**30, disk=2**20)
    file = write_notebook(tmp_path / "in" / "98_t.ipynb", [IMPORT, "while True: pass", GOOD[1]])
    # a cell is interrupted after a third of the time, so the rest still counts
    result = collect.mark(file, tmp_path / "in", sandbox.Limits(24, 2**30, 2**20, 24))
    assert result.states["98-1"] == "right"
    stubborn = """\
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass"""
    file = write_notebook(tmp_path / "in" / "98_t.ipynb", [stubborn, *GOOD])
    start = time.monotonic()
    result = collect.mark(file, tmp_path / "in", quick)
    assert "too long" in result.problem or "Timeout" in result.problem or "Dead" in result.problem
    assert time.monotonic() - start < 30


def test_output_is_limited(monkeypatch):
    monkeypatch.setattr(sandbox, "MAX_OUTPUT", 1000)
    endless = [sys.executable, "-c", "while True: print('x' * 100)"]
    outcome = sandbox.run_limited(endless, LIMITS)
    assert (outcome.exceeded, len(outcome.output)) == ("output", 1000)


@pytest.mark.parametrize(
    ("platform", "which"), [("win32", "bwrap"), ("darwin", "bwrap"), ("linux", None)]
)
def test_refuses_without_a_sandbox_and_says_why(lessons, tmp_path, monkeypatch, platform, which):
    write_notebook(tmp_path / "in" / "98_test.ipynb", GOOD)
    monkeypatch.setattr(sandbox.sys, "platform", platform)
    monkeypatch.setattr(sandbox.shutil, "which", lambda _: which)
    parser = collect.argparse.ArgumentParser()
    collect.add_arguments(parser)
    with pytest.raises(CourseError, match="--no-sandbox") as caught:
        collect.run(parser.parse_args([str(tmp_path / "in")]))
    assert ("bubblewrap" if which is None else "Linux") in caught.value.en


def test_a_bwrap_that_fails_is_no_sandbox(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho no permission >&2\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sandbox.sys, "platform", "linux")
    assert "no permission" in sandbox.why_not()[1]


def test_without_sandbox_on_request(lessons, tmp_path):
    here = f"from course_utils import paths\nfrom pathlib import Path\npaths.LESSONS = Path({str(lessons)!r})"
    file = write_notebook(tmp_path / "in" / "98_test.ipynb", [here, *GOOD])
    result = collect.mark(file, tmp_path / "in", LIMITS, isolated=False)
    assert [k for k, v in result.states.items() if v == "right"] == ["98-1", "98-2"]


def test_no_formula_reaches_the_spreadsheet(tmp_path):
    bad = collect.HandIn("=cmd|x.ipynb", {"98-1": "right"}, "=1+1")
    collect.write_table(tmp_path / "t.csv", [bad])
    row = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert row.startswith("'=cmd")
    assert row.endswith("'=1+1")


def test_nothing_handed_in(tmp_path):
    with pytest.raises(CourseError, match="ipynb"):
        collect.notebooks(tmp_path)
