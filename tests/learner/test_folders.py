"""Which folders are taken for classes, and what is said about others."""

import pytest

from course import cli
from course.learner.classifier import folders
from course_utils.messages import CourseError


def files(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


SPLIT = [
    f"{s}/{c}/{i}.jpg" for s in ("train", "validation") for c in ("cat", "dog") for i in (1, 2)
]


@pytest.mark.parametrize("command", ["train", "run"])
def test_splits_are_no_classes(tmp_path, capsys, command):
    files(tmp_path, *SPLIT)
    arguments = {"train": ["train", "--out", str(tmp_path / "m.keras")], "run": ["run", "09"]}
    assert cli.main([*arguments[command], "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count(str(tmp_path / "train")) == 2
    assert f"evaluate on {tmp_path / 'validation'}" in error and "评估请给出" in error


@pytest.mark.parametrize(
    "names",
    [
        ["Training_set/a/1", "Training_set/b/1", "test_set/a/1", "test_set/b/1"],
        ["train/a/1", "train/b/1", "test/1.jpg", "test/2.jpg"],  # without answers
        ["训练集/猫/1", "训练集/狗/1", "测试集/猫/1", "测试集/狗/1"],
        ["val/a/1", "val/b/1", "test/a/1", "test/b/1", "extra/a/1"],
    ],
)
def test_other_names_of_splits(tmp_path, names):
    with pytest.raises(CourseError, match="splits of the data"):
        folders.check_layout(files(tmp_path, *names))


def test_one_folder_too_far_out(tmp_path):
    files(tmp_path, "photos/cat/1.jpg", "photos/dog/1.jpg", "photos/.DS_Store", "$RECYCLE.BIN/1")
    with pytest.raises(CourseError, match="Perhaps you mean") as error:
        folders.check_layout(tmp_path)
    assert str(tmp_path / "photos") in error.value.zh and str(tmp_path / "photos") in error.value.en


@pytest.mark.parametrize(
    "names",
    [
        ["cat/1", "dog/1"],
        ["cat/indoors/1", "cat/outdoors/1", "dog/indoors/1", "dog/outdoors/1"],
        ["train/1", "car/1"],  # vehicles
        ["train/steam/1", "train/electric/1", "car/small/1", "car/large/1"],
        ["train/1", "test/1"],
        ["only/1", "only/more/1"],
        ["only/more/1"],
    ],
)
def test_class_folders_are_let_through(tmp_path, names):
    folders.check_layout(files(tmp_path, *names))
