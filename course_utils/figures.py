"""How the course's pictures look, how they are stored with alt text, and how they are checked.

What a lesson draws stands in the lesson; this is the frame around it. matplotlib is imported
inside the functions, so that importing this module costs nothing.
"""

from __future__ import annotations

import base64
import io
import re
import textwrap
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.messages import CourseError, both

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008), "Color universal design"; without their yellow, too pale on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
PNG_LIMIT = 60_000  # bytes
JPEG_LIMIT = 100_000  # bytes
FONT = "Noto Sans SC"


@cache
def _register_chinese_font() -> None:
    """Tell matplotlib about Noto Sans SC, found in the package zhplot without importing it.

    Importing zhplot would change matplotlib's settings behind our back.
    """
    from matplotlib import font_manager

    path = Path(metadata.distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf"))
    font_manager.fontManager.addfont(path)


def use_style() -> None:
    """Fonts for 中文, a colour-blind-safe palette with a marker for each colour, a light grid.

    Colours: Okabe and Ito, "Color universal design" (2008). Call it once, before drawing.
    """
    import matplotlib as mpl
    from cycler import cycler

    _register_chinese_font()
    # A float spaces the markers along the line: a curve of 1,000 points stays a curve.
    look = cycler(color=PALETTE, marker=MARKERS, markevery=[0.08] * len(PALETTE))
    mpl.rcParams.update(
        {
            "font.family": ["DejaVu Sans", FONT],
            "font.size": 10,
            "axes.prop_cycle": look,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "lines.markersize": 5,
            "legend.frameon": False,
            "figure.figsize": (6.4, 3.6),
            "figure.constrained_layout.use": True,  # or axis labels are cut off
            "figure.dpi": 100,
            "figure.facecolor": "white",
            "savefig.dpi": 100,
            "image.cmap": "cividis",
        }
    )


def alt_metadata(alt_zh: str, alt_en: str) -> dict[str, str]:
    """What an output's metadata says about its picture, in both languages.

    ``alt`` is what nbconvert reads; JupyterLab's language switch picks ``alt_zh`` or ``alt_en``.
    """
    if not (alt_zh.strip() and alt_en.strip()):
        raise CourseError(
            "每张图都要有中文和英文的替代文字：请填写 alt_zh 和 alt_en。",
            "Every figure needs alt text in Chinese and English: give alt_zh and alt_en.",
        )
    return {"alt": both(alt_zh, alt_en), "alt_zh": alt_zh, "alt_en": alt_en}


def to_png(fig: Figure, limit: int | None = PNG_LIMIT, **pil_options: Any) -> bytes:
    """The figure as PNG bytes, the same in every run; fewer colours when above ``limit`` bytes."""
    from PIL import Image

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs=pil_options)
    if limit is None or buffer.tell() <= limit:
        return buffer.getvalue()
    full = Image.open(buffer).convert("RGB")
    for n_colours in (128, 64):  # fewer would spoil photos in silence
        small = io.BytesIO()
        full.quantize(n_colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= limit:
            return small.getvalue()
    raise CourseError(
        f"这张图存成 PNG 超过 {limit // 1000} kB：请画小一些，含照片的图用 photo=True 或 show_photos。",
        f"This figure is over {limit // 1000} kB as PNG: draw it smaller, "
        "or use photo=True or show_photos for figures with photos.",
    )


def to_jpeg(fig: Figure, limit: int = JPEG_LIMIT) -> bytes:
    """The figure as JPEG bytes of at most ``limit``: first lower quality, then fewer pixels."""
    from PIL import Image

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    image = Image.open(buffer).convert("RGB")
    for scale in (1.0, 0.85, 0.7, 0.5):
        size = (round(image.width * scale), round(image.height * scale))
        scaled = image.resize(size, Image.Resampling.LANCZOS) if scale < 1 else image
        for quality in (88, 80, 70, 60):
            small = io.BytesIO()
            scaled.save(small, "JPEG", quality=quality, optimize=True)
            if small.tell() <= limit:
                return small.getvalue()
    raise CourseError(
        f"这张图存成 JPEG 超过 {limit // 1000} kB：请少放几张照片。",
        f"This figure is over {limit // 1000} kB as JPEG: show fewer photos.",
    )


def show(
    fig: Figure,
    alt_zh: str,
    alt_en: str,
    name: str | None = None,
    photo: bool = False,
    names: Sequence[str] = (),
) -> None:
    """Check ``fig``, show it as PNG (at most 60 kB) with alt text in both languages, close it.

    ``photo=True`` makes a JPEG (at most 100 kB) for figures that contain photos. ``name`` is kept
    in the output's metadata, so that a test or an export finds this picture. ``names``: proper
    names in the figure that need no translation. Raises AssertionError where ``assert_figure``
    finds fault, CourseError when an alt text is empty or the picture does not fit.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    about = alt_metadata(alt_zh, alt_en) | ({"name": name} if name else {})
    if not photo and fig.axes:
        assert_figure(fig, names=names)
    mime, content = ("image/jpeg", to_jpeg(fig)) if photo else ("image/png", to_png(fig))
    plt.close(fig)  # or the inline backend shows it once more, without alt text
    data = {mime: base64.b64encode(content).decode(), "text/plain": about["alt"]}
    display(data, raw=True, metadata={mime: about})


def show_photos(
    images: Sequence[np.ndarray],
    titles: Sequence[str] | None,
    alt_zh: str,
    alt_en: str,
    columns: int | None = None,
    credit: str | None = None,
    name: str | None = None,
) -> None:
    """Show photos in a grid, as one JPEG of at most 100 kB with alt text.

    images: (h, w, 3) or (h, w), uint8 0–255 or float 0–1; sizes may differ. titles: one for each,
    or None. credit: photographer and licence, below the grid. Raises CourseError for other ranges
    and when images and titles differ in number.
    """
    import matplotlib.pyplot as plt

    titles = [""] * len(images) if titles is None else titles
    _check_photos(images, titles)
    columns = columns or min(len(images), 4)
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(1.9 * columns, 2.2 * rows), squeeze=False, layout="constrained"
    )
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image, cmap="gray", vmin=0, vmax=255 if image.dtype == np.uint8 else 1)
        ax.set_title(title, fontsize=9)
    if credit:  # a photo is 1.9 inches wide, a letter about a nineteenth of an inch
        fig.supxlabel(
            textwrap.fill(credit, 36 * columns, break_on_hyphens=False), fontsize=7, color="#555555"
        )
    show(fig, alt_zh, alt_en, name=name, photo=True)


def _check_photos(images: Sequence[np.ndarray], titles: Sequence[str]) -> None:
    """Refuse what would be drawn wrongly without a word."""
    if len(images) == 0 or len(images) != len(titles):
        raise CourseError(
            f"有 {len(images)} 张照片、{len(titles)} 个标题：每张照片要有一个标题。",
            f"There are {len(images)} photos and {len(titles)} titles: give one title for each.",
        )
    for image in map(np.asarray, images):
        bad_float = image.dtype != np.uint8 and (image.min() < 0 or image.max() > 1)
        if image.ndim not in (2, 3) or bad_float:
            raise CourseError(
                f"照片要么是 uint8（0–255），要么是 0–1 的浮点数；这一张是 {image.dtype}，形状 "
                f"{image.shape}，范围 {image.min():g} 到 {image.max():g}。"
                '0–255 的浮点数先用 .astype("uint8")。',
                f"Photos are uint8 (0–255) or floats in 0–1; this one is {image.dtype}, shape "
                f"{image.shape}, from {image.min():g} to {image.max():g}. "
                'For floats in 0–255 use .astype("uint8") first.',
            )


# --- checks by data -----------------------------------------------------------------------------

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
    fig = figure.get_figure() if hasattr(figure, "get_xlabel") else figure
    all_axes = [figure] if fig is not figure else fig.axes
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
    legends = [ax.get_legend(), *ax.get_figure().legends]
    entries = [text for each in legends if each for text in [each.get_title(), *each.get_texts()]]
    titles = [ax.get_title(), ax.get_title("left"), ax.get_title("right")]
    labels = [ax.get_xlabel(), ax.get_ylabel()] if ax.axison else []
    suptitle = ax.get_figure().get_suptitle()
    return [*labels, *titles, suptitle, *(text.get_text() for text in entries)]


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
    coloured = [line for line in ax.lines if len(line.get_xdata()) > 2]
    shown = [line.get_color() for line in coloured] + [id(s) for s in _scatters(ax)]
    shown += [id(c) for c in ax.containers if hasattr(c, "patches")]
    many = len(set(map(str, shown))) > 1
    has_legend = ax.get_legend() is not None or ax.get_figure().legends
    assert has_legend or not many, "several series and no legend (legend=False: named in place)"
