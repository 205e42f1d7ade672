"""A matplotlib figure as one SVG whose texts are in layers: Chinese, English, and both as a pair.

The layout is made once, with the pair, which is the widest: a half always fits. The course's
JupyterLab extension shows one layer (``labextension/static/layers.js``) in the page's colours, the
export takes one; everybody else sees the PNG or JPEG beside it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG

from course_utils.bilingual import CHINESE, WORD, halves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LIMIT = 90_000  # characters: above, what has most points becomes pixels
RASTER_DPI = 144
FIXED = "fixed"  # colours that must stay as they are: signs on a picture or a heat map
SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "course", "path.simplify": True}
FONTS = 'font-family="system-ui, sans-serif"'
# Points of one artist from which on pixels are smaller than paths.
MANY_POINTS = (400, 100, 30)
# How much of the room that a half leaves lies before it.
_SHARE = {"center": 0.5, "center_baseline": 0.5, "right": 1.0, "top": 1.0}


def to_svg(fig: Figure, photo: bool = False) -> str | None:
    """The figure as SVG in three layers of text; its layout stays as it was drawn last.

    ``photo``: pixels are not stored but cut out of the JPEG beside it, by whoever shows it. None
    where that cannot be: bilingual words on a photo, or more than LIMIT characters.
    """
    if photo and any(_is_on_a_picture(text) for text in _texts(fig) if _is_pair(text)):
        return None
    engine = fig.get_layout_engine()
    fig.set_layout_engine("none")
    try:
        for points in (np.inf,) if photo else (*MANY_POINTS, 0):
            content = live_svg(fig, points, photo)
            if len(content) <= LIMIT:
                return content
    finally:
        fig.set_layout_engine(engine)
    return None


def live_svg(fig: Figure, points: float = MANY_POINTS[0], photo: bool = False) -> str:
    """The figure as SVG, laid out anew and as large as it gets: for a picture that is not stored.

    points: artists with more of them become pixels.
    """
    for ax in fig.axes:
        for artist in [*ax.collections, *ax.lines]:
            artist.set_rasterized(bool(_size(artist) > points))
    with _without_paper(fig):
        return _drawn(fig, photo)


def _drawn(fig: Figure, photo: bool) -> str:
    width, height = fig.get_size_inches()
    out = io.StringIO()
    dpi, fig.dpi = fig.dpi, 72
    with mpl.rc_context(SETTINGS):
        renderer: Any = _Layers(72 * width, 72 * height, out, photo, _named(fig))
        mixed: Any = MixedModeRenderer(fig, width, height, RASTER_DPI, renderer)
        fig.draw(mixed)
        mixed.finalize()
    fig.dpi = dpi
    return _small(out.getvalue(), width * dpi, height * dpi)


@contextmanager
def _without_paper(fig: Figure) -> Iterator[None]:
    """No white ground of its own: the page's shows through."""
    white = [ax.patch for ax in fig.axes if mpl.colors.to_hex(ax.get_facecolor()) == "#ffffff"]
    papers = [patch for patch in [fig.patch, *white] if patch.get_visible()]
    try:
        for patch in papers:
            patch.set_visible(False)
        yield
    finally:
        for patch in papers:
            patch.set_visible(True)


def _named(fig: Figure) -> dict[str, Any]:
    """Texts by the name of their group, and names for what keeps its colours."""
    for ax in fig.axes:
        for artist in [*ax.lines, *ax.patches] if _pixels(ax) else []:
            artist.set_gid(FIXED)
    named = {}
    for i, text in enumerate(_texts(fig)):
        fixed = text.axes is not None and text in text.axes.texts and _pixels(text.axes)
        name = f"{FIXED if fixed else 'text'}-{i}"
        text.set_gid(name)
        named[name] = text
    return named


def _pixels(ax: Any) -> list[Any]:
    """Pictures and heat maps of the axes."""
    from matplotlib.collections import QuadMesh

    return [*ax.images, *(c for c in ax.collections if isinstance(c, QuadMesh))]


def _texts(fig: Figure) -> list[Any]:
    from matplotlib.text import Text

    found: list[Any] = fig.findobj(Text)
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _is_pair(text: Any) -> bool:
    words = text.get_text()
    return bool(CHINESE.search(words) and WORD.search(words))


def _is_on_a_picture(text: Any) -> bool:
    ax = text.axes
    if ax is None or text not in ax.texts or not ax.images:
        return False
    return text.get_window_extent().overlaps(ax.get_window_extent())


