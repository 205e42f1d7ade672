"""The language switch, seen through a learner's browser."""

import sys
from pathlib import Path

import pytest
from lab_page import NOTEBOOKS, ROOT, TOKEN
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ZH, EN, HEADING = "我们先画图", "First we draw", "小课 · A small lesson"
BOTH = {"zh": (True, False), "en": (False, True), "both": (True, True)}
ACTIVE = "() => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source"


def seen(lab) -> tuple[bool, bool]:
    """Whether Chinese and English show; the shared heading always must."""
    assert lab.sees(HEADING)
    return lab.sees(ZH), lab.sees(EN)


def test_installed_copy_is_this_one():
    """The editable install copies the extension: JupyterLab must have the tree's."""
    installed = Path(sys.prefix, "share", "jupyter", "labextensions", "course-language")
    for name in ("package.json", "static/remoteEntry.js"):
        ours = (ROOT / "labextension" / name).read_bytes()
        assert (installed / name).read_bytes() == ours, f"install the project again: {name}"


def test_three_modes_without_a_kernel(open_lab):
    lab = open_lab()
    lab.open("small.ipynb")
    lab.wait_for_kernel()
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    for mode, shown in BOTH.items():
        lab.button(mode).click()
        assert (lab.mode(), seen(lab)) == (mode, shown)
        lab.shot(f"switch_{mode}")
    assert lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session") is None


@pytest.mark.parametrize(("locale", "mode"), [("zh-TW", "zh"), ("fr-FR", "en")])
def test_first_visit_follows_the_browser(open_lab, locale, mode):
    lab = open_lab(locale)
    lab.open("small.ipynb")
    assert (lab.mode(), seen(lab)) == (mode, BOTH[mode])


def test_remembered_over_reload_port_and_restart(open_lab):
    """Cookies do not know ports and outlive the browser; localStorage knows the port."""
    lab = open_lab()
    lab.open("small.ipynb")
    lab.button("zh").click()
    lab.page.reload()
    lab.wait_until_open()
    assert (lab.mode(), seen(lab)) == ("zh", BOTH["zh"])
    cookies = [c for c in lab.context.cookies() if c["name"] == "course-language"]
    assert cookies[0]["expires"] > 0, "the cookie ends with the browser's session"
    later = open_lab("en-US", storage_state={"cookies": cookies, "origins": []})
    later.open("small.ipynb")
    assert (later.mode(), seen(later)) == ("zh", BOTH["zh"])


def test_all_open_notebooks_tabs_and_new_ones(open_lab):
    lab = open_lab()
    lab.open("small.ipynb")
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:open', {path: 'second.ipynb'})")
    expect(lab.page.locator(".jp-NotebookPanel")).to_have_count(2)
    lab.wait_until_open()
    other_tab = type(lab)(lab.address, lab.context)
    other_tab.open("second.ipynb", reset=False)
    lab.button("zh").click()
    modes = "[...document.querySelectorAll('.jp-NotebookPanel')].map(p => p.dataset.courseLang)"
    assert lab.page.evaluate(modes) == ["zh", "zh"]
    expect(other_tab.button("zh")).to_have_attribute("aria-pressed", "true")
    assert other_tab.sees(ZH) and not other_tab.sees(EN)
    lab.page.evaluate(
        "jupyterapp.commands.execute('notebook:create-new', {kernelName: 'python3'})"
        ".then(panel => panel.context.ready).then(() => null)"
    )
    expect(lab.button("zh")).to_have_attribute("aria-pressed", "true")


def test_lang_in_the_address(open_lab):
    """With the token in the address, and through the login page, which redirects."""
    lab = open_lab("en-US")
    lab.open("small.ipynb", f"token={TOKEN}&lang=zh")
    assert (lab.mode(), seen(lab)) == ("zh", BOTH["zh"])
    lab.open("small.ipynb", "lang=nonsense")
    assert lab.mode() == "zh"

    student = open_lab("en-US")
    student.page.goto(f"{student.address}/lab/tree/small.ipynb?lang=both")
    student.page.fill("input[name=password]", TOKEN)
    student.page.keyboard.press("Enter")
    student.wait_until_open()
    assert (student.mode(), seen(student)) == ("both", BOTH["both"])


