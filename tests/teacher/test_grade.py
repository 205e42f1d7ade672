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

from course.teacher import grade, report, sandbox
from course.teacher.hand_ins import HandIn
from course.teacher.table import Mark, Table
from course_utils.messages import CourseError

needs_sandbox = pytest.mark.skipif(sandbox.why_not() is not None, reason=str(sandbox.why_not()))
LIMITS = sandbox.Limits(seconds=60, memory=2**30, disk=50 * 2**20, processes=24)
GOOD = [IMPORT, 'check("98-1", -0.6)', "1 / 0", 'check("98-2", lambda x: x + x)']
GUESSING = [
    "from course_utils.learning import outcome, predict",
    'predict("98-p1", 20)\npredict("98-p2", True)\npredict("98-p10", "more")\npredict("98-p9", 1)',
    'outcome("98-p1", 35)\npredict("98-p1", 35)',
]
# A probe's exercise is right only if what it tries succeeds.
PROBE = """
try:
{attempt}
    done = 1
except BaseException as error:
    done = 0
check("{name}", done)
"""


def mark(file, limits=LIMITS, **options):
    """The mark of one notebook."""
    return grade.mark(HandIn(file.name, file, file.name), limits, **options)


def run_grade(*arguments):
    """``course grade`` with these arguments."""
    parser = grade.argparse.ArgumentParser()
    grade.add_arguments(parser)
    return grade.run(parser.parse_args(list(map(str, arguments))))


def hand_in(folder, attempts, limits=LIMITS):
    """One notebook that tries them all; label -> whether it succeeded (None: never got there)."""
    names = dict(zip(attempts, (f"98-{n}" for n in range(10, 40)), strict=False))
    cells = [
        PROBE.format(attempt="\n".join(f"    {line}" for line in attempt.splitlines()), name=name)
        for attempt, name in zip(attempts.values(), names.values(), strict=True)
    ]
    file = write_notebook(folder / "in" / "98_test.ipynb", [IMPORT, *cells])
    result = mark(file, limits)
    meaning = {"right": True, "not yet": False, "missing": None}
    return {label: meaning[result.states[name]] for label, name in names.items()}, result.problem


@needs_sandbox
def test_table_of_a_class(lessons, tmp_path, capsys):
    folder = tmp_path / "in"
    write_notebook(folder / "ann" / "98_test.ipynb", [*GOOD, *GUESSING])
    write_notebook(folder / "ben" / "98_test.ipynb", [IMPORT, 'check("98-1", 4)'], outputs=True)
    (folder / "cai").mkdir()
    (folder / "cai" / "98_broken.ipynb").write_text("{", encoding="utf-8")
    assert run_grade(folder) == 0
    with open(folder / "results.csv", encoding="utf-8-sig", newline="") as file:
        ann, ben, cai = csv.DictReader(file)
    assert (ann["98-1"], ann["98-2"], ann["right"], ann["of"]) == ("right", "right", "2", "32")
    assert (ann["98-p1"], ann["98-p2"], ann["98-p10"]) == ("20", "True", "B")
    assert [ben[name] for name in ("98-p1", "98-p2", "98-p10")] == ["", "", ""]
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
        "write to the home directory": f"open({str(secret)!r}, 'a')",
        "read accounts": "open('/etc/passwd').read()",
        "write to the system": "open('/etc/planted', 'w')",
        "read keys": f"import os\nos.listdir({str(Path.home() / '.ssh')!r})",
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
    found, problem = hand_in(tmp_path, {"before": "pass", "hoard": hoard})
    # what was said before still counts
    assert (found, "memory" in problem) == ({"before": True, "hoard": None}, True)


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
    result = mark(file, sandbox.Limits(24, 2**30, 2**20, 24))
    assert result.states["98-1"] == "right"
    assert "cell 3 took too long" in result.problem
    assert "第 3 个单元格" in result.problem
    stubborn = """\
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass"""
    file = write_notebook(tmp_path / "in" / "98_t.ipynb", [stubborn, *GOOD])
    start = time.monotonic()
    result = mark(file, quick)
    assert "took too long" in result.problem
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
    with pytest.raises(CourseError, match="--no-sandbox") as caught:
        run_grade(tmp_path / "in")
    assert ("bubblewrap" if which is None else "Linux") in caught.value.en


def test_a_bwrap_that_fails_is_no_sandbox(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho no permission >&2\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sandbox.sys, "platform", "linux")
    assert "no permission" in sandbox.why_not()[1]


