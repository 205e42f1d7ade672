"""The progress file: several kernels, corrupt and newer files, migration, export."""

import csv
import json
import subprocess
import sys

import pytest

from course.learner import progress as command
from course_utils import figures
from course_utils.learning import check, progress, progress_map, records
from course_utils.learning.curriculum import Entry

WRITER = """
import sys
from course_utils.learning import records
for n in range(20):
    records.note_exercise(f"{sys.argv[1]}-{n}", "right")
    records.note_quiz("98-q1", False)
"""


def test_several_kernels_at_once_lose_nothing(lessons):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(90 + i)]) for i in range(4)]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    record = records.read()
    assert len(record["exercises"]) == 80
    assert record["quizzes"]["98-q1"]["tries"] == 80
    assert [p.name for p in records.file().parent.glob(".progress-*")] == []


@pytest.mark.parametrize(
    "content", [b"", b"{half", b"\xff\xfe\x00", b"[]", b'{"version": 1, "exercises": [1]}', b"null"]
)
def test_corrupt_file_is_kept_aside(lessons, content):
    records.file().parent.mkdir()
    records.file().write_bytes(content)
    assert records.read()["exercises"] == {}
    check("98-1", -0.6)
    assert records.read()["exercises"]["98-1"]["done"]
    (kept,) = records.file().parent.glob("progress.unreadable-*.json")
    assert kept.read_bytes() == content


def test_file_of_a_newer_course_is_left_alone(lessons, capsys):
    records.file().parent.mkdir()
    newer = json.dumps({"version": records.VERSION + 1, "all": "new"})
    records.file().write_text(newer, encoding="utf-8")
    check("98-1", -0.6)
    assert "✓ Right" in capsys.readouterr().out
    assert records.file().read_text(encoding="utf-8") == newer


def test_older_file_is_migrated(lessons, monkeypatch):
    monkeypatch.setattr(records, "VERSION", 2)
    rename = lambda old: {**old, "version": 2, "quizzes": old["tests"]}
    monkeypatch.setattr(records, "MIGRATIONS", {1: rename})
    records.file().parent.mkdir()
    old = {"version": 1, "exercises": {"98-1": {"done": True}}, "tests": {"98-q1": {"done": True}}}
    records.file().write_text(json.dumps(old), encoding="utf-8")
    records.note_exercise("98-2", "not yet")
    saved = json.loads(records.file().read_text(encoding="utf-8"))
    assert saved["version"] == 2
    assert saved["quizzes"]["98-q1"]["done"]
    assert saved["exercises"].keys() == {"98-1", "98-2"}


def test_interrupted_write_leaves_the_old_file(lessons, monkeypatch):
    check("98-1", -0.6)
    before = records.file().read_bytes()
    monkeypatch.setattr(
        records.files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    check("98-2", 3)
    assert records.file().read_bytes() == before
    assert list(records.file().parent.glob(".progress-*")) == []


def test_map_as_text_and_as_figure(lessons, capsys):
    check("98-2", lambda x, w: x @ w.T)
    records.note_quiz("98-q1", True)
    table = progress_map.rows(records.read())
    assert progress_map.as_text(table) == "98 □■ ●"
    course = [
        Entry("01", "01_a", "一", "One", 30, ()),
        Entry("97", "97_b", "前课：二", "Before: two", 50, ("01",)),
        Entry("98", "98_c", "末课", "Last", 40, ("97", "01")),
    ]
    figures.use_style()
    fig = progress_map.draw(table, course)
    squares, circles = (c for c in fig.axes[0].collections if len(c.get_offsets()))
    assert len(squares.get_offsets()) == 2
    assert len(circles.get_offsets()) == 1
    faces = squares.get_facecolors()
    assert faces[0].tolist() == [1, 1, 1, 1]
    assert faces[1].tolist() != [1, 1, 1, 1]
    assert squares.get_offsets()[0][1] == 2  # in the line of its lesson
    assert [arc.center[1] for arc in fig.axes[0].patches] == [0.5, 1.5]  # 01–98 follows
    assert [dot.get_fillstyle() for dot in fig.axes[0].lines] == ["none", "none", "left"]
    labels = [label.get_text() for label in fig.axes[0].get_yticklabels()]
    assert labels[1] == "97 前课 · 50 分钟 min\nBefore"
    capsys.readouterr()
    progress()
    assert capsys.readouterr().out == "98 □■ ●\n"


def test_export(lessons, tmp_path, capsys):
    check("98-1", 1)
    check("98-1", -0.6)
    target = tmp_path / "progress.csv"
    command.export(target, progress_map.rows(records.read()), records.read())
    with open(target, encoding="utf-8-sig", newline="") as file:
        first, second, third = csv.DictReader(file)
    assert (first["id"], first["done"], first["tries"]) == ("98-1", "1", "2")
    assert (second["id"], second["done"], second["since"]) == ("98-2", "0", "")
    assert (third["kind"], third["done"]) == ("quiz", "0")


def test_command_writes_a_csv(run_course, tmp_path):
    done = run_course("progress", "--export", tmp_path / "p.csv")
    assert done.returncode == 0, done.stderr
    header = (tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.startswith("lesson,kind,id,done")
