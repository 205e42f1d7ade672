"""One installation for many: each learner's own place, privacy and processors."""

import os
import stat
import sys
from pathlib import Path

import pytest

from bootstrap import computer
from course_utils import files, paths


def test_course_work_is_the_learners_place(run_course, tmp_path):
    done = run_course("start", "--copy-only", "00", env={"COURSE_WORK": str(tmp_path / "mine")})
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (tmp_path / "mine").glob("*.ipynb")] == ["00_start_here.ipynb"]


@pytest.mark.parametrize("command", ["lab", "start"])
def test_inside_a_hub_no_second_jupyterlab_is_started(command, run_course, tmp_path):
    env = {"COURSE_WORK": str(tmp_path / "mine"), "JUPYTERHUB_SERVICE_PREFIX": "/user/bob/"}
    done = run_course(command, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "不用再开一个" in done.stdout
    assert "open already" in done.stdout
    assert "/user/bob/lab/tree/00_start_here.ipynb" in done.stdout
    assert len(paths.notebooks(tmp_path / "mine")) == len(paths.notebooks())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_are_as_private_as_the_umask_says(mask, mode, tmp_path):
    before = os.umask(mask)
    try:
        files.write_atomically(tmp_path / "new" / "file", "text")
        files.write_atomically(tmp_path / "new" / "file", "text again")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "file").stat().st_mode) == mode
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["file"]


def test_processors_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.delenv("PYTHON_CPU_COUNT", raising=False)
    monkeypatch.setattr(computer, "_quota", lambda: sys.maxsize)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 8}, raising=False)
    assert computer.processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert computer.processors() == 64
    monkeypatch.setattr(computer, "_quota", lambda: 2)
    assert computer.processors() == 2
    monkeypatch.setenv("PYTHON_CPU_COUNT", "5")
    assert computer.processors() == 5
    for wrong in ("0", "-1", "many", ""):
        monkeypatch.setenv("PYTHON_CPU_COUNT", wrong)
        assert computer.processors() == 2


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"": "max 100000"}, sys.maxsize),
        ({"a/b": "150000 100000"}, 2),
        ({"a": "50000 100000", "a/b": "400000 100000"}, 1),
        ({"a/b": "nonsense"}, sys.maxsize),
        ({"c": "100000 100000"}, sys.maxsize),
        ({}, sys.maxsize),
    ],
)
def test_the_quota_of_a_control_group_and_those_above_it(limits, expected, tmp_path):
    root, own = tmp_path / "cgroup", tmp_path / "own"
    own.write_text("1:cpu:/x\n0::/a/b\n", encoding="utf-8")
    for name, text in limits.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "cpu.max").write_text(text + "\n", encoding="ascii")
    assert computer._quota(root, own) == expected
    assert computer._quota(root, tmp_path / "none") == sys.maxsize


def test_nothing_in_the_course_counts_the_machines_processors_instead():
    """Only where the machine itself is described, and for the tests' own processes."""
    allowed = {
        "bootstrap/computer.py",
        "course/notebooks/machine.py",
        "course/author/pytest_plugin.py",
    }
    found = {
        path.relative_to(paths.ROOT).as_posix()
        for folder in ("bootstrap", "course", "course_utils")
        for path in Path(paths.ROOT, folder).rglob("*.py")
        if "cpu_count" in path.read_text(encoding="utf-8")
    }
    assert found <= allowed
