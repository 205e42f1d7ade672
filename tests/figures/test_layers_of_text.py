"""Figures as SVG with layers of text: what each language shows, where, and how large it is."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.author.one_language import layer
from course.notebooks.execute import clean
from course_utils import figures, layers
from course_utils.bilingual import MIME

TEXT = "{http://www.w3.org/2000/svg}text"
X = np.linspace(0, 1, 20)


@pytest.fixture(autouse=True)
def style():
    """The course's style for one test, no figure left open."""
    with mpl.rc_context({"backend": "agg"}):
        figures.use_style()
        yield
    plt.close("all")


def curves():
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.plot(X, X**2, label="训练 training")
    ax.set(xlabel="步 step", ylabel="损失 loss", title="图 figure 3")
    ax.text(0.2, 0.5, "源样本\nsource samples", ha="center")
    ax.legend()
    return fig


def photos(**changes):
    fig, ax = plt.subplots(figsize=(2, 2))
    ax.imshow(np.zeros((8, 8, 3), np.uint8))
    ax.set(title="猫 cat", **changes)
    return fig


def stored(fig, photo=False):
    """As figures.show makes it: after the picture, with its layout."""
    fig.draw_without_rendering()
    return layers.to_svg(fig, photo)


def words(svg, language):
    root = ET.fromstring(layer(svg, language, "alt"))
    return {"".join(text.itertext()) for text in root.iter(TEXT)}


def test_each_language_has_its_layer():
    svg = stored(curves())
    assert {"训练", "步", "损失", "图 3", "源样本"} <= words(svg, "zh")
    assert {"training", "step", "loss", "figure 3", "source samples"} <= words(svg, "en")
    assert {"训练 training", "图 figure 3", "源样本", "source samples"} <= words(svg, "both")
    assert not {word for word in words(svg, "en") if not word.isascii() and "−" not in word}


def test_a_text_in_a_box_has_its_layers_too():
    """Its box is drawn inside the text, which goes on after it."""
    fig, ax = plt.subplots()
    ax.text(0.2, 0.5, "源样本\nsource samples", bbox={"boxstyle": "round", "fc": "white"})
    svg = stored(fig)
    assert "source samples" not in words(svg, "zh") and "源样本" not in words(svg, "en")
    assert {"源样本", "source samples"} <= words(svg, "both")


def test_same_bytes_each_time_and_nothing_of_the_page_is_touched():
    first, second = stored(curves()), stored(curves())
    assert first == second
    assert "<style" not in first and "<!--" not in first and "Date" not in first
    assert ' id="axes' not in first and "@font-face" not in first
    assert len(first) < 20_000


def test_a_half_stands_inside_the_room_of_its_pair():
    """The layout is made for the pair; a centred title stays centred, whatever font there is."""
    svg = ET.fromstring(stored(curves()))
    titles = [t for t in svg.iter(TEXT) if t.text in ("图 3", "figure 3", "图 figure 3")]
    assert len(titles) == 3 and len({title.get("x") for title in titles}) == 1
    assert all("text-anchor: middle" in str(title.get("style")) for title in titles)


@pytest.mark.parametrize(
    ("va", "angle", "place"),
    [("center", 0, 0.5), ("top", 0, 0), ("bottom", 0, 1), ("center", 90, 0.5)],
)
def test_a_line_alone_takes_the_place_of_the_pair(va, angle, place):
    """The Chinese line stands where the English one does, between the lines of the pair."""
    fig = plt.figure(figsize=(3, 3))
    fig.text(0.5, 0.5, "照片\nphoto", va=va, ha="center", rotation=angle)
    along = {0: "y", 90: "x"}[angle]
    root, found = ET.fromstring(stored(fig)), {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        for node in group.findall(TEXT):
            found[group.get("class"), node.text] = placed(node, along)
    zh, en = found["in-zh", "照片"], found["in-en", "photo"]
    first, second = found["in-both", "照片"], found["in-both", "photo"]
    assert second - first > 8
    assert zh == pytest.approx(en, abs=1)
    assert zh == pytest.approx(first + place * (second - first), abs=1.5)


def placed(node, along):
    """Where a text of the picture is written, in points."""
    turned = re.search(r"translate\(([\d.]+) ([\d.]+)\)", node.get("transform", ""))
    x, y = turned.groups() if turned else (node.get("x"), node.get("y"))
    return float({"x": x, "y": y}[along])


def test_many_points_become_pixels():
    fig, ax = plt.subplots()
    ax.scatter(*np.random.default_rng(0).normal(size=(2, 5000)), label="点 points")
    svg = stored(fig)
    assert "<image" in svg and svg.count("<use") < 100 and len(svg) <= layers.LIMIT


def test_photos_are_cut_out_of_the_jpeg_beside():
    svg = stored(photos(), photo=True)
    assert 'class="photo"' in svg and "base64" not in svg and len(svg) < 4_000
    assert "data:image/jpeg;base64,AAAA" in layer(svg, "en", "a cat", "AAAA")
    assert "cat" in words(svg, "en") and "猫" not in words(svg, "en")


def test_words_in_two_languages_on_a_photo_stay_a_picture():
    fig = photos()
    fig.axes[0].text(2, 2, "猫 cat")
    assert stored(fig, photo=True) is None


def test_signs_on_a_picture_keep_their_colours():
    fig = photos()
    fig.axes[0].text(2, 2, "3", color="white")
    assert 'class="fixed"' in stored(fig)


def test_the_figure_is_left_as_it_was():
    fig = curves()
    before = figures.to_png(fig)
    layers.to_svg(fig)
    assert figures.to_png(fig) == before


def test_the_frame_of_a_photo_that_is_not_stored_goes_with_it():
    data = {"image/jpeg": "AAAA", "text/plain": "x", MIME: {"svg": "<svg/>"}}
    line = {"text/plain": "损失 loss", MIME: {"zh": "损失", "en": "loss"}}
    outputs = [new_output("display_data", d) for d in (data, line)]
    cell = new_code_cell("x", outputs=outputs, metadata={"tags": ["photo-live"]})
    photo, printed = clean(new_notebook(cells=[cell])).cells[0].outputs
    assert set(photo.data) == {"text/plain"} and MIME in printed.data
