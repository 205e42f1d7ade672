"""How the course's pictures look and how they are stored with alt text.

What a lesson draws stands in the lesson; this is the frame around it. matplotlib is imported
inside the functions, so that importing this module costs nothing.
"""

from __future__ import annotations

import base64
import io
import os
import pkgutil
import textwrap
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.messages import CourseError, both

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito (2008), "Color universal design"; without their yellow, too pale on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
PNG_LIMIT = 60_000  # bytes
JPEG_LIMIT = 100_000  # bytes
TILE, PAGE = 1.9, 7.6  # inches: the side of a square photo in a grid, and four of them
FONT = "Noto Sans SC"
# Names a function ("module:function") that checks every figure: authors' kernels set it.
CHECK_VARIABLE = "COURSE_FIGURE_CHECK"


@cache
def _register_chinese_font() -> None:
    """Tell matplotlib about Noto Sans SC, found in the package zhplot without importing it.

    Importing zhplot would change matplotlib's settings behind our back.
    """
    from matplotlib import font_manager

    file = metadata.distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf")
    font_manager.fontManager.addfont(str(file))


def use_style() -> None:
    """Fonts for 中文, a colour-blind-safe palette with a marker for each colour, a light grid.

    Colours: Okabe and Ito, "Color universal design" (2008). Call it once, before drawing. What a
    matplotlibrc or a start-up file of the reader's has set (usetex, dark colours) does not count.
    """
    import matplotlib as mpl
    from cycler import cycler

    _register_chinese_font()
    mpl.rcdefaults()  # leaves the backend alone
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
    """Show ``fig`` as PNG (at most 60 kB) with alt text in both languages, and close it.

    Beside it an SVG with a layer of text for each language, for JupyterLab with the course's
    extension and for exports. ``photo=True`` makes a JPEG (at most 100 kB) for figures that contain
    photos: they are stored once, the SVG has the words around them. ``name`` is kept
    in the output's metadata, so that a test or an export finds this picture. ``names``: proper
    names in the figure that need no translation, for the author's check. Raises CourseError when
    an alt text is empty or the picture does not fit.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    about = alt_metadata(alt_zh, alt_en) | ({"name": name} if name else {})
    if not photo and fig.axes:
        assert_figure(fig, names)
    mime, content = ("image/jpeg", to_jpeg(fig)) if photo else ("image/png", to_png(fig))
    data = {mime: base64.b64encode(content).decode(), "text/plain": about["alt"]}
    data |= in_layers(fig, photo)
    plt.close(fig)  # or the inline backend shows it once more, without alt text
    display(data, raw=True, metadata={mime: about})


def in_layers(fig: Figure, photo: bool = False) -> dict[str, Any]:
    """{MIME: {"svg": …}} for an output's bundle: the figure with its texts in layers, or nothing.

    Call it after the picture is made, whose layout it keeps; the figure is not to be drawn again.
    """
    from course_utils import bilingual, layers

    svg = layers.to_svg(fig, photo)
    return {bilingual.MIME: {"svg": svg}} if svg else {}


def assert_figure(fig: Figure, names: Sequence[str] = ()) -> None:
    """The author's check of a figure, where ``course build`` and the tests have named one.

    AssertionError says what is wrong. At a learner's desk nothing is checked: a red line or a title
    in one language is the learner's own affair.
    """
    if named := os.environ.get(CHECK_VARIABLE):
        pkgutil.resolve_name(named)(fig, names=names)


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
    wide, high = _tile(images, columns)
    size = (wide * columns, (high + 0.3) * rows)  # a title takes 0.3 inches
    fig, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        ax.imshow(image, cmap="gray", vmin=0, vmax=255 if image.dtype == np.uint8 else 1)
        ax.set_title(title, fontsize=9)
    if credit:  # a letter is about a nineteenth of an inch
        letters = round(19 * wide * columns)
        fig.supxlabel(
            textwrap.fill(credit, letters, break_on_hyphens=False), fontsize=7, color="#555555"
        )
    show(fig, alt_zh, alt_en, name=name, photo=True)


def _tile(images: Sequence[np.ndarray], columns: int) -> tuple[float, float]:
    """Inches (wide, high) of a place that fits the widest and the highest of the photos.

    A row of wide ones fills the page, as a row of square ones does; none gets higher than twice that.
    """
    tallest = max(np.shape(image)[0] / np.shape(image)[1] for image in images)
    wide = TILE if tallest >= 1 else min(TILE / tallest, max(TILE, PAGE / columns))
    return wide, wide * min(2.0, tallest)


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
