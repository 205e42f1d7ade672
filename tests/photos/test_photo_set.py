"""Folders of class folders, the default photos, duplicates."""

import csv
import hashlib
import os
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from course_utils import assets, photos
from course_utils.messages import CourseError
from course_utils.paths import DATA


def noise(seed, side=64):
    """A smooth random picture: hashes of pure noise say nothing."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path):
    for name, seeds in {"狗": (1, 2), "cat s": (3, 4, 5)}.items():
        (tmp_path / name / "more").mkdir(parents=True)
        for seed in seeds:
            noise(seed).save(tmp_path / name / f"-{seed} 照.png")
    noise(6).save(tmp_path / "狗" / "more" / "6.png")
    (tmp_path / "狗" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "狗" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_class_folders_become_labels(folder):
    found = photos.load_folder(folder)
    assert found.class_names == ("cat s", "狗")
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert all(
        p.is_relative_to(folder / found.class_names[k])
        for p, k in zip(found.paths, found.labels, strict=True)
    )
    assert not found.skipped
    assert found.images(32).shape == (6, 32, 32, 3)


def test_bad_files_are_skipped_by_name_or_refused(folder):
    bad = [folder / "狗" / "empty.jpg", folder / "cat s" / "cut.png"]
    bad[0].touch()
    whole = (folder / "cat s" / "-3 照.png").read_bytes()
    bad[1].write_bytes(whole[: len(whole) // 2])
    found = photos.load_folder(folder)
    assert {path for path, _ in found.skipped} == set(bad)
    assert len(found) == 6
    with pytest.raises(CourseError) as error:
        photos.load_folder(folder, on_bad="refuse")
    for text in (error.value.zh, error.value.en):  # both list them: facts are equal
        assert all(path.name in text for path in bad)
        assert len(text.splitlines()) == 3


def test_what_systems_and_network_drives_leave_is_no_class_and_no_photo(folder):
    for name in ("$RECYCLE.BIN", "@eaDir", "System Volume Information", "lost+found", "#recycle"):
        (folder / name).mkdir()
        noise(7).save(folder / name / "7.png")
    (folder / "狗" / "@eaDir" / "-1 照.png").mkdir(parents=True)
    noise(1).save(folder / "狗" / "@eaDir" / "-1 照.png" / "SYNOPHOTO_THUMB_M.png")
    (folder / "狗" / "ehthumbs.db").write_bytes(b"x")
    found = photos.load_folder(folder)
    assert found.class_names == ("cat s", "狗")
    assert len(found) == 6 and not found.skipped


def link(place, target):
    try:
        place.symlink_to(target, target_is_directory=True)
    except OSError:
        pytest.skip("links are not allowed here")


def test_linked_folders_are_followed_once(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    noise(8).save(elsewhere / "8.png")
    link(folder / "狗" / "linked", elsewhere)
    link(folder / "狗" / "again", elsewhere)
    link(folder / "狗" / "loop", folder / "狗")
    link(elsewhere / "back", elsewhere)
    link(folder / "fox", elsewhere)  # a class folder may be a link itself
    found = photos.load_folder(folder)
    assert found.class_names == ("cat s", "fox", "狗")
    assert np.bincount(found.labels).tolist() == [3, 1, 4]
    assert not found.skipped


def test_a_link_to_nothing_is_named(folder):
    link(folder / "狗" / "gone", folder / "nowhere")
    assert [path.name for path, _ in photos.load_folder(folder).skipped] == ["gone"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
def test_a_class_whose_name_is_no_text_is_refused_at_once(folder):
    os.mkdir(os.fsencode(folder) + b"/caf\xe9")
    with pytest.raises(CourseError, match="no text") as error:
        photos.load_folder(folder)
    assert "caf" in str(error.value).encode("utf-8").decode()


def test_files_are_only_read(folder):
    def state():
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}

    before = state()
    photos.near_duplicates(photos.load_folder(folder).paths)
    assert state() == before


def test_a_folder_without_classes_says_what_to_do(tmp_path):
    for wrong in (tmp_path, tmp_path / "missing"):
        with pytest.raises(CourseError, match="per class"):
            photos.load_folder(wrong)


def test_subset_by_places_and_by_mask(folder):
    found = photos.load_folder(folder)
    assert found.subset([5, 0]).labels.tolist() == [1, 0]
    assert found.subset(found.labels == 1).paths == found.paths[3:]


def test_near_duplicates_of_a_changed_copy(tmp_path):
    paths = []
    for seed in range(20):
        paths.append(tmp_path / f"{seed}.png")
        noise(seed, 200).save(paths[-1])
    changed = noise(0, 200).resize((90, 90))
    changed.save(tmp_path / "small.jpg", quality=50)
    noise(1, 200).point(lambda v: min(255, int(v * 1.15))).save(tmp_path / "bright.png")
    shutil.copy(paths[2], tmp_path / "copy.png")
    extra = [tmp_path / name for name in ("small.jpg", "bright.png", "copy.png")]
    groups = {frozenset(p.name for p in g) for g in photos.near_duplicates(paths + extra)}
    assert groups == {
        frozenset({"0.png", "small.jpg"}),
        frozenset({"1.png", "bright.png"}),
        frozenset({"2.png", "copy.png"}),
    }


def default_or_skip(split):
    try:
        return photos.default(split)
    except CourseError as error:
        pytest.skip(f"the default photos cannot be had: {error.en}")


@pytest.mark.index
def test_splits_are_the_photos_that_the_manifest_names():
    counts = {"train": 200, "test": 40, "web": 40, "pets": 36, "all": 316}
    for split, count in counts.items():
        found = default_or_skip(split)
        assert len(found) == count
        assert found.class_names == ("cat", "dog")
    with (DATA / "photo_splits.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        path = assets.fetch(row["asset"]) / row["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    assert len({row["sha256"] for row in rows}) == len(rows)


@pytest.mark.index
def test_no_picture_is_in_two_splits():
    assert photos.near_duplicates(default_or_skip("all").paths) == []


def test_unknown_split():
    with pytest.raises(CourseError, match="validation"):
        photos.default("validation")


@pytest.mark.index
def test_local_photos_share_none_with_the_default_ones(local_photos):
    """And near-duplicates among 1,316 real photos are not found where there are none."""
    mine = photos.load_folder(local_photos / "cats_dogs_1000", check="header").paths
    assert photos.near_duplicates(default_or_skip("all").paths + mine) == []
