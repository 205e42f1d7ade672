"""One photo file → upright 8-bit RGB, whatever the file holds."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from course_utils.messages import CourseError, both

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
# A decompression bomb is a small file that unpacks to gigabytes. 120 million pixels are 360 MB.
MAX_PIXELS = 120_000_000
MAX_BYTES = 300_000_000
# Pillow gives up on a sound PNG whose text or colour profile unpacks to more than 1 MB.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY  # 64 MB
# What photos are mistaken for, by their first bytes: (where, bytes, name, whether others turn it
# into a JPEG).
_KINDS = (
    (4, (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1"), "HEIC", True),
    (4, (b"ftypavi",), "AVIF", True),
    (0, (b"\xff\x0a", b"\0\0\0\x0cJXL "), "JPEG XL", True),
    (0, (b"II*\0", b"MM\0*"), "TIFF/RAW", True),
    (0, (b"%PDF",), "PDF", True),
    (4, (b"ftyp",), "MP4/MOV", False),
    (0, (b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML"), "HTML", False),
)


class BadPhoto(CourseError):
    """A file that cannot be used as a photo. ``path``: the file; ``reason``: why, both languages."""

    def __init__(self, path: Path, zh: str, en: str) -> None:
        super().__init__(
            f"无法使用照片 {path}：{zh}。请替换或移走这个文件。",
            f"The photo {path} cannot be used: {en}. Replace this file or move it away.",
        )
        self.path, self.reason = path, both(_line(zh), _line(en))


def _line(text: str) -> str:
    """Errors of decoders and systems may have several lines; a reason has one a language."""
    return " ".join(text.split())


def read(path: str | Path, size: int | tuple[int, int] | None = None) -> np.ndarray:
    """The photo as uint8 RGB (height, width, 3), upright, in 0–255.

    JPEG, PNG, WebP, GIF (first frame), BMP; EXIF rotation is honoured; greyscale, palette, CMYK and
    16-bit become 8-bit RGB; transparency is laid on white. size: side in pixels, or
    (height, width): the photo is stretched to it. Raises BadPhoto, which names the file.
    """
    path = Path(path)
    image = decode(read_bytes(path), path)
    if size is None:
        return np.asarray(image)
    return np.rint(resized(image, size)).astype(np.uint8)


def read_bytes(path: Path) -> bytes:
    """The file's content. Raises BadPhoto where it is missing, unreadable, empty or huge."""
    try:
        if not path.is_file():
            raise BadPhoto(path, "不存在，或不是普通文件", "it does not exist or is no plain file")
        if path.stat().st_size > MAX_BYTES:
            raise BadPhoto(path, "文件超过 300 MB", "the file is larger than 300 MB")
        content = path.read_bytes()
    except OSError as error:
        raise BadPhoto(path, f"读不出来（{error}）", f"it cannot be read ({error})") from error
    if not content:
        raise BadPhoto(path, "文件是空的", "the file is empty")
    return content


def open_image(content: bytes, path: Path) -> Image.Image:
    """The photo with its header read and its size checked, not yet decoded. Raises BadPhoto."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warnings about size and metadata
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise _other(content, path) from error
    except Image.DecompressionBombError as error:
        raise _bomb(path) from error
    except Exception as error:
        raise _broken(path, error) from error
    if image.width * image.height > MAX_PIXELS:
        raise _bomb(path)
    return image


def _other(content: bytes, path: Path) -> BadPhoto:
    """What the file is instead of a photo that can be read, and how to convert it."""
    zh, en = "不是 JPEG、PNG、WebP、GIF 或 BMP 照片", "it is no JPEG, PNG, WebP, GIF or BMP photo"
    for place, beginnings, name, converts in _KINDS:
        if content[place:].startswith(beginnings):
            zh, en = f"内容是 {name}，{zh}", f"its content is {name}; {en}"
            if converts:
                zh += "；请在看图软件里打开，另存或导出为 JPEG"
                en += "; open it in a photo viewer and save or export it as JPEG"
            if name == "HEIC":
                zh += "（iPhone：设置 → 相机 → 格式 → 兼容性最佳）"
                en += " (iPhone: Settings → Camera → Formats → Most Compatible)"
            break
    return BadPhoto(path, zh, en)


def _bomb(path: Path) -> BadPhoto:
    return BadPhoto(
        path,
        f"像素太多（超过 {MAX_PIXELS // 10**6} 百万），可能是解压炸弹",
        f"it has more than {MAX_PIXELS // 10**6} million pixels: perhaps a decompression bomb",
    )


def _broken(path: Path, error: Exception) -> BadPhoto:
    if "MAX_TEXT_" in str(error):
        zh, en = "文件里的文字说明太多（超过 64 MB）", "it carries more than 64 MB of text"
        return BadPhoto(path, zh, en)
    return BadPhoto(path, f"文件损坏或不完整（{error}）", f"it is damaged or cut short ({error})")


def decode(content: bytes, path: Path) -> Image.Image:
    """Upright RGB image of a file's content; ``path`` is only for messages. Raises BadPhoto."""
    image = open_image(content, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
            return _as_rgb(_upright(image))
    except Image.DecompressionBombError as error:
        raise _bomb(path) from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds for a damaged file
        raise _broken(path, error) from error


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera says; a damaged EXIF block must not cost the photo."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 – any decoder may trip over it, and upright is the default
        return image


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit greyscale: Pillow's own conversion clips at 255
        values = np.asarray(image).astype(np.float64).clip(0, 65535)
        image = Image.fromarray(np.rint(values / 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def resized(image: Image.Image, size: int | tuple[int, int]) -> np.ndarray:
    """The image stretched to ``size`` as float32 (height, width, 3) in 0–255, not rounded.

    Equal to ``keras.layers.Resizing(..., antialias=True)`` within 0.01 grey levels, and faster:
    what a network sees here is what a saved model makes of the raw photo.
    """
    height, width = (size, size) if isinstance(size, int) else size
    channels = [
        np.asarray(channel.convert("F").resize((width, height), Image.Resampling.BILINEAR))
        for channel in image.split()
    ]
    return np.stack(channels, axis=-1)