def test_buttons_by_keyboard_and_their_names(open_lab):
    lab = open_lab("zh-CN")
    lab.open("small.ipynb")
    group = lab.panel().get_by_role("group", name="课程语言 · Course language")
    names = ["中文 · Chinese", "English · 英文", "双语 · Both languages"]
    assert [b.get_attribute("aria-label") for b in group.get_by_role("button").all()] == names
    # Tab from the toolbar's beginning reaches the group
    lab.panel().locator(".jp-Toolbar").first.get_by_role("button").first.focus()
    focused = "document.activeElement.closest('.course-language') !== null"
    for _ in range(40):
        if lab.page.evaluate(focused):
            break
        lab.page.keyboard.press("ArrowRight")
    assert lab.page.evaluate(focused), "the arrow keys do not reach the language buttons"
    lab.button("zh").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    assert (lab.mode(), seen(lab)) == ("en", BOTH["en"])
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Space")
    assert lab.mode() == "both"


def test_keys_skip_hidden_cells(open_lab):
    """Arrows in command mode, and a hidden cell that was being edited."""
    lab = open_lab()
    lab.open("small.ipynb", f"token={TOKEN}&lang=en")
    lab.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    lab.panel().locator(".jp-Cell").first.click()
    visited = [lab.page.evaluate(ACTIVE)]
    for key in ["ArrowDown"] * 3 + ["ArrowUp"] * 3:
        lab.page.keyboard.press(key)
        visited.append(lab.page.evaluate(ACTIVE))
    assert not [source for source in visited if 'lang="zh"' in source]
    assert visited[0] == visited[-1] and EN in visited[1] and visited[2] == "## 图 · Figures"

    english = lab.panel().locator(".jp-MarkdownCell", has_text=EN)
    english.locator(".jp-RenderedMarkdown").click()
    lab.page.keyboard.press("Enter")
    expect(english.locator(".cm-content")).to_be_focused()
    lab.page.keyboard.type("x")
    lab.button("zh").click()
    assert ZH in lab.page.evaluate(ACTIVE)
    lab.button("both").click()
    expect(english.locator(".jp-RenderedMarkdown")).to_be_visible()


def test_table_of_contents_has_each_heading_once(open_lab):
    lab = open_lab()
    lab.open("small.ipynb")
    lab.page.evaluate("jupyterapp.commands.execute('toc:show-panel').then(() => null)")
    entries = lab.page.locator(".jp-TableOfContents-tree .jp-tocItem-content")
    for mode in BOTH:
        lab.button(mode).click()
        expect(entries).to_have_text([HEADING, "图 · Figures", "照片 · Photos"])
    lab.shot("contents")


def test_saved_figures_have_alt_text_in_the_language_shown(open_lab):
    """Without a kernel: the figure and the explorer's saved picture."""
    lab = open_lab()
    lab.open("small.ipynb")
    pictures = lab.panel().locator(".jp-OutputArea img")
    expected = {
        "zh": ["两条曲线", "可调的曲线"],
        "en": ["two curves", "curves to play with"],
        "both": ["两条曲线\ntwo curves", "可调的曲线\ncurves to play with"],
    }
    expect(pictures).to_have_count(2)
    for mode, alts in expected.items():
        lab.button(mode).click()
        assert [img.get_attribute("alt") for img in pictures.all()] == alts


@pytest.mark.skipif(not NOTEBOOKS, reason="no lesson is built yet")
def test_lessons_open_and_switch(open_lab):
    """Every lesson: no cell of the other language shows, and each picture can be described."""
    lab = open_lab()
    for path in NOTEBOOKS:
        lab.open(path.name)
        for mode in BOTH:
            lab.button(mode).click()
            for other in {"zh": ["en"], "en": ["zh"], "both": []}[mode]:
                hidden = lab.panel().locator(f".jp-MarkdownCell:has(> * [lang={other}])")
                assert not any(cell.is_visible() for cell in hidden.all()), (path.name, mode)
            lab.shot(f"{path.stem}_{mode}")