def _size(artist: Any) -> int:
    if hasattr(artist, "get_offsets"):
        paths = sum(len(path.vertices) for path in artist.get_paths())
        return max(len(artist.get_offsets()), paths // 4)
    if hasattr(artist, "get_xdata"):  # a line is made simpler; each marker is an element
        with_marker = artist.get_marker() not in ("", "None", None, " ")
        return len(artist.get_xdata()) // (2 if with_marker and not artist.get_markevery() else 10)
    return 0


class _Layers(RendererSVG):
    """matplotlib's SVG, with each text once for every way of showing it."""

    def __init__(
        self, width: float, height: float, out: io.StringIO, photo: bool, texts: dict[str, Any]
    ) -> None:
        super().__init__(width, height, out, image_dpi=RASTER_DPI, metadata=None)
        self._photo, self._texts = photo, texts
        self._groups: list[tuple[bool, Any]] = []  # fixed colours? and the text around the group
        self._text: Any = None

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Groups say nothing here, and their ids would meet those of other figures of the page."""
        fixed = str(gid).startswith(FIXED)
        self._groups.append((fixed, self._text))
        self._text = self._texts.get(str(gid))
        if fixed:
            self.writer.start("g", {"class": FIXED})

    def close_group(self, s: str) -> None:
        """The end of a group, where it began; a box drawn inside a text does not end the text."""
        fixed, self._text = self._groups.pop()
        if fixed:
            self.writer.end("g")

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:
        """One line of a text, in the layers where it is seen."""
        for part, names in _layers(s, self._text.get_text() if self._text else s):
            math = bool(ismath) and "$" in part
            place = self._risen(x, y, s, names, angle)
            if part != s and (math or not _is_anchored(mtext, angle)):
                place = self._moved(*place, (s, ismath), (part, math), prop, angle)
            if names:
                hidden = {} if "in-both" in names else {"display": "none"}
                self.writer.start("g", {"class": names, **hidden})
            # _drawn restores it; a context for each text takes a tenth of the time of a picture
            mpl.rcParams["svg.fonttype"] = "path" if math else "none"
            super().draw_text(gc, *place, part, prop, angle, math, mtext)
            if names:
                self.writer.end("g")

    def _risen(self, x, y, line, names, angle) -> tuple[float, float]:
        """Where a line stands when those of the other language are gone: the rest stays centred."""
        text = self._text.get_text() if self._text else line
        if names not in ("in-zh", "in-en") or "\n" not in text:
            return x, y
        own = halves(text)[names == "in-en"].split("\n")
        whole = text.split("\n")
        if line not in own:  # halved by itself: as many lines as before
            return x, y
        share = {"top": 0.0, "center": 0.5, "center_baseline": 0.5}.get(self._text.get_va(), 1.0)
        lines = whole.index(line) - own.index(line) - share * (len(whole) - len(own))
        turn, room = np.deg2rad(angle), self._text.get_window_extent(self)
        upright = abs(np.sin(turn)) > 0.7
        step = lines * (room.width if upright else room.height) / len(whole)
        return x - step * np.sin(turn), y - step * np.cos(turn)

    def _moved(self, x, y, whole, half, prop, angle) -> tuple[float, float]:
        """Where a half begins, so that it is aligned as the pair was."""
        wide, narrow = (
            self.get_text_width_height_descent(text, prop, math)[0] for text, math in (whole, half)
        )
        turn = np.deg2rad(angle)
        upright = abs(np.sin(turn)) > 0.7
        align = self._text and (self._text.get_va() if upright else self._text.get_ha())
        shift = (wide - narrow) * _SHARE.get(align, 0.0)
        return x + shift * np.cos(turn), y - shift * np.sin(turn)

    def draw_image(self, gc, x, y, im, transform=None) -> None:
        """A photo: a window on the picture that is stored beside the SVG."""
        if not self._photo or transform is not None:
            super().draw_image(gc, x, y, im, transform)
            return
        height, width = (72.0 * side / self.image_dpi for side in im.shape[:2])
        left, top = x, self.height - y - height
        window = {
            "x": f"{left:.2f}", "y": f"{top:.2f}", "width": f"{width:.2f}",
            "height": f"{height:.2f}", "viewBox": f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}",
        }  # fmt: skip
        self.writer.start("svg", window)
        whole = {"width": f"{self.width:g}", "height": f"{self.height:g}"}
        self.writer.element("image", attrib={"class": "photo", **whole})
        self.writer.end("svg")


def _is_anchored(text: Any, angle: float) -> bool:
    """Whether the SVG itself centres the text: then a half of it is centred, too."""
    return text is not None and (angle == 0 or text.get_rotation_mode() == "anchor")


def _layers(line: str, text: str) -> list[tuple[str, str]]:
    """(what is drawn, the classes of the modes that show it) for one line of a text."""
    if "\n" in text and halves(text)[0] != text:
        zh, en = (set(half.split("\n")) for half in halves(text))
        if line in zh | en:
            modes = ["in-zh"] * (line in zh) + ["in-en"] * (line in en)
            return [(line, mode) for mode in [*modes, "in-both"]]
    zh_part, en_part = halves(line)
    if zh_part == en_part:
        return [(line, "")]
    return [(zh_part, "in-zh"), (en_part, "in-en"), (line, "in-both")]


def _small(svg: str, width: float, height: float) -> str:
    """Without what nobody sees; numbers to a hundredth of a point; system fonts."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # `*{…}` would hold for the whole page that the figure stands in
    svg = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*(; )?", "", svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*"', "", svg)
    svg = re.sub(r'(?<= d=")[^"]+', lambda found: _rounded(found[0]), svg)
    svg = re.sub(r'(?<= (?:x|y)=")[\d.]+', lambda found: _rounded(found[0]), svg)
    svg = re.sub(r">\s*\n\s*<", "><", svg).replace(" \n", " ").replace("base64,\n", "base64,")
    head = f'width="{width:.0f}" height="{height:.0f}" stroke-linejoin="round" {FONTS}'
    return re.sub(r'width="[^"]*pt" height="[^"]*pt"', head, svg, count=1).strip()


def _rounded(numbers: str) -> str:
    numbers = re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", numbers)
    return re.sub(r"\s+", " ", numbers).strip()
