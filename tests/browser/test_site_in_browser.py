"""The course as a site: all lessons in three language modes, read from the disk as from a USB stick."""

import functools
import http.server
import json
import re
import threading

import pytest
from bs4 import BeautifulSoup
from lab_page import ARTEFACTS, serious_findings
from playwright.sync_api import expect

from course.author import site
from course.author.website import links, tables
from course.author.website.words import LANGUAGES
from course_utils import paths

pytestmark = pytest.mark.browser
STEMS = [path.stem for path in paths.notebooks()]
# 640: 1280 at 200 %. What is wider than the page in one language is so in a page of both: a lesson in one
# language is laid out once, for the phone.
WIDTHS = (1280, 640, 360)
PHONE = {"width": 360, "height": 740}
# Each kind of page, each theme, each language: axe takes many seconds a page.
LOOKED_AT = (
    ("zh", "02_losses.html", "light"),
    ("both", "05_what_transfer_learning_is.html", "dark"),
    ("en", "index.html", "light"),
    ("zh", "museum.html", "dark"),
)
# Elements that stick out of the page; what scrolls by itself may be wider.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(node => {
    if (node.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== 'visible') return false;
    }
    return true;
  }).map(node => node.outerHTML.slice(0, 120))"""
UNFOLD = """() => {
  for (const node of document.querySelectorAll('.covered')) node.classList.remove('covered');
  for (const node of document.querySelectorAll('details')) node.open = true;
  dispatchEvent(new Event('resize'));
}"""
# For every term: its place among the hits, and the first hit that is a lesson.
RANKS = """([language, terms]) => terms.map(term => {
  const files = find(courseSearch[language], term, 99).map(hit => hit.page[0]);
  return [term, files.indexOf('glossary.html') + 1, files.findIndex(f => /^\\d\\d_/.test(f)) + 1];
})"""
FIRST = """([language, term]) => find(courseSearch[language], term).slice(0, 5)
  .map(({ page, row }) => [page[0], row[2]])"""
NEAR_THE_TOP = "id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 250"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The site of all lessons."""
    out = tmp_path_factory.mktemp("site")
    site.build(out)
    return out


def test_no_link_is_dead_and_no_formula_is_left_as_typed(folder):
    """Those of outputs, too: the last lesson's museum prints tables with both."""
    assert list(links.dead(folder)) == []
    for file in (*folder.glob("both/17*.html"), folder / "both" / "museum.html"):
        page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for shown in page.select("code, pre, script, style, svg, math, title"):
            shown.decompose()
        assert re.findall(r"\$[^\s$][^$\n]*\$", page.get_text()) == [], file.name


