"""中文 shows no English and English no Chinese: headings, contents, printed lines, figures, sliders."""

import json
import re

import nbformat
import pytest
from lab_page import EXPLORER, KERNEL, PLOT, ROOT, UPLOAD, labs, language_cells
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect
from test_extension import module_url

pytestmark = pytest.mark.browser

PRINTED = """\
from course_utils.bilingual import say, table

say("准确率 accuracy", 0.97)
say("猜对了。", "Your guess is right.")
table(["网络 network", "损失 loss"], [["VGG16", "0.25"], ["平均 mean", "0.31"]])"""
PHOTOS = """\
rng = np.random.default_rng(0)
figures.show_photos(list(rng.integers(0, 256, (2, 40, 40, 3), "uint8")), ["猫 cat", "狗 dog"],
                    "两张照片", "two photos", credit="照片 photos: Oxford-IIIT Pet")"""
ENGLISH = "small lesson figures photos sine cosine time height frequency choose accuracy guess"
ENGLISH = set(f"{ENGLISH} right network loss mean cat dog drawn blue".split())
NAMES = {"oxford", "iiit", "pet", "vgg16"}
CHINESE = re.compile("[\u4e00-\u9fff]")

# What is seen outside the code, and what is read out in its place.
SEEN = """() => {
    const roots = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) '
        + ':is(.jp-RenderedMarkdown, .jp-OutputArea-output), #table-of-contents')];
    const found = [], unseen = new Map();
    const isUnseen = (node) => {  // checkVisibility knows nothing of cells that are not drawn yet
        if (!node || node === document.body) return false;
        if (!unseen.has(node)) {
            const {display} = getComputedStyle(node);
            unseen.set(node, display === 'none' || isUnseen(node.parentElement));
        }
        return unseen.get(node);
    };
    for (const root of roots) {
        for (const node of root.querySelectorAll('*')) {
            if (isUnseen(node)) continue;
            if (node.closest('[style*="clip-path"]')) continue;
            for (const child of node.childNodes) {
                if (child.nodeType === Node.TEXT_NODE) found.push(child.nodeValue.trim());
            }
            for (const name of ['aria-label', 'title', 'alt']) {
                found.push(node.getAttribute(name)?.trim());
            }
        }
    }
    return found.filter(Boolean);
}"""


def bilingual_lesson() -> nbformat.NotebookNode:
    """Everything that is written as a pair, in one notebook."""
    cells = [
        new_markdown_cell("# 00 小课 · A small lesson"),
        *language_cells("我们先画图。", "First we draw."),
        new_markdown_cell("## 图和 $x^2$ · Figures and $x^2$"),
        new_code_cell(PLOT),
        new_code_cell(EXPLORER),
        new_markdown_cell("## 照片 · Photos"),
        new_code_cell(UPLOAD),
        new_code_cell(PHOTOS),
        new_code_cell(PRINTED),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@pytest.fixture(scope="module")
def ran(course_folder, lab, browser):
    """The notebook after it ran, with the table of contents open."""
    nbformat.write(bilingual_lesson(), course_folder / "bilingual.ipynb")
    with labs(lab, browser) as start:
        opened = start(kernel=True)
        opened.open("bilingual.ipynb")
        opened.run_all()
        opened.page.evaluate("jupyterapp.commands.execute('toc:show-panel').then(() => null)")
        expect(opened.page.locator(".jp-tocItem-content")).to_have_count(3)
        yield opened


def seen(lab, mode: str) -> list[str]:
    lab.button(mode).click()
    lab.page.wait_for_timeout(300)  # the contents are drawn anew a moment later
    lab.shot(f"one_language_{mode}")
    return lab.page.evaluate(SEEN)


def test_the_rule_is_the_same_in_the_browser(page, lab):
    pairs = json.loads((ROOT / "tests" / "bilingual" / "pairs.json").read_text(encoding="utf-8"))
    halve = """async ([url, pairs]) => {
        const {halves} = await import(url);
        return pairs.map(([text]) => [text, ...halves(text)]);
    }"""
    assert page("en-US").evaluate(halve, [module_url(lab, "pairs"), pairs]) == pairs


def test_each_language_alone_and_both(ran):
    en = seen(ran, "en")
    assert [text for text in en if CHINESE.search(text)] == []
    assert {"frequency", "sine", "accuracy 0.97", "Figures and", "cat", "mean"} <= set(en)
    zh = seen(ran, "zh")
    words = {word for text in zh for word in re.findall("[a-z]{3,}", text.lower())}
    assert not words & ENGLISH
    assert {"频率", "正弦", "准确率 0.97", "图和", "猫", "平均"} <= set(zh)
    both = seen(ran, "both")
    assert {"频率 frequency", "正弦 sine", "准确率 accuracy 0.97", "猫 cat"} <= set(both)


def test_what_was_out_of_the_page_speaks_the_language_when_it_is_back(ran):
    """JupyterLab takes cells away that are far from the screen."""
    figure = ran.panel().locator(".course-layers > svg").first
    ran.button("en").click()
    expect(figure).to_have_attribute("aria-label", "two curves")
    ran.page.evaluate("""() => {
        const figure = document.querySelector('.course-layers');
        window.back = () => window.place.append(figure);
        window.place = figure.parentElement;
        figure.remove();
    }""")
    ran.button("zh").click()
    ran.page.evaluate("window.back()")
    expect(figure).to_have_attribute("aria-label", "两条曲线")
