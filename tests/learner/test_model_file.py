"""The saved model: older versions of Keras, damage, and files that mean harm."""

import contextlib
import json
import os
import random
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import processes
import pytest

from course.learner.classifier import model_file, zero_shot
from course_utils.messages import CourseError

NAMES = ("猫", "dog")
TRAINING = {"backbone": "tiny"}
LOAD = """
import json, sys, numpy as np, keras
photo = np.full((1, 9, 7, 3), 90.0, "float32")
models = [keras.models.load_model(file) for file in sys.argv[1:]]
print(keras.__version__, json.dumps([np.asarray(model(photo))[0].tolist() for model in models]))
"""


@pytest.fixture(scope="module")
def models():
    """As ``fuse`` makes them, of every kind of layer that the backbones have.

    "known": ImageNet knows the classes; "plain": it does not, the head answers alone.
    """
    import keras

    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 3))
    x = keras.layers.Rescaling(1 / 128, -1)(image)
    x = keras.layers.Conv2D(4, 3, use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Add()([x, x])
    x = keras.layers.GlobalAveragePooling2D()(x)
    kernel = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    known = zero_shot.Known(
        np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32),
        np.float32([0.1, -0.2, 0.3]),
        np.float32([[0.5, 0], [0.5, 0], [0, 1]]),
    )
    backbone, bias = keras.Model(image, x), np.zeros(2, np.float32)
    return {
        "known": model_file.fuse(backbone, kernel, bias, known),
        "plain": model_file.fuse(backbone, kernel, bias),
    }


@pytest.fixture
def model(models):
    return models["known"]


@pytest.fixture
def plain_file(models, tmp_path):
    model_file.save(models["plain"], NAMES, TRAINING, tmp_path / "plain.keras")
    return tmp_path / "plain.keras"


@pytest.fixture
def file(model, tmp_path):
    model_file.save(model, NAMES, TRAINING, tmp_path / "模型 m.keras")
    return tmp_path / "模型 m.keras"


def rewritten(file, **changed):
    """The archive with members replaced (``class_names`` for class_names.json) or left out (None)."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {f"{name}.json": content for name, content in changed.items()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    return file


def refused(file):
    """What is said about a file that does not load; never with advice to run code inside."""
    with pytest.raises(CourseError) as error:
        model_file.Classifier(file)
    assert str(file) in error.value.zh and str(file) in error.value.en
    assert "safe_mode" not in str(error.value)
    return error.value.en


def test_saved_and_loaded(file, model):
    classifier = model_file.Classifier(file)
    assert classifier.class_names == NAMES and classifier.size == (8, 8)
    photos = np.random.default_rng(0).uniform(0, 255, (3, 8, 8, 3)).astype(np.float32)
    assert np.allclose(classifier.probabilities(photos), model(photos), atol=1e-5)
    with zipfile.ZipFile(file) as archive:
        training = json.loads(archive.read("training.json"))
    assert training["backbone"] == "tiny"
    assert training["keras"]["oldest"] == model_file.OLDEST_KERAS


def test_a_plain_model_saved_and_loaded(plain_file, models):
    """No class of ImageNet's in it, and no key that older versions do not know."""
    classifier = model_file.Classifier(plain_file)
    assert classifier.known is None and model_file.Classifier(plain_file).size == (8, 8)
    photos = np.random.default_rng(0).uniform(0, 255, (3, 8, 8, 3)).astype(np.float32)
    found = classifier.probabilities(photos)
    assert np.allclose(found, models["plain"](photos), atol=1e-5)
    assert not np.allclose(found, models["known"](photos), atol=1e-3)
    with zipfile.ZipFile(plain_file) as archive:
        config = archive.read("config.json").decode()
    assert not [key for key in model_file.NEWER_KEYS if f'"{key}"' in config]


def test_a_damaged_plain_model_is_refused(plain_file):
    whole = plain_file.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-1]):
        plain_file.write_bytes(content)
        assert "damaged" in refused(plain_file)
    for place in random.Random(1).sample(range(len(whole)), 60):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        plain_file.write_bytes(damaged)
        with contextlib.suppress(CourseError):  # or what was hit does not matter
            assert model_file.class_names(plain_file) == NAMES
    plain_file.write_bytes(whole)
    assert "cannot be loaded" in refused(rewritten(plain_file, class_names=b'["a", "b", "c"]'))


def test_no_key_that_older_keras_does_not_know(file, model):
    """And nothing else is lost: today's Keras makes the same model of it."""
    import keras

    with zipfile.ZipFile(file) as archive:
        config = archive.read("config.json").decode()
    assert not [key for key in model_file.NEWER_KEYS if f'"{key}"' in config]
    loaded = keras.models.load_model(file)
    for ours, saved in zip(model.layers[2].layers, loaded.layers[2].layers, strict=True):
        assert ours.get_config() == saved.get_config()


def test_a_newer_setting_that_somebody_changed_stays():
    assert model_file._for_older({"renorm": True, "seed": None}) == {"renorm": True, "seed": None}
    assert model_file._for_older({"renorm": False, "renorm_momentum": 0.99}) == {}


