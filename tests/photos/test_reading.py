"""Every kind of photo file, against what Pillow was asked to write."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from course_utils import photos
from course_utils.photos import reading

RED_LEFT = np.zeros((40, 60, 3), np.uint8)
RED_LEFT[:, :30, 0] = 255
RED_LEFT[:, 30:, 2] = 255


def saved(path, image, **options):
    image.save(path, **options)
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_each_format_keeps_its_colours(tmp_path, kind):
    image = Image.fromarray(RED_LEFT)
    found = photos.read(saved(tmp_path / f"x.{kind.lower()}", image, format=kind))
    assert found.dtype == np.uint8
    assert found.shape == (40, 60, 3)
    away = np.r_[0:25, 35:60]  # JPEG smears the edge
    assert np.abs(found[:, away].astype(int) - RED_LEFT[:, away]).max() < 12


def test_the_ending_of_the_name_does_not_matter(tmp_path):
    path = saved(tmp_path / "really-a-png.jpg", Image.fromarray(RED_LEFT), format="PNG")
    assert np.array_equal(photos.read(path), RED_LEFT)


def test_gif_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    path = saved(tmp_path / "x.gif", frames[0], save_all=True, append_images=frames[1:])
    assert photos.read(path)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_rotation_is_honoured(tmp_path, turn):
    """The eight orientations of the EXIF standard, undone by hand."""
    upright = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    path = saved(tmp_path / "x.png", Image.fromarray(np.ascontiguousarray(stored)), exif=exif)
    assert np.array_equal(photos.read(path), upright)


def test_greyscale_and_black_and_white(tmp_path):
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    found = photos.read(saved(tmp_path / "l.png", Image.fromarray(grey)))
    assert np.array_equal(found, np.repeat(grey[..., None], 3, axis=2))
    bits = Image.fromarray(grey > 100)
    assert set(np.unique(photos.read(saved(tmp_path / "1.png", bits)))) == {0, 255}


def test_sixteen_bit_is_scaled_not_clipped(tmp_path):
    deep = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    found = photos.read(saved(tmp_path / "x.png", Image.fromarray(deep)))[..., 0]
    assert np.abs(found - deep / 257).max() <= 0.5


def test_sixteen_bit_colour(tmp_path):
    """Pillow cannot write it, so the PNG is put together by hand (PNG specification, 11.2)."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    pixels = b"\0" + struct.pack(">6H", 65535, 0, 0, 0, 32896, 65535)
    path = tmp_path / "x.png"
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert photos.read(path).tolist() == [[[255, 0, 0], [0, 128, 255]]]


def test_palette(tmp_path):
    path = saved(tmp_path / "x.png", Image.fromarray(RED_LEFT).quantize(4))
    assert np.array_equal(photos.read(path), RED_LEFT)


def test_cmyk_jpeg(tmp_path):
    image = Image.fromarray(RED_LEFT).convert("CMYK")
    found = photos.read(saved(tmp_path / "x.jpg", image, quality=95))
    assert np.abs(found[:, :20].astype(int) - [255, 0, 0]).max() < 16


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white(tmp_path, mode):
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    if mode == "P":
        palette = Image.new("P", (4, 4), 0)
        palette.putpalette([0, 0, 0])
        path = saved(tmp_path / "x.png", palette, transparency=0)
    else:
        path = saved(tmp_path / "x.png", clear.convert(mode))
    assert (photos.read(path) == 255).all()


def test_half_transparent_is_mixed_with_white(tmp_path):
    path = saved(tmp_path / "x.png", Image.new("RGBA", (4, 4), (255, 0, 0, 51)))
    assert photos.read(path)[0, 0].tolist() == [255, 204, 204]


@pytest.mark.parametrize(
    "name", ["小猫 😺.png", "a b  c.png", "-rf.png", "x" * 200 + ".png", "%s.png"]
)
def test_any_file_name(tmp_path, name):
    assert photos.read(saved(tmp_path / name, Image.fromarray(RED_LEFT))).shape == (40, 60, 3)


def bad_files(folder):
    """One file of each bad kind, by what is wrong with it."""
    whole = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(whole, "JPEG")
    png = io.BytesIO()
    Image.fromarray(noise).save(png, "PNG")
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    contents = {
        "truncated.jpg": whole.getvalue()[: len(whole.getvalue()) // 2],
        "truncated.png": png.getvalue()[: len(png.getvalue()) // 2],
        "header-only.png": png.getvalue()[:20],
        "empty.jpg": b"",
        "text.jpg": "不是照片".encode(),
        "page.jpg": b"<html><body>404</body></html>",
        "bomb.png": bomb.getvalue(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    assert (folder / "bomb.png").stat().st_size < 200_000
    return sorted(contents)


def test_bad_files_are_refused_by_name(tmp_path):
    for name in bad_files(tmp_path):
        with pytest.raises(photos.BadPhoto) as error:
            photos.read(tmp_path / name)
        assert name in error.value.zh
        assert name in error.value.en
        assert error.value.path == tmp_path / name


@pytest.mark.parametrize("pixels", [121_000_000, 1_000_000_000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, pixels):
    side = int(pixels**0.5) + 1
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = (
        struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 9) + b"IDAT" + bytes(13))
    with pytest.raises(photos.BadPhoto, match="bomb"):
        photos.read(path)


def test_missing_file_and_folder(tmp_path):
    for path in (tmp_path / "nothing.jpg", tmp_path):
        with pytest.raises(photos.BadPhoto, match="plain file"):
            photos.read(path)


def test_size_gives_height_and_width(tmp_path):
    path = saved(tmp_path / "x.png", Image.fromarray(RED_LEFT))
    assert photos.read(path, 16).shape == (16, 16, 3)
    assert photos.read(path, (16, 24)).shape == (16, 24, 3)


@pytest.mark.parametrize("shape", [(300, 400), (50, 40), (1, 700), (224, 224)])
def test_fit_equals_the_resizing_of_keras(shape):
    """The layer that a saved model carries, on photos larger, smaller and thinner than the input."""
    import keras

    image = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    layer = keras.layers.Resizing(224, 224, antialias=True)
    expected = np.asarray(layer(image[None].astype("float32"), training=False))[0]
    assert np.abs(reading.resized(Image.fromarray(image), 224) - expected).max() < 0.02
