"""Explorers and photo upload, used as a learner uses them: dragged, fed, restarted, reloaded."""

import os
from pathlib import Path

import numpy as np
import pytest
from lab_page import ROOT, VIEW
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PHOTOS = Path(os.environ.get("COURSE_TEST_PHOTOS") or ROOT.parent / "shared" / "photos")


@pytest.fixture
def photo(tmp_path) -> tuple[Path, float]:
    """A photo and the mean of its red channel."""
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[..., 0] = 200
    path = tmp_path / "red.png"
    Image.fromarray(pixels).save(path)
    return path, 200


@pytest.mark.slow
def test_run_drag_upload_restart_reload(open_lab, photo, tmp_path, course_folder):
    lab = open_lab("zh-CN", kernel=True)
    lab.open("small.ipynb")
    lab.run_all()
    drag_the_slider(lab)
    language_switch_reaches_the_live_picture(lab)
    upload(lab, *photo)
    refuse(lab, tmp_path)
    large_photos(lab, tmp_path)
    pictures_after_a_restart(lab)
    restart_and_reload(lab, course_folder / "small.ipynb")


def drag_the_slider(lab) -> None:
    picture = lab.panel().locator(".course-explorer .course-layers")
    slider = lab.panel().locator(".course-explorer .widget-slider").first
    slider.scroll_into_view_if_needed()
    before = picture.inner_html()
    expect(slider.locator(".widget-label")).to_have_text("频率")
    expect(slider.locator(".widget-readout")).to_have_text("2")
    handle = slider.locator(".noUi-handle")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 60, y, steps=5)
    lab.page.mouse.up()
    expect(slider.locator(".widget-readout")).not_to_have_text("2")
    has_changed = """before => document.querySelector('.course-explorer .course-layers').innerHTML
        !== before"""
    lab.page.wait_for_function(has_changed, arg=before)
    dragged = picture.inner_html()
    handle.focus()
    lab.page.keyboard.press("Home")
    expect(slider.locator(".widget-readout")).to_have_text("1")
    lab.page.wait_for_function(has_changed, arg=dragged)
    lab.shot("explorer")


def language_switch_reaches_the_live_picture(lab) -> None:
    picture = lab.panel().locator(".course-explorer .course-layers svg")
    for mode, alt in {"en": "curves to play with", "zh": "可调的曲线"}.items():
        lab.button(mode).click()
        expect(picture).to_have_attribute("aria-label", alt)
    width = picture.bounding_box()["width"]
    assert width == pytest.approx(450, abs=2), "the picture is stretched"


def upload(lab, path: Path, mean_red: float) -> None:
    box = lab.panel().locator(".course-upload")
    box.scroll_into_view_if_needed()
    expect(box.get_by_role("button")).to_contain_text("选择照片")
    choose(lab, path)
    expect(box.get_by_role("status")).to_have_text(
        f"红色平均值：{mean_red:.0f}", use_inner_text=True
    )
    expect(box.locator("img.widget-image").first).to_be_visible()
    lab.shot("upload")


def choose(lab, path: Path) -> None:
    with lab.page.expect_file_chooser() as chooser:
        lab.panel().locator(".course-upload button").click()
    chooser.value.set_files(path)


def refuse(lab, folder: Path) -> None:
    """A text file called .jpg: said in both languages, and the next photo works again."""
    bad = folder / "note.jpg"
    bad.write_text("not a photo", encoding="utf-8")
    choose(lab, bad)
    status = lab.panel().locator(".course-upload").get_by_role("status")
    expect(status).to_contain_text("不是 JPEG、PNG、WebP、GIF 或 BMP 照片")
    expect(status).to_contain_text("it is no JPEG, PNG, WebP, GIF or BMP photo")
    lab.shot("upload_refused")
    real = sorted(PHOTOS.glob("**/*.jp*g"))[:1]
    if real:
        choose(lab, real[0])
        with Image.open(real[0]) as image:
            mean = np.asarray(image.convert("RGB"))[..., 0].mean()
        expect(status).to_have_text(f"红色平均值：{mean:.0f}", use_inner_text=True)


def large_photos(lab, folder: Path) -> None:
    """Over tornado's usual 10 MB; and over the server's limit, which must not pass in silence."""
    status = lab.panel().locator(".course-upload").get_by_role("status")
    choose(lab, noise(folder / "large.png", 2000))
    expect(status).to_have_text("红色平均值：127", timeout=20_000, use_inner_text=True)
    choose(lab, noise(folder / "too_large.png", 2700))
    toast = lab.page.locator(".jp-toastContainer, .Toastify").first
    expect(toast).to_contain_text("照片太大，没有传到", timeout=20_000)
    expect(toast).to_contain_text("a photo below 10 MB")
    lab.shot("upload_too_large")


def noise(path: Path, side: int) -> Path:
    """A photo of 3 · side² bytes: noise cannot be compressed."""
    pixels = np.random.default_rng(7).integers(0, 255, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(path, compress_level=1)
    return path


def save(lab) -> None:
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")


def pictures_after_a_restart(lab) -> None:
    """A restarted kernel knows no widget: pictures, not dead sliders, and none that is missing."""
    save(lab)
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-kernel')")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    for reloaded in (False, True):
        expect(lab.panel().locator(".course-hint")).to_have_count(2)  # explorer, upload
        expect(lab.panel().locator(".course-explorer")).to_have_count(0)
        expect(lab.panel().locator(".jp-OutputArea .course-layers svg")).to_have_count(2)
        if not reloaded:
            lab.page.reload()
            lab.wait_until_open()
    expect(lab.panel().locator(".course-upload")).to_have_count(0)
    expect(lab.panel().get_by_text("Error displaying widget")).to_have_count(0)


def restart_and_reload(lab, path: Path) -> None:
    """After a restart everything runs again; saved pictures are there without a kernel."""
    lab.clear()
    lab.wait_for_kernel()
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-run-all')")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.wait_until_ran()
    expect(lab.panel().locator(".course-explorer .widget-readout").first).to_have_text("2")
    save(lab)
    lab.page.reload()  # the kernel still runs: its sliders stay
    lab.wait_until_open()
    expect(lab.panel().locator(".course-explorer .widget-readout").first).to_have_text("2")
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    lab.forbid_kernels()
    assert VIEW in path.read_text(encoding="utf-8")  # saved as a learner saves it
    lab.page.reload()
    lab.wait_until_open()
    alt_text_of_saved_pictures(lab)
    lab.shot("reloaded")


def alt_text_of_saved_pictures(lab) -> None:
    """What figures.show and Explorer wrote into the file, read by the extension."""
    pictures = lab.panel().locator(".jp-OutputArea .course-layers svg")
    expect(pictures).to_have_count(2)
    lab.button("en").click()
    alts = [svg.get_attribute("aria-label") for svg in pictures.all()]
    assert alts == ["two curves", "curves to play with"]
    hints = lab.panel().locator(".course-hint")
    expect(hints).to_have_count(2)  # below the explorer and the upload, which do not react here
    assert hints.first.inner_text().startswith("This result was stored; it does not react yet.")