@pytest.mark.slow
@pytest.mark.index
@pytest.mark.parametrize("version", ["3.9.2", "3.14.0"])
def test_older_keras_loads_it(file, plain_file, tmp_path, version):
    """The real older versions, from the user's package index, beside today's TensorFlow."""
    old = tmp_path / "old"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", old]
    installed = processes.run([*pip, f"keras=={version}"])
    processes.skip_without_index(installed)
    assert installed.returncode == 0, installed.stderr
    code = f"import sys; sys.path.insert(0, {str(old)!r})\n{LOAD}"
    outputs = [
        processes.python(source, file, plain_file)
        for source in (code, LOAD)
    ]  # fmt: skip
    found = [output.stdout.split(maxsplit=1) for output in outputs]
    assert found[0][0] == version, outputs[0].stderr
    assert np.allclose(json.loads(found[0][1]), json.loads(found[1][1]), atol=1e-6)


def test_one_flipped_byte_is_never_a_traceback(file):
    """Anywhere in the file: it is refused by name, or what was hit does not matter."""
    whole = file.read_bytes()
    photo = np.full((1, 8, 8, 3), 90, np.float32)
    expected = model_file.Classifier(file).probabilities(photo)
    places = random.Random(0).sample(range(len(whole)), 300) + list(range(-150, 0))
    n_refused, n_loaded = 0, 0
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        try:
            assert model_file.class_names(file) == NAMES
        except CourseError:
            n_refused += 1
        else:
            n_loaded += 1
            if n_loaded < 6:  # a date, an attribute: what is not noticed must not matter
                assert np.array_equal(model_file.Classifier(file).probabilities(photo), expected)
    assert n_refused > 200
    file.write_bytes(whole)
    assert np.array_equal(model_file.Classifier(file).probabilities(photo), expected)


def test_cut_short_and_no_archive(file):
    whole = file.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"PK\x05\x06", b"text", whole[:-1]):
        file.write_bytes(content)
        assert "damaged" in refused(file)


@pytest.mark.parametrize(
    "names",
    [b"null", b"7", b'"cat"', b"{}", b'["cat"]', b'["cat", 1]', b'["a", "a"]', b'[["a"], "b"]',
     b"\xff", b"[" * 100_000, None],
)  # fmt: skip
def test_class_names_of_the_wrong_kind(file, names):
    assert "damaged" in refused(rewritten(file, class_names=names))


def test_more_names_than_outputs(file):
    assert "cannot be loaded" in refused(rewritten(file, class_names=b'["a", "b", "c"]'))


@pytest.mark.parametrize(
    "config", [b"{}", b"[]", b"null", b'{"class_name": 1, "config": 2}', b"{", None]
)
def test_configurations_that_are_none(file, config):
    assert "Keras" in refused(rewritten(file, config=config))


def test_wrong_version_is_named(file):
    config = b'{"module": "keras.layers", "class_name": "FromTheFuture", "config": {}}'
    metadata = b'{"keras_version": "9.9.9"}'
    said = refused(rewritten(file, config=config, metadata=metadata))
    assert "9.9.9" in said and model_file.OLDEST_KERAS in said
    assert "Keras ?" in refused(rewritten(file, config=config, metadata=b"[]"))


def test_code_inside_is_not_run(file, tmp_path):
    import keras

    ran = tmp_path / "ran"
    image = keras.Input((8, 8, 3))
    harm = keras.layers.Lambda(lambda x, path=str(ran): (Path(path).touch(), x)[1])
    keras.Model(image, harm(image)).save(file)
    ran.unlink(missing_ok=True)  # building the model called it
    said = refused(rewritten(file, class_names=json.dumps(NAMES)))
    assert "carries code" in said and not ran.exists()


def test_zip_bomb_is_refused_before_it_is_unpacked(file, monkeypatch):
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(200_000_000))
    assert file.stat().st_size < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert "bomb" in refused(file)


def test_save_that_fails_leaves_the_old_file(file, model, monkeypatch):
    before = file.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(CourseError, match="disk may be full") as error:
        model_file.save(model, NAMES, TRAINING, file)
    assert str(file) in error.value.zh
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


KILLED = """
import os, signal, sys, zipfile
from pathlib import Path
from course_utils import files
with files.replacing(Path(sys.argv[1]), suffix=".keras") as half:
    half.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_what_a_killed_save_left_is_cleared_a_day_later(file, model):
    """The old model stays byte for byte, and the half one does not lie there for ever."""
    before = file.read_bytes()
    processes.python(KILLED, file)
    assert file.read_bytes() == before
    (left,) = [path for path in file.parent.iterdir() if path != file]
    model_file.save(model, NAMES, TRAINING, file)
    assert left.exists()  # it might be at work
    os.utime(left, (time.time() - 25 * 3600,) * 2)
    model_file.save(model, NAMES, TRAINING, file)
    assert list(file.parent.iterdir()) == [file]


def test_where_it_cannot_be_written_is_said_before_the_work(tmp_path):
    (tmp_path / "od.keras").mkdir()
    with pytest.raises(CourseError, match="is a folder"):
        model_file.check_out(tmp_path / "od.keras")
    with pytest.raises(CourseError, match="ends in .keras"):
        model_file.check_out(tmp_path / "m.h5")
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="cannot be written to"):
        model_file.check_out(tmp_path / "file" / "m.keras")
