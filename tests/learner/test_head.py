"""The linear head: what is chosen, what is refused, how it is folded into one matrix."""

import shutil

import numpy as np
import pytest
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
    from PIL import Image

    random, paths = np.random.default_rng(0), []
    for i in range(6):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8))
        paths.append(tmp_path / f"{i}.png")
        coarse.resize((90, 90), Image.Resampling.BICUBIC).save(paths[-1])
    paths.append(shutil.copy(paths[1], tmp_path / "copy.png"))
    groups = head._groups(photos.PhotoSet(paths, np.zeros(7, int), ("a",)))
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
