"""Labelling many photos: progress where somebody watches, names that mean harm."""

import csv
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from course.learner import classify, evaluate
from course.learner.classifier.labelling import label_all, report_skipped

HOSTILE = "\x1b]0;owned\x07\x9b31m\nname\u202e"
FAKE = SimpleNamespace(
    class_names=("a", "b"), size=(4, 4), probabilities=lambda images: np.full((len(images), 2), 0.5)
)


@pytest.fixture
def files(tmp_path):
    found = [tmp_path / f"{i}.png" for i in range(40)]
    for path in found:
        Image.new("RGB", (5, 5)).save(path)
    return found


def test_a_terminal_sees_progress_and_a_file_does_not(files, monkeypatch, tmp_path):
    pty = pytest.importorskip("pty", reason="terminals of this kind are not on Windows")
    import termios

    reading, writing = pty.openpty()
    termios.tcsetwinsize(writing, (24, 80))
    with os.fdopen(writing, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        label_all(FAKE, files)
        os.write(writing, b".")  # so that reading ends, even where nothing was shown
        shown = os.read(reading, 10_000).decode()
    os.close(reading)
    assert "/40" in shown and "photo" in shown
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        monkeypatch.setattr(sys, "stderr", log)
        label_all(FAKE, files)
    assert not (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("write", [classify._table, classify._csv, classify._json])
def test_names_of_files_and_classes_do_not_reach_the_terminal(write, capsys):
    write([f"/photos/{HOSTILE}.jpg"], np.array([[0.25, 0.75]]), ("猫", HOSTILE))
    out = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)
    if write is classify._json:  # and a program gets the true name
        (row,) = json.loads(out)
        assert row["photo"] == f"/photos/{HOSTILE}.jpg" and row["label"] == HOSTILE
    if write is classify._csv:
        assert len(out.splitlines()) == 2
        assert next(csv.DictReader(io.StringIO(out)))["probability"] == "0.750000"


def test_nor_in_what_evaluate_and_skipping_say(capsys):
    paths, table = [Path(f"/{HOSTILE}.jpg")] * 2, np.array([[0.9, 0.1], [0.2, 0.8]])
    evaluate.report(paths, np.array([1, 1]), table, ("猫", HOSTILE))
    report_skipped([(paths[0], "坏\nbad")])
    out, err = capsys.readouterr()
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out + err)
    assert len(err.splitlines()) == 1 and "bad" in err


def test_ordinary_names_stay_as_they_are_in_json(capsys):
    classify._json(["/照片/猫 😺.jpg"], np.array([[0.25, 0.75]]), ("猫", "狗"))
    assert "/照片/猫 😺.jpg" in capsys.readouterr().out
