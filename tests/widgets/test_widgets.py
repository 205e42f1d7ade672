"""Explorers and photo upload without a browser; tests/browser has them in JupyterLab."""

import base64
import io

import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils import photos
from course_utils.bilingual import MIME
from course_utils.messages import CourseError
from course_utils.widgets import Explorer, PhotoUpload, decode_photo

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    plt.close("all")  # what tests of other parts, run before in this process, have left
    with mpl.rc_context({"backend": "agg"}):
        yield
    assert not plt.get_fignums()


def draw(k, size=3.0):
    fig, ax = plt.subplots(figsize=(size, 2))
    ax.plot([0, 1, 2], [0, k, 0])
    return fig


def explorer(draw=draw):
    return Explorer(draw, k=ipywidgets.IntSlider(2, 1, 10), alt_zh="折线", alt_en="a line")


def picture_bytes(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def choose(upload: PhotoUpload, name: str, content: bytes) -> None:
    """What the browser sends when a file is chosen."""
    file = {"name": name, "type": "image/png", "size": len(content), "last_modified": 0}
    upload.button.set_state({"value": [{**file, "content": memoryview(content)}]})


def test_slider_redraws():
    shown = explorer()
    before = shown.picture.value
    shown.controls["k"].value = 7
    after = shown.picture.value
    assert before != after
    shown.controls["k"].value = 2
    assert shown.picture.value == before


def test_saved_output_has_picture_alt_text_and_no_address():
    data, metadata = explorer()._repr_mimebundle_()
    assert data["text/plain"] == "Explorer(k=2)"
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (300, 200)
    assert VIEW in data and data[MIME]["svg"].startswith("<svg")
    assert metadata["image/png"]["alt_zh"] == "折线" and metadata["image/png"]["alt_en"] == "a line"


def test_explorer_labels_its_controls():
    control = explorer().controls["k"]
    assert control.description == "k"
    assert control.style.description_width == "initial"


def test_live_picture_is_described_in_both_languages():
    described = explorer().picture.value
    assert 'data-alt-zh="折线"' in described and 'data-alt-en="a line"' in described


def test_error_while_drawing_is_shown_and_goes_away():
    def fragile(k):
        if k > 5:
            raise ValueError("k <too> big")
        return draw(k)

    shown = explorer(fragile)
    shown.controls["k"].value = 6
    assert "画图时出错" in shown.message.value and "Drawing failed" in shown.message.value
    assert "k &lt;too&gt; big" in shown.message.value
    shown.controls["k"].value = 3
    assert shown.message.value == ""


def test_error_at_the_start_is_raised():
    with pytest.raises(ZeroDivisionError):
        explorer(lambda k: 1 / 0)


def test_upload_hands_over_the_photo():
    seen = []
    upload = PhotoUpload(lambda photo: seen.append(photo) or "一张照片 <one> photo")
    red = Image.new("RGB", (60, 40), (200, 10, 20))
    choose(upload, "red.png", picture_bytes(red, "PNG"))
    assert seen[0].shape == (40, 60, 3) and seen[0].dtype == np.uint8
    np.testing.assert_array_equal(seen[0][0, 0], [200, 10, 20])
    assert "&lt;one&gt;" in upload.message.value
    assert Image.open(io.BytesIO(upload.preview.image.value)).size == (60, 40)
    assert upload.preview.layout.display is None


def test_upload_can_answer_with_a_figure():
    upload = PhotoUpload(lambda photo: draw(3))
    choose(upload, "red.png", picture_bytes(Image.new("RGB", (8, 8), "red"), "PNG"))
    assert "<svg" in upload.picture.value and 'width="300" height="200"' in upload.picture.value


def test_bad_file_is_named_in_both_languages_and_hides_the_old_photo():
    upload = PhotoUpload(lambda photo: "好 good")
    choose(upload, "red.png", picture_bytes(Image.new("RGB", (8, 8), "red"), "PNG"))
    choose(upload, "note.jpg", b"not a photo")
    for words in ("note.jpg", "请另选一张", "Choose another photo", "no JPEG, PNG"):
        assert words in upload.message.value
    assert "move it away" not in upload.message.value  # it lies in no folder of the course
    assert upload.preview.layout.display == "none"


def test_error_in_the_learners_function_is_shown():
    upload = PhotoUpload(lambda photo: photo.nonsense)
    choose(upload, "red.png", picture_bytes(Image.new("RGB", (8, 8), "red"), "PNG"))
    assert "处理照片时出错" in upload.message.value and "AttributeError" in upload.message.value


def test_photos_are_decoded_upright_and_without_transparency():
    turned = Image.new("RGB", (40, 20), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by 90 degrees
    assert decode_photo(picture_bytes(turned, "JPEG", exif=exif), "t.jpg").shape == (40, 20, 3)
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert (decode_photo(picture_bytes(clear, "PNG"), "c.png") == 255).all()
    grey = Image.new("L", (4, 4), 90)
    assert decode_photo(picture_bytes(grey, "PNG"), "g.png").shape == (4, 4, 3)
    half = picture_bytes(Image.effect_noise((200, 200), 50), "JPEG")
    with pytest.raises(CourseError, match="half"):
        decode_photo(half[: len(half) // 2], "half.jpg")


def broken_exif() -> bytes:
    """A sound JPEG whose EXIF block ends in the middle."""
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03"
    sound = picture_bytes(Image.new("RGB", (40, 20), "blue"), "JPEG")
    return sound[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + sound[2:]


SPECIAL = {
    "16 bits": picture_bytes(Image.fromarray(np.full((9, 9), 32639, np.uint16)), "PNG"),
    "one pixel": picture_bytes(Image.new("RGB", (1, 1), "red"), "PNG"),
    "a line": picture_bytes(Image.new("RGB", (1, 3000), "red"), "PNG"),
    "broken EXIF": broken_exif(),
    "CMYK": picture_bytes(Image.new("CMYK", (8, 8), (0, 99, 0, 0)), "JPEG"),
    "palette": picture_bytes(Image.new("P", (8, 8), 3), "GIF"),
}


@pytest.mark.parametrize("kind", SPECIAL)
def test_an_uploaded_photo_is_what_the_same_file_in_a_folder_is(kind, tmp_path):
    (tmp_path / "photo").write_bytes(SPECIAL[kind])
    seen = []
    upload = PhotoUpload(lambda photo: seen.append(photo))
    choose(upload, "photo", SPECIAL[kind])
    np.testing.assert_array_equal(seen[0], photos.read(tmp_path / "photo"))
    assert Image.open(io.BytesIO(upload.preview.image.value)).format == "JPEG"
    if kind == "16 bits":
        assert seen[0].mean() == 127


def test_upload_without_a_kernel_says_what_to_do():
    data, metadata = PhotoUpload(lambda photo: None)._repr_mimebundle_()
    assert "运行此单元格" in data["text/html"] and "Run this cell" in data["text/html"]
    assert "0x" not in data["text/plain"] and metadata == {}


def test_upload_with_an_example_shows_it_without_a_kernel():
    photo = np.full((50, 70, 3), 120, np.uint8)
    upload = PhotoUpload(lambda p: f"{p.mean():.0f}", example=photo, alt_zh="灰", alt_en="grey")
    data, metadata = upload._repr_mimebundle_()
    assert Image.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))).size == (70, 50)
    assert metadata["image/jpeg"]["alt_en"] == "grey"
    assert "120" in upload.message.value


def test_without_its_example_the_button_works_all_the_same():
    """Offline with an empty cache: the model is installed, and one's own photo needs nothing more."""

    def offline():
        raise CourseError("没有网络。", "There is no network.")

    upload = PhotoUpload(lambda photo: f"{photo.shape}", example=offline)
    assert "用你自己的照片就行" in upload.message.value and "no network" in upload.message.value
    data, _ = upload._repr_mimebundle_()
    assert VIEW in data and "image/jpeg" not in data
    choose(upload, "my.png", picture_bytes(Image.new("RGB", (20, 10)), "PNG"))
    assert "(10, 20, 3)" in upload.message.value and "网络" not in upload.message.value
    photo = np.zeros((8, 8, 3), np.uint8)
    asked = PhotoUpload(lambda photo: "seen", example=lambda: photo)
    assert "seen" in asked.message.value and "image/jpeg" in asked._repr_mimebundle_()[0]


def test_an_explorer_says_a_course_error_in_its_own_words():
    def refusing(k):
        if k > 5:
            raise CourseError("太大。", "Too large.")
        return draw(k)

    shown = explorer(refusing)
    shown.controls["k"].value = 6
    assert "太大。" in shown.message.value and "CourseError" not in shown.message.value
