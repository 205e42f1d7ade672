"""One line about an installation that runs: how many packages, and about how long it still takes.

The installer's text goes to a file, which is read as it grows; what is installed is counted in the
environment. ``start.py`` loads this file by its path, so it needs the standard library only.
"""

import dataclasses
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

# A package is one part of the work, these are as much as so many others.
HEAVY = {"tensorflow": 50, "tensorflow-cpu": 50, "scipy": 5, "numpy": 3, "pandas": 3}
LOCKED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)
# What pip and uv say of one package, and of all.
FETCHED = re.compile(
    r"^\s*(?:Downloading|Using cached|Processing) (?:.*[/\\])?([\w.]+)-\S+\.(?:whl|tar\.gz)(?=\s|$)"
    r"|^Requirement already satisfied: ([\w.-]+)"
)
# uv names the large ones only, as they begin and end; the small ones come at the same time.
UV_BEGINS = re.compile(r"^Downloading ([\w.-]+) \(")
UV_ENDS = re.compile(r"^ Downloaded ([\w.-]+)$")
LEFT_OUT = re.compile(r"^Ignoring ([\w.-]+): markers ")
RESOLVED = re.compile(r"^(?:Resolved|Audited) (\d+) packages?\b")
ALL_FETCHED = re.compile(r"^(?:Prepared \d+ packages?\b|Installing collected packages: )")
OFTEN, SELDOM = 0.5, 20.0  # seconds from one look to the next; between lines where no terminal is
SURE_AFTER = 5.0  # seconds before which nothing is foretold
COLUMNS = 72  # of the longest line; Chinese signs take two


def plain(name: str) -> str:
    """A package's name as everybody spells it: ``Typing_Extensions`` -> ``typing-extensions``."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclasses.dataclass
class Packages:
    """What an installer has done with the packages of a lock, as far as its text tells."""

    wanted: set[str]
    fetched: set[str] = dataclasses.field(default_factory=set)
    installed: set[str] = dataclasses.field(default_factory=set)
    total: int = 0
    to_fetch: float = 0.5  # the part of the work that is done when all is fetched, not installed
    coming: set[str] = dataclasses.field(default_factory=set)  # what uv fetches just now

    @classmethod
    def of(cls, lock: str) -> "Packages":
        """Those named in a lock's text; some are for other systems, which the installer will say."""
        wanted = set(map(plain, LOCKED.findall(lock)))
        return cls(wanted, total=len(wanted))

    def hear(self, line: str) -> None:
        """Take in one line of pip's or uv's text."""
        if found := FETCHED.match(line):
            self.fetched |= {plain(found[1] or found[2])} & self.wanted
        elif found := UV_BEGINS.match(line):
            self.coming.add(plain(found[1]))
        elif found := UV_ENDS.match(line):
            self.coming.discard(plain(found[1]))
            self.fetched = self.wanted - self.coming
        elif found := LEFT_OUT.match(line):
            self.wanted.discard(plain(found[1]))
            self.total = len(self.wanted)
        elif found := RESOLVED.match(line):
            self.total, self.to_fetch = int(found[1]), 0.9  # uv links files: that is quick
        elif ALL_FETCHED.match(line):
            self.fetched = set(self.wanted)

    def look(self, venv: Path) -> None:
        """Count what lies in the environment."""
        record = "site-packages/*.dist-info/RECORD"
        found = [*(venv / "Lib").glob(record), *venv.glob(f"lib/python*/{record}")]
        self.installed = {plain(file.parent.name.split("-")[0]) for file in found} & self.wanted

    @property
    def share(self) -> float:
        """How much of the work is done, 0–1."""
        work = weight(self.wanted, self.total)
        fetched = weight(self.fetched | self.installed, self.total)
        installed = weight(self.installed, self.total)
        done = self.to_fetch * fetched + (1 - self.to_fetch) * installed
        return done / work if work else 0.0

    def line(self, seconds: float) -> str:
        """The one line, after so many seconds."""
        fetching = len(self.fetched) < self.total and not self.installed
        step, done = (
            ("下载 fetched", self.fetched) if fetching else ("安装 installed", self.installed)
        )
        n = min(len(done), self.total)
        return f"{step} {n}/{self.total} 软件包 packages, {left(seconds, self.share)}"


def weight(names: set[str], most: int) -> int:
    """How much work the heaviest ``most`` of them are, in packages of the usual size."""
    if "tensorflow-cpu" in names:
        names = names - {"tensorflow"}  # a lock has both, for different computers
    return sum(sorted((HEAVY.get(name, 1) for name in names), reverse=True)[:most])


def left(seconds: float, share: float) -> str:
    """How long it still takes when ``share`` of the work took ``seconds``."""
    if seconds < SURE_AFTER or share < 0.02:
        return "要几分钟 some minutes"
    more = seconds / share * (1 - share)
    if more < 50:
        return "不到 1 分钟 under 1 min"
    minutes = round(more / 60)
    return f"约 {minutes} 分钟 about {minutes} min"


class Line:
    """Shows a text in place of the one before; without a terminal, one now and then below it."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.live = out, out.isatty()
        self.shown, self.said_at = "", time.monotonic()

    def show(self, text: str) -> None:
        """The text, if it is another one and its time has come."""
        if self.live and text != self.shown:
            self._put(text)
        elif not self.live and time.monotonic() - self.said_at >= SELDOM:
            self.said_at = time.monotonic()
            print(text, file=self.out, flush=True)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self.live and self.shown:
            self._put("")

    def _put(self, text: str) -> None:
        room = shutil.get_terminal_size().columns - 1
        text = text if room >= COLUMNS else text.encode("ascii", "ignore").decode()[:room]
        self.out.write("\r" + " " * width(self.shown) + "\r" + text)
        self.out.flush()
        self.shown = text


def width(text: str) -> int:
    """Columns that it takes in a terminal."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def follow(
    process: subprocess.Popen, log: Path, start: int, venv: Path, packages: Packages | None
) -> int:
    """Wait for a command whose text makes ``log`` grow from ``start`` on; its exit status.

    With packages, a line about them is shown meanwhile.
    """
    line, began, rest = Line(sys.stderr), time.monotonic(), b""
    with log.open("rb") as text:
        text.seek(start)
        while True:
            ended = wait(process, OFTEN)
            *lines, rest = (rest + text.read()).split(b"\n")
            if packages:
                for said in lines:
                    packages.hear(said.decode("utf-8", "replace").rstrip())
                packages.look(venv)
                line.show(packages.line(time.monotonic() - began))
            if ended is not None:
                line.clear()
                return ended


def wait(process: subprocess.Popen, seconds: float) -> int | None:
    """The exit status, or None where it still runs after so many seconds."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def last_lines(log: Path, start: int = 0, most: int = 20) -> str:
    """The end of an installer's text, from byte ``start`` on; no advertisement for a newer pip."""
    text = log.read_bytes()[start:].decode("utf-8", "replace")
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join([s for s in lines if s and not s.startswith("[notice]")][-most:])
