"""The author's checks of a figure, by its data: labels, glyphs, colours, legend.

``course build`` and the test run put CHECKED into the environment of their kernels; there
``figures.show`` calls ``assert_figure`` for every figure. At a learner's desk nobody does.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.figures import CHECK_VARIABLE, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHECKED = {CHECK_VARIABLE: "course.author.checks.figures:assert_figure"}

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def series_of(ax: Axes) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(label, x, y) of every line, group of bars and scatter, in the order they were drawn."""
    found = [(str(s.get_label()), s.get_xdata(), s.get_ydata()) for s in ax.lines]
    for bars in ax.containers:
        if hasattr(bars, "patches"):
            x = [bar.get_x() + bar.get_width() / 2 for bar in bars]
            found.append(
                (str(bars.get_label()), np.array(x), np.array([b.get_height() for b in bars]))
            )
    for points in _scatters(ax):
        offsets = np.asarray(points.get_offsets())
        found.append((str(points.get_label()), offsets[:, 0], offsets[:, 1]))
    return [(label, np.asarray(x), np.asarray(y)) for label, x, y in found]


def assert_figure(
    figure: Figure | Axes,
    series: Mapping[str, Any] | Sequence[Any] | int | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    title: str | None = None,
    names: Sequence[str] = (),
    legend: bool = True,
    rtol: float = 1e-6,
) -> None:
    """Check a figure by its data; an AssertionError says what is wrong with it.

    series: ``{label: y}`` or ``{label: (x, y)}``, a list of y in drawing order, or how many there
    are. xlabel, ylabel, title: the exact texts. names: proper names that need no translation
    (``"VGG16"``). ``legend=False``: the series are labelled in the picture itself. Always checked:
    texts are in both languages, no glyph is missing, colours come from the palette, labelled
    series differ in marker or line style too, and more than one series has a legend. Of a Figure
    with several axes, ``series`` and the labels are looked for in the first.
    """
    one: Any = figure  # a Figure, or one of its Axes
    fig = one.get_figure() if hasattr(one, "get_xlabel") else one
    all_axes = [one] if fig is not one else fig.axes
    assert all_axes, "the figure has no axes"
    _assert_glyphs(fig)
    _assert_texts(all_axes[0], xlabel, ylabel, title)
    if series is not None:
        _assert_series(all_axes[0], series, rtol)
    for ax in all_axes:
        _assert_bilingual(ax, names)
        _assert_look(ax)
        if legend:
            _assert_legend(ax)


def _assert_glyphs(fig: Figure) -> None:
    """Draw it; matplotlib warns for every character that no font has."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fig.savefig(io.BytesIO(), format="png", dpi=30)
    missing = [str(w.message) for w in caught if "missing from font" in str(w.message)]
    assert not missing, f"characters without a glyph (call use_style() first): {missing}"


def _assert_texts(ax: Axes, xlabel: str | None, ylabel: str | None, title: str | None) -> None:
    wanted = {"xlabel": xlabel, "ylabel": ylabel, "title": title}
    for kind, text in wanted.items():
        found = getattr(ax, f"get_{kind}")()
        assert text is None or found == text, f"{kind} is {found!r}, expected {text!r}"


def _assert_series(ax: Axes, series: Any, rtol: float) -> None:
    drawn = series_of(ax)
    if isinstance(series, int):
        assert len(drawn) == series, f"{len(drawn)} series drawn, expected {series}"
        return
    if isinstance(series, Mapping):
        labels = [label for label, _, _ in drawn]
        absent = [label for label in series if label not in labels]
        assert not absent, f"no series labelled {absent}; drawn: {labels}"
        pairs = [(drawn[labels.index(label)], want) for label, want in series.items()]
    else:
        assert len(drawn) == len(series), f"{len(drawn)} series drawn, expected {len(series)}"
        pairs = list(zip(drawn, series, strict=True))
    for (label, x, y), want in pairs:
        want_x, want_y = want if isinstance(want, tuple) else (None, want)
        _assert_close(f"y of {label!r}", y, want_y, rtol)
        if want_x is not None:
            _assert_close(f"x of {label!r}", x, want_x, rtol)


def _assert_close(what: str, found: np.ndarray, wanted: Any, rtol: float) -> None:
    wanted = np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape, f"{what} has {found.size} values, expected {wanted.size}"
    np.testing.assert_allclose(found.astype(float), wanted, rtol=rtol, atol=1e-12, err_msg=what)


def _texts(ax: Axes) -> list[str]:
    """Axis labels, titles and legend entries: what a reader must understand."""
    fig: Any = ax.get_figure()
    legends = [ax.get_legend(), *fig.legends]
    entries = [text for each in legends if each for text in [each.get_title(), *each.get_texts()]]
    titles = [ax.get_title(), ax.get_title("left"), ax.get_title("right")]
    labels = [ax.get_xlabel(), ax.get_ylabel()] if ax.axison else []
    return [*labels, *titles, fig.get_suptitle(), *(text.get_text() for text in entries)]


def is_bilingual(text: str, names: Sequence[str] = ()) -> bool:
    """True for ``损失 loss``, and for what needs no translation: formulas, numbers, ``names``."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    text = re.sub(r"\$[^$]*\$", "", text)
    return bool(CHINESE.search(text)) == bool(LATIN_WORD.search(text))


