"""Figures: fonts, size, alt text; tests/author has the author's checks."""

import base64
import io
import os
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import processes
import pytest
from PIL import Image
from sample_figures import course_style, curves

from course_utils import figures
from course_utils.bilingual import MIME
from course_utils.messages import CourseError


@pytest.fixture(autouse=True)
def style():
    with course_style():
        yield


@pytest.fixture
def shown(monkeypatch):
    """What show() hands to IPython: (data, metadata)."""
    import IPython.display

    calls = []
    monkeypatch.setattr(
        IPython.display, "display", lambda data, raw, metadata: calls.append((data, metadata))
    )
    return calls


def noise(n, size=(200, 200, 3)):
    return list(np.random.default_rng(0).integers(0, 256, (n, *size), dtype=np.uint8))


def test_importing_is_cheap():
    """The command line imports this module; matplotlib would cost it a second."""
    code = "import course_utils.figures, sys; sys.exit('matplotlib' in sys.modules)"
    assert processes.python(code).returncode == 0


def test_chinese_has_glyphs_only_with_the_style():
    fig = curves(title="迁移学习：微调 fine-tuning，−1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fig.savefig(io.BytesIO())
    with mpl.rc_context({"font.family": ["DejaVu Sans"]}), pytest.warns(UserWarning, match="Glyph"):
        curves(title="迁移").savefig(io.BytesIO())


USERS_STYLE = """
import io, sys, matplotlib as mpl
from course_utils import figures
figures.use_style()
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([0, 1], label="$x$")
ax.set(xlabel="轮次 epoch")
sys.stdout.buffer.write(figures.to_png(fig))
"""


@pytest.mark.parametrize(
    "settings",
    [
        "text.usetex: True",
        "savefig.dpi: 300\naxes.facecolor: black",
        "no.such.key: 1\nfigure.dpi: x\n:::",
    ],
)
def test_settings_of_the_readers_matplotlib_do_not_reach_the_figures(tmp_path, settings):
    def drawn(text):
        (tmp_path / "matplotlibrc").write_text(text, encoding="utf-8")
        done = processes.python(
            USERS_STYLE,
            env=os.environ | {"MATPLOTLIBRC": str(tmp_path), "MPLBACKEND": "agg", "PATH": ""},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert drawn(settings) == drawn("")


def test_png_is_deterministic_and_names_no_software():
    first, second = figures.to_png(curves()), figures.to_png(curves())
    assert first == second
    assert not Image.open(io.BytesIO(first)).text


def test_crowded_figure_is_made_to_fit():
    fig, ax = plt.subplots(figsize=(8, 6))
    ax.scatter(*np.random.default_rng(0).normal(size=(2, 1500)), c=np.arange(1500), s=90)
    assert len(figures.to_png(fig, limit=None)) > figures.PNG_LIMIT
    small = figures.to_png(fig)
    assert len(small) <= figures.PNG_LIMIT
    assert Image.open(io.BytesIO(small)).size == (800, 600)


def test_photo_as_png_is_refused_with_advice():
    fig, ax = plt.subplots(figsize=(6, 6))
    ax.imshow(noise(1)[0])
    with pytest.raises(CourseError) as error:
        figures.to_png(fig)
    assert "photo=True" in error.value.zh and "photo=True" in error.value.en


def test_show_stores_alt_text_and_closes(shown):
    fig = curves()
    assert figures.show(fig, "两条曲线", "two curves", name="curves") is None
    (data, metadata) = shown[0]
    assert set(data) == {"image/png", "text/plain", MIME}
    assert data[MIME]["svg"].startswith("<svg")
    assert metadata["image/png"]["alt_zh"] == "两条曲线"
    assert metadata["image/png"]["alt_en"] == "two curves"
    assert metadata["image/png"]["alt"] == data["text/plain"] == "两条曲线\ntwo curves"
    assert metadata["image/png"]["name"] == "curves"
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).format == "PNG"
    assert not plt.fignum_exists(fig.number)
    assert fig.axes[0].lines  # its data can still be looked at


@pytest.mark.parametrize(("zh", "en"), [("", "a curve"), ("曲线", " ")])
def test_show_needs_alt_text_in_both_languages(shown, zh, en):
    with pytest.raises(CourseError):
        figures.show(curves(), zh, en)
    assert not shown


def test_show_photos_fits_and_shows_each(shown):
    titles = [f"第 {i} 张 photo {i}" for i in range(10)]
    figures.show_photos(noise(10), titles, "噪声", "noise", credit="A. Person, CC0")
    (data, metadata) = shown[0]
    content = base64.b64decode(data["image/jpeg"])
    assert len(content) <= figures.JPEG_LIMIT
    assert metadata["image/jpeg"]["alt_en"] == "noise"


def rows_of_ink(content):
    """Runs (first, last) of rows in which a picture has anything dark, and its size."""
    grey = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    dark = np.r_[False, (grey < 128).mean(axis=1) > 0.5, False]
    edges = np.flatnonzero(dark[1:] != dark[:-1])
    return list(zip(edges[::2], edges[1::2], strict=True)), grey.shape


@pytest.mark.parametrize(
    (
        "size",
        "columns",
        "least",
    ),  # pixels (h, w) of a photo; its height in the figure, of 100 an inch
    [((96, 384), 2, 85), ((100, 150), 3, 120), ((100, 100), 2, 170), ((200, 100), 2, 340)],
)
def test_photos_fill_their_places_whatever_their_shape(shown, size, columns, least):
    """Strips in square places were 45 pixels high, with 160 white ones between the rows."""
    photos = [np.zeros((*size, 3), np.uint8)] * 2 * columns
    figures.show_photos(photos, ["题 title"] * 2 * columns, "图", "pictures", columns=columns)
    rows, (height, width) = rows_of_ink(base64.b64decode(shown[0][0]["image/jpeg"]))
    assert len(rows) == 2 and width <= 770
    assert all(last - first >= least for first, last in rows)
    assert rows[1][0] - rows[0][1] < 60 and height < 2 * (rows[0][1] - rows[0][0]) + 130


def test_photo_keeps_its_colours(shown):
    red = np.zeros((80, 80, 3), np.uint8)
    red[..., 0] = 255
    dark = np.full((80, 80), 40, np.uint8)
    figures.show_photos([red, dark], None, "红与暗", "red and dark", columns=2)
    content = base64.b64decode(shown[0][0]["image/jpeg"])
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
    height, width, _ = pixels.shape
    np.testing.assert_allclose(pixels[height // 2, width // 4], [255, 0, 0], atol=8)
    np.testing.assert_allclose(pixels[height // 2, 3 * width // 4], [40, 40, 40], atol=8)


@pytest.mark.parametrize(
    "images", [[np.full((8, 8, 3), 200.0)], [np.full((8, 8, 3), -1.0)], [np.zeros(8, np.uint8)], []]
)
def test_photos_in_a_wrong_range_are_refused(images, shown):
    with pytest.raises(CourseError):
        figures.show_photos(images, None, "图", "picture")
    with pytest.raises(CourseError, match="titles"):
        figures.show_photos(noise(2), ["一 one"], "图", "picture")


def test_palette_differs_for_colour_blind_readers():
    """Machado et al. (2009), severity 1: every pair of colours stays apart."""
    deuteranopia = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    protanopia = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
    rgb = np.array([mpl.colors.to_rgb(c) for c in figures.PALETTE])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    for matrix in (deuteranopia, protanopia):
        seen = np.clip(linear @ np.array(matrix).T, 0, 1) ** (1 / 2.2)
        apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)
        assert apart[np.triu_indices(len(seen), 1)].min() > 0.12
