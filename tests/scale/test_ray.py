"""``course features --ray``: workers, nodes and the driver may die, every good photo is there once."""

import sys
from pathlib import Path

import many_photos
import processes
import psutil
import pytest
from many_photos import assert_each_good_photo_once, done, start, wait_for_files

pytest.importorskip("pyarrow", reason='pyarrow is not installed: pip install -e ".[scale]"')
pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[scale]"')
if sys.platform == "win32":
    pytest.skip("Ray's simulated clusters are for Linux and macOS", allow_module_level=True)


pytestmark = pytest.mark.slow
TWO_NODES = Path(__file__).with_name("two_nodes.py")
SMALL_PARTS = "from course.learner.scale import parts; parts.PHOTOS = 4"


@pytest.mark.parametrize("accident", ["worker", "node"])
def test_after_an_accident_every_good_photo_is_there_once(accident, photos_folder, tmp_path):
    out = tmp_path / "out"
    ended = processes.run(
        [sys.executable, TWO_NODES, accident, photos_folder, out],
        env=many_photos.environment(COURSE_TEST_PAUSE="0.3"),
        timeout=400,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {"worker": "killed", "node": "removed"}[accident] in ended.stdout
    assert_each_good_photo_once(out, photos_folder)


def test_a_killed_driver_goes_on_where_it_stopped(photos_folder, tmp_path):
    out = tmp_path / "out"
    ray = (photos_folder, "--out", out, "--ray", "auto")
    process = start(*ray, code=SMALL_PARTS, COURSE_TEST_PAUSE="0.3")
    wait_for_files(out, 3, process)
    below = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(below, timeout=60)  # Ray's own end when their driver is gone
    assert alive == []
    kept = {file: file.stat().st_mtime_ns for file in out.glob("part-*")}
    said = done(start(*ray, code=SMALL_PARTS))
    assert_each_good_photo_once(out, photos_folder)
    assert all(file.stat().st_mtime_ns == when for file, when in kept.items())
    assert 0 < int(said.split(" photos, ")[1].split()[0]) <= 60 - len(kept)
