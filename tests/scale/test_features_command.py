"""``course features``: every good photo once, whatever happens on the way."""

import errno
import hashlib
import os
import shutil
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import processes
import pytest

pytest.importorskip("pyarrow", reason='pyarrow is not installed: pip install -e ".[scale]"')

import many_photos
from many_photos import assert_each_good_photo_once, done, make_photos, start, table, wait_for_files

from course import cli
from course.learner.scale import cluster, parts, places
from course_utils import assets, features, photos
from course_utils.features import network
from course_utils.messages import CourseError

SMALL_PARTS = "from course.learner.scale import parts; parts.PHOTOS = 4"


@pytest.fixture
def quick(monkeypatch):
    """The cheap network and small parts, in this process; what the network was shown is counted."""
    sys.path.insert(0, str(many_photos.QUICK))
    try:
        import sitecustomize
    finally:
        sys.path.remove(str(many_photos.QUICK))
        sys.modules.pop("sitecustomize")
    shown = []

    class Counted(sitecustomize.Network):
        def predict(self, images):
            shown.append(len(images))
            return super().predict(images)

    monkeypatch.setattr(network, "Network", Counted)
    monkeypatch.setattr(parts, "PHOTOS", 4)
    return shown


def course(*arguments) -> int:
    return cli.main(["features", *map(str, arguments)])


