"""Exported lessons: one language, and nothing that has to be loaded from anywhere."""

import base64
import os
import shutil
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.author import export
from course.notebooks.lessons import all_lessons, read_notebook
from course_utils.bilingual import MIME
from course_utils.messages import CourseError

PNG = base64.b64encode(b"not a real picture").decode()
ALT = {"alt": "曲线 · a curve", "alt_zh": "下降的曲线", "alt_en": "a falling curve"}


def text(language, words):
    source = f'<div lang="{language}">\n\n{words}\n\n</div>'
    return new_markdown_cell(source, metadata={"tags": [f"lang-{language}"]})


@pytest.fixture
def notebook():
    figure = new_output("display_data", {"image/png": PNG}, metadata={"image/png": dict(ALT)})
    printed = new_output("stream", text="a < b\n")
    words = '<p lang="zh">还没有作答</p><p lang="en">Not attempted</p>'
    feedback = new_output("display_data", {"text/html": words})
    return new_notebook(
        cells=[
            new_markdown_cell("# 09 猫狗项目 · The cats-vs-dogs project"),
            new_markdown_cell("## 一步更新 · One update step"),
            text("zh", "损失 $L(w)=\\frac{1}{n}\\sum_i x_i$，见[文档](https://keras.io)。\n\n$$a<b$$"),
            text("en", "The loss $L(w)=\\frac{1}{n}\\sum_i x_i$, see [docs](https://keras.io).\n\n$$a<b$$"),
            new_code_cell("print('a < b')", outputs=[printed], execution_count=1),
            text("zh", "| 甲 |\n|---|\n| 一 |"),
            text("en", "| a |\n|---|\n| one |"),
            new_code_cell("draw()", outputs=[figure, feedback], execution_count=2),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_one_language_remains(notebook, language, other):
    before = nbformat.writes(notebook)
    result = export.monolingual(notebook, language)
    assert not any(f"lang-{other}" in c.metadata.get("tags", []) for c in result.cells)
    titles = {"zh": ("# 09 猫狗项目", "## 一步更新")}
    titles["en"] = ("# 09 The cats-vs-dogs project", "## One update step")
    assert tuple(cell.source for cell in result.cells[:2]) == titles[language]
    assert result.cells[-1].outputs[0].metadata["image/png"]["alt"] == ALT[f"alt_{language}"]
    assert nbformat.writes(notebook) == before
    nbformat.validate(result)


LAYERS = (
    '<svg xmlns="http://www.w3.org/2000/svg"><g class="in-zh" display="none"><text>损失</text></g>'
    '<g class="in-en" display="none"><text>loss</text></g>'
    '<g class="in-both"><text>损失 loss</text></g></svg>'
)


def test_one_language_of_lines_tables_and_figures(notebook):
    table = [[["网络", "network"], ["损失", "loss"]], [["VGG16", "VGG16"], ["0.2", "0.2"]]]
    contents = [{"zh": "损失 3", "en": "loss 3"}, {"table": table}, {"svg": LAYERS}]
    outputs = [new_output("display_data", {"text/plain": "损失 loss", MIME: c}) for c in contents]
    outputs[2].metadata["image/png"] = dict(ALT)
    notebook.cells.append(new_code_cell("x", outputs=outputs))
    line, rows, figure = export.monolingual(notebook, "en").cells[-1].outputs
    assert line.data == {"text/plain": "loss 3"}
    assert rows.data["text/plain"].split() == ["network", "loss", "VGG16", "0.2"]
    assert ">loss<" in figure.data["image/svg+xml"] and "损失" not in figure.data["image/svg+xml"]
    page = export.web_page(export.monolingual(notebook, "en"), "en")
    assert "网络" not in page and parsed(page).svg["aria-label"] == ALT["alt_en"]


def parsed(page):
    return BeautifulSoup(page, "html.parser")


def loaded_addresses(soup):
    """Addresses that a browser would load by itself; a link that a person may follow is none."""
    loading = [tag for tag in soup.find_all(True) if tag.name != "a"]
    names = ("src", "href", "data", "srcset", "poster", "action")
    addresses = [tag[name] for tag in loading for name in names if tag.has_attr(name)]
    styles = [tag.get_text() for tag in soup.find_all("style")]
    return [a for a in addresses if not a.startswith("data:")] + [
        style for style in styles if "url(" in style or "@import" in style
    ]


@pytest.mark.parametrize("kind", ["html", "slides"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_needs_nothing_else(notebook, language, kind, tmp_path):
    target = tmp_path / "page.html"
    export.write(export.monolingual(notebook, language), target, kind, language)
    page = target.read_text(encoding="utf-8")
    soup = parsed(page)
    assert loaded_addresses(soup) == []
    assert soup.html["lang"] == export.HTML_LANGUAGE[language]
    assert soup.img["alt"] == ALT[f"alt_{language}"]
    assert soup.img["src"] == f"data:image/png;base64,{PNG}"
    assert len(soup.find_all("math")) == 2
    assert "$" not in soup.main.get_text()
    assert soup.table is not None
    assert "a < b" in soup.main.get_text()
    assert soup.title.get_text().startswith("09 ")


def test_planted_script_from_elsewhere_is_found():
    assert loaded_addresses(parsed('<script src="https://example.org/x.js"></script>'))
    assert loaded_addresses(parsed("<style>@import 'https://example.org/x.css'</style>"))


@pytest.mark.parametrize("display", [True, False])
@pytest.mark.parametrize(
    "formula",
    [
        r"\theta_{t+1} = \theta_t - \alpha \nabla_\theta J(\theta_t)",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\hat{y} = \sigma(w^\top x + b), \quad x \in \mathbb{R}^n",
        r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"\underbrace{a+b}_{\text{损失 loss}} \odot \sqrt{v}",
        r"f(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    ],
)
def test_formula_becomes_mathml(formula, display):
    root = ElementTree.fromstring(export.mathml(formula, display))
    assert root.tag.endswith("math")
    assert root.get("display") == ("block" if display else "inline")
    assert "\\" not in "".join(root.itertext())


@pytest.mark.parametrize(
    ("formula", "letters", "n_spaces"),
    [
        (r"2\log p", "2logp", 2),
        (r"\log_2 x", "log2x", 1),
        (r"-\log(1-p)", "−log(1−p)", 0),
        (r"\frac{1}{2}\log\frac{1}{2}", "12log12", 2),
    ],
)
def test_names_of_functions_stand_apart(formula, letters, n_spaces):
    """Browsers set the letters of <mi>log</mi><mi>p</mi> as one word."""
    root = ElementTree.fromstring(export.mathml(formula, False))
    spaces = [node for node in root.iter() if node.tag.endswith("mspace")]
    assert len(spaces) == n_spaces
    assert "".join(root.itertext()) == letters


@pytest.mark.parametrize(("language", "words"), [("zh", "八张照片。"), ("en", "8 photos.")])
def test_words_for_a_photo_that_is_not_stored_are_in_one_language(language, words, notebook):
    unseen = new_output("display_data", {"text/plain": "八张照片。\n8 photos."})
    notebook.cells.append(new_code_cell("show_photos()", outputs=[unseen]))
    [output] = export.monolingual(notebook, language).cells[-1].outputs
    assert output.data == {"text/plain": words}


def test_formulas_in_what_a_cell_has_shown(notebook):
    shown = '<p><span class="math inline">$W^\\top\\delta &lt; a$</span></p>'
    cell = new_code_cell("check()", outputs=[new_output("display_data", {"text/html": shown})])
    notebook.cells.append(cell)
    soup = parsed(export.web_page(notebook, "zh"))
    assert soup.select("span.math") == []
    assert any("δ<a" in math.get_text() for math in soup.find_all("math"))


@pytest.mark.parametrize(("kind", "ending"), [("html", ".html"), ("slides", ".slides.html")])
def test_links_lead_to_exported_lessons_only(notebook, kind, ending, tmp_path):
    links = "[02](02_losses.ipynb) [03](03_optimizers.ipynb) [docs](https://keras.io)"
    notebook.cells.append(text("zh", links))
    target = tmp_path / "lesson"
    export.write(export.monolingual(notebook, "zh"), target, kind, "zh", {"02_losses"})
    soup = parsed(target.read_text(encoding="utf-8"))
    found = {a.get_text(): a["href"] for a in soup.find_all("a", href=True)}
    assert found["02"] == f"02_losses{ending}"
    assert "03" not in found and "03" in soup.get_text() and found["docs"] == "https://keras.io"


@pytest.mark.parametrize("formula", [r"\frac", r"\notacommand{a}"])
def test_formula_that_cannot_be_converted_is_named(formula):
    with pytest.raises(CourseError) as raised:
        export.mathml(formula, display=False)
    assert formula in str(raised.value)


def test_slides_begin_at_headings_and_after_code(notebook):
    groups = export.slide_cells(export.monolingual(notebook, "en"))
    assert [len(group) for group in groups] == [1, 3, 2]


def test_slides_show_a_setup_cell_by_its_output_only(notebook):
    notebook.cells[-1].metadata["tags"] = ["setup"]
    notebook.cells.insert(1, new_code_cell("import keras", metadata={"tags": ["setup"]}))
    page = export.slides(export.monolingual(notebook, "en"), "en")
    assert "draw" not in page
    assert "keras</span>" not in page
    assert ALT["alt_en"] in page
    assert "print" in page
    assert "draw" in export.web_page(export.monolingual(notebook, "en"), "en")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["html", "slides"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_lesson_exports(language, kind):
    """All formulas of all lessons become MathML, all pictures have alt text.

    Formulas are the same in both languages and both kinds of page: all lessons as one of them.
    """
    built = [lesson for lesson in all_lessons() if lesson.notebook.exists()]
    assert built
    if (language, kind) != ("zh", "html"):
        built = [built[0], built[-1]]
    page_of = export.web_page if kind == "html" else export.slides
    for lesson in built:
        soup = parsed(
            page_of(export.monolingual(read_notebook(lesson.notebook), language), language)
        )
        assert loaded_addresses(soup) == [], lesson.stem
        assert all(img.get("alt") for img in soup.find_all("img")), lesson.stem
        assert soup.select("span.math") == [], f"a formula as it was typed: {lesson.stem}"


CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine (CHROMIUM names one)")
def test_slides_turn_by_keyboard_offline(notebook, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api")
    target = tmp_path / "slides.html"
    export.write(export.monolingual(notebook, "zh"), target, "slides", "zh")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(target.as_uri())
        shown = page.locator("section.shown")
        sync_api.expect(shown).to_contain_text("猫狗项目")
        page.keyboard.press("ArrowRight")
        sync_api.expect(shown).to_contain_text("一步更新")
        assert page.locator("section.shown math").first.bounding_box()["width"] > 20
        page.keyboard.press("End")
        sync_api.expect(page.locator("#place")).to_have_text("3 / 3")
        sync_api.expect(shown.get_by_text("还没有作答")).to_be_visible()
        sync_api.expect(shown.get_by_text("Not attempted")).to_be_hidden()
        page.keyboard.press("PageUp")
        sync_api.expect(page.locator("#place")).to_have_text("2 / 3")
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/slide.png")
        assert errors == []
        browser.close()


def test_formulas_in_printed_tables_are_drawn_and_prices_and_code_are_not():
    kept = '<pre>$a$ <b>$b$</b></pre><code>$x$</code><p title="$c$">$5 and $6, \\$7$8</p>'
    page = export.with_formulas(f"<td>$w_1 &lt; 2$</td>{kept}<th>$b$的</th>")
    assert page.count("<math") == 2 and kept in page and "的</th>" in page
    assert "$w" not in page and "$b$的" not in page
