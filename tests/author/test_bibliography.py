"""S5's bibliography in data/bibliography.toml: printed words are the article's, right ones are looked up."""

import re
import tomllib
from collections import Counter

import pytest

from course.author import corrections
from course.author.checks import typography
from course_utils import paths

ENTRIES = tomllib.loads((paths.DATA / "bibliography.toml").read_text(encoding="utf-8"))["entry"]
DISTINCT = [entry for entry in ENTRIES if "same_as" not in entry]
BY_NUMBER = {entry["number"]: entry for entry in ENTRIES}
FIELDS = {"number", "printed", "same_as", "verdict", "right", "reference", "note_zh", "note_en"}
REFERENCES = corrections.references()
CUT_OFF = 47  # the article ends in the middle of it


def words(printed: str) -> str:
    """What of an entry must agree for one to repeat another: S5 once writes “classication”."""
    return re.sub(r"\W+", " ", printed.replace("classication", "classification")).strip()


def test_counts():
    assert [entry["number"] for entry in ENTRIES] == [*range(1, 48)]
    assert len(DISTINCT) == 31 and len(ENTRIES) - len(DISTINCT) == 16
    verdicts = Counter(entry["verdict"] for entry in DISTINCT)
    assert verdicts == {"correct": 3, "repaired": 16, "missing": 12}


def test_printed_words_are_the_articles(articles):
    text = (articles / "S5.txt").read_text(encoding="utf-8")
    listed = corrections.section_of(text, "3")
    for entry in ENTRIES:
        assert corrections.is_in(f"[{entry['number']}] {entry['printed']}", listed), entry["number"]
    assert listed.count("\n[") == len(ENTRIES)


def test_repeats_repeat_an_earlier_entry():
    for entry in ENTRIES:
        if "same_as" not in entry:
            continue
        first = BY_NUMBER[entry["same_as"]]
        assert entry["same_as"] < entry["number"] and "same_as" not in first
        assert set(entry) == {"number", "printed", "same_as"}, entry["number"]
        whole, again = words(first["printed"]), words(entry["printed"])
        assert whole.startswith(again), entry["number"]
        assert (again != whole) == (entry["number"] == CUT_OFF), entry["number"]
    firsts = [words(entry["printed"]) for entry in DISTINCT]
    assert len(set(firsts)) == len(firsts)


@pytest.mark.parametrize("entry", DISTINCT, ids=lambda entry: str(entry["number"]))
def test_what_is_right_stands_in_the_references(entry):
    """``right`` is the entry of docs/references.md without its markup; nothing is right of what is missing."""
    assert set(entry) <= FIELDS
    assert ("right" in entry) == (entry["verdict"] != "missing")
    if entry["verdict"] != "missing":
        assert "reference" in entry
    if "reference" in entry:
        assert entry["reference"] in REFERENCES
    if "right" in entry:
        known = REFERENCES[entry["reference"]].replace("*", "")
        assert known.startswith(entry["right"]) and entry["right"] != entry["printed"]


@pytest.mark.parametrize("entry", DISTINCT, ids=lambda entry: str(entry["number"]))
def test_notes_say_what_is_wrong_in_both_languages(entry):
    if entry["verdict"] == "correct":
        assert "note_zh" not in entry and "note_en" not in entry
        return
    assert typography.has_han(entry["note_zh"]) and not typography.has_han(entry["note_en"])
    zh, en = (sorted(re.findall(r"\d+", entry[f"note_{each}"])) for each in ("zh", "en"))
    assert zh == en
