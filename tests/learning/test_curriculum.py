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
from course_utils.learning import check, curriculum
from course_utils.learning.curriculum import Entry
from course_utils.messages import CourseError

COURSE = curriculum.read()
ZH = "{}在 2 个核上运行不到 1 分钟，读完并做练习大约 {} 分钟。"
EN = "{} Running takes less than 1 minute, reading and doing the exercises about {} minutes."


def write(folder, number, zh_needs="你会 Python。", en_needs="You know Python.", minutes=(40, 40)):
    """A lesson in miniature."""
    texts = {"zh": ZH.format(zh_needs, minutes[0]), "en": EN.format(en_needs, minutes[1])}
    cells = [
        new_markdown_cell(f"# {number} 小课 {number}：二 · Lesson {number}: two"),
        new_markdown_cell("## 开始之前 · Before you start"),
        *(
            new_markdown_cell(
                f'<div lang="{lang}">\n\n{text}\n\n</div>', metadata={"tags": [f"lang-{lang}"]}
            )
            for lang, text in texts.items()
        ),
        new_markdown_cell("## 后来 · Later"),
        new_markdown_cell(
            '<div lang="en">\n\nLesson 99.\n\n</div>', metadata={"tags": ["lang-en"]}
        ),
        new_code_cell("1 + 1"),
    ]
    nbformat.write(new_notebook(cells=cells), folder / f"{number}_small.ipynb")


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
    write(tmp_path, "02", "你需要第 01 课的梯度。第 07 课在后面。", "You need lesson 01. Not 07.")
    write(tmp_path, "03", "你需要第 01–02 课。", "You need lessons 01–02.", (75, 75))
    write(tmp_path, "04", "有了第 01 到 03 课更好。", "Lessons 01 to 03 help.")
    first, second, third, fourth = curriculum.read(tmp_path)
    assert (first.stem, first.zh, first.en) == ("01_small", "小课 01：二", "Lesson 01: two")
    assert (first.needs, second.needs, third.needs) == ((), ("01",), ("01", "02"))
    assert (first.minutes, third.minutes) == (40, 75)
    assert fourth.needs == ("01", "02", "03")
    assert (curriculum.short(first.zh), curriculum.short(first.en)) == ("小课 01", "Lesson 01")


def test_a_copy_with_some_lessons_only(tmp_path):
    write(tmp_path, "03", "你需要第 01 课。", "You need lesson 01.")
    write(tmp_path, "04", "你需要第 03 课。", "You need lesson 03.")
    assert [entry.needs for entry in curriculum.read(tmp_path)] == [(), ("03",)]


@pytest.mark.parametrize(
    "wrong",
    [
        ("你需要第 01 课。", "You need lesson 02."),
        ("你需要第 05 课。", "You need lesson 05."),
        ("你会 Python。", "You know Python.", (40, 50)),
        ("你会 Python。", "You know Python.", ("几", 40)),
    ],
)
def test_what_the_map_does_not_find_is_said(tmp_path, wrong):
    write(tmp_path, "05", *wrong)
    with pytest.raises(CourseError, match=r"(?s)05_small.*(lessons|minutes)"):
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


@pytest.mark.parametrize("seed", range(8))
def test_no_box_covers_another_or_an_arrow(seed):
    course = random_course(np.random.default_rng(seed), 14)
    places, ways = curriculum.layout(course)
    half = curriculum.BOX / 2
    centres = np.array(list(places.values()))
    for i, (x, y) in enumerate(centres):
        others = np.delete(centres, i, axis=0)
        assert not np.any((others[:, 1] == y) & (abs(others[:, 0] - x) < 2 * half))
    for entry in course:
        assert all(places[earlier][1] > places[entry.number][1] for earlier in entry.needs)
    for x, y in (point for way in ways for point in way[1:-1]):
        assert not np.any((centres[:, 1] == y) & (abs(centres[:, 0] - x) <= half))


def test_progress_colours_the_boxes(lessons, tmp_path, capsys):
    write(tmp_path, "01")
    write(tmp_path, "98")
    course = curriculum.read(tmp_path)
    assert curriculum.states(course) == {"01": "○", "98": "○"}
    check("98-1", -0.6)
    assert curriculum.states(course)["98"] == "◐"
    check("98-2", lambda x, w: x @ w.T)
    record = curriculum.records.read()
    record["quizzes"]["98-q1"] = {"done": True}
    assert curriculum.states(course, record) == {"01": "○", "98": "●"}
    figures.use_style()
    fig = curriculum.draw(course, curriculum.states(course, record))
    words = "\n".join(text.get_text() for text in fig.axes[0].texts)
    assert "○ 01 小课 01\n" in words
    assert "● 98 小课 98\n" in words
    assert {patch.get_facecolor() for patch in fig.axes[0].patches} >= {(1, 1, 1, 1)}
    figures.assert_figure(fig)


def test_mermaid_has_every_lesson_and_arrow():
    text = curriculum.mermaid(COURSE)
    assert re.findall(r"^ +L(\d\d)\[", text, re.MULTILINE) == [e.number for e in COURSE]
    arrows = re.findall(r"^ +L(\d\d) --> L(\d\d)$", text, re.MULTILINE)
    assert arrows == curriculum.arrows(COURSE)


def test_lesson_00_stores_the_map_as_it_is_now():
    """Its outputs are not compared when it runs: this says when `course build 00` is due."""
    cells = json.loads((paths.NOTEBOOKS / "00_start_here.ipynb").read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    tables = [
        "".join(o["data"]["text/markdown"]) for o in outputs if "text/markdown" in o.get("data", {})
    ]
    assert curriculum.table(COURSE) in tables, "run: course build 00"
    files = next(table for table in tables if "载体 carrier" in table)
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
