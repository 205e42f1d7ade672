"""The language switch, seen through a learner's browser."""

import pytest
from lab_page import NOTEBOOKS, SIZE, TOKEN
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ZH, EN, HEADING = "我们先画图", "First we draw", "小课 · A small lesson"
BOTH = {"zh": (True, False), "en": (False, True), "both": (True, True)}
ACTIVE = "notebook.activeCell.model.sharedModel.source"
SOURCES = "notebook.widgets.map(cell => cell.model.sharedModel.source)"


def assert_shows(lab, mode: str, why: str = "", *, patience: int = 0) -> None:
    """The buttons say the mode, the notebook shows it at once; the shared heading always.

    patience: seconds for a notebook that was just opened. JupyterLab draws its cells one by one.
    """
    wanted = (mode, True, *BOTH[mode])
    for _ in range(1 + 5 * patience):
        found = (lab.mode(), lab.sees(HEADING), lab.sees(ZH), lab.sees(EN))
        if found == wanted:
            break
        lab.page.wait_for_timeout(200)
    assert found == wanted, why


@pytest.mark.slow
def test_lang_in_the_address_through_the_login_page_is_remembered(open_lab):
    """The login page redirects, JupyterLab's router clears the address: the choice outlives both."""
    student = open_lab("fr-FR")
    student.page.goto(f"{student.address}/lab/tree/small.ipynb?lang=both")
    student.page.fill("input[name=password]", TOKEN)
    student.page.keyboard.press("Enter")
    student.wait_until_open()
    assert_shows(student, "both", patience=10)
    student.button("zh").click()
    student.page.reload()
    student.wait_until_open()
    assert_shows(student, "zh", patience=10)


def test_buttons_stay_in_a_narrow_window(lesson):
    """Half a laptop's screen, or 200 % zoom, with the list of files open."""
    lesson.page.set_viewport_size({"width": 780, "height": 700})
    files = lesson.page.locator(".jp-DirListing").first
    try:
        expect(files).to_be_hidden()  # it closes by itself a moment after the window is narrow
        lesson.page.evaluate("jupyterapp.shell.expandLeft()")
        expect(files).to_be_visible()
        expect(lesson.panel().locator(".jp-Toolbar-responsive-opener").first).to_be_visible()
        for mode in BOTH:
            lesson.button(mode).click(timeout=5000)
            assert_shows(lesson, mode)
        first = lesson.panel().locator(".jp-Toolbar > .jp-Toolbar-item").first
        assert first.locator("button").first.get_attribute("value") == "zh"
    finally:
        lesson.page.set_viewport_size(SIZE)


def test_three_modes_without_a_kernel(lesson):
    for mode in BOTH:
        lesson.button(mode).click()
        assert_shows(lesson, mode)
        lesson.shot(f"switch_{mode}")
    assert lesson.do("notebook.parent.sessionContext.session") is None


def test_table_of_contents_has_each_heading_once(lesson):
    lesson.page.evaluate("jupyterapp.commands.execute('toc:show-panel').then(() => null)")
    entries = lesson.page.locator(".jp-TableOfContents-tree .jp-tocItem-content")
    headings = {
        "zh": ["小课", "图", "照片"],
        "en": ["A small lesson", "Figures", "Photos"],
        "both": [HEADING, "图 · Figures", "照片 · Photos"],
    }
    for mode, texts in headings.items():
        lesson.button(mode).click()
        expect(entries).to_have_text(texts)
    lesson.shot("contents")


def test_buttons_by_keyboard_and_their_names(lesson):
    group = lesson.panel().get_by_role("group", name="课程语言 · Course language")
    names = ["中文 · Chinese", "English · 英文", "双语 · Both languages"]
    assert [b.get_attribute("aria-label") for b in group.get_by_role("button").all()] == names
    # Tab reaches the toolbar, the arrow keys the group in it
    lesson.panel().locator(".jp-Toolbar").first.get_by_role("button").first.focus()
    focused = "document.activeElement.closest('.course-language') !== null"
    for _ in range(40):
        if lesson.page.evaluate(focused):
            break
        lesson.page.keyboard.press("ArrowRight")
    assert lesson.page.evaluate(focused), "the arrow keys do not reach the language buttons"
    lesson.button("zh").focus()
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.keyboard.press("Enter")
    assert_shows(lesson, "en")
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.keyboard.press("Space")
    assert lesson.mode() == "both"


def to_first_cell(lab) -> None:
    """Click the first cell: the keyboard is for commands then."""
    lab.panel().locator(".jp-Cell").first.click()
    assert lab.do("[notebook.activeCellIndex, notebook.mode]") == [0, "command"]


def test_keys_skip_hidden_cells(lesson):
    lesson.button("en").click()
    to_first_cell(lesson)
    visited = [lesson.do(ACTIVE)]
    for key in ["ArrowDown"] * 3 + ["ArrowUp"] * 3:
        lesson.page.keyboard.press(key)
        visited.append(lesson.do(ACTIVE))
    assert not [source for source in visited if 'lang="zh"' in source]
    assert visited[0] == visited[-1] and EN in visited[1] and visited[2] == "## 图 · Figures"


