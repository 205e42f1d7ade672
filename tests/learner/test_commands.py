"""course train, classify and evaluate as a learner runs them."""

import csv
import io
import json
import os
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace
from unittest import mock

import numpy as np
import processes
import pytest

from course import cli
from course.learner.classifier import model_file
from course_utils import assets, photos
from course_utils.messages import CourseError

WITHOUT_COURSE = """
import json, sys, zipfile
import numpy as np
sys.modules["course_utils"] = None  # an import of it fails from here on
import keras
from PIL import Image
model = keras.models.load_model(sys.argv[1])
names = json.loads(zipfile.ZipFile(sys.argv[1]).read("class_names.json"))
before = [np.array(w) for w in model.weights]
rows = [np.asarray(model(np.asarray(Image.open(p).convert("RGB"), "float32")[None]))[0] for p in sys.argv[2:]]
assert all(np.array_equal(a, b) for a, b in zip(before, model.weights)), "a prediction changed weights"
print(json.dumps([names, np.array(rows).tolist()]))
"""


@pytest.fixture(scope="session")
def default_photos():
    try:
        return photos.default("all")
    except CourseError as error:
        pytest.skip(f"the default photos cannot be had: {error.en}")


@pytest.fixture(scope="session")
def small(default_photos, tmp_path_factory):
    """Folders 猫 and "big dogs" with 12 training and 20 test photos each."""
    root = tmp_path_factory.mktemp("photos")
    for split, count in {"train": 12, "test": 20}.items():
        found = photos.default(split)
        for label, name in enumerate(("猫", "big dogs")):
            (root / split / name).mkdir(parents=True)
            for path in np.array(found.paths)[found.labels == label][:count]:
                shutil.copy(path, root / split / name)
    (root / "train" / "猫" / "-坏 文件.jpg").write_bytes(b"\xff\xd8 no photo")
    return root


def surroundings(cache) -> dict[str, str]:
    return {"COURSE_CACHE": str(cache), "COURSE_ASSETS": str(assets_folder())}