def test_a_row_a_photo(quick, photos_folder, tmp_path, capsys):
    assert course(photos_folder, "--out", tmp_path / "out") == 0
    rows = table(tmp_path / "out")
    assert_each_good_photo_once(tmp_path / "out", photos_folder)
    for row in rows:
        content = (photos_folder / row["path"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["label"] == row["path"].split("/")[0]
        mean = photos.read(photos_folder / row["path"], 8).mean((0, 1))
        assert np.allclose(row["vector"][:3], mean, atol=0.5)
        assert len(row["vector"]) == 1280
    assert "60 photos, 60 of them new" in (said := capsys.readouterr()).out
    assert "1 cannot be used" in said.err


def test_again_nothing_is_done_and_a_new_photo_costs_its_part(quick, photos_folder, tmp_path):
    out = tmp_path / "out"
    course(photos_folder, "--out", out)
    quick.clear()
    course(photos_folder, "--out", out)
    assert quick == []
    shutil.copy(photos_folder / "dog" / "0001.png", photos_folder / "cat" / "new.png")
    before = {file.name for file in out.glob("part-*")}
    course(photos_folder, "--out", out)
    assert len(before - {file.name for file in out.glob("part-*")}) == 1
    assert 1 <= sum(quick) < 20
    assert_each_good_photo_once(out, photos_folder)


def test_a_photo_that_changed_or_went_leaves_nothing_old(quick, photos_folder, tmp_path):
    out = tmp_path / "out"
    course(photos_folder, "--out", out)
    (photos_folder / "dog" / "0001.png").unlink()
    shutil.copy(photos_folder / "dog" / "0003.png", photos_folder / "cat" / "0000.png")
    course(photos_folder, "--out", out)
    assert_each_good_photo_once(out, photos_folder)
    digests = {row["path"]: row["sha256"] for row in table(out)}
    assert digests["cat/0000.png"] == digests["dog/0003.png"]


def test_one_file(quick, photos_folder, tmp_path):
    file = tmp_path / "all.parquet"
    course(photos_folder, "--out", file)
    assert len({row["path"] for row in table(file)}) == len(table(file)) == 59
    assert [row["path"] for row in table(tmp_path / "all.bad.parquet")] == ["cat/bad.jpg"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "all.bad.parquet",
        "all.parquet",
        "photos",
    ]
    quick.clear()
    course(photos_folder, "--out", file)
    assert quick == []
    (photos_folder / "cat" / "bad.jpg").unlink()
    course(photos_folder, "--out", file)
    assert len(table(file)) == 59
    assert not (tmp_path / "all.bad.parquet").exists()


def test_addresses_of_pyarrow_give_the_same_as_folders(quick, photos_folder, tmp_path):
    """file:// goes the way of s3:// and gs://."""
    course(photos_folder, "--out", tmp_path / "a")
    course(photos_folder.as_uri(), "--out", (tmp_path / "b").as_uri())
    key = lambda row: row["path"]
    assert sorted(table(tmp_path / "a"), key=key) == sorted(table(tmp_path / "b"), key=key)
    assert_each_good_photo_once(tmp_path / "b", photos_folder)
    quick.clear()
    course(photos_folder.as_uri(), "--out", (tmp_path / "b").as_uri())
    assert quick == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets such names be")
def test_names_that_are_no_text_are_bad_photos(quick, photos_folder, tmp_path):
    shutil.copy(
        photos_folder / "cat" / "0000.png", os.fsencode(photos_folder / "cat") + b"/\xff.png"
    )
    course(photos_folder, "--out", tmp_path / "out")
    bad = [row for file in (tmp_path / "out/_bad").iterdir() for row in table(file)]
    assert {row["problem_en"] for row in bad if "udcff" in row["path"]} == {
        "its name is no text (UTF-8)"
    }
    assert len(table(tmp_path / "out")) == 59


def test_features_of_other_photos_are_not_overwritten(quick, photos_folder, tmp_path, capsys):
    out = tmp_path / "out"
    course(photos_folder, "--out", out)
    before = {file: file.read_bytes() for file in out.glob("part-*")}
    other = tmp_path / "other"
    make_photos(tmp_path / "made", 30)
    (tmp_path / "made" / "cat").rename(tmp_path / "made" / "lion")
    shutil.copytree(tmp_path / "made" / "lion", other / "lion")
    assert course(other, "--out", out) == 1
    assert course(photos_folder, "--out", out, "--backbone", "efficientnet_lite2") == 1
    assert capsys.readouterr().err.count("are not overwritten") == 2
    assert {file: file.read_bytes() for file in out.glob("part-*")} == before


def test_what_cannot_be_is_said_before_the_work(quick, photos_folder, tmp_path, capsys):
    assert course(photos_folder, "--out", tmp_path / "a.parquet", "--part", "1/2") == 1
    assert course(photos_folder, "--out", photos_folder / "out") == 1
    assert course(tmp_path / "none", "--out", tmp_path / "out") == 1
    assert course("nowhere://bucket", "--out", tmp_path / "out") == 1
    (tmp_path / "empty").mkdir()
    assert course(tmp_path / "empty", "--out", tmp_path / "out") == 1
    for wrong in ("0/2", "3/2", "2", "1/0"):
        with pytest.raises(SystemExit):
            course(photos_folder, "--out", tmp_path / "out", "--part", wrong)
    assert quick == []
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_the_command_says_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "pyarrow" else name
    )
    assert course(tmp_path, "--out", tmp_path / "out") == 1
    assert cli.main(["train", "--features", "x", "--out", str(tmp_path / "m.keras")]) == 1
    assert capsys.readouterr().err.count('pip install -e ".[scale]"') == 4


def test_a_killed_run_goes_on_where_it_stopped(photos_folder, tmp_path):
    out = tmp_path / "out"
    process = start(
        photos_folder, "--out", out, code=SMALL_PARTS, COURSE_TEST_PAUSE="0.2", PYTHON_CPU_COUNT="1"
    )
    wait_for_files(out, 3, process)
    process.kill()
    process.communicate()
    kept = {file: file.stat().st_mtime_ns for file in out.glob("part-*")}
    said = done(start(photos_folder, "--out", out, code=SMALL_PARTS))
    assert_each_good_photo_once(out, photos_folder)
    assert all(file.stat().st_mtime_ns == when for file, when in kept.items())
    assert 0 < int(said.split(" photos, ")[1].split()[0]) <= 60 - len(kept)


def test_two_shares_at_once(photos_folder, tmp_path):
    out = tmp_path / "out"
    shares = [
        start(photos_folder, "--out", out, "--part", f"{k}/2", code=SMALL_PARTS) for k in (1, 2)
    ]
    numbers = [int(done(share).split(" photos, ")[1].split()[0]) for share in shares]
    assert sum(numbers) == 60
    assert min(numbers) > 0
    assert_each_good_photo_once(out, photos_folder)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 32 kB; skips where this user may not mount one."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of a Linux machine can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=32k", "tmpfs", str(place)]
    if processes.run(["mount", *options]).returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    processes.run(["umount", place], check=True)


