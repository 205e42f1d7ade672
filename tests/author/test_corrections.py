"""The corrections of the articles: quotations are true, cells show them, the lessons' tables are current."""

import argparse
import dataclasses
import re

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.author import assertions, corrections
from course.author.checks import parity, typography
from course.author.checks.problems import report
from course.notebooks.lessons import all_lessons
from course_utils import paths
from course_utils.messages import CourseError

ROWS = corrections.read()
LESSONS = all_lessons()
ROW = """\
[[correction]]
id = "a"
article = "S2"
section = "1"
lesson = "98"
severity = "L"
quote = "参数 共享"
translation = "sharing"
right_zh = "对的"
right_en = "right"
cell = "shows-a"
"""
SMALL = (f"# {corrections.HEADING}\n\n# | 文章 | 旧 |\n# |---|---|\n# | S1 | 旧的 |\n#\n# 别的\n"
         "# | article | old |\n# |---|---|\n# | S1 | old |\n\n# ## 参考文献 · References\n# | article | x |\n")  # fmt: skip


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A function that writes a corrections file with the given text; lesson 98 is one of the course."""
    monkeypatch.setattr(corrections, "LESSONS", (*corrections.LESSONS, "98"))

    def write(text):
        path = tmp_path / "corrections.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_quotation_is_in_the_articles(articles):
    assert not (found := [*corrections.false_quotations(ROWS, articles)]), report(found)


def test_false_quotations_are_found(articles):
    """One word changed; the right words in another section; another article; pieces turned round."""
    row = next(row for row in ROWS if row.id == "same-structure")
    for planted in (
        {"quote": row.quote.replace("相同", "不同")},
        {"sections": ("4.2",)},
        {"articles": ("S3",)},
        {"quote": "来实现…参数共享"},
        {"quote_en": "which it never says"},
    ):
        false = dataclasses.replace(row, **planted)
        assert len([*corrections.false_quotations([false], articles)]) == 1, planted
    spaced = dataclasses.replace(row, quote=" ".join(row.quote))
    assert [*corrections.false_quotations([spaced], articles)] == []


def test_sections_go_by_their_numbers():
    article = "# 1 a\none\n## 1.2 b\ntwo\n## 1.20 c\nthree\n### 1.2 b\nfour\n# 10 d\nfive"
    assert [w for w in ("one", "two", "three", "four", "five")
            if w in corrections.section_of(article, "1.2")] == ["two", "four"]  # fmt: skip
    assert "three" in corrections.section_of(article, "1")
    assert "five" not in corrections.section_of(article, "1")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_cells_show_what_the_rows_say(lesson):
    assert not (found := [*corrections.unshown(ROWS, lesson)]), report(found)


def test_a_missing_cell_is_found(file, course):
    """No cell, one without an assertion, two of them; a tag that no row names."""
    rows = corrections.read(file(ROW))
    tag = ' tags=["shows-a"]\n'
    for cells, n in (
        ([f"{tag}assert 1"], 0),
        (["\nassert 1"], 1),
        ([f"{tag}x = 1"], 1),
        ([f"{tag}assert 1", f"{tag}assert 2"], 1),
        ([f"{tag}assert 1", ' tags=["shows-b"]\nassert 2'], 1),
    ):
        assert len([*corrections.unshown(rows, course(*cells))]) == n, cells


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.number)
def test_tables_have_every_row(lesson):
    assert not corrections.stale(lesson, ROWS), f"run: course corrections {lesson.number}"
    source = lesson.source.read_text(encoding="utf-8")
    rows = corrections.of_lesson(ROWS, lesson.number)
    assert all(f"# {row.row(each)}\n" in source for row in rows for each in ("zh", "en"))


def test_no_row_waits_for_a_lesson_that_is_written():
    written = {lesson.number for lesson in LESSONS}
    assert not [row.id for row in ROWS if row.pending and row.lesson in written]


def test_a_row_that_waits_is_found_once_its_lesson_is_written(file, course):
    rows = corrections.read(file(ROW.replace('cell = "shows-a"', "pending = true")))
    (problem,) = corrections.unshown(rows, course("\nassert 1"))
    assert "is written" in problem.en and "pending" in problem.zh


def test_what_is_cited_stands_in_the_lesson(file, course):
    """The reference's entry as it is, without the remark in its last brackets; one letter off is found."""
    cited = ROW.replace('cell = "shows-a"', 'cited = true\nreference = "breiman1984"')
    rows = corrections.read(file(cited))
    entry = corrections.references()["breiman1984"]
    printed = corrections.REMARK.sub("", entry)
    assert printed != entry and printed.endswith("1984")
    quoted = printed.replace("*", "“", 1).replace("*", "”")
    wrong = printed.replace("1984", "1985")
    for text, n in ((printed, 0), (entry, 0), (quoted, 0), (wrong, 1), ("", 1)):
        lesson = course(f" [markdown]\n# * {text}")
        assert len([*corrections.unshown(rows, lesson)]) == n, text


def test_both_languages_and_references():
    for row in ROWS:
        assert typography.has_han(row.right_zh) or row.form != "text", row.id
        assert not typography.has_han(row.right_en + row.quote_en + row.translation), row.id
    assert [*corrections.unknown_references(ROWS)] == []
    stranger = dataclasses.replace(ROWS[0], reference="nobody1900")
    assert len([*corrections.unknown_references([stranger])]) == 1


def test_references_are_in_order_and_once_each():
    text = (paths.ROOT / "docs" / "references.md").read_text(encoding="utf-8")
    rows = corrections.REFERENCE.findall(text)
    keys = [key for key, _ in rows if key != "key"]
    assert keys == sorted(set(keys)) and len(rows) == text.count("\n| ")


