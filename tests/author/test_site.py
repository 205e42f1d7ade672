"""The site's parts: addresses, names of places, pictures, links, what stands in the head of a page."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.author import site
from course.author.website import explorers, front, lesson, links, pictures, search, tables, words
from course.notebooks.lessons import Lesson, select
from course.notebooks.markdown import SEPARATOR
from course_utils.learning import curriculum, definitions
from course_utils.learning.curriculum import Entry
from course_utils.messages import CourseError

LESSON = "02"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site of one lesson, with an address."""
    out = tmp_path_factory.mktemp("site") / "a folder"
    site.build(out, "https://example.org/course", "https://example.org/code", [LESSON])
    return out


def soup(file):
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_page_says_what_it_is(built, language):
    page = soup(built / language / "02_losses.html")
    assert page.html["lang"] == ("en" if language == "en" else "zh-CN")
    assert 30 < len(page.find("meta", {"name": "description"})["content"]) < 320
    codes = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}
    assert codes["en"] == "https://example.org/course/en/02_losses.html"
    assert codes["zh-CN"].endswith("/zh/02_losses.html") and "x-default" in codes
    assert page.title.get_text().startswith("02 ")
    assert ("50 minutes" in page.main.get_text()) == (language != "zh")
    assert page.select("span.math") == [] and page.select("main math")
    ids = [node["id"] for node in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_places_are_the_same_in_all_languages(built):
    found = [
        [node["id"] for node in soup(built / one / "02_losses.html").select("main :is(h2, .block)")]
        for one in words.LANGUAGES
    ]
    assert found[0] == found[1] == found[2] and "quiz" in found[0]


def test_no_link_is_dead_and_a_planted_one_is_found(built):
    assert list(links.dead(built)) == []
    planted = built / "zh" / "planted.html"
    code = "<pre>'&lt;a href=\"<b>{no}</b>\"&gt;'</pre>"  # shown, no link
    links_of_it = '<a href="no.html">x</a> <a href="index.html#no">y</a>'
    planted.write_text(links_of_it + code, encoding="utf-8")
    assert [link for _, link in links.dead(built)] == ["no.html", "index.html#no"]
    planted.unlink()


def test_a_heading_named_as_jupyterlab_does_is_found_in_the_page(built):
    """Links in outputs name headings so; on the site these led nowhere."""
    entry = next(each for each in curriculum.read() if each.number == LESSON)
    page = lesson.LessonPage(*select([LESSON]), entry, pictures.Store(built))
    for heading in page.headings:
        both = f"{heading.zh}{SEPARATOR}{heading.en}".replace(" ", "-")
        assert page.anchors()[both] == heading.id


def test_a_lessons_link_to_no_lesson_is_found(tmp_path):
    (tmp_path / "lessons").mkdir()
    source = tmp_path / "lessons" / "01_small.py"
    text = (
        "# %% [markdown]\n# [one](01_small.ipynb#x) [two](02_gone.ipynb) [out](https://keras.io)\n"
    )
    source.write_text(text, encoding="utf-8")
    [problem] = links.in_lesson(Lesson(source, tmp_path / "notebooks" / "01_small.ipynb"))
    assert problem.cell == 1 and "02_gone.ipynb" in problem.en


def test_nothing_is_loaded_from_elsewhere(built):
    for file in built.rglob("*.html"):
        page = soup(file)
        loading = [
            *page.select("[src]"),
            *page.select("link[rel=stylesheet]"),
            *page.select("image[href]"),
        ]
        addresses = [node.get("src") or node.get("href") for node in loading]
        assert addresses and not [a for a in addresses if re.match(r"https?:|//", a)], file
    assert "url(" not in (built / "assets" / "style.css").read_text(encoding="utf-8")


def test_quizzes_and_exercises_are_all_there(built):
    page = soup(built / "en" / "02_losses.html")
    assert {node["data-quiz"] for node in page.select("[data-quiz]")} == set(
        definitions.quizzes(LESSON)
    )
    for name, exercise in definitions.exercises(LESSON).items():
        box = page.find(id=f"exercise-{name}")
        assert len(box.find_all("details")) == len(exercise.hints) + 2
        assert "git clone https://example.org/code course" in box.get_text()
        assert "start 02" in box.get_text()
    asked = {node["data-prediction"] for node in page.select("[data-prediction]")}
    assert asked == set(definitions.predictions(LESSON))
    for outcome in page.select("[data-outcome]"):
        assert outcome.find_parent(attrs={"data-after": re.compile(outcome["data-outcome"])})


def test_one_language_a_page(built):
    english = soup(built / "en" / "02_losses.html")
    for hidden in english.select("main [lang]"):
        if hidden.name not in ("td", "th") and hidden["lang"].startswith("zh"):
            hidden.decompose()
    for code in english.select("main .highlight, main script, main svg"):
        code.decompose()
    assert re.findall("[\u4e00-\u9fff]+", english.main.get_text()) == []


def test_the_site_is_built_again_but_not_over_other_files(built, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError):
        site.build(tmp_path, lessons=[LESSON])
    assert (tmp_path / "mine.txt").exists()
    assert (built / site.MARKER).exists()


def notebook():
    shown = {"course": {"prediction": "02-p1", "result": 1}}
    result = new_output("display_data", {"text/plain": "1"}, metadata=shown)
    tagged = [("lang-zh", "**损失**有 $x$"), ("lang-en", "the **loss**")]
    pair, again = (
        [new_markdown_cell(text, metadata={"tags": [tag]}) for tag, text in tagged] for _ in "ab"
    )
    return new_notebook(
        cells=[
            new_markdown_cell("# 02 损失 · Losses"),
            new_code_cell('predict("02-p1", ...)'),
            *pair,
            new_code_cell("measure()", outputs=[result], metadata={"tags": ["shows-it"]}),
            *again,
            new_markdown_cell("## 同名 · Same name"),
            new_markdown_cell("## 又一个 · Same name"),
        ]
    )


def test_pairs_are_one_block_and_headings_have_names():
    blocks = list(lesson._blocks(notebook()))
    assert [len(block.cells) for block in blocks] == [1, 1, 2, 1, 2, 1, 1]
    headings = list(lesson._with_ids(blocks))
    assert [heading.id for heading in headings] == ["02-losses", "same-name", "same-name-2"]
    assert blocks[3].ids == ["shows-it"]


def test_what_follows_a_guess_waits_for_it_up_to_the_next_heading():
    blocks = list(lesson._blocks(notebook()))
    lesson._cover(blocks)
    assert [block.covers for block in blocks] == [[], [], [], [], ["02-p1"], [], []]
    assert [block.veils for block in blocks] == [[], [], [], ["02-p1"], [], [], []]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("One update step", "one-update-step"),
        ("What’s $x^2$?", "whats-x-2"),
        ("一步 A/B", "一步-a-b"),
        ("??", "section"),
    ],
)
def test_names_of_places(text, name):
    assert words.slug(text) == name.replace("whats-x-2", words.slug("What’s $x^2$?"))
    assert re.fullmatch(r"[\w-]+", words.slug(text))


