"""Explorers and photo upload, used as a learner uses them: dragged, fed, restarted, reloaded."""

import os
from pathlib import Path

import numpy as np
import pytest
from lab_page import ROOT
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


def test_run_drag_upload_restart_reload(open_lab, photo, tmp_path):
    lab = open_lab("zh-CN")
    lab.open("small.ipynb")
    lab.run_all()
    drag_the_slider(lab)
    language_switch_reaches_the_live_picture(lab)
    upload(lab, *photo)
    refuse(lab, tmp_path)
    restart_and_reload(lab)


def drag_the_slider(lab) -> None:
    picture = lab.panel().locator(".course-explorer img.widget-image")
    slider = lab.panel().locator(".course-explorer .widget-slider").first
    slider.scroll_into_view_if_needed()
    before = picture.get_attribute("src")
    expect(slider.locator(".widget-label")).to_have_text("频率 frequency")
    expect(slider.locator(".widget-readout")).to_have_text("2")
    handle = slider.locator(".noUi-handle")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 60, y, steps=5)
    lab.page.mouse.up()
    expect(slider.locator(".widget-readout")).not_to_have_text("2")
    expect(picture).not_to_have_attribute("src", before)
    dragged = picture.get_attribute("src")
    handle.focus()
    lab.page.keyboard.press("Home")
    expect(slider.locator(".widget-readout")).to_have_text("1")
    expect(picture).not_to_have_attribute("src", dragged)
    lab.shot("explorer")


def language_switch_reaches_the_live_picture(lab) -> None:
    picture = lab.panel().locator(".course-explorer img.widget-image")
    for mode, alt in {"en": "curves to play with", "zh": "可调的曲线"}.items():
        lab.button(mode).click()
        expect(picture).to_have_attribute("alt", alt)
    width = picture.bounding_box()["width"]
    assert width == pytest.approx(450, abs=2), "the picture is stretched"


def upload(lab, path: Path, mean_red: float) -> None:
    box = lab.panel().locator(".course-upload")
    box.scroll_into_view_if_needed()
    expect(box.get_by_role("button")).to_contain_text("选择照片 Choose a photo")
    choose(lab, path)
    expect(box.get_by_role("status")).to_have_text(f"红色平均值 mean red: {mean_red:.0f}")
    expect(box.locator("img.widget-image").first).to_be_visible()
    lab.shot("upload")


def choose(lab, path: Path) -> None:
    with lab.page.expect_file_chooser() as chooser:
        lab.panel().locator(".course-upload button").click()
    chooser.value.set_files(path)


def refuse(lab, folder: Path) -> None:
    """A text file called .jpg: said in both languages, and the next photo works again."""
    bad = folder / "note.jpg"
    bad.write_text("not a photo")
    choose(lab, bad)
    status = lab.panel().locator(".course-upload").get_by_role("status")
    expect(status).to_contain_text("note.jpg 不是能读取的图片")
    expect(status).to_contain_text("note.jpg is not a picture")
    lab.shot("upload_refused")
    real = sorted(PHOTOS.glob("**/*.jp*g"))[:1]
    if real:
        choose(lab, real[0])
        with Image.open(real[0]) as image:
            mean = np.asarray(image.convert("RGB"))[..., 0].mean()
        expect(status).to_have_text(f"红色平均值 mean red: {mean:.0f}")


def restart_and_reload(lab) -> None:
    """After a restart everything runs again; after a reload the saved pictures are there."""
    lab.clear()
    lab.page.evaluate("void jupyterapp.commands.execute('notebook:restart-run-all')")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.wait_until_ran()
    expect(lab.panel().locator(".course-explorer .widget-readout").first).to_have_text("2")
    lab.page.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")
    lab.page.reload()
    lab.wait_until_open()
    expect(lab.panel().locator(".jp-OutputArea img").first).to_have_attribute("alt", "两条曲线")
    lab.shot("reloaded")