def test_rows_that_wait_are_written_as_well_as_the_others():
    """The checks of lessons' texts, for rows that no lesson shows yet."""
    terms = parity.course_terms()
    cells = []
    for language in ("zh", "en"):
        text = "\n".join(corrections.table(ROWS, language))
        cells.append(f'<div lang="{language}">\n\n{text}\n\n</div>')
    tagged = [
        new_markdown_cell(text, metadata={"tags": [f"lang-{language}"]})
        for text, language in zip(cells, ("zh", "en"), strict=True)
    ]
    found = parity.check(new_notebook(cells=tagged), corrections.NAME, terms)
    assert not found, report(found)


def test_only_the_tables_of_the_section_are_made_anew(file):
    rows = corrections.read(file(ROW))
    made = corrections.with_tables(SMALL, rows, "98_small.py")
    assert "旧" not in made and "old" not in made and "# 别的\n" in made
    assert made.endswith("# ## 参考文献 · References\n# | article | x |\n")
    assert "# | S2 §1 | 对的 | <q>参数 共享</q> |\n" in made
    assert "# | S2 §1 | right | <q>参数 共享 [sharing]</q> |\n" in made
    assert corrections.with_tables(made, rows, "98_small.py") == made
    sentence = f"# {corrections.HEADING}\n# 没有。\n\n# ## 参考文献 · References\n"
    assert corrections.with_tables(sentence, [], "98_small.py") == sentence
    with pytest.raises(CourseError, match="one table in each language"):
        corrections.with_tables(SMALL.replace("| article |", "| what |"), rows, "98_small.py")


def test_quotations_are_printed_by_their_form():
    row = dataclasses.replace(ROWS[0], quote="a  = b…c", form="code")
    assert row.quotation("zh") == row.quotation("en") == "`a = b` … `c`"
    assert dataclasses.replace(row, quote=r"\min  x", form="formula").quotation("en") == r"$\min x$"
    both = dataclasses.replace(row, articles=("S1", "S2"), sections=("5.2", "5.1"))
    assert both.places("zh") == "S1 §5.2、S2 §5.1" and both.places("en") == "S1 §5.2, S2 §5.1"


BROKEN = {
    "[[correction]": "not valid TOML",
    ROW + ROW: "its id is used twice",
    ROW.replace('right_en = "right"\n', ""): "it has no right_en",
    ROW.replace("severity", "gravity"): "there is no field gravity",
    ROW.replace('"L"', '"X"'): "severity is X; choose among: H, M, L",
    ROW.replace('"S2"', '"S6"'): "article is S6",
    ROW.replace('"98"', "98"): "lesson is of the wrong type",
    ROW.replace('"1"', "1"): "sections is of the wrong type",
    ROW.replace('right = "', 'right = "|').replace("对的", "a | b"): "right_zh has a line break",
    ROW + "pending = true\n": "either a cell or cited = true or pending",
    ROW.replace('cell = "shows-a"', ""): "either a cell or cited = true or pending",
    ROW.replace('cell = "shows-a"', "cited = true"): "cited = true needs a reference",
    ROW.replace("shows-a", "a"): "cell begins with shows-",
    ROW.replace('translation = "sharing"', ""): "either quote_en",
    ROW + 'articles = ["S1", "S2"]\n': "each article needs its section",
}


@pytest.mark.parametrize(("text", "says"), BROKEN.items(), ids=BROKEN.values())
def test_a_broken_file_is_reported_in_both_languages(file, text, says):
    (problem,) = corrections.check([], file(text))
    assert says in problem.en and typography.has_han(problem.zh)
    with pytest.raises(CourseError, match=re.escape(says)):
        corrections.read(file(text))


def test_no_file_is_reported(tmp_path):
    (problem,) = corrections.check([], tmp_path / "none.toml")
    assert "is missing" in problem.en and "缺少" in problem.zh


def test_the_command_writes_and_checks(file, course, monkeypatch, capsys):
    lesson = course(' tags=["shows-a"]\nassert 1', " [markdown]\n" + SMALL)
    rows = corrections.read(file(ROW))
    monkeypatch.setattr(corrections, "select", lambda numbers: [lesson])
    monkeypatch.setattr(corrections, "read", lambda path=None: rows)
    monkeypatch.setattr(corrections, "articles_folder", lambda: None)

    def run(*options):
        parser = argparse.ArgumentParser()
        corrections.add_arguments(parser)
        return corrections.run(parser.parse_args(options))

    assert [problem.rule for problem in corrections.check([lesson])] == ["corrections"]
    assert run("--check") == 1 and "run course corrections 98" in capsys.readouterr().out
    assert run() == 0 and run("--check") == 0
    assert corrections.check([lesson]) == []


def test_assertions_about_stored_results_are_told_apart(course):
    """Read from the file, made of it alone, in a loop over it; one that also uses the run's number."""
    lesson = course(
        "\nimport json\nLIMIT = 3\nkept = json.loads((DATA / 'results' / '98.json').read_text())",
        "\nmeans = [row['a'] for row in kept]\nmeasured = train()",
        "\nassert means[0] < LIMIT",
        "\nfor row in kept:\n    assert row['a'] > 0",
        "\nassert abs(means[0] - measured) < LIMIT",
        "\nassert measured < LIMIT\nassert sum(range(3)) == LIMIT",
    )
    counted = assertions.count([lesson])
    assert (counted.all, counted.stored) == (5, 2)
