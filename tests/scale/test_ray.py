"""``course features --ray``: workers, nodes and the driver may die, every good photo is there once."""

import sys
from pathlib import Path

import many_photos
import processes
import pytest
from many_photos import assert_each_good_photo_once, table

pytest.importorskip("pyarrow", reason='pyarrow is not installed: pip install -e ".[scale]"')
pytest.importorskip("ray", reason='Ray is not installed: pip install -e ".[scale]"')
if sys.platform == "win32":
    pytest.skip("Ray's simulated clusters are for Linux and macOS", allow_module_level=True)

pytestmark = pytest.mark.slow
TWO_NODES = Path(__file__).with_name("two_nodes.py")
# What Ray says where a machine is too busy for its own 15 and 30 seconds.
TOO_BUSY = (
    "timed out during startup",
    "Timed out waiting for file",
    "did not start on this computer",
)


def ended_well(done) -> str:
    """What it printed; skips where Ray itself could not start on this machine."""
    said = done.stdout + done.stderr
    if done.returncode and any(text in said for text in TOO_BUSY):
        pytest.skip("this machine is too busy for Ray to start")
    assert done.returncode == 0, said
    return said


@pytest.mark.parametrize("accident", ["worker", "node", "driver"])
def test_after_an_accident_every_good_photo_is_there_once(accident, photos_folder, tmp_path):
    out = tmp_path / "out"
    done = processes.run(
        [sys.executable, TWO_NODES, accident, photos_folder, out],
        env=many_photos.environment(COURSE_TEST_PAUSE="0.5"),
        timeout=400,
    )
    assert f"happened {accident}" in ended_well(done)
    assert_each_good_photo_once(out, photos_folder)


def test_ray_on_this_computer_gives_what_one_process_gives(photos_folder, tmp_path):
    alone, together = tmp_path / "alone", tmp_path / "together"
    many_photos.done(many_photos.start(photos_folder, "--out", alone))
    process = many_photos.start(photos_folder, "--out", together, "--ray", "auto")
    out, err = process.communicate(timeout=400)
    process.stdout, process.stderr = out, err
    ended_well(process)
    key = lambda row: row["path"]
    assert sorted(table(alone), key=key) == sorted(table(together), key=key)
    assert_each_good_photo_once(together, photos_folder)