@pytest.fixture
def visit(browser, folder):
    """``visit("zh/index.html", **options)``: an open page; what it asks from elsewhere is a failure."""
    contexts, outside, errors = [], [], []

    def start(path, base=None, **options):
        contexts.append(browser.new_context(**{"locale": "en-US", **options}))
        contexts[-1].set_default_timeout(60_000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        inside = base or folder.as_uri()
        page.on(
            "request",
            lambda r: r.url.startswith((inside, "data:")) or outside.append(r.url),
        )
        page.goto(f"{inside}/{path}")
        return page

    yield start
    for context in contexts:
        context.close()
    assert outside == [] and errors == []


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_in_three_widths_and_two_themes(language, visit, folder):
    page = visit(f"{language}/index.html")
    for stem in ["index", "glossary", "museum", "references", *STEMS]:
        page.goto((folder / language / f"{stem}.html").as_uri())
        page.evaluate(UNFOLD)
        in_one_language = stem in STEMS and language != "both"
        for width in WIDTHS[-1:] if in_one_language else WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            page.evaluate("dispatchEvent(new Event('resize'))")
            assert page.evaluate(WIDER) == [], (stem, width)
        assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"
        if stem in STEMS:
            assert page.locator("main h1").count() == 1, stem
            assert page.locator(".languages a").count() == 3
            live = page.locator("main [data-explorable]")
            expect(page.locator("main .course-explorable .said")).to_have_count(live.count())
        if stem in ("index", STEMS[0]):  # each of the two templates
            the_theme_changes(page)


def the_theme_changes(page):
    """The button changes the colours of the page and of its text, whichever theme it was in."""
    colours = "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
    before = page.evaluate(colours)
    page.locator("button.theme").click()
    assert all(new != old for new, old in zip(page.evaluate(colours), before, strict=True))


def test_axe_finds_nothing_serious(visit, folder, axe):
    page = visit("zh/index.html")
    page.set_viewport_size({"width": 900, "height": 740})
    found = {}
    for language, file, theme in LOOKED_AT:
        page.evaluate("theme => localStorage.setItem('course-theme', theme)", theme)
        page.goto((folder / language / file).as_uri())
        page.add_script_tag(content=axe)
        if findings := serious_findings(page):
            found[language, file, theme] = findings
    assert found == {}


def test_bytes_before_pictures_scroll_in(folder):
    shared = sum(
        (folder / "assets" / name).stat().st_size for name in ("style.css", "site.js", "search.js")
    )
    sizes = {file: file.stat().st_size + shared for file in folder.rglob("*.html")}
    assert max(sizes.values()) < 1_000_000, max(sizes, key=sizes.get)


def test_every_term_is_found_in_each_language(visit):
    page = visit("both/index.html")
    box = page.locator(".search input")
    box.fill("xyzzy")  # found nowhere, so both books are opened
    page.wait_for_function("window.courseSearch?.zh && window.courseSearch?.en")
    report = {}
    for side, language in enumerate(("zh", "en")):
        terms = [term[side] for term in tables.terms()]
        ranks = page.evaluate(RANKS, [language, terms])
        assert [term for term, rank, _ in ranks if rank != 1] == [], "its own row comes first"
        report[language] = {term: lesson for term, _, lesson in ranks}
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (ARTEFACTS / "search_ranks.json").write_text(text, encoding="utf-8")
    for language in report:  # some terms stand in the glossary and the docs alone
        in_lessons = [rank for rank in report[language].values() if rank]
        assert len(in_lessons) > 0.7 * len(report[language])
        assert sum(rank <= 5 for rank in in_lessons) > 0.9 * len(in_lessons)


@pytest.mark.parametrize(
    ("language", "term", "lesson", "heading"),
    [
        ("zh", "批归一化", "08", ""),
        ("zh", "优化器", "03", "优化器"),
        ("zh", "梯度下降", "0", ""),
        ("zh", "学习率", "0", ""),
        ("en", "gradient", "0", "radient"),
        ("en", "BatchNorm", "08", "BatchNorm"),
        ("zh", "BatchNorm", "08", "BatchNorm"),
        ("en", "EarlyStopping", "0", ""),
    ],
)  # fmt: skip
def test_words_that_readers_look_for(language, term, lesson, heading, visit):
    page = visit(f"{language}/index.html")
    page.locator(".search input").fill("x")
    page.wait_for_function(f"window.courseSearch?.{language}")
    hits = page.evaluate(FIRST, [language, term])
    assert any(file.startswith(lesson) and heading in found for file, found in hits), hits


def test_search_by_keyboard_leads_to_the_heading(visit):
    page = visit("zh/02_losses.html", viewport=PHONE)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("softmax")
    expect(page.locator("#found li").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/*.html#*")
    place = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    expect(page.locator(f"[id='{place}']")).to_be_visible()


@pytest.mark.parametrize("to", ["en", "both"])
def test_switching_keeps_the_place(to, visit):
    page = visit("zh/02_losses.html", viewport={"width": 1280, "height": 740})
    heading = page.locator("main h2").nth(6)
    name = heading.get_attribute("id")
    heading.scroll_into_view_if_needed()
    page.evaluate("id => document.getElementById(id).scrollIntoView()", name)
    # A real pointer would first be scrolled to the link, which is in sight already.
    page.locator(f".languages a[href*='../{to}/']").evaluate("link => link.click()")
    page.wait_for_url(f"**/{to}/02_losses.html*")
    page.wait_for_load_state("load")
    page.wait_for_function(NEAR_THE_TOP, arg=name)
    page.wait_for_timeout(500)
    assert page.evaluate(NEAR_THE_TOP, name), "it moved again"
    assert "#" not in page.url, "an address to share has no place of this reader's"


def test_quizzes_answer_and_remember(visit):
    page = visit("en/02_losses.html")
    quiz = page.locator("[data-kind=choice]").first
    for letter in "AB":
        quiz.locator(f"[data-choice={letter}]").click()
        expect(quiz.locator(".feedback")).to_contain_text(letter)
    states = quiz.locator("[data-state]")
    assert states.count() == 2
    page.reload()
    expect(quiz.locator("[data-state]")).to_have_count(2)
    match = page.locator("[data-kind=match]").first
    answers = json.loads(match.locator("> script").text_content())
    for key in [key for key, (right, *_) in answers.items() if right]:
        match.locator(f"[data-item='{key[0]}']").click()
        match.locator(f"[data-choice={key[1]}]").click()
    expect(match).to_have_attribute("data-done", "")


def test_steps_are_put_in_order(visit):
    page = visit("zh/01_forward_and_backward.html")
    quiz = page.locator("[data-kind=order]").first
    answers = json.loads(quiz.locator("> script").text_content())
    wrong = next(key for key, (right, *_) in answers.items() if not right and key[0] == "1")
    quiz.locator(f"[data-choice={wrong[1]}]").click()
    expect(quiz.locator("[data-state=wrong]")).to_have_count(1)
    for key in [key for key, (right, *_) in answers.items() if right]:
        quiz.locator(f"[data-choice={key[1]}]").click()
    expect(quiz).to_have_attribute("data-done", "")


def test_results_wait_for_a_guess(visit):
    page = visit("en/02_losses.html")
    form = page.locator("form.guess").first
    name = form.get_attribute("data-prediction")
    result = page.locator(f"[data-outcome='{name}']")
    expect(result).to_be_hidden()
    page.emulate_media(media="print")
    expect(result).to_be_visible()
    page.emulate_media(media="screen")
    field = form.locator("[name=guess]").first
    if field.get_attribute("type") == "radio":
        field.check()
    else:
        field.fill("1e99")
        form.locator("button").click()
        expect(form.locator(".noted")).to_contain_text("Write a number")
        field.fill(str(json.loads(form.locator("> script").text_content())["high"]))
    form.locator("button").click()
    expect(form.locator(".noted")).to_contain_text("Noted")
    expect(result).to_be_visible()
    expect(result).to_contain_text("you guessed")
    page.reload()
    expect(result).to_be_visible()
    expect(page.locator("[data-guesses]")).to_contain_text(name)


def test_sliders_choose_stored_pictures(visit):
    page = visit("en/01_forward_and_backward.html")
    box = page.locator(".explorer")
    slider, picture = box.locator("input"), box.locator(".picture")
    before = picture.inner_html()
    slider.focus()
    page.keyboard.press("End")
    assert picture.inner_html() != before
    expect(box.locator("output")).to_have_text(slider.get_attribute("aria-valuetext"))
    assert "b:" in picture.locator("> svg").get_attribute("aria-label")
    assert "[\u4e00-\u9fff]" not in picture.inner_text()
    data = box.locator("> script").text_content()
    assert len(data.encode()) < 200_000


def test_the_museum_is_filtered(visit):
    page = visit("zh/museum.html")
    shown = page.locator(".exhibits > li:visible")
    everything = shown.count()
    page.locator("select[data-key=article]").select_option("S3")
    assert 0 < shown.count() < everything
    for row in shown.all():
        assert "S3" in row.get_attribute("data-article")
    page.locator(".filter input").fill("xyzzy")
    expect(shown).to_have_count(0)


def test_code_is_copied(visit):
    page = visit("en/02_losses.html", permissions=["clipboard-read", "clipboard-write"])
    code = page.locator(".code_cell > .highlight").first
    code.locator("button").click()
    expect(code.locator("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code.locator("pre").text_content()


def test_a_folder_of_a_server(visit, folder):
    """As `python -m http.server` or GitHub Pages serve it, below an address of any length."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder.parent)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/{folder.name}"
        page = visit("index.html", base, locale="zh-CN")
        page.wait_for_url("**/zh/index.html")
        page.locator(".lessons a.title").nth(2).click()
        page.locator(".search input").fill("交叉熵")
        expect(page.locator("#found li").first).to_be_visible()
        server.shutdown()