def test_switching_leaves_a_hidden_cell_that_was_edited(lesson):
    lesson.button("en").click()
    english = lesson.panel().locator(".jp-MarkdownCell", has_text=EN)
    english.locator(".jp-RenderedMarkdown").click()
    lesson.page.keyboard.press("Enter")
    expect(english.locator(".cm-content")).to_be_focused()
    lesson.button("zh").click()
    assert ZH in lesson.do(ACTIVE)
    lesson.button("both").click()
    expect(english.locator(".jp-RenderedMarkdown")).to_be_visible()


@pytest.mark.parametrize("mode", ["en", "both"])
def test_typing_after_a_double_click_goes_into_the_text(lesson, mode):
    """JupyterLab alone takes the keys for commands: x would cut the cell."""
    lesson.button(mode).click()
    to_first_cell(lesson)
    count = lesson.do("notebook.widgets.length")
    english = lesson.panel().locator(".jp-MarkdownCell", has_text=EN)
    english.locator(".jp-RenderedMarkdown").dblclick()
    expect(english.locator(".cm-content")).to_be_focused()
    lesson.page.keyboard.press("x")
    source = lesson.do(ACTIVE)
    assert "x" in source.replace("$x^2$", "") and EN in source
    assert lesson.do("notebook.widgets.length") == count
    lesson.page.keyboard.press("Backspace")
    lesson.page.keyboard.press("Shift+Enter")
    expect(english.locator(".jp-RenderedMarkdown")).to_be_visible()


def test_selecting_and_cutting_spares_hidden_cells(lesson):
    """Shift + arrows go over hidden cells; cut and delete take only what shows."""
    lesson.button("en").click()
    for cut in (["x"], ["d", "d"]):
        to_first_cell(lesson)
        before = lesson.do(SOURCES)
        for key in ["Shift+ArrowDown"] * 4 + ["Shift+ArrowUp"] + cut:
            lesson.page.keyboard.press(key)
        left = lesson.do(SOURCES)
        gone = [source for source in before if source not in left]
        assert len(gone) == 4 and gone[0].startswith("# ") and EN in gone[1]
        assert not [source for source in gone if 'lang="zh"' in source], gone
        lesson.page.keyboard.press("z")
        expect(lesson.panel().locator(".jp-Cell", has_text=HEADING)).to_be_visible()
        assert lesson.do(SOURCES) == before


def test_a_selection_ends_when_its_end_is_hidden(lesson):
    """Or JupyterLab refuses to extend it: "Active cell not at endpoint of selection"."""
    errors = []
    lesson.page.on("pageerror", lambda error: errors.append(error))
    lesson.button("both").click()
    to_first_cell(lesson)
    for _ in range(2):
        lesson.page.keyboard.press("Shift+ArrowDown")
    lesson.button("zh").click()
    assert ZH in lesson.do(ACTIVE)
    lesson.do("notebook.activate()")
    lesson.page.keyboard.press("Shift+ArrowDown")
    selected = lesson.do("notebook.selectedCells.map(c => c.model.sharedModel.source)")
    assert len(selected) == 2 and ZH in selected[0] and selected[1] == "## 图 · Figures"
    assert not errors


def test_all_open_notebooks_tabs_and_new_ones(lesson):
    lesson.button("en").click()
    lesson.open_beside("second.ipynb")
    other_tab = type(lesson)(lesson.address, lesson.context)
    other_tab.open("second.ipynb", reset=False)
    lesson.button("zh").click()
    modes = "[...document.querySelectorAll('.jp-NotebookPanel')].map(p => p.dataset.courseLang)"
    assert lesson.page.evaluate(modes) == ["zh", "zh"]
    expect(other_tab.button("zh")).to_have_attribute("aria-pressed", "true")
    assert other_tab.sees(ZH) and not other_tab.sees(EN)
    other_tab.page.close()
    lesson.page.evaluate("void jupyterapp.commands.execute('notebook:create-new')")
    expect(lesson.page.locator(".jp-NotebookPanel")).to_have_count(3)
    expect(lesson.button("zh")).to_have_attribute("aria-pressed", "true")
    lesson.close()
    lesson.close()


# What an eye sees wrong at once: text cut off or running out of its cell.
OVERFLOW = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) '
        + '.jp-RenderedHTMLCommon, .jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output')]
    .filter(node => node.offsetParent && node.scrollWidth > node.clientWidth + 1)
    .map(node => node.textContent.slice(0, 80))"""


LANGUAGES_SHOWN = """() => [...new Set(
    [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-MarkdownCell [lang]')]
    .filter(node => node.getClientRects().length).map(node => node.lang.slice(0, 2)))].sort()"""


@pytest.mark.slow
@pytest.mark.skipif(not NOTEBOOKS, reason="no lesson is built yet")
def test_lessons_open_and_switch(lesson):
    """Every lesson, without a kernel: no cell of the other language shows, nothing runs out."""
    lab = lesson
    for path in NOTEBOOKS:
        lab.open_beside(path.name)
        for mode in ("zh", "en"):  # both hide nothing: what runs out there does here
            lab.button(mode).click()
            # long lessons render piece by piece: wait until what shows is what should
            lab.page.wait_for_function(
                f"want => JSON.stringify(({LANGUAGES_SHOWN})()) === JSON.stringify(want)",
                arg=[mode],
            )
            assert lab.page.evaluate(OVERFLOW) == [], (path.name, mode)
            lab.shot(f"{path.stem}_{mode}")
        lab.close()
