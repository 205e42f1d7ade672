"""Texts for translators and back; which texts were compared with their partner."""

import csv
import io

import pytest

from course.author import pairs, strings
from course.author.pairs import Pair
from course.notebooks import lessons as all_lessons
from course.notebooks.lessons import Lesson, read_notebook, read_source, tags, write_notebook
from course_utils.messages import CourseError

SOURCE = """\
# ---
# jupyter:
#   course: {minutes: 10, needs: []}
# ---

# %% [markdown]
# # 01 小课 · A small lesson

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第一段，$x$。
#
# * 一项
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The first text, $x$.
#
# * an item
#
# </div>

# %%
x = 1  # code stays as it is


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二段。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The second text.
#
# </div>
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    (tmp_path / "lessons").mkdir()
    source = tmp_path / "lessons" / "01_small.py"
    source.write_bytes(SOURCE.encode())
    found = Lesson(source, tmp_path / "notebooks" / "01_small.ipynb")
    monkeypatch.setattr(pairs, "FILE", tmp_path / "compared.txt")
    of_file = (pairs.known, pairs.confirm, pairs.confirm_lessons, pairs.check_lesson)
    for function in (*of_file, pairs.mark, pairs.refresh):
        defaults = function.__defaults__
        monkeypatch.setattr(function, "__defaults__", (*defaults[:-1], tmp_path / "compared.txt"))
    monkeypatch.setattr(strings, "select", lambda numbers: [found])
    monkeypatch.setattr(all_lessons, "select", lambda numbers: [found])
    return found


def table(file):
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def save(file, rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, strings.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(out.getvalue(), encoding="utf-8", newline="")


def test_there_and_back_changes_nothing(lesson, tmp_path):
    file = tmp_path / "texts.csv"
    assert strings.write([lesson], file) == 3
    rows = table(file)
    assert [row["kind"] for row in rows] == ["heading", "text", "text"]
    assert rows[1]["zh"] == "第一段，$x$。\n\n* 一项" and rows[1]["changed"] == "new"
    assert strings.take(file) == 0
    assert lesson.source.read_bytes() == SOURCE.encode()


def test_only_what_was_translated_changes(lesson, tmp_path):
    file = tmp_path / "texts.csv"
    strings.write([lesson], file)
    rows = table(file)
    rows[0]["en"] = "A tiny lesson"
    rows[1]["en"] = "Text one, $x$.\n\n* one item"
    save(file, rows)
    strings.take(file)
    expected = SOURCE.replace("A small lesson", "A tiny lesson").replace(
        "The first text", "Text one"
    )
    assert lesson.source.read_text(encoding="utf-8") == expected.replace("an item", "one item")
    assert strings.take(file) == 0, "once more: it is there already"


def test_windows_line_ends_stay(lesson, tmp_path):
    lesson.source.write_bytes(SOURCE.replace("\n", "\r\n").encode())
    file = tmp_path / "texts.csv"
    strings.write([lesson], file)
    rows = table(file)
    rows[2]["zh"] = "另一段。"
    save(file, rows)
    strings.take(file)
    expected = SOURCE.replace("第二段", "另一段").replace("\n", "\r\n")
    assert lesson.source.read_bytes() == expected.encode()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("en", "", "empty"),
        ("en", "a\n%% b", "%%"),
        ("id", "01-zz", "as it was exported"),
        ("id", "01-0123456789-0123456789", "changed in lessons"),
        ("zh", "一行\n两行", "one line"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(column, value, said, lesson, tmp_path):
    file = tmp_path / "texts.csv"
    strings.write([lesson], file)
    rows = table(file)
    rows[2]["en"] = "Good."
    rows[0] |= {"zh": "别的题目"} | {column: value}
    save(file, rows)
    with pytest.raises(CourseError, match=said) as raised:
        strings.take(file)
    assert raised.value.zh
    assert lesson.source.read_bytes() == SOURCE.encode()


def test_other_files_are_refused(tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CourseError, match="no column id"):
        strings.read(file)
    file.write_bytes("id,zh,en\n中".encode("gb18030"))
    with pytest.raises(CourseError, match="UTF-8"):
        strings.read(file)


def test_a_text_is_marked_until_somebody_confirms(lesson, tmp_path):
    assert pairs.confirm_lessons([lesson]) == 3
    assert pairs.check_lesson(lesson) == []
    changed = SOURCE.replace("The second text", "The second text, which is longer")
    lesson.source.write_text(changed, encoding="utf-8")
    [problem] = pairs.check_lesson(lesson)
    assert "the English was changed" in problem.en
    assert pairs.MARKS["en"] in marked_texts(lesson)

    file = tmp_path / "texts.csv"
    strings.write([lesson], file)
    rows = table(file)
    assert [row["changed"] for row in rows] == ["", "", "en"]
    rows[2]["zh"], rows[2]["confirmed"] = "第二段，更长。", "yes"
    save(file, rows)
    strings.take(file)
    assert pairs.check_lesson(lesson) == []
    assert marked_texts(lesson) == texts_of(read_source(lesson))


@pytest.mark.parametrize(("half", "language"), [("第一段", "zh"), ("The first text", "en")])
def test_the_notebook_carries_the_mark_and_loses_it(half, language, lesson):
    pairs.confirm_lessons([lesson])
    lesson.source.write_text(SOURCE.replace(half, f"{half}!"), encoding="utf-8")
    built = pairs.mark(read_source(lesson), "01")
    plain = texts_of(read_source(lesson))
    assert texts_of(built) != plain
    assert texts_of(built).replace(f"{pairs.MARKS[language]}\n\n", "") == plain
    other = next(cell for cell in built.cells if pairs.MARKS[language] in cell.source)
    assert half not in other.source and "lang-" + {"zh": "en", "en": "zh"}[language] in tags(other)
    assert texts_of(pairs.mark(built, "01")) == texts_of(built), "twice is once"

    lesson.notebook.parent.mkdir()
    write_notebook(built, lesson.notebook)
    assert not pairs.refresh(lesson)
    pairs.confirm_lessons([lesson])
    assert pairs.refresh(lesson)
    assert texts_of(read_notebook(lesson.notebook)) == plain


def texts_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def marked_texts(lesson):
    return texts_of(pairs.mark(read_source(lesson), "01"))


@pytest.mark.parametrize(
    ("zh", "en", "change"),
    [("一", "one", ""), ("一", "two!", "en"), ("一！", "one", "zh"), ("三", "three", "new"), ("一", "two", "new")],
)  # fmt: skip
def test_which_half_changed(zh, en, change):
    compared = {Pair("01", 1, "text", *pair).hashes for pair in (("一", "one"), ("二", "two"))}
    assert pairs.change(Pair("01", 1, "text", zh, en), compared) == change
