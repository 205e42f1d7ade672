"""The author's checks of figures find planted mistakes; kernels of build and tests have them."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest
import seaborn
from nbformat.v4 import new_code_cell, new_notebook
from sample_figures import SERIES, X, course_style, curves

from course.author import build
from course.author.checks import figures as checks
from course.notebooks.execute import execute
from course_utils import figures
from course_utils.messages import CourseError


@pytest.fixture(autouse=True)
def style():
    with course_style():
        yield


def test_good_figures_pass():
    checks.assert_figure(
        curves(), {k: (X, y) for k, y in SERIES.items()}, "轮次 epoch", "损失 loss"
    )
    checks.assert_figure(curves(), list(SERIES.values()))
    checks.assert_figure(curves().axes[0], 2)
    fig, ax = plt.subplots()
    ax.bar(["猫 cat", "狗 dog"], [3, 4])
    ax.set_ylabel("张数 photos")
    checks.assert_figure(fig, [[3, 4]])


def test_seaborn_uses_the_palette():
    fig, ax = plt.subplots()
    seaborn.scatterplot(x=X, y=X**2, ax=ax, label="点 points")
    seaborn.lineplot(x=X, y=X, ax=ax, label="线 line")
    ax.set(xlabel="输入 input", ylabel="输出 output")
    checks.assert_figure(fig, {"线 line": X, "点 points": X**2})


def only_colour_differs():
    fig, ax = plt.subplots()
    for label in SERIES:
        ax.plot(X, X, marker="o", label=label)
    ax.set(xlabel="轮次 epoch", ylabel="损失 loss")
    ax.legend()
    return fig


def colour_outside():
    fig = curves()
    fig.axes[0].lines[0].set_color("red")
    return fig


def no_legend():
    fig = curves()
    fig.axes[0].get_legend().remove()
    return fig


def legend_in_one_language():
    fig = curves()
    fig.axes[0].get_legend().get_texts()[0].set_text("training")
    return fig


PLANTED = {
    "one language": (lambda: curves(xlabel="epoch"), "both languages"),
    "one language, Chinese": (lambda: curves(ylabel="损失"), "both languages"),
    "no label": (lambda: curves(xlabel=""), "no label"),
    "title": (lambda: curves(title="Loss"), "both languages"),
    "legend": (legend_in_one_language, "both languages"),
    "colour": (colour_outside, "PALETTE"),
    "marker": (only_colour_differs, "colour only"),
    "no legend": (no_legend, "no legend"),
    "glyph": (lambda: curves(title="\U0001f9a5 树懒 sloth"), "glyph"),
}


@pytest.mark.parametrize(("make", "says"), PLANTED.values(), ids=list(PLANTED))
def test_planted_mistakes_are_found(make, says):
    with pytest.raises(AssertionError, match=says):
        checks.assert_figure(make())


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"series": {"训练 training": X**2 + 1e-3}}, "训练 training"),
        ({"series": {"训练 training": (X + 1, X**2)}}, "x of"),
        ({"series": {"测试 test": X}}, "no series labelled"),
        ({"series": {"训练 training": X[:-1]}}, "expected 29"),
        ({"series": 3}, "expected 3"),
        ({"series": [X**2]}, "expected 1"),
        ({"xlabel": "步 step"}, "步 step"),
    ],
)
def test_wrong_data_is_found(wanted, says):
    with pytest.raises(AssertionError, match=says):
        checks.assert_figure(curves(), **wanted)


@pytest.mark.parametrize(
    ("text", "names", "good"),
    [
        ("损失 loss", (), True),
        ("$L(w)$", (), True),
        ("0.5", (), True),
        ("loss", (), False),
        ("损失", (), False),
        ("VGG16", ("VGG16",), True),
        ("VGG16 微调", ("VGG16",), False),
        ("VGG16", (), False),
    ],
)
def test_is_bilingual(text, names, good):
    assert checks.is_bilingual(text, names) is good


def test_characters_without_a_glyph_are_found():
    with mpl.rc_context({"font.family": ["DejaVu Sans"]}), pytest.raises(AssertionError) as error:
        checks.assert_figure(curves())
    assert "without a glyph" in str(error.value)


# --- where they run -----------------------------------------------------------------------------

DRAWN = """
import matplotlib.pyplot as plt
from course_utils import figures
figures.use_style()
fig, ax = plt.subplots()
ax.plot([0, 1, 2], [0, 1, 0]{line})
ax.set(xlabel="轮次 epoch", ylabel="损失 loss"{title})
figures.show(fig, "一条线", "one line", names=("VGG16",))
"""
SOUND = DRAWN.format(line="", title=', title="VGG16"')
OWN_STYLE = {
    "title": (DRAWN.format(line="", title=', title="my first run"'), "both languages"),
    "colour": (DRAWN.format(line=', color="red"', title=""), "PALETTE"),
}


@pytest.fixture
def at_the_desk(monkeypatch):
    monkeypatch.delenv(figures.CHECK_VARIABLE, raising=False)


def test_a_learners_own_style_is_shown(at_the_desk, tmp_path):
    sources = "\n".join(source for source, _ in OWN_STYLE.values())
    shown = execute(new_notebook(cells=[new_code_cell(sources)]), tmp_path, "desk").cells[0].outputs
    assert ["image/png" in output.data for output in shown] == [True, True]


@pytest.mark.parametrize(("source", "says"), OWN_STYLE.values(), ids=list(OWN_STYLE))
def test_in_a_build_it_fails(at_the_desk, course, source, says):
    with pytest.raises(CourseError, match=says):
        build.build_notebook(course(source))


def test_a_sound_figure_is_built(at_the_desk, course):
    (cell,) = build.build_notebook(course(SOUND)).cells
    assert "image/png" in cell.outputs[0].data


@pytest.mark.slow
def test_in_the_test_run_it_fails(tmp_path, strict_run):
    about = {"tags": ["nbval-ignore-output"]}
    sources = [SOUND, *(source for source, _ in OWN_STYLE.values())]
    cells = [new_code_cell(c, execution_count=n, metadata=about) for n, c in enumerate(sources, 1)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "own.ipynb")
    said = strict_run(tmp_path / "own.ipynb").stdout
    assert "PASSED own.ipynb::Cell 0" in said
    for number, (_, says) in enumerate(OWN_STYLE.values(), 1):
        assert f"FAILED own.ipynb::Cell {number}" in said
        assert says in said
