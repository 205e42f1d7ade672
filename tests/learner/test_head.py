"""The linear head: what is chosen, what is refused, how it is folded into one matrix."""

import shutil

import numpy as np
import pytest
from PIL import Image
from scipy.special import softmax

from course.learner.classifier import head
from course_utils import features, photos
from course_utils.messages import CourseError


@pytest.mark.parametrize("classes", [2, 4])
def test_kernel_and_bias_equal_the_pipeline(classes):
    random = np.random.default_rng(0)
    labels = np.arange(60) % classes
    table = random.normal(3, 2, (60, 12)) + labels[:, None] * random.normal(size=12)
    fitted = head.regression(0.1).fit(table, labels)
    kernel, bias = head.kernel_and_bias(fitted)
    expected = fitted.predict_proba(table)
    assert np.allclose(softmax(table @ kernel + bias, axis=1), expected, atol=1e-5)


def pictures(folder, **seeds):
    """``pictures(folder, cat=[1, 1, 2])``: class folders with one smooth picture for each seed."""
    for name, numbers in seeds.items():
        (folder / name).mkdir()
        for place, seed in enumerate(numbers):
            coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
            image = Image.fromarray(coarse).resize((90, 90), Image.Resampling.BICUBIC)
            image.save(folder / name / f"{place}.png")
    return photos.load_folder(folder)


def checked(found):
    head.check_pictures(found, head.near_groups(found))


def test_one_picture_five_times_is_one_picture(tmp_path):
    found = pictures(tmp_path, cat=[1] * 5, dog=[2, 3, 4, 5, 6, 6])
    with pytest.raises(CourseError, match="the 5 photos of cat show 1") as error:
        checked(found)
    assert "cat 的 5 张照片里只有 1 张" in error.value.zh and "dog" not in error.value.zh


def test_the_same_photos_in_both_classes(tmp_path):
    found = pictures(tmp_path, cat=range(10), dog=range(10))
    with pytest.raises(CourseError, match="lie, nearly equal, in two classes") as error:
        checked(found)
    pair = f"{tmp_path / 'cat' / '3.png'} = {tmp_path / 'dog' / '3.png'}"
    assert pair in error.value.zh and pair in error.value.en


def test_a_few_photos_in_both_classes_are_named(tmp_path, capsys):
    checked(pictures(tmp_path, cat=[0, 1, 2, 3, 4, 5], dog=[10, 11, 12, 13, 14, 5]))
    error = capsys.readouterr().err
    assert f"{tmp_path / 'cat' / '5.png'} = {tmp_path / 'dog' / '5.png'}" in error
    assert error.count(" = ") == 2  # one pair, in both languages


def test_twice_in_one_class_is_no_clash(tmp_path, capsys):
    checked(pictures(tmp_path, cat=[0, 1, 2, 3, 4, 4], dog=[10, 11, 12, 13, 14]))
    assert capsys.readouterr().err == ""


def photo_set(labels, names):
    return photos.PhotoSet([f"{i}.png" for i in range(len(labels))], np.array(labels), names)


def test_one_class_an_empty_class_and_too_few_photos():
    with pytest.raises(CourseError, match="only one class"):
        head.check_classes(photo_set([0] * 9, ("cat",)))
    with pytest.raises(CourseError, match="dog: 0"):
        head.check_classes(photo_set([0] * 9, ("cat", "dog")))
    with pytest.raises(CourseError, match="dog: 4"):
        head.check_classes(photo_set([0] * 9 + [1] * 4, ("cat", "dog")))
    head.check_classes(photo_set([0] * 9 + [1] * 5, ("cat", "dog")))


def test_near_duplicates_share_a_group(tmp_path):
    random, paths = np.random.default_rng(0), []
    for i in range(6):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
        paths.append(tmp_path / f"{i}.png")
        coarse.resize((90, 90), Image.Resampling.BICUBIC).save(paths[-1])
    paths.append(shutil.copy(paths[1], tmp_path / "copy.png"))
    groups = head.near_groups(photos.PhotoSet(paths, np.zeros(7, int), ("a",)))
    assert groups[1] == groups[6]
    assert len(set(groups)) == 6


def test_the_informative_backbone_is_chosen(monkeypatch):
    """Two made-up networks: one sees the class, the other sees noise."""
    random = np.random.default_rng(0)
    labels = np.arange(80) % 2
    tables = {"blind": random.normal(size=(80, 6)), "seeing": random.normal(size=(80, 6))}
    tables["seeing"][:, 0] += 6 * labels
    monkeypatch.setattr(features, "extract", lambda _, backbone, **__: tables[backbone])
    monkeypatch.setattr(photos, "near_duplicates", lambda _: [])
    choice = head.choose(photo_set(labels, ("a", "b")), ["blind", "seeing"])
    assert choice.backbone == "seeing"
    assert choice.n_right > 76