def test_a_full_disk_costs_nothing_that_was_done(
    quick, photos_folder, small_disk, tmp_path, capsys
):
    out = small_disk / "out"
    assert course(photos_folder, "--out", out) == 1
    assert "The disk is full" in capsys.readouterr().err
    kept = len(list(out.glob("part-*")))
    planned = parts.plan(places.Local(photos_folder).photos(), "efficientnet_lite0")
    assert 0 < kept < len(planned)
    assert not list(out.glob(".*"))  # no half of a file
    quick.clear()
    processes.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    assert course(photos_folder, "--out", out) == 0
    assert_each_good_photo_once(out, photos_folder)
    assert sum(quick) < 59  # what was done is not done again


@pytest.fixture
def worker(quick, photos_folder, tmp_path, monkeypatch):
    """What Ray runs in its processes, here without Ray; and the parts that it is given."""
    config = mock.Mock()
    monkeypatch.setitem(sys.modules, "tensorflow", config)
    made = cluster.Worker(str(photos_folder), str(tmp_path / "out"), "efficientnet_lite0")
    assert config.config.threading.set_intra_op_parallelism_threads.call_args.args == (1,)
    planned = parts.plan(places.Local(photos_folder).photos(), "efficientnet_lite0")
    return made, [{"file": each.file, "photos": list(each.photos)} for each in planned]


def test_a_rays_worker_makes_each_part_once(worker, quick, photos_folder, tmp_path):
    make, rows = worker
    answers = [cluster.checked(make(row), "out") for row in (*rows, *rows)]
    assert sum(answer["bad"] for answer in answers) == 1
    assert sum(quick) == 59
    assert_each_good_photo_once(tmp_path / "out", photos_folder)


def test_what_stops_a_rays_worker_is_told_as_it_is(worker, monkeypatch, tmp_path):
    make, rows = worker
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(parts, "write", mock.Mock(side_effect=full))
    with pytest.raises(OSError, match="No space left") as told:
        cluster.checked(make(rows[0]), "out")
    assert "The disk is full" in cli.about_system(told.value)
    monkeypatch.setattr(parts, "write", mock.Mock(side_effect=CourseError("没有", "there is none")))
    with pytest.raises(CourseError, match="there is none"):
        cluster.checked(make(rows[0]), "out")


@pytest.fixture(scope="module")
def some_default_photos(tmp_path_factory) -> Path:
    """12 cats and 12 dogs of the course's own."""
    try:
        found = photos.default("train")
    except CourseError as error:
        pytest.skip(f"the default photos cannot be had: {error.en}")
    folder = tmp_path_factory.mktemp("default")
    for label, name in enumerate(("猫", "狗")):
        (folder / name).mkdir()
        for path in np.array(found.paths)[found.labels == label][:12]:
            shutil.copy(path, folder / name)
    return folder


@pytest.mark.slow
def test_the_numbers_are_those_of_extract_and_train_learns_from_them(
    some_default_photos, tmp_path, monkeypatch
):
    monkeypatch.setenv("COURSE_ASSETS", str(assets.fetch("default_photos").parents[1]))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "all.parquet"
    assert course(some_default_photos, "--out", out) == 0
    rows = table(out)
    expected = features.extract([some_default_photos / row["path"] for row in rows])
    assert np.abs(np.array([row["vector"] for row in rows]) - expected).max() < 1e-5
    away = some_default_photos.rename(tmp_path / "away")  # the photos are not needed any more
    model = tmp_path / "model.keras"
    options = ["--method", "features", "--out", str(model)]
    assert cli.main(["train", "--features", str(out), *options]) == 0
    away.rename(some_default_photos)
    from course.learner.classifier.model_file import Classifier

    classifier = Classifier(model)
    assert sorted(classifier.class_names) == ["狗", "猫"]
    answers = classifier.logits(expected).argmax(1)
    right = [classifier.class_names[a] == r["label"] for a, r in zip(answers, rows, strict=True)]
    assert np.mean(right) == 1
    assert cli.main(["train", "--features", str(out), "--finetune", *options]) == 1
    assert cli.main(["train", "--features", str(some_default_photos), *options]) == 1
    assert cli.main(["train", "--features", str(out), "--backbone", "vgg16", *options]) == 1
