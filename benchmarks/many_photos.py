"""``course features`` in one process, in two shells, and with Ray: processor-seconds and memory.

    python benchmarks/many_photos.py [--photos 2000] [--ways one two ray]

The photos are the course's own 316 under many names; nothing is cached between runs. Processor-seconds
of all processes that a way starts, which a busy machine hardly changes; memory: the highest sum of what
belongs to each process alone (USS). One run each: differences of a tenth mean nothing.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bootstrap.computer import processors
from course_utils import photos

PAUSE = 0.5  # seconds between two looks at the processes


def many(folder: Path, count: int) -> Path:
    """``count`` photos in cat/ and dog/, as links to the course's own."""
    found = photos.default("all")
    for i in range(count):
        source = found.paths[i % len(found)]
        target = (
            folder / found.class_names[found.labels[i % len(found)]] / f"{i:06d}{source.suffix}"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)
    return folder


class Watch:
    """Processor-seconds and memory of processes and all that they start."""

    def __init__(self, started: list[subprocess.Popen]) -> None:
        self.started = started
        self.known: dict[psutil.Process, float] = {}
        self.highest = 0

    def look(self) -> None:
        """Note what each has used until now; those that have ended keep their last number."""
        memory = 0
        for each in {*self.known, *self._tree()}:
            try:
                used = each.cpu_times()
                self.known[each] = used.user + used.system
                memory += each.memory_full_info().uss
            except psutil.Error:
                continue
        self.highest = max(self.highest, memory)

    def _tree(self) -> set[psutil.Process]:
        found = set()
        for process in self.started:
            try:
                top = psutil.Process(process.pid)
                found |= {top, *top.children(recursive=True)}
            except psutil.Error:
                continue
        return found

    def until_the_end(self) -> tuple[float, float]:
        """(processor-seconds, bytes at the highest)."""
        while any(process.poll() is None for process in self.started):
            self.look()
            time.sleep(PAUSE)
        if any(process.returncode for process in self.started):
            raise SystemExit("a way failed; what it said stands above")
        return sum(self.known.values()), self.highest


def commands(way: str, folder: Path, out: Path) -> list[list[str]]:
    """The command lines of a way, to be started together."""
    one = [sys.executable, "-m", "course.cli", "features", str(folder), "--out", str(out)]
    if way == "two":
        return [[*one, "--part", f"{k}/2"] for k in (1, 2)]
    return [[*one, "--ray", "auto"]] if way == "ray" else [one]


def main() -> None:
    """One line for each way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--ways", nargs="+", default=["one", "two", "ray"])
    args = parser.parse_args()
    print(f"{args.photos} photos, {processors()} processors, load {psutil.getloadavg()[0]:.0f}")
    with tempfile.TemporaryDirectory() as name:
        folder = many(Path(name) / "photos", args.photos)
        for way in args.ways:
            begun = time.monotonic()
            started = [subprocess.Popen(c) for c in commands(way, folder, Path(name) / way)]
            seconds, memory = Watch(started).until_the_end()
            took = time.monotonic() - begun
            print(
                f"{way:>4}: {seconds:6.1f} processor-seconds, {1e3 * seconds / args.photos:5.1f} ms a photo, "
                f"{took:5.0f} s by the clock, {memory / 1e9:.2f} GB",
                flush=True,
            )


if __name__ == "__main__":
    main()
