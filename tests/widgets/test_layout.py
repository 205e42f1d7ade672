"""A redrawn picture keeps its layout where nothing around the axes changes, and only there."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import figures, layers
from course_utils.layout import Places


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context({"backend": "agg"}):
        figures.use_style()
        yield
        plt.close("all")


def draw(k=1.0, title="一 one", top=None, label="高度 height"):
    fig, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
    left.plot([0, 1, 2], [0, k, 0], label="线 line")
    left.set(xlabel="时间 time", ylabel=label, title=title, ylim=(0, top or 1))
    left.legend()
    right.imshow(np.eye(8))
    return fig


def boxes(fig):
    return [ax.get_position(original=True).bounds for ax in fig.axes]


def laid_out(**settings):
    """Where matplotlib itself puts the axes."""
    fig = draw(**settings)
    layers.live_svg(fig)
    return boxes(fig)


def test_the_first_figure_is_laid_out_as_matplotlib_does():
    places, fig = Places(), draw()
    assert not places.settle(fig)
    assert np.allclose(boxes(fig), laid_out())


def test_another_curve_keeps_the_places():
    places = Places()
    places.settle(draw(k=0.2))
    fig = draw(k=0.9)
    assert places.settle(fig)
    assert np.allclose(boxes(fig), laid_out(k=0.9))
    assert "</svg>" in layers.live_svg(fig)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "一\n二 one\ntwo"},  # more lines
        {"top": 100_000},  # wider ticks
        {"label": "高度，写得长一些，还要再长一些 height, in a few more words"},
    ],
)
def test_what_needs_other_room_is_laid_out_anew(change):
    places = Places()
    places.settle(draw())
    fig = draw(**change)
    assert not places.settle(fig)
    assert np.allclose(boxes(fig), laid_out(**change))


def test_another_number_of_axes_is_laid_out_anew():
    places = Places()
    places.settle(draw())
    fig, _ = plt.subplots(figsize=(6, 3))
    assert not places.settle(fig)


def test_a_layout_of_the_authors_own_is_left_alone():
    fig = plt.figure(layout="none")
    fig.add_axes((0.1, 0.1, 0.5, 0.5))
    assert not Places().settle(fig)
    assert np.allclose(boxes(fig), [(0.1, 0.1, 0.5, 0.5)])
