"""Seconds from ``git clone`` to the first classified photo: ``python benchmarks/newcomer.py [PHOTO]``.

An empty home directory, an empty cache of packages and assets, the package index that is
configured. The steps are README's commands; the seconds depend on the line, so the megabytes that
crossed it are told as well. Writes the part "newcomer" of data/results/speed.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from speed import RESULTS, machine

from course_utils import photos
from course_utils.paths import ROOT

PYTHON = getattr(sys, "_base_executable", sys.executable)
INHERITED = ("COURSE_", "XDG_", "VIRTUAL", "PYTHON")  # what would lead to this user's caches
CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR")


def main() -> None:
    """Measure the steps one after the other and write them down."""
    photo = Path(sys.argv[1]) if len(sys.argv) > 1 else photos.default("pets").paths[0]
    before = megabytes_received()
    with tempfile.TemporaryDirectory() as folder:
        seconds = {name: step() for name, step in steps(Path(folder), photo.resolve()).items()}
    received = megabytes_received() - before
    answer = {
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "seconds_in_all": round(sum(seconds.values()), 1),
        "megabytes_received": round(received),
    }
    print(json.dumps(answer, indent=1))
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    RESULTS.write_text(
        json.dumps(results | {"machine": machine(), "newcomer": answer}, indent=1) + "\n",
        encoding="utf-8",
    )


def steps(folder: Path, photo: Path) -> dict[str, object]:
    """name: a function that does one step and returns its seconds."""
    clone, home = folder / "course", folder / "home"
    home.mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith(INHERITED) and k not in CACHES}
    env["HOME"] = str(home)
    start = [PYTHON, "start.py"]
    return {
        "git_clone": lambda: timed(["git", "clone", "-q", str(ROOT), str(clone)], folder, env),
        "set_up": lambda: timed([*start, "doctor"], clone, env),
        "train": lambda: timed([*start, "train", "--out", "my.keras"], clone, env),
        "classify": lambda: timed([*start, "classify", "my.keras", str(photo)], clone, env),
    }


def timed(command: list[str], folder: Path, env: dict[str, str]) -> float:
    """Wall seconds of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def megabytes_received() -> float:
    """What all network interfaces but loopback have received since the machine started."""
    import psutil

    counters = psutil.net_io_counters(pernic=True)
    return sum(c.bytes_recv for name, c in counters.items() if name != "lo") / 1e6


if __name__ == "__main__":
    main()