def course(*arguments, cache):
    """The command in this process, where TensorFlow is there already."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, surroundings(cache)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = cli.main([str(argument) for argument in arguments])
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def course_process(*arguments, cache):
    """The command as a learner starts it."""
    return processes.run(
        [sys.executable, "-m", "course.cli", *map(str, arguments)],
        env=os.environ | surroundings(cache),
        timeout=300,
    )


def assets_folder():
    return assets.fetch("default_photos").parents[1]


@pytest.fixture(scope="session")
def trained(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    out = folder / "我的 model.keras"
    options = ("--data", small / "train", "--backbone", "efficientnet_lite0", "--out", out)
    result = course_process("train", *options, cache=folder)
    assert result.returncode == 0, result.stderr
    assert "-坏 文件.jpg" in result.stderr
    return out


@pytest.fixture(scope="session")
def test_files(small):
    return sorted((small / "test").rglob("*.jpg"))


def classified(trained, *arguments):
    result = course("classify", trained, *arguments, cache=trained.parent)
    assert result.returncode == 0, result.stderr
    return result


@pytest.mark.slow
@pytest.mark.index
def test_the_saved_model_alone_gives_the_probabilities_of_classify(trained, test_files):
    rows = json.loads(classified(trained, "--format", "json", *test_files).stdout)
    command = [sys.executable, "-c", WITHOUT_COURSE, trained, *test_files]
    result = processes.run(command)
    assert result.returncode == 0, result.stderr
    names, expected = json.loads(result.stdout.splitlines()[-1])
    assert names == ["big dogs", "猫"]
    ours = [[row["probabilities"][name] for name in names] for row in rows]
    assert np.abs(np.array(ours) - expected).max() < 1e-3
    assert [row["photo"] for row in rows] == [str(path) for path in test_files]


@pytest.mark.index
def test_the_three_formats_agree_and_bad_files_are_named(trained, small, test_files):
    bad = small / "train" / "猫" / "-坏 文件.jpg"
    found = [
        classified(trained, "--format", f, small / "test", bad) for f in ("json", "csv", "table")
    ]
    assert all(bad.name in result.stderr for result in found)
    rows = json.loads(found[0].stdout)
    assert {row["photo"] for row in rows} == {str(path) for path in test_files}
    lines = list(csv.DictReader(io.StringIO(found[1].stdout)))
    assert [(r["photo"], r["label"]) for r in rows] == [(r["photo"], r["label"]) for r in lines]
    assert all(
        abs(float(a["p(猫)"]) - b["probabilities"]["猫"]) < 1e-6
        for a, b in zip(lines, rows, strict=True)
    )
    table = found[2].stdout.splitlines()[1:]
    assert [
        line.strip().startswith(row["photo"]) for line, row in zip(table, rows, strict=True)
    ] == [True] * 40


@pytest.mark.index
def test_evaluate_counts_what_classify_says(trained, small):
    from scipy.stats import binomtest

    rows = json.loads(classified(trained, "--format", "json", small / "test").stdout)
    right = sum(row["label"] in row["photo"] for row in rows)
    result = course("evaluate", trained, small / "test", cache=trained.parent)
    assert result.returncode == 0, result.stderr
    first, second, *rest = result.stdout.splitlines()
    assert f"{right / 40:.2%}" in first
    interval = binomtest(right, 40).proportion_ci(method="wilson")
    assert f"{interval.low:.2%} – {interval.high:.2%}" in second
    assert right > 36
    matrix = [line.split()[-2:] for line in rest if line.startswith(("big dogs", "猫"))]
    assert sum(int(row[i]) for i, row in enumerate(matrix[-2:])) == right
    assert result.stdout.count(" ← ") == min(10, 40 - right)


@pytest.mark.index
def test_what_is_wrong_is_said_in_both_languages(trained, small, tmp_path):
    (tmp_path / "one" / "cat").mkdir(parents=True)
    shutil.copy(next((small / "test" / "猫").iterdir()), tmp_path / "one" / "cat")
    (tmp_path / "text.keras").write_text("no model", encoding="utf-8")
    cases = {
        "only one class": ("train", "--data", tmp_path / "one", "--out", tmp_path / "m.keras"),
        "ends in .keras": ("train", "--out", tmp_path / "m.h5"),
        "no model file": ("classify", tmp_path / "missing.keras", small),
        "no model saved": ("evaluate", tmp_path / "text.keras", small / "test"),
        "no class for cat": ("evaluate", trained, tmp_path / "one"),
        "no photo to label": ("classify", trained, tmp_path / "text.keras"),
    }
    for words, arguments in cases.items():
        # one of them as a process: its exit code, and no traceback on the way out
        start = course_process if words == "no model file" else course
        result = start(*arguments, cache=trained.parent)
        assert result.returncode == 1, words
        assert words in result.stderr
        assert "Traceback" not in result.stderr
        assert any("\u4e00" <= letter <= "\u9fff" for letter in result.stderr)
    assert not (tmp_path / "m.keras").exists()


@pytest.mark.index
def test_whatever_happens_to_the_output_the_model_is_there(trained, small, tmp_path):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    out = tmp_path / "m.keras"
    arguments = [
        "train",
        "--data",
        small / "train",
        "--backbone",
        "efficientnet_lite0",
        "--out",
        out,
    ]
    with mock.patch.dict(os.environ, surroundings(trained.parent)), redirect_stdout(Full()):
        assert cli.main(list(map(str, arguments))) == 1
    assert model_file.class_names(out) == ("big dogs", "猫")


@pytest.mark.index
@pytest.mark.slow
def test_finetuning_keeps_batch_normalisation_and_saves_a_working_model(trained, small, tmp_path):
    import keras

    out = tmp_path / "tuned.keras"
    arguments = ("--backbone", "efficientnet_lite0", "--finetune", "--out", out)
    result = course("train", "--data", small / "train", *arguments, cache=trained.parent)
    assert result.returncode == 0, result.stderr
    assert "held-out loss" in result.stdout
    frozen, tuned = (keras.models.load_model(file) for file in (trained, out))
    for a, b in zip(frozen.layers[2].weights, tuned.layers[2].weights, strict=True):
        if "moving" in a.path or "gamma" in a.path or "beta" in a.path:
            assert np.array_equal(a, b), a.path
    report = course("evaluate", out, small / "test", cache=trained.parent)
    assert float(report.stdout.split("%")[0].split()[-1]) > 90


@pytest.mark.index
@pytest.mark.slow
def test_the_promise_on_a_thousand_photos(default_photos, local_photos, tmp_path):
    """Chosen and trained on the 200 default photos alone; these are only looked at here."""
    cache = tmp_path / "cache"
    out = tmp_path / "m.keras"
    trained = course("train", "--out", out, cache=cache)
    assert trained.returncode == 0, trained.stderr
    result = course("evaluate", out, local_photos / "cats_dogs_1000", cache=cache)
    share = float(result.stdout.split("%")[0].split()[-1])
    assert share >= 99.0