HERE = "from course_utils import paths\nfrom pathlib import Path\npaths.LESSONS = Path({!r})"


def test_without_sandbox_on_request(lessons, tmp_path):
    here = HERE.format(str(lessons))
    file = write_notebook(tmp_path / "in" / "98_test.ipynb", [here, *GOOD])
    result = mark(file, isolated=False)
    assert [k for k, v in result.states.items() if v == "right"] == ["98-1", "98-2"]


ISOLATED = [
    pytest.param(True, marks=needs_sandbox, id="sandbox"),
    pytest.param(False, id="no sandbox"),
]
FORGE = """
import json, os
line = json.dumps({"states": {"98-1": "right", "98-2": "right"}, "problem": ""})
forged = 0
for process in {os.getppid(), 1, 2}:
    for number in (1, 2, 3, 4, 5):
        try:
            with open(f"/proc/{process}/fd/{number}", "w") as out:
                out.write("\\n" + "0" * 64 + f" {line}\\n{line}\\n")
            forged += 1
        except OSError:
            pass
os.kill(os.getppid(), 9)"""
PEEP = """
import os
parent, found = os.getppid(), []
for name in ("mem", "environ", "maps", "fd/0", "fd/1", "cwd/."):
    try:
        os.open(f"/proc/{parent}/{name}", os.O_RDONLY | os.O_NONBLOCK)
        found.append(name)
    except OSError:
        pass
check("98-1", -0.6 if found == [] else 0)"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="goes through /proc")
@pytest.mark.parametrize("isolated", ISOLATED)
def test_writing_to_the_runners_output_forges_nothing(lessons, tmp_path, isolated):
    here = "" if isolated else HERE.format(str(lessons))
    cells = [here, IMPORT, 'check("98-1", 4)', FORGE]
    result = mark(write_notebook(tmp_path / "98_test.ipynb", cells), isolated=isolated)
    assert (result.states["98-1"], result.states["98-2"]) == ("not yet", "missing")


@needs_sandbox
def test_the_runner_cannot_be_looked_into(lessons, tmp_path):
    result = mark(write_notebook(tmp_path / "98_test.ipynb", [IMPORT, PEEP]))
    assert result.states["98-1"] == "right"  # nothing was found


@needs_sandbox
def test_no_module_of_the_notebook_gets_into_the_runner(lessons, tmp_path):
    # each would sign whatever it likes, were it imported
    names = [
        "hmac",
        "json",
        "report",
        "nbclient",
        "nbformat",
        "asyncio",
        "traceback",
        "sitecustomize",
    ]
    plant = f"for name in {names}:\n    open(name + '.py', 'w').write('import os; os._exit(0)')"
    cells = [IMPORT, plant, "1 / 0", 'check("98-1", -0.6)']
    result = mark(write_notebook(tmp_path / "98_test.ipynb", cells))
    assert (result.states["98-1"], result.problem) == ("right", "")


def test_only_signed_lines_count():
    line = report.line(b"key", {"states": {"98-1": "right"}})
    assert report.last(f"x\n{line}\nnoise 中文\n", b"key") == {"states": {"98-1": "right"}}
    for changed in (line.replace("right", "wrong"), f" {line}", "", "{}", "中文 {}"):
        assert report.last(changed, b"key") == {}
    assert report.last(line, b"another") == {}


REPEATED = [IMPORT, 'check("98-1", -0.6)', 'check("98-1", ...)', 'check("98-2", lambda x: x + x)']


@needs_sandbox
def test_a_duplicated_check_takes_no_right_answer_away(lessons, tmp_path):
    result = mark(write_notebook(tmp_path / "98_test.ipynb", [*REPEATED, 'check("98-1", 3)']))
    assert (result.states["98-1"], result.states["98-2"]) == ("right", "right")
    assert "98-1 checked more than once" in result.problem
    assert "98-1 检查了不止一次" in result.problem
    assert "98-2" not in result.problem


@needs_sandbox
def test_what_was_right_before_a_crash_counts(lessons, tmp_path):
    cells = [IMPORT, 'check("98-1", -0.6)', "import os\nos._exit(1)", 'check("98-2", 3)']
    result = mark(write_notebook(tmp_path / "98_test.ipynb", cells))
    assert (result.states["98-1"], result.states["98-2"]) == ("right", "missing")
    assert "DeadKernel" in result.problem


def test_a_full_temporary_folder_costs_this_mark_only(lessons, tmp_path, monkeypatch):
    monkeypatch.setattr(grade.tempfile, "tempdir", str(tmp_path / "gone"))
    result = mark(write_notebook(tmp_path / "98_test.ipynb", GOOD), isolated=False)
    assert "was not run" in result.problem
    assert result.n_right == 0


def test_settings_of_python_change_no_mark(lessons, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    cells = [HERE.format(str(lessons)), IMPORT, "assert False\n" + 'check("98-1", -0.6)']
    result = mark(write_notebook(tmp_path / "98_test.ipynb", cells), isolated=False)
    assert result.states["98-1"] == "missing"


@pytest.mark.parametrize(
    ("name", "text", "lesson"),
    [
        ("98_test.ipynb", "", "98"),
        ("ann_98_test(1).ipynb", "", "98"),
        ("11_98_test.ipynb", "", "98"),
        ("98_97_x.ipynb", 'check(\\"98-1\\", 1)', "98"),
        ("homework.ipynb", "check('98-2', 1)", "98"),
        ("2098_test.ipynb", "", ""),
        ("homework.ipynb", "", ""),
    ],
)
def test_which_lesson_it_is(lessons, name, text, lesson):
    text97 = (lessons / "exercises_98.py").read_text(encoding="utf-8").replace("98-", "97-")
    (lessons / "exercises_97.py").write_text(text97, encoding="utf-8")
    assert {exercise[:2] for exercise in grade.expected(name, text)} == (
        {lesson} if lesson else set()
    )


def test_no_formula_reaches_the_spreadsheet(tmp_path):
    for sign in "=+-@＝＋－＠":
        table = Table(tmp_path / "t.csv")
        table.write([Mark(f"{sign}cmd|x.ipynb", {"98-1": "right"}, f"{sign}1+1")])
        row = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1]
        assert row.startswith(f"'{sign}cmd")
        assert row.endswith(f"'{sign}1+1")


@pytest.mark.parametrize("target", ["no-such-folder/t.csv", "."])
def test_a_table_that_cannot_be_written_stops_before_any_marking(lessons, tmp_path, capsys, target):
    write_notebook(tmp_path / "in" / "98_test.ipynb", GOOD)
    with pytest.raises(CourseError, match="--csv"):
        run_grade(tmp_path / "in", "--no-sandbox", "--csv", tmp_path / target)
    assert capsys.readouterr().out == ""


# Each notebook looks at the table that is there while it runs; the second makes writing it impossible.
LOOK = "from pathlib import Path\nrows = Path({!r}).read_text('utf-8-sig').splitlines()[1:]"
BLOCK = "Path({0!r}).unlink()\nPath({0!r}).mkdir()"


def test_the_table_is_written_after_each_notebook_and_loses_nothing(lessons, tmp_path, capsys):
    folder, target = tmp_path / "in", tmp_path / "table.csv"
    here, look = HERE.format(str(lessons)), LOOK.format(str(target))
    first = [here, IMPORT, 'check("98-1", -0.6)']
    second = [here, IMPORT, look, 'check("98-1", -0.6 if len(rows) == 1 else 0)']
    write_notebook(folder / "ann" / "98_test.ipynb", first)
    write_notebook(folder / "ben" / "98_test.ipynb", [*second, BLOCK.format(str(target))])
    assert run_grade(folder, "--no-sandbox", "--csv", target) == 0
    with open(tmp_path / "table.new.csv", encoding="utf-8-sig", newline="") as file:
        assert [row["98-1"] for row in csv.DictReader(file)] == ["right", "right"]
    assert "table.new.csv" in capsys.readouterr().out


def test_the_file_beside_goes_when_the_table_can_be_written_again(tmp_path):
    table = Table(tmp_path / "t.csv")
    table.target.mkdir()
    table.write([Mark("a", {})])
    assert table.spare.exists()
    table.target.rmdir()
    table.write([Mark("a", {}), Mark("b", {})])
    assert not table.spare.exists()
    assert len(table.target.read_text(encoding="utf-8-sig").splitlines()) == 3


def test_rows_that_fit_nowhere_are_said(tmp_path):
    table = Table(tmp_path / "t.csv")
    table.target.mkdir()
    table.spare.mkdir()
    table.write([Mark("a", {})])
    with pytest.raises(CourseError, match="not complete"):
        table.tell()


@pytest.mark.parametrize("option", ["--seconds=0", "--memory=-1", "--disk=nan"])
def test_limits_that_nothing_can_keep_to(lessons, tmp_path, option):
    write_notebook(tmp_path / "in" / "98_test.ipynb", GOOD)
    with pytest.raises(SystemExit):
        run_grade(tmp_path / "in", option)
