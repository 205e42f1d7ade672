"""Every kind of photo file, against what Pillow was asked to write."""

import io
import multiprocessing
import os
import pickle
import struct
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from course_utils import photos
from course_utils.messages import CourseError
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


@pytest.mark.parametrize(
    ("content", "kind", "advice"),
    [
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC", "Most Compatible"),
        (b"\0\0\0\x18ftypmif1" + bytes(40), "HEIC", "as JPEG"),
        (b"\0\0\0\x1cftypavif" + bytes(40), "AVIF", "as JPEG"),
        (b"\0\0\0\x14ftypisom" + bytes(40), "MP4", "no JPEG"),
        (b"II*\0" + bytes(40), "TIFF", "as JPEG"),
        (b"%PDF-1.7" + bytes(40), "PDF", "as JPEG"),
        (b"<!DOCTYPE html><html>", "HTML", "no JPEG"),
    ],
    ids=["heic", "heif", "avif", "mp4", "tiff", "pdf", "html"],
)
def test_what_is_no_photo_is_named(tmp_path, content, kind, advice):
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(photos.BadPhoto, match=advice) as error:
        photos.read(tmp_path / "x.jpg")
    assert kind in error.value.zh and kind in error.value.en
    assert len(error.value.reason.splitlines()) == 2


def test_real_avif_is_named(tmp_path):
    path = tmp_path / "x.jpg"
    try:
        Image.fromarray(RED_LEFT).save(path, "AVIF")
    except (KeyError, OSError):
        pytest.skip("this Pillow does not write AVIF")
    with pytest.raises(photos.BadPhoto, match="AVIF"):
        photos.read(path)


@pytest.mark.parametrize("megabytes", [3, 80])
def test_a_sound_picture_with_much_text_is_not_called_damaged(tmp_path, megabytes):
    texts = PngImagePlugin.PngInfo()
    texts.add_text("prompt", "x" * megabytes * 10**6, zip=True)
    path = saved(tmp_path / "x.png", Image.fromarray(RED_LEFT), pnginfo=texts)
    if megabytes < 64:
        assert np.array_equal(photos.read(path), RED_LEFT)
    else:
        with pytest.raises(photos.BadPhoto, match="64 MB of text") as error:
            photos.read(path)
        assert "damaged" not in str(error.value) and "损坏" not in str(error.value)


def test_broken_exif_does_not_cost_the_photo(tmp_path):
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 30
    path = saved(tmp_path / "x.png", Image.fromarray(RED_LEFT), exif=broken)
    assert np.array_equal(photos.read(path), RED_LEFT)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_animations_give_their_first_frame(tmp_path, kind):
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    options = {"save_all": True, "append_images": frames[1:], "format": kind, "lossless": True}
    path = saved(tmp_path / "x", frames[0], **options)
    assert Image.open(path).n_frames == 2
    assert photos.read(path)[0, 0].tolist() == [255, 0, 0]


def test_a_panorama_of_fifty_thousand_pixels(tmp_path):
    path = saved(tmp_path / "x.jpg", Image.new("RGB", (50_000, 20), "red"))
    assert photos.read(path, 32).shape == (32, 32, 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_no_photo_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "x.jpg")
    with pytest.raises(photos.BadPhoto, match="plain file"):
        photos.read(tmp_path / "x.jpg")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
@pytest.mark.parametrize("name", [b"caf\xe9.png", b"two\nlines.png", b"\x1b[31m.png"])
def test_names_that_are_no_text(tmp_path, name):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    Image.fromarray(RED_LEFT).save(path, "PNG")
    assert np.array_equal(photos.read(path), RED_LEFT)
    path.write_bytes(b"no photo")
    with pytest.raises(photos.BadPhoto) as error:
        photos.read(path)
    str(error.value).encode("utf-8")
    assert "\x1b" not in str(error.value)


def test_errors_cross_processes():
    """Where photos are read by several processes, the error that comes back is the same."""
    for error in (photos.BadPhoto(Path("猫.jpg"), "空", "empty"), CourseError("错", "wrong")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))
        assert vars(again) == vars(error)
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=spawn) as pool,
        pytest.raises(photos.BadPhoto, match="nothing.jpg"),
    ):
        pool.submit(photos.read, "nothing.jpg").result()


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
