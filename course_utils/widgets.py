"""Explorers (sliders and a picture) and photo upload.

Pictures go to Image widgets and texts to HTML widgets, never to an Output widget: nothing is
printed into the cell, so its saved output is the same under JupyterLab, nbclient and nbval.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from course_utils import figures
from course_utils.bilingual import halves
from course_utils.layout import Places
from course_utils.messages import CourseError, both, printable
from course_utils.photos import reading

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Without flex-start a box stretches the picture to the page's width.
PICTURE = {"align_self": "flex-start", "max_width": "100%"}
# A label in two languages is longer than the space that ipywidgets leaves.
WHOLE_LABEL = {"description_width": "initial"}


def _png_and_layers(fig: Figure) -> tuple[bytes, dict[str, Any]]:
    """The figure as PNG, and what an output has beside it: its texts in layers."""
    import matplotlib.pyplot as plt

    content = figures.to_png(fig)
    beside = figures.in_layers(fig)
    plt.close(fig)
    return content, beside


def _message(zh: str, en: str) -> str:
    """Plain text as HTML that a screen reader announces when it changes; the switch shows one."""
    if not zh:
        return ""
    parts = [("", zh)] if zh == en else [("zh", zh), ("en", en)]
    lines = "".join(
        f'<div class="course-lang" lang="{language}">{_lines(text)}</div>' if language
        else f"<div>{_lines(text)}</div>"
        for language, text in parts
    )  # fmt: skip
    return f'<div role="status">{lines}</div>'


def _lines(text: str) -> str:
    return "<br>".join(html.escape(line) for line in text.splitlines())


# Out of sight, but read by screen readers.
UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


class Picture(ipywidgets.VBox):
    """An Image widget and its description: Image has no alt text of its own.

    The course's JupyterLab extension makes the description the picture's alt text; elsewhere
    screen readers read it beside the picture.
    """

    def __init__(self, image_format: str, alt_zh: str, alt_en: str, value: bytes = b"") -> None:
        self.image = ipywidgets.Image(value=value, format=image_format, layout=PICTURE)
        self._alt = ipywidgets.HTML(layout={"height": "0", "margin": "0"})
        super().__init__([self.image, self._alt], layout={} if value else {"display": "none"})
        self.add_class("course-picture")
        self.describe(alt_zh, alt_en)

    def describe(self, alt_zh: str, alt_en: str) -> None:
        """Change the alt text."""
        zh, en = html.escape(alt_zh), html.escape(alt_en)
        data = f'data-zh="{zh}" data-en="{en}"'
        self._alt.value = f'<span class="course-alt" style="{UNSEEN}" {data}>{zh}<br>{en}</span>'

    def show(self, value: bytes | None) -> None:
        """Show another picture, or none."""
        if value is not None:
            self.image.value = value
        self.layout.display = "none" if value is None else None


class Drawing(ipywidgets.HTML):
    """A figure with its texts in layers (``course_utils.layers``), of which the switch shows one.

    Without the course's JupyterLab extension the texts are in both languages.
    """

    def __init__(self, alt_zh: str, alt_en: str) -> None:
        super().__init__(layout={"margin": "0"})
        self._places = Places()
        self._alt = f'data-alt-zh="{html.escape(alt_zh)}" data-alt-en="{html.escape(alt_en)}"'

    def show(self, fig: Figure | None) -> None:
        """Show another figure, and close it, or none: one drawing, and nothing is compressed."""
        if fig is None:
            self.value = ""
            return
        self._places.settle(fig)
        self.value = f'<div class="course-layers" {self._alt}>{_svg(fig)}</div>'


def _svg(fig: Figure) -> str:
    import matplotlib.pyplot as plt

    from course_utils import layers

    plt.close(fig)
    return layers.live_svg(fig)


class Explorer(ipywidgets.VBox):
    """Controls that redraw a picture: ``Explorer(draw, k=IntSlider(2, 1, 10), alt_zh=…, alt_en=…)``.

    ``draw(k=2)`` returns a matplotlib Figure; every control is passed by its name. The cell's saved
    output also holds the first picture as PNG with alt text, for readers without a kernel. An
    exception in ``draw`` is raised at the start, and shown below the picture later.
    """

    def __init__(
        self,
        draw: Callable[..., Figure],
        *,
        alt_zh: str,
        alt_en: str,
        **controls: ipywidgets.ValueWidget,
    ) -> None:
        self.draw, self.controls = draw, controls
        self._about = figures.alt_metadata(alt_zh, alt_en)
        self._first, self._layers = _png_and_layers(self._figure())
        self.picture = Drawing(alt_zh, alt_en)
        self.picture.show(self._figure())
        self.message = ipywidgets.HTML()
        super().__init__([*controls.values(), self.picture, self.message])
        self.add_class("course-explorer")
        for name, control in controls.items():
            control.description = control.description or name
            control.tooltip = control.tooltip or control.description  # or it reads "null"
            control.style = {**control.style.get_state(["description_width"]), **WHOLE_LABEL}
            control.observe(self._redraw, "value")

    def _figure(self) -> Figure:
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, change: object) -> None:
        """One new picture, made fast: this one is never saved."""
        try:
            self.picture.show(self._figure())
            self.message.value = ""
        except CourseError as error:
            self.message.value = _message(error.zh, error.en)
        except Exception as error:  # noqa: BLE001 - it would vanish in the kernel's log
            self.message.value = _failed(("画图时出错：", "Drawing failed:"), error)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={c.value!r}" for name, c in self.controls.items())
        return f"Explorer({values})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = super()._repr_mimebundle_(**kwargs)
        picture = {"image/png": base64.b64encode(self._first).decode()}
        data = {**data, **picture, **self._layers}
        return data, {"image/png": self._about}


def decode_photo(content: bytes, name: str) -> np.ndarray:
    """An uploaded file as uint8 RGB (h, w, 3), upright; raises BadPhoto saying why it cannot be used.

    Decoded as photos in folders are: what a network is shown does not depend on the way there.
    """
    return np.asarray(reading.decode(content, Path(name)))


def thumbnail(photo: np.ndarray, side: int = 320) -> bytes:
    """JPEG bytes of the photo, uint8 (h, w, 3), at most ``side`` pixels wide and high."""
    from PIL import Image

    image = Image.fromarray(photo)
    image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _refusal(name: str, error: reading.BadPhoto) -> str:
    """Why a chosen file is no photo, and what to do: it lies in no folder of the course."""
    zh, en = error.reason.split("\n")
    return _message(
        f"{printable(name)}\n{zh}\n请另选一张 JPEG、PNG 或 WebP 照片（iPhone 的 HEIC 请先转成 JPEG）。",
        f"{printable(name)}\n{en}\n"
        "Choose another photo: JPEG, PNG or WebP (convert HEIC from an iPhone to JPEG first).",
    )


def _failed(what: tuple[str, str], error: Exception) -> str:
    """What failed, and in the learner's own function's words why."""
    zh, en = (f"{part}\n{type(error).__name__}: {error}" for part in what)
    return _message(zh, en)


class PhotoUpload(ipywidgets.VBox):
    """Choose a photo, see it, and see what ``on_photo(photo)`` says about it.

    ``on_photo`` gets uint8 RGB (h, w, 3) and returns text, a Figure or None. ``example``: a photo
    shown and tried at the start; it is also what readers without a kernel see, with the alt texts.
    Where a function that gets it raises CourseError (no network), the button works all the same.
    Nothing leaves the machine: the photo goes to this computer's kernel only.
    """

    def __init__(
        self,
        on_photo: Callable[[np.ndarray], str | Figure | None],
        *,
        example: np.ndarray | Callable[[], np.ndarray] | None = None,
        alt_zh: str = "示例照片",
        alt_en: str = "the example photo",
    ) -> None:
        self.on_photo = on_photo
        self._about = figures.alt_metadata(alt_zh, alt_en)  # of the example
        self.button = ipywidgets.FileUpload(
            accept="image/*",
            description="选择照片 Choose a photo",
            tooltip="选择照片 Choose a photo",
            layout={"width": "auto", "align_self": "flex-start"},
        )
        self.preview = Picture("jpeg", alt_zh, alt_en)
        self.picture = Drawing("对这张照片的分析", "what was found in this photo")
        self.message = ipywidgets.HTML()
        self.result: object = None
        super().__init__([self.button, self.preview, self.message, self.picture])
        self.add_class("course-upload")
        self._example: bytes | None = None
        if example is not None:
            self._try(example)
        self.button.observe(self._uploaded, "value")

    def _try(self, example: np.ndarray | Callable[[], np.ndarray]) -> None:
        """Show the example; one that cannot be had is said to be missing."""
        try:
            photo = example() if callable(example) else example
        except CourseError as error:
            zh, en = "示例照片取不到；用你自己的照片就行。", "No example photo; your own will do."
            self.message.value = _message(f"{zh}\n{error.zh}", f"{en}\n{error.en}")
            return
        self._example = thumbnail(photo)
        self._show(photo)

    def _uploaded(self, change: dict[str, Any]) -> None:
        """Called by the button; whatever goes wrong is said below it."""
        for file in change["new"]:
            self.preview.show(None)
            self.picture.show(None)
            self.message.value = _message("正在看照片……", "Looking at the photo …")
            try:
                photo = decode_photo(bytes(file["content"]), file["name"])
                self.preview.describe(f"你的照片 {file['name']}", f"your photo {file['name']}")
                self._show(photo)
            except reading.BadPhoto as error:
                self.message.value = _refusal(file["name"], error)
            except CourseError as error:
                self.message.value = _message(error.zh, error.en)
            except Exception as error:  # noqa: BLE001 - the learner's own function: say what it said
                text = ("处理照片时出错：", "Working on the photo failed:")
                self.message.value = _failed(text, error)

    def _show(self, photo: np.ndarray) -> None:
        self.preview.show(thumbnail(photo))
        result: Any = self.on_photo(photo)
        self.result = result
        is_figure = hasattr(result, "savefig")
        self.message.value = "" if is_figure else _message(*halves(str(result or "")))
        self.picture.show(result if is_figure else None)

    def __repr__(self) -> str:
        return both("运行此单元格后可以上传照片。", "Run this cell to upload a photo.")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {**super()._repr_mimebundle_(**kwargs), "text/plain": repr(self)}
        if self._example is None:
            return {**data, "text/html": _message(*halves(repr(self)))}, {}
        picture = base64.b64encode(self._example).decode()
        return {**data, "image/jpeg": picture}, {"image/jpeg": self._about}
