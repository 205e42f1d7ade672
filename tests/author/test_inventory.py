"""Every topic of the five articles is covered: data/inventory.csv names the lesson and the place in it.

A row is a topic in one lesson; ``where`` is a heading of the lesson or the tag of one code cell. It may
be empty as long as the lesson is not written.
"""

import csv
import functools

import pytest

from course.author import corrections, places
from course.author.checks import typography
from course.notebooks.lessons import all_lessons
from course_utils import paths

COLUMNS = ["id", "topic_zh", "topic_en", "articles", "lesson", "where"]
NUMBERS = {"A": 27, "B": 15, "C": 10, "D": 11, "F": 7, "G": 10}  # topics of each kind
LESSONS = {lesson.number: lesson for lesson in all_lessons()}


def read() -> list[dict[str, str]]:
    with (paths.DATA / "inventory.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


ROWS = read()
IDS = list(dict.fromkeys(row["id"] for row in ROWS))


@functools.cache
def places_of(number: str) -> dict[str, places.Place]:
    return places.all_places(LESSONS[number])


def lacking(rows: list[dict[str, str]], number: str) -> list[str]:
    """What the lesson's rows name and the lesson does not have, one sentence each."""
    return [
        f"{row['id']} ({row['topic_en']}): lesson {number} has no {row['where']}"
        if row["where"]
        else f"{row['id']} ({row['topic_en']}): write which heading or tag of lesson {number} covers it"
        for row in rows
        if row["lesson"] == number and row["where"] not in places_of(number)
    ]


def test_every_topic_is_here_once_for_each_place():
    assert [f"{kind}{n:02}" for kind, last in NUMBERS.items() for n in range(1, last + 1)] == IDS
    assert len({(row["id"], row["lesson"], row["where"]) for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert None not in row.values() and row["lesson"] in corrections.LESSONS, row
        assert typography.has_han(row["topic_zh"]) or row["topic_zh"].isascii(), row
        assert row["topic_en"] and not typography.has_han(row["topic_en"]), row


def test_the_articles_have_these_sections(articles):
    texts = {name: (articles / f"{name}.txt").read_text(encoding="utf-8")
             for name in corrections.ARTICLES}  # fmt: skip
    for row in ROWS:
        for place in row["articles"].split("; "):
            article, section = place.split(" ")
            assert corrections.section_of(texts[article], section), f"{row['id']}: {place}"


@pytest.mark.parametrize("number", sorted({row["lesson"] for row in ROWS}))
def test_its_lesson_covers_it(number):
    if number not in LESSONS:
        pytest.skip(f"lesson {number} is not written yet")
    assert not (found := lacking(ROWS, number)), "\n" + "\n".join(found)


def test_what_is_lacking_is_named():
    row = next(row for row in ROWS if row["lesson"] in LESSONS and row["where"])
    for where, says in (
        ("## 没有 · Nowhere", "has no ## 没有"),
        ("", "write which heading or tag"),
    ):
        (found,) = lacking([row | {"where": where}], row["lesson"])
        assert row["id"] in found and says in found
    assert lacking([row], row["lesson"]) == []


@pytest.mark.parametrize("topic", IDS)
def test_something_is_asserted_about_it(topic):
    rows = [row for row in ROWS if row["id"] == topic]
    if not all(row["lesson"] in LESSONS for row in rows):
        pytest.skip("one of its lessons is not written yet")
    found = [places_of(row["lesson"]).get(row["where"]) for row in rows]
    assert any(place and place.asserts for place in found), topic