def test_figures_take_the_pages_ink():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><path id="a" style="stroke: #000000"/>'
        '<path style="stroke: #ff0000"/><g class="fixed"><path style="stroke: #000000"/></g>'
        "<text>t</text></svg>"
    )
    inked = pictures.in_the_pages_ink(svg)
    assert inked.count("color-mix") == 1 and "#ff0000" in inked and "currentColor" in inked
    assert 'id="f3-a"' in pictures.own_names(inked, 3)


def test_a_picture_is_stored_once(tmp_path):
    store = pictures.Store(tmp_path)
    assert store("image/png", b"x") == store("image/png", b"x") != store("image/png", b"y")
    assert len(list((tmp_path / "pictures").iterdir())) == 2


def test_the_map_has_every_lesson_and_arrow():
    entries = [
        Entry("01", "01_a", "甲", "A", 10, ()),
        Entry("02", "02_b", "乙", "B", 10, ("01",)),
        Entry("03", "03_c", "丙", "C", 10, ("01", "02")),
    ]
    drawn = front.course_map(entries, "en")
    assert re.findall(r'href="(\w+)\.html"', drawn) == ["01_a", "02_b", "03_c"]
    assert drawn.count('class="arrow"') == 2


def test_search_rows_have_terms_code_and_no_formulas():
    page = lesson.LessonPage.__new__(lesson.LessonPage)
    page.lesson = type("Lesson", (), {"stem": "02_losses"})()
    page.blocks = list(lesson._blocks(notebook()))
    page.headings = list(lesson._with_ids(page.blocks))
    rows = search.of_lesson(page, "zh")
    assert [row.heading for row in rows] == ["02 损失", "同名", "又一个"]
    assert rows[0].terms == ("损失", "损失") and "$" not in rows[0].text
    script = search.script(rows, {"02_losses.html": "损失"}, "zh")
    assert script.startswith("(window.courseSearch") and "</" not in script


class Control:
    def __init__(self, value, low, high, step):
        self.value, self.min, self.max, self.step = value, low, high, step


def test_positions_of_a_slider_keep_ends_and_start():
    values, texts = explorers._thinned(Control(4, 0, 100, 1), 5)
    assert values == [0, 4, 25, 50, 75, 100] and texts[1] == "4"
    assert explorers._places([3, 2], (0, 0)) == ([(i, j) for i in range(3) for j in range(2)], True)
    places, together = explorers._places([30, 30], (3, 4))
    assert not together and len(places) == 59 and (3, 29) in places


def test_questions_are_read_and_a_bad_one_is_named(tmp_path):
    file = tmp_path / "faq.toml"
    assert tables.questions(file) == []
    row = '[[question]]\nid = "a"\narticle = "S1"\nsection = "7"\nlesson = "02"\ncell = "shows-x"\n'
    row += 'question_zh = "问"\nquestion_en = "Q"\nanswer_zh = "答"\n'
    file.write_text(row + 'answer_en = "A"\n', encoding="utf-8")
    [question] = tables.questions(file)
    page = tables.questions_page([question], "en", {"02": "02_losses"}, {"02": {"shows-x": "b7"}})
    assert "02_losses.html#b7" in page.body and "S1 §7" in page.body
    heading = replace(question, cell="## 甲 · A heading")
    anchors = {"02": {"甲 · A heading": "a-heading"}}
    page = tables.questions_page([heading], "zh", {"02": "02_losses"}, anchors)
    assert "02_losses.html#a-heading" in page.body
    file.write_text(row, encoding="utf-8")
    with pytest.raises(CourseError, match="answer_en"):
        tables.questions(file)
