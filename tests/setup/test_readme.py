"""README: its generated parts are current, what it names exists, both languages have all of it."""

import argparse
import io
import re

import pytest
from PIL import Image

from course.author import label_curve, readme
from course.cli import COMMANDS
from course_utils import paths
from course_utils.learning import curriculum

TEXT = readme.README.read_text(encoding="utf-8")
ENGLISH, _, CHINESE = TEXT.partition("\n# 中文\n")
HALVES = {"en": ENGLISH, "zh": CHINESE}
LESSON_00 = (paths.LESSONS / "00_start_here.py").read_text(encoding="utf-8")


def run(file, *options):
    parser = argparse.ArgumentParser()
    readme.add_arguments(parser)
    return readme.run(parser.parse_args(options), file)


def test_readme_is_what_its_template_makes():
    assert readme.render() == TEXT, "run: course readme"


def test_writing_and_checking(tmp_path, capsys):
    file = tmp_path / "README.md"
    file.write_text(TEXT.replace("<br>", "<br>old", 1), encoding="utf-8")
    assert run(file, "--check") == 1
    assert "course readme" in capsys.readouterr().out
    assert run(file) == 0
    assert run(file, "--check") == 0
    assert file.read_text(encoding="utf-8") == TEXT


def test_measured_parts_say_the_same_numbers():
    zh, en = (
        re.findall(
            r"\d+(?:[.,]\d+)*", re.search(rf"\| \| {head} \|.*?\n\n.*?\n", TEXT, re.DOTALL)[0]
        )
        for head in ("实测", "measured")
    )
    assert len(zh) > 30
    assert sorted(zh) == sorted(en)


def test_numbers_are_those_of_the_result_file(monkeypatch):
    """Another result gives another README: nothing is copied by hand."""
    results = readme.results

    def changed(name):
        content = results(name)
        if name == "recipes":
            content["recipes"]["ours"]["local_right"] = 500
        return content

    monkeypatch.setattr(readme, "results", changed)
    text = readme.render()
    assert "50.0% of 1,000" in text
    assert "认对 50.0%（95% 区间 46.9–53.1%）" in text


def test_mermaid_has_every_lesson_and_arrow():
    course = curriculum.read()
    numbers = re.findall(r"^ +L(\d\d)\[", TEXT, re.MULTILINE)
    assert numbers == [entry.number for entry in course]
    arrows = re.findall(r"^ +L(\d\d) --> L(\d\d)$", TEXT, re.MULTILINE)
    assert arrows == curriculum.arrows(course)


@pytest.mark.parametrize("text", [*HALVES.values(), LESSON_00], ids=[*HALVES, "lesson 00"])
def test_commands_exist(text):
    named = re.findall(r"`!?course ([a-z]+)\b|start\.py ([a-z]+)\b", text)
    words = {a or b for a, b in named}
    assert len(words) >= 4
    assert words <= COMMANDS.keys()


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_links_lead_somewhere(half):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", half)
    assert len(links) > 8
    missing = [link for link in links if not (paths.ROOT / link).exists()]
    assert not missing


def test_both_halves_link_to_the_same_and_have_the_same_commands():
    def named(half):
        links = set(re.findall(r"\]\(([^)#]+)\)", half))
        links = {link for link in links if not re.search(r"/\d\d_", link)}  # the syllabus is shared
        links -= {PICTURE, *CURVES.values()}
        code = set(re.findall(r"^(?:python|PIP|COURSE|pip|\.venv)[^#\n]*", half, re.MULTILINE))
        return links, {line.strip() for line in code}

    assert named(ENGLISH) == named(CHINESE)


PICTURE = "docs/pictures/lesson_zh_en.jpg"
CURVES = {language: f"docs/pictures/labels_{language}.png" for language in ("en", "zh")}


@pytest.mark.parametrize("language", CURVES)
def test_the_first_figure_shows_todays_numbers_in_the_readers_language(language):
    half, picture = HALVES[language], paths.ROOT / CURVES[language]
    assert re.search(r"!\[[^\]]+\]\(([^)]+)\)", half)[1] == CURVES[language]
    image = Image.open(picture)
    assert image.text[label_curve.NUMBERS] == label_curve.digest(), "course readme --pictures"
    assert image.width >= 1000 and picture.stat().st_size <= 120_000
    alt = re.search(r"!\[([^\]]+)\]\(" + re.escape(CURVES[language]), half)[1]
    shown = label_curve.numbers()["ways"]
    named = {int(n) for n in re.findall(r"\d+", alt.replace("1,000", ""))}
    zero, last = shown["frozen_zero_shot"][0][0], shown["frozen_zero_shot"][-1][0]
    assert {round(shown["frozen"][-1][0]), round(zero), round(last)} <= named
    assert min(mean for mean, _ in shown["scratch"]) > 380


def test_picture():
    content = (paths.ROOT / PICTURE).read_bytes()
    assert len(content) <= 250_000
    image = Image.open(io.BytesIO(content))
    assert image.width > 1000
    alt = re.search(r"!\[([^\]]+)\]\(" + re.escape(PICTURE), TEXT)[1]
    assert re.search(r"[\u4e00-\u9fff]{8}", alt)
    assert re.search(r"Chinese.+English", alt)
    assert "Oxford-IIIT Pet" in TEXT
    assert "CC BY-SA 4.0" in CHINESE
