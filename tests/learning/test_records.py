"""The progress file: several kernels, damaged and newer files, export."""

import csv
import json
import subprocess
import sys

import pytest

from course.learner import progress as command
from course_utils import figures
from course_utils.learning import check, hint, progress, progress_map, quiz, records, solution
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


NESTED = b'{"version": 1, "exercises": ' + b'{"a": ' * 100_000
DAMAGED = {
    "empty": b"",
    "cut": b"{half",
    "no text": b"\xff\xfe\x00",
    "list": b"[]",
    "null": b"null",
    "exercises": b'{"version": 1, "exercises": [1]}',
    "nested": NESTED,
    "nested value": b'{"version": 1, "exercises": {"98-1": {"x": '
    + b"[" * 600
    + b"]" * 600
    + b"}}}",
    "version": b'{"version": true, "exercises": {}, "quizzes": {}}',
    "old version": b'{"version": 0, "exercises": {}, "quizzes": {}}',
    "number": b'{"version": 1, "exercises": {}, "quizzes": {"98-q1": ' + b"9" * 5000 + b"}}",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_file_is_kept_aside_with_a_word_and_the_verdict_comes(lessons, content, capsys):
    records.file().parent.mkdir()
    records.file().write_bytes(content)
    check("98-1", -0.6)
    said = capsys.readouterr().out
    assert "✓ Right" in said
    assert "kept as" in said and "原来的文件存为" in said
    assert records.read()["exercises"]["98-1"]["done"]
    (kept,) = records.file().parent.glob("progress.unreadable-*.json")
    assert kept.read_bytes() == content
    assert str(kept) in said
    check("98-1", -0.6)
    assert "kept as" not in capsys.readouterr().out


ENTRIES = [
    '{"tries": "two"}',
    '{"tries": null}',
    '{"tries": true}',
    '{"hints": 1.5}',
    '{"done": 1}',
    '{"since": 2024}',
    "null",
    "3",
]


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("call", [check, hint, solution, quiz, progress])
def test_of_a_file_damaged_by_hand_what_is_sound_goes_on(lessons, entry, call, capsys):
    sound = '"98-2": {"done": true, "tries": 3, "since": "2025-01-01T00:00:00+00:00"}'
    records.file().parent.mkdir()
    text = f'{{"version": 1, "exercises": {{"98-1": {entry}, {sound}}}, "quizzes": {{"98-q1": {entry}}}}}'
    records.file().write_text(text, encoding="utf-8")
    arguments = {check: ["98-1", -0.6], quiz: ["98-q1", "A"], progress: []}.get(call, ["98-1"])
    call(*arguments)
    said = capsys.readouterr().out
    assert "The course itself has failed" not in said
    assert "kept as" in said
    assert records.read()["exercises"]["98-2"]["tries"] == 3
    (kept,) = records.file().parent.glob("progress.unreadable-*.json")
    assert kept.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_editors_byte_order_mark_costs_nothing(lessons, encoding, capsys):
    check("98-1", -0.6)
    text = records.file().read_text(encoding="utf-8")
    records.file().write_text(text, encoding=encoding)
    assert records.read()["exercises"]["98-1"]["done"]
    check("98-1", 1)
    assert records.read()["exercises"]["98-1"] == json.loads(text)["exercises"]["98-1"] | {
        "tries": 2
    }
    assert "kept as" not in capsys.readouterr().out


def test_file_of_a_newer_course_is_left_alone(lessons, capsys):
    records.file().parent.mkdir()
    newer = json.dumps({"version": records.VERSION + 1, "all": "new"})
    records.file().write_text(newer, encoding="utf-8")
    check("98-1", -0.6)
    assert "✓ Right" in capsys.readouterr().out
    assert records.file().read_text(encoding="utf-8") == newer


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
    assert progress_map.as_text(table) == "98 □■ ●○○○"
    course = [
        Entry("01", "01_a", "一", "One", 30, ()),
        Entry("97", "97_b", "前课：二", "Before: two", 50, ("01",)),
        Entry("98", "98_c", "末课", "Last", 40, ("97", "01")),
    ]
    figures.use_style()
    fig = progress_map.draw(table, course)
    squares, circles = (c for c in fig.axes[0].collections if len(c.get_offsets()))
    assert len(squares.get_offsets()) == 2
    assert len(circles.get_offsets()) == 4
    faces = squares.get_facecolors()
    assert faces[0].tolist() == [1, 1, 1, 1]
    assert faces[1].tolist() != [1, 1, 1, 1]
    assert squares.get_offsets()[0][1] == 2  # in the line of its lesson
    assert [arc.center[1] for arc in fig.axes[0].patches] == [0.5, 1.5]  # 01–98 follows
    assert [dot.get_fillstyle() for dot in fig.axes[0].lines] == ["none", "none", "left"]
    labels = [label.get_text() for label in fig.axes[0].get_yticklabels()]
    assert labels[1] == "97 前课 · 50 分钟\n97 Before · 50 min"
    capsys.readouterr()
    progress()
    assert capsys.readouterr().out == "98 □■ ●○○○\n"


def test_export(lessons, tmp_path, capsys):
    check("98-1", 1)
    check("98-1", -0.6)
    target = tmp_path / "progress.csv"
    command.export(target, progress_map.rows(records.read()), records.read())
    with open(target, encoding="utf-8-sig", newline="") as file:
        first, second, third, *_ = csv.DictReader(file)
    assert (first["id"], first["done"], first["tries"]) == ("98-1", "1", "2")
    assert (second["id"], second["done"], second["since"]) == ("98-2", "0", "")
    assert (third["kind"], third["done"]) == ("quiz", "0")


def test_command_writes_a_csv(run_course, tmp_path):
    done = run_course("progress", "--export", tmp_path / "p.csv")
    assert done.returncode == 0, done.stderr
    header = (tmp_path / "p.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert header.startswith("lesson,kind,id,done")
