"""Photos for ``course features``, and processes with a network that costs nothing."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

QUICK = Path(__file__).parent / "quick_network"


def make_photos(folder: Path, count: int) -> Path:
    """Small photos of different colours in cat/ and dog/; cat/bad.jpg is none."""
    random = np.random.default_rng(0)
    for i in range(count - 1):
        path = folder / ("cat", "dog")[i % 2] / f"{i:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (12, 16, 3), np.uint8)).save(path)
    (folder / "cat" / "bad.jpg").write_bytes(b"\xff\xd8 no photo")
    return folder


def environment(**more: str) -> dict[str, str]:
    """For processes with the quick network."""
    quick = {"PYTHONPATH": str(QUICK), "COURSE_TEST_QUICK_NETWORK": "1"}
    quick |= {"RAY_raylet_start_wait_time_s": "300", "RAY_USAGE_STATS_ENABLED": "0"}
    return os.environ | quick | more


def start(*arguments: str | Path, code: str = "", **more: str) -> subprocess.Popen[str]:
    """``course features …`` in a process of its own; ``code`` is run in it before."""
    code += "\nimport sys\nfrom course import cli\nsys.exit(cli.main(['features', *sys.argv[1:]]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def done(process: subprocess.Popen[str], code: int = 0) -> str:
    """What it said, once it has ended as it should."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, out + err
    return out + err


def wait_for_files(out: Path, count: int, process: subprocess.Popen[str], seconds: float = 120):
    """Until so many parts are there; fails when the process ends before."""
    end = time.monotonic() + seconds
    while len(list(out.glob("part-*.parquet"))) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def table(out: Path) -> list[dict]:
    """All rows of a file or folder."""
    import pyarrow.dataset as ds

    return ds.dataset(out, format="parquet").to_table().to_pylist()


def assert_each_good_photo_once(out: Path, folder: Path) -> None:
    """And the bad one in its own table."""
    wanted = {p.relative_to(folder).as_posix() for p in folder.rglob("*.png")}
    found = [row["path"] for row in table(out)]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    bad = [row["path"] for file in (out / "_bad").iterdir() for row in table(file)]
    assert bad == ["cat/bad.jpg"]
