"""course mutate: which faults are chosen, and that a caught one and a survivor are told apart."""

import argparse

import pytest

from course.author import mutate
from course.author.faults import choosing, running
from course.author.faults.process import run as run_cells
from course.notebooks.lessons import read_source

CELLS = (
    ' tags=["setup"]\nstart = 5',
    '\ndef double(x):\n    """Twice 2."""\n    return x * 3.0',
    "\ny = [1, 0, 1]\nn_dogs = sum(label == 1 for label in y)\nfor seed in range(7):\n    pass",
    "\nfree = 8.0 + start\nprint(f'{free + 1}')",
    "\nassert double(2) == 6\nassert n_dogs == 2",
)


def chosen(lesson, number=50, seed=0):
    return choosing.choose(read_source(lesson), number, seed)


def test_what_teaches_can_be_faulty_and_nothing_else(course):
    faults = chosen(course(*CELLS))
    assert {fault.cell for fault in faults} == {1, 2, 3}  # no set-up, no claims
    assert {fault.kind for fault in faults} == {"constant", "operator", "comparison", "label"}
    texts = {f"{fault.before}>{fault.after}" for fault in faults}
    assert {"*>/", "3.0>6.0", "==>!=", "+>-", "8.0>16.0"} <= texts
    assert not any("7" in fault.before for fault in faults)  # a seed
    assert all("free + 1" in fault.source for fault in faults if fault.cell == 3)  # a printed line


def test_same_seed_same_faults_and_a_larger_number_begins_with_them(course):
    lesson = course(*CELLS)
    assert chosen(lesson, 4, 1) == chosen(lesson, 4, 1) == chosen(lesson, 9, 1)[:4]
    assert any(chosen(lesson, 4, seed) != chosen(lesson, 4, 1) for seed in range(2, 6))
    assert len({fault.cell for fault in chosen(lesson, 3)}) == 3  # cells take turns


def cells_of(lesson, fault=None):
    return [
        {"number": i + 1, "fails": False, "compared": True,
         "source": fault.source if fault and fault.cell == i else cell.source}
        for i, cell in enumerate(read_source(lesson).cells)
    ]  # fmt: skip


def test_a_caught_fault_and_a_survivor(course):
    lesson = course(*CELLS)
    assert run_cells(cells_of(lesson))["stop"] is None
    by = {f"{fault.before}>{fault.after}": fault for fault in chosen(lesson)}
    stop = run_cells(cells_of(lesson, by["3.0>6.0"]))["stop"]
    assert (stop["cell"], stop["kind"], stop["text"]) == (5, "assertion", "assert double(2) == 6")
    healthy, faulty = run_cells(cells_of(lesson)), run_cells(cells_of(lesson, by["8.0>16.0"]))
    assert faulty["stop"] is None and faulty["texts"]["4"] != healthy["texts"]["4"]


def test_errors_and_cells_that_must_fail():
    def stop(source, fails=False):
        cell = {"number": 3, "source": source, "fails": fails, "compared": True}
        return run_cells([cell])["stop"]

    assert stop("x = 1\n1 / 0")["kind"] == "ZeroDivisionError" and stop("1 / 0", fails=True) is None
    assert stop("x = 1", fails=True)["kind"] == "no error"
    assert stop("import unittest\nunittest.TestCase().fail()")["kind"] == "AssertionError"


def test_the_command_reports_and_goes_on_after_an_interruption(
    course, monkeypatch, tmp_path, capsys
):
    lesson, ran, interrupted = course(*CELLS), [], []
    monkeypatch.setattr(mutate.paths, "cache_dir", lambda: tmp_path / "cache")

    def fake(notebook, folder, timeout, fault=None):
        ran.append(fault.name if fault else "sound")
        if len(ran) == 3 and not interrupted:
            interrupted.append(ran.pop())
            raise KeyboardInterrupt
        return run_cells(cells_of(lesson, fault))

    monkeypatch.setattr(running, "run", fake)
    with pytest.raises(KeyboardInterrupt):
        mutate.mutate(lesson, 6, 0)
    share = mutate.mutate(lesson, 6, 0)
    assert len(ran) == len(set(ran)) == 7 and interrupted[0] in ran  # none ran twice
    said = capsys.readouterr().out
    assert 0 < share < 1 and "✓" in said and "✗" in said
    assert f"faults caught ({share:.0%}, goal 80%)" in said and "处错误发现了" in said
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_a_lesson_that_fails_by_itself_is_refused(course, monkeypatch, tmp_path):
    monkeypatch.setattr(running, "run", lambda *_: {"stop": {"cell": 1}, "texts": {}})
    with pytest.raises(running.CourseError, match="course build"):
        running.sound(read_source(course(*CELLS)), tmp_path)


def test_what_does_not_end_counts_as_caught():
    assert running.Verdict("time").caught and not running.Verdict("text").caught
    assert running.Sound(100.0, {}).limit == 400 and running.Sound(1.0, {}).limit == 60


def test_numbers_have_a_range():
    parser = argparse.ArgumentParser()
    mutate.add_arguments(parser)
    assert parser.parse_args(["2"]).mutants == 12
