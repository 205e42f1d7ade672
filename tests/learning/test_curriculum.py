"""The map of the course: read from the lessons, drawn without an arrow through a box."""

import json
import re

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.author.new import new_lesson
from course.notebooks.lessons import all_lessons, read_source
from course_utils import assets, figures, paths
from course_utils.learning import curriculum, progress_map, records
from course_utils.learning.curriculum import Entry
from course_utils.messages import CourseError

COURSE = curriculum.read()


def write(folder, number, needs=(), minutes=40, title=None):
    """A lesson in miniature."""
    title = title or f"# {number} 小课 {number}：二 · Lesson {number}: two"
    about = {"minutes": minutes, "needs": needs}
    notebook = new_notebook(cells=[new_markdown_cell(title), new_code_cell("1 + 1")])
    notebook.metadata["course"] = about
    nbformat.write(notebook, folder / f"{number}_small.ipynb")


def test_the_course():
    numbers = [entry.number for entry in COURSE]
    assert numbers == [file.name[:2] for file in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]
    for entry in COURSE:
        assert re.search(r"[\u4e00-\u9fff]", entry.zh)
        assert re.fullmatch(r"[ -~–]+", entry.en)
        assert 10 <= entry.minutes <= 240
        assert set(entry.needs) <= set(numbers)
        assert all(earlier < entry.number for earlier in entry.needs)
    assert len(curriculum.arrows(COURSE)) >= len(COURSE) - 2


def test_what_is_read(tmp_path):
    write(tmp_path, "01")
    write(tmp_path, "02", ["01"], 75)
    first, second = curriculum.read(tmp_path)
    assert (first.stem, first.zh, first.en) == ("01_small", "小课 01：二", "Lesson 01: two")
    assert (first.needs, second.needs) == ((), ("01",))
    assert (first.minutes, second.minutes) == (40, 75)
    assert (curriculum.short(first.zh), curriculum.short(first.en)) == ("小课 01", "Lesson 01")


def test_a_copy_with_some_lessons_only(tmp_path):
    write(tmp_path, "03", ["01"])
    write(tmp_path, "04", ["03"])
    assert [entry.needs for entry in curriculum.read(tmp_path)] == [(), ("03",)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": ["05"]},
        {"needs": ["06"]},
        {"needs": 3},
        {"minutes": "many"},
        {"title": "# Five"},
    ],
    ids=str,
)
def test_what_the_map_does_not_find_is_said(tmp_path, wrong):
    write(tmp_path, "05", **wrong)
    with pytest.raises(CourseError, match=r"(?s)05_small.*minutes"):
        curriculum.read(tmp_path)


def test_what_is_no_notebook_is_said(tmp_path):
    (tmp_path / "05_small.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="05_small"):
        curriculum.read(tmp_path)


def random_course(rng, n):
    return [
        Entry(f"{i:02}", f"{i:02}_x", "课", "lesson", 30, tuple(
            f"{j:02}" for j in range(i) if rng.random() < 0.25
        ))
        for i in range(n)
    ]  # fmt: skip


def reach(pairs, n):
    """Reachability by repeated matrix products."""
    one = np.zeros((n, n), dtype=int)
    for first, then in pairs:
        one[int(first), int(then)] = 1
    total = one.copy()
    for _ in range(n):
        total = ((total + total @ one) > 0).astype(int)
    return total


@pytest.mark.parametrize("seed", range(8))
def test_arrows_say_everything_and_nothing_twice(seed):
    course = random_course(np.random.default_rng(seed), 12)
    pairs = [(first, entry.number) for entry in course for first in entry.needs]
    arrows = curriculum.arrows(course)
    wanted = reach(pairs, 12)
    assert np.array_equal(reach(arrows, 12), wanted)
    for arrow in arrows:
        fewer = [other for other in arrows if other != arrow]
        assert not np.array_equal(reach(fewer, 12), wanted), f"{arrow} follows from the others"


def test_lesson_00_stores_the_map_as_it_is_now():
    """Its outputs are not compared when it runs: this says when `course build 00` is due."""
    cells = json.loads((paths.NOTEBOOKS / "00_start_here.ipynb").read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    tables = [
        "".join(o["data"]["text/markdown"]) for o in outputs if "text/markdown" in o.get("data", {})
    ]
    assert curriculum.switched_table(COURSE) in tables, "run: course build 00"
    files = next(table for table in tables if "载体</span>" in table)
    for asset in assets.manifest().values():
        row = next(
            (
                line
                for line in files.splitlines()
                if f"`{asset.carrier}`" in line and asset.title_en in line
            ),
            "",
        )
        assert asset.licence in row and row.endswith(f"| {', '.join(asset.lessons)} |"), asset.name


def test_a_lesson_from_the_template_is_on_the_map(tmp_path):
    new_lesson("10", "cross_validation", "交叉验证", "Cross-validation", tmp_path)
    (lesson,) = all_lessons(tmp_path)
    write(tmp_path, "01")
    nbformat.write(read_source(lesson), tmp_path / f"{lesson.stem}.ipynb")
    assert curriculum.read(tmp_path)[1] == Entry(
        "10", "10_cross_validation", "交叉验证", "Cross-validation", 60, ("01",)
    )


def test_the_map_of_all_lessons_can_be_shown():
    """A picture above the limit is an error, and `progress()` would fall back to text."""
    figures.use_style()
    drawn = progress_map.draw(progress_map.rows(records.read()), curriculum.read())
    assert len(figures.to_png(drawn)) <= figures.PNG_LIMIT
