"""Cached features against the backbone itself; the cache under attack."""

import multiprocessing
import sqlite3

import numpy as np
import pytest
from PIL import Image

from course_utils import backbones, features, photos
from course_utils.features import network
from course_utils.features.network import Network
from course_utils.messages import CourseError


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """21 random photos of different sizes, and a features cache of their own."""
    from course_utils import assets

    monkeypatch.setenv("COURSE_ASSETS", str(assets.fetch("default_photos").parents[1]))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    random, paths = np.random.default_rng(0), []
    for i in range(21):
        shape = (*random.integers(40, 300, 2), 3)
        paths.append(tmp_path / f"{i}.png")
        Image.fromarray(random.integers(0, 256, shape, np.uint8)).save(paths[-1])
    return paths


def cache_file(tmp_path):
    (found,) = (tmp_path / "cache" / "features").glob("*.sqlite")
    return found


def forbid_network(monkeypatch):
    def fail(*_):
        raise AssertionError("the network was used although the features are cached")

    monkeypatch.setattr(network, "_predictor", fail)


def test_features_are_the_backbones_output(pictures):
    model = backbones.load("efficientnet_lite0", pooling="avg")
    images = np.stack([photos.reading.resized(Image.open(p), 224) for p in pictures])
    for flip in (False, True):
        expected = model.predict(images[:, :, ::-1] if flip else images, verbose=0)
        assert np.allclose(features.extract(pictures, flip=flip), expected, atol=1e-4)


def test_flattened_and_wrongly_scaled_features(pictures):
    model = backbones.load("efficientnet_lite0", preprocessing=False)
    images = np.stack([photos.reading.resized(Image.open(p), 224) for p in pictures])
    expected = model.predict(images.astype("float32") / 255, verbose=0).reshape(len(images), -1)
    found = features.extract(pictures, pooling="flatten", scale=1 / 255)
    assert np.allclose(found, expected, atol=1e-4)
    assert not np.allclose(found, features.extract(pictures, pooling="flatten"), atol=0.1)


def test_the_second_time_comes_from_the_cache_whatever_the_names(pictures, monkeypatch):
    first = features.extract(pictures)
    forbid_network(monkeypatch)
    renamed = [path.rename(path.with_name(f"照 {path.name}")) for path in pictures]
    assert np.array_equal(features.extract(renamed[::-1]), first[::-1])
    assert features.extract([]).shape == (0, first.shape[1])


def test_a_changed_photo_and_another_pooling_are_extracted_anew(pictures):
    first = features.extract(pictures)
    Image.new("RGB", (50, 50), "red").save(pictures[3])
    second = features.extract(pictures)
    same = (first == second).all(axis=1)
    assert not same[3]
    assert np.delete(same, 3).all()
    assert (features.extract(pictures, pooling="max") >= second).all()


@pytest.mark.parametrize("package", ["keras", "tensorflow", "Pillow"])
def test_after_an_upgrade_nothing_comes_from_the_cache(package, monkeypatch):
    before = Network("efficientnet_lite0", "avg").key
    real = network.metadata.version
    if package == "Pillow":
        monkeypatch.setattr(Image, "__version__", "99.0")
    monkeypatch.setattr(
        network.metadata, "version", lambda n: "99.0" if n.startswith(package) else real(n)
    )
    network._versions.cache_clear()
    after = Network("efficientnet_lite0", "avg").key
    network._versions.cache_clear()
    assert after != before


def test_a_damaged_cache_costs_time_only(pictures, tmp_path):
    first = features.extract(pictures)
    file = cache_file(tmp_path)
    file.write_bytes(b"this is no database" * 1000)
    assert np.array_equal(features.extract(pictures), first)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 3])
    assert np.array_equal(features.extract(pictures), first)


def test_a_changed_row_is_noticed(pictures, tmp_path):
    first = features.extract(pictures)
    with sqlite3.connect(cache_file(tmp_path)) as database:
        wrong = np.ones(first.shape[1], np.float32).tobytes()
        database.execute("UPDATE features SET row = ?", (wrong,))
    assert np.array_equal(features.extract(pictures), first)


def test_no_cache_folder_no_harm(pictures, tmp_path):
    first = features.extract(pictures[:2])
    cache_file(tmp_path).unlink()
    (tmp_path / "cache" / "features").rmdir()
    (tmp_path / "cache" / "features").write_text(
        "a file where the folder should be", encoding="utf-8"
    )
    assert np.array_equal(features.extract(pictures[:2]), first)


def test_bad_photos_are_named_and_the_others_keep_their_rows(pictures):
    pictures[4].write_bytes(b"")
    table, bad = features.extract_good(pictures)
    assert list(bad) == [pictures[4]]
    assert np.isnan(table[4]).all()
    assert np.isfinite(np.delete(table, 4, axis=0)).all()
    with pytest.raises(CourseError, match="4.png"):
        features.extract(pictures)


def _extract(paths, results):
    results.put(features.extract(paths))


@pytest.mark.slow
def test_two_processes_at_once(pictures):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [context.Process(target=_extract, args=(pictures, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    first, second = results.get(timeout=240), results.get(timeout=240)
    for worker in workers:
        worker.join()
    assert np.allclose(first, second, atol=1e-5)
    assert np.allclose(features.extract(pictures), first, atol=1e-5)