def _assert_bilingual(ax: Axes, names: Sequence[str]) -> None:
    bad = [text for text in _texts(ax) if not is_bilingual(text, names)]
    assert not bad, f"not in both languages, like '损失 loss': {bad}"
    if ax.axison and series_of(ax):
        for axis in (ax.xaxis, ax.yaxis):
            named = axis.get_label_text() or not any(t.get_text() for t in axis.get_ticklabels())
            # Bars and groups are often named by their ticks: then the axis may go without.
            words = any(not _is_number(t.get_text()) for t in axis.get_ticklabels())
            assert named or words, f"the {axis.axis_name} axis has no label"


def _is_number(text: str) -> bool:
    return not LATIN_WORD.search(re.sub(r"\$[^$]*\$", "", text)) and not CHINESE.search(text)


def _scatters(ax: Axes) -> list:
    from matplotlib.collections import PathCollection

    return [c for c in ax.collections if isinstance(c, PathCollection)]


def _is_safe(colour: Any) -> bool:
    """In the palette, or grey: only lightness differs, which everybody sees."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(colour)
    return to_hex(colour).upper() in PALETTE or max(red, green, blue) - min(red, green, blue) < 0.02


def _assert_look(ax: Axes) -> None:
    """Colours from the palette; a second sign beside colour for labelled lines and points."""
    from matplotlib.colors import to_hex

    colours = [line.get_color() for line in ax.lines]
    for points in _scatters(ax):
        if points.get_array() is None:  # else a colour map is at work
            colours += list(points.get_facecolor())
    for bars in ax.containers:
        colours += [bar.get_facecolor() for bar in getattr(bars, "patches", ())]
    unsafe = sorted({to_hex(c) for c in colours if not _is_safe(c)})
    assert not unsafe, f"colours outside figures.PALETTE: {unsafe}"
    signs = [(s.get_label(), (s.get_marker(), s.get_linestyle())) for s in ax.lines]
    signs += [(s.get_label(), s.get_paths()[0].vertices.tobytes()) for s in _scatters(ax)]
    labelled = [(label, sign) for label, sign in signs if not str(label).startswith("_")]
    for (first, sign), (second, other) in combinations(labelled, 2):
        assert sign != other, f"{first!r} and {second!r} differ in colour only: vary the marker"


def _assert_legend(ax: Axes) -> None:
    fig: Any = ax.get_figure()
    coloured = [line for line in ax.lines if np.size(line.get_xdata()) > 2]
    shown = [line.get_color() for line in coloured] + [id(s) for s in _scatters(ax)]
    shown += [id(c) for c in ax.containers if hasattr(c, "patches")]
    many = len(set(map(str, shown))) > 1
    has_legend = ax.get_legend() is not None or fig.legends
    assert has_legend or not many, "several series and no legend (legend=False: named in place)"
