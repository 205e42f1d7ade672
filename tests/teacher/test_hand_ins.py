"""Whatever students hand in is a row of the table: marked, or with what to do about it."""

import os
import sys
import zipfile

import nbformat
import pytest
from handed_in import IMPORT, write_notebook

from course.teacher import grade, hand_ins, sandbox
from course_utils.messages import CourseError

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names or files")


def found(folder):
    """label -> (will be marked, what is said of it)."""
    rows, _ = hand_ins.find(folder)
    assert len({row.label for row in rows}) == len(rows)
    return {row.label: (row.markable, row.note.partition(" · ")[2]) for row in rows}


@pytest.fixture
def notebook(tmp_path):
    """The bytes of a sound notebook with one right answer."""
    return write_notebook(tmp_path / "n.ipynb", [IMPORT, 'check("98-1", -0.6)']).read_bytes()


@pytest.fixture
def folder(tmp_path):
    """Where things are handed in."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def zipped(file, entries, **options):
    """A zip file of {name: bytes}."""
    file.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def test_files_of_every_kind_are_rows(folder, notebook):
    for name in ("ann/98_a.ipynb", "ben/98_b.ipynb.txt", "cai/98_c.json", "dan/98_d.IPYNB"):
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(notebook)
    others = ["eva/98.html", "fay/98.py", "gil/98.pdf", "hal/98.rar", "ian/98.ipynb.txt", "jo/98"]
    for name in others:
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(b"<html>")
    (folder / "kim").mkdir()
    (folder / "lea" / "98_l.ipynb").mkdir(parents=True)
    (folder / "mia").mkdir()
    (folder / "mia" / "photo.jpg").write_bytes(b"x")
    refused = (False, "not a notebook: ask for the .ipynb")
    misnamed = (True, "its name should end in .ipynb")
    assert found(folder) == {
        "ann/98_a.ipynb": (True, ""),
        "ben/98_b.ipynb.txt": misnamed,
        "cai/98_c.json": misnamed,
        "dan/98_d.IPYNB": (True, ""),
        **dict.fromkeys(others, refused),
        "hal/98.rar": (False, "unpack it first"),
        **dict.fromkeys(["kim", "lea", "mia"], (False, "holds no notebook")),
    }


def test_what_systems_leave_and_data_are_no_rows(folder, notebook):
    junk = [".ipynb_checkpoints/98_a.ipynb", "__MACOSX/98_a.ipynb", "._98_a.ipynb", ".DS_Store"]
    for name in ["98_a.ipynb", ".ipynb", "cat.jpg", "results.csv", *junk]:
        (folder / "ann" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "ann" / name).write_bytes(notebook)
    assert found(folder) == {"ann/98_a.ipynb": (True, ""), "ann/.ipynb": (True, "")}
    assert [path.name for path in hand_ins.find(folder)[1]] == ["cat.jpg", "results.csv"]


@posix
def test_links_pipes_and_closed_folders_are_said(folder, tmp_path, notebook):
    (tmp_path / "secret.ipynb").write_bytes(notebook)
    (folder / "98_link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "away").symlink_to(tmp_path)
    os.mkfifo(folder / "98_pipe.ipynb")
    rows = found(folder)
    assert rows["98_link.ipynb"] == rows["away"] == (False, "a link, which was not followed")
    assert rows["98_pipe.ipynb"] == (False, "no ordinary file")
    assert len(rows) == 3
    if os.geteuid():
        (folder / "closed").mkdir(mode=0)
        assert found(folder)["closed"] == (False, "cannot be read")


def test_notebooks_in_a_zip_file_are_read_one_by_one(folder, notebook):
    entries = {"x/98_a.ipynb": notebook, "x/98_b.ipynb": b"b", "x/photo.jpg": b"x", "y/": b""}
    entries |= {"__MACOSX/98_a.ipynb": b"x", "inner.zip": b"x", "x\\98_c.ipynb": b"c"}
    zipped(folder / "ann" / "all.zip", entries)
    rows, _ = hand_ins.find(folder)
    said = {row.label: row.content() if row.markable else row.note for row in rows}
    assert said == {
        "ann/all.zip/x/98_a.ipynb": notebook,
        "ann/all.zip/x/98_b.ipynb": b"b",
        "ann/all.zip/x/98_c.ipynb": b"c",
        "ann/all.zip/inner.zip": hand_ins.UNPACK,
    }


def test_names_in_a_zip_file_never_become_paths(folder, tmp_path, notebook):
    names = [
        "../../evil_98_a.ipynb",
        "/etc/98_b.ipynb",
        "C:\\98_c.ipynb",
        "CON.ipynb",
        "aux ./98_d.ipynb",
    ]
    names += ["a" * 5000 + "_98_e.ipynb", "98_\x1b[31m\n\u202ef.ipynb"]
    zipped(folder / "all.zip", dict.fromkeys(names, notebook))
    before = sorted(tmp_path.rglob("*"))
    rows, _ = hand_ins.find(folder)
    assert [row.content() for row in rows] == [notebook] * len(names)
    assert sorted(tmp_path.rglob("*")) == before
    assert all(len(row.label) <= 300 and row.label.isprintable() for row in rows)


def test_zip_files_that_cannot_be_read_are_said(folder, monkeypatch, notebook):
    zipped(folder / "1.zip", {"photo.jpg": b"x"})
    (folder / "2.zip").write_bytes(b"Rar!")
    locked = zipped(folder / "3.zip", {"98_a.ipynb": notebook})
    content = bytearray(locked.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted"
    locked.write_bytes(content)
    monkeypatch.setattr(hand_ins, "LARGEST", 10_000)
    zipped(folder / "4.zip", {"98_bomb.ipynb": bytes(20_000)})
    monkeypatch.setattr(hand_ins, "MOST", 2)
    zipped(folder / "5.zip", {f"98_{n}.ipynb": b"{}" for n in range(3)})
    assert found(folder) == {
        "1.zip": (False, "holds no notebook"),
        "2.zip": (False, "no zip file, or damaged"),
        "3.zip/98_a.ipynb": (False, "has a password: unpack it first"),
        "4.zip/98_bomb.ipynb": (False, "too large"),
        "5.zip/98_0.ipynb": (True, ""),
        "5.zip/98_1.ipynb": (True, ""),
        "5.zip": (False, hand_ins.TOO_MANY.partition(" · ")[2]),
    }


def test_a_zip_entry_that_lies_about_its_size_is_cut_off(lessons, folder, monkeypatch):
    monkeypatch.setattr(hand_ins, "LARGEST", 1000)
    lying = zipped(folder / "1.zip", {"98_a.ipynb": bytes(5000)})
    content = bytearray(lying.read_bytes())
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(signature) + at
        content[place : place + 4] = (900).to_bytes(4, "little")
    lying.write_bytes(content)
    ((row,), _) = hand_ins.find(folder)
    result = grade.mark(row, sandbox.Limits())  # never run: it cannot be read
    assert "cannot be read" in result.problem
    assert set(result.states.values()) == {"missing"}


@pytest.mark.parametrize(
    ("name", "encoding"), [("作业/98_测试.ipynb", "gbk"), ("作业/98_测试.ipynb", "utf-8")]
)
def test_chinese_names_in_zip_files_can_be_read(folder, name, encoding):
    # as Windows and old macOS write them: bytes, and not a word on their encoding
    plain = "x" * len(name.encode(encoding))
    content = zipped(folder / "a.zip", {plain: b"{}"}).read_bytes()
    content = content.replace(plain.encode(), name.encode(encoding))
    (folder / "a.zip").write_bytes(content)
    assert list(found(folder)) == [f"a.zip/{name}"]


def test_western_names_in_zip_files_stay(folder):
    content = zipped(folder / "a.zip", {"M_ller_98.ipynb": b"{}"}).read_bytes()
    (folder / "a.zip").write_bytes(content.replace(b"M_ller", "Müller".encode("cp437")))
    assert list(found(folder)) == ["a.zip/Müller_98.ipynb"]


@posix
def test_names_that_are_no_text_reach_terminal_and_table(lessons, folder, capsys):
    names = [
        b"98_\xff\xfe.ipynb",
        b"98_\x1b[31m.ipynb",
        b"98_\n.ipynb",
        b"98_." + b"x" * 200 + b".ipynb",
    ]
    if sys.platform == "darwin":
        names = names[1:]  # its file system takes UTF-8 only
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(b"")  # nothing to run
    parser = grade.argparse.ArgumentParser()
    grade.add_arguments(parser)
    assert grade.run(parser.parse_args([str(folder), "--no-sandbox"])) == 0
    rows = (folder / "results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + len(names)
    said = capsys.readouterr().out
    assert "98_\\x1b[31m.ipynb" in said
    assert "\x1b" not in said
    assert all("an empty file" in row for row in rows[1:])


def test_a_notebook_that_is_too_large_or_empty_is_said(lessons, folder, monkeypatch):
    monkeypatch.setattr(hand_ins, "LARGEST", 1000)
    (folder / "98_a.ipynb").write_bytes(bytes(2000))
    (folder / "98_b.ipynb").write_bytes(b"")
    large, empty = (grade.mark(row, sandbox.Limits()) for row in hand_ins.find(folder)[0])
    assert "too large" in large.problem
    assert "empty" in empty.problem
    assert set(large.states.values()) == set(empty.states.values()) == {"missing"}


@pytest.mark.skipif(sandbox.why_not() is not None, reason=str(sandbox.why_not()))
def test_a_zipped_and_a_misnamed_notebook_are_marked(lessons, folder, notebook):
    zipped(folder / "ann" / "homework.zip", {"98_测试.ipynb": notebook})
    (folder / "ben").mkdir()
    (folder / "ben" / "98_test.ipynb.txt").write_bytes(notebook)
    nbformat.validate(nbformat.reads(notebook.decode(), 4))
    marks = [grade.mark(row, sandbox.Limits()) for row in hand_ins.find(folder)[0]]
    assert [mark.states["98-1"] for mark in marks] == ["right", "right"]
    assert "should end in .ipynb" in marks[1].problem


def test_nothing_handed_in(folder):
    with pytest.raises(CourseError, match="ipynb"):
        hand_ins.find(folder)


@pytest.mark.parametrize("name", ["98_test.ipynb", "no-such-folder"])
def test_no_folder(folder, name):
    (folder / "98_test.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(CourseError, match="no folder"):
        hand_ins.find(folder / name)
