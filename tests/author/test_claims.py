"""course build --full --check: a changed result is reported, a held one passes, a cut-off run goes on."""

import json
import shutil

import pytest

from course.author import claims
from course.author.measure import load
from course.notebooks.lessons import all_lessons
from course_utils import paths
from course_utils.messages import CourseError

CLAIMS = [
    ("甲比乙大", "a is above b", lambda results: results["a"] > results["b"]),
    ("差大于 0", "the gap is above 0", lambda results: (results["low"], results["low"] + 1)),
]
STORED = {"a": 2, "b": 1, "low": 0.25}


def lesson(number):
    return next(one for one in all_lessons() if one.number == number)


def results(number):
    return json.loads((paths.DATA / "results" / f"{number}.json").read_text("utf-8"))["full"]


def test_held_claims_hold():
    verdicts = claims.judge(CLAIMS, STORED, STORED)
    assert all(claims.holds(verdict.now) for verdict in verdicts)
    assert "no longer" not in claims.report(verdicts) and "不再成立" not in claims.report(verdicts)


@pytest.mark.parametrize("changed", [{"b": 3}, {"low": -0.25}, {"low": float("nan")}])
def test_a_planted_change_is_reported(changed):
    verdicts = claims.judge(CLAIMS, STORED, STORED | changed)
    assert [claims.holds(verdict.now) for verdict in verdicts].count(False) == 1
    assert claims.report(verdicts).count("no longer holds:") == 1


def test_a_run_that_was_cut_off_goes_on(tmp_path):
    file, calls = tmp_path / "in a new folder" / "kept.json", []

    def part(name):
        return lambda: calls.append(name) or {"name": name}

    claims.Kept(file)("first", part("first"))
    again = claims.Kept(file)
    assert again("first", part("first")) == {"name": "first"} and again("second", part("second"))
    assert calls == ["first", "second"]


LONG = [file.stem[-2:] for file in sorted(paths.LESSONS.glob("full_[0-9][0-9].py"))]


@pytest.mark.parametrize("number", LONG)
def test_claims_hold_in_the_stored_file(number):
    module = load(lesson(number).source.with_name(f"full_{number}.py"))
    stored = results(number)
    verdicts = claims.judge(module.CLAIMS, stored, stored)
    assert [v.en for v in verdicts if not claims.holds(v.now)] == []


@pytest.mark.parametrize("number", LONG)
def test_every_long_run_can_be_looked_at_with_few_seeds(number):
    assert load(lesson(number).source.with_name(f"full_{number}.py")).SEEDS >= 9


def test_planted_draws_of_lesson_07_are_reported():
    """Fine-tuned as good as zero-shot: one claim falls, and the one beside it."""
    module = load(lesson("07").source.with_name("full_07.py"))
    stored = results("07")
    raised = json.loads(json.dumps(stored))
    raised["labels"]["methods"]["fine_tuned"]["accuracy"][4] = [0.99] * 20  # 20 labels
    verdicts = claims.judge(module.CLAIMS, stored, raised)
    fallen = {verdict.en for verdict in verdicts if not claims.holds(verdict.now)}
    assert fallen == {
        "2 to 20 labels: fine-tuned is below zero-shot left alone",
        "10 and 20 labels: frozen is more accurate than fine-tuned",
    }


def test_planted_rows_of_lesson_08_are_reported():
    module = load(lesson("08").source.with_name("full_08.py"))
    stored = results("08")
    rows = [r | {"accuracy": 0.5} if r["how"] == "block11" else r for r in stored["rows"]]
    verdicts = claims.judge(module.CLAIMS, stored, {"rows": rows})
    fallen = [verdict.en for verdict in verdicts if not claims.holds(verdict.now)]
    assert "200 X-rays: fine-tuning is more accurate than frozen" in fallen


def test_the_whole_command(monkeypatch, tmp_path, capsys):
    """With a module of its own: measured, reported, the kept file removed, 1 for a fallen claim."""
    (tmp_path / "data" / "results").mkdir(parents=True)
    source = tmp_path / "08_something.py"
    shutil.copy(lesson("08").source, source)
    text = "CLAIMS = [('甲', 'a', lambda results: results['a'] > 1)]\nSEEDS = 9\n"
    text += "def measure(keep): return {'a': keep('a', lambda: SEEDS)}\n"
    (tmp_path / "full_08.py").write_text(text, encoding="utf-8")
    stored = json.dumps({"full": {"a": 9}})
    (tmp_path / "data" / "results" / "08.json").write_text(stored, encoding="utf-8")
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "cache_dir", lambda: tmp_path / "cache")
    monkeypatch.setattr(claims, "fetch_for", lambda lessons: None)
    mine = lesson("08")._replace(source=source) if hasattr(lesson("08"), "_replace") else None
    if mine is None:
        import dataclasses

        mine = dataclasses.replace(lesson("08"), source=source)
    assert claims.check_stored(mine) == 0 and claims.check_stored(mine, seeds=2) == 0
    (tmp_path / "full_08.py").write_text(text.replace("> 1", "> 9"), encoding="utf-8")
    assert claims.check_stored(mine) == 1 and "no longer holds: a" in capsys.readouterr().out
    assert not list((tmp_path / "cache").rglob("*.json"))
    (tmp_path / "full_08.py").write_text("CLAIMS = []", encoding="utf-8")
    with pytest.raises(CourseError, match="CLAIMS"):
        claims.check_stored(mine)
