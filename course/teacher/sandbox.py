"""Run a command on Linux where it can do no harm: bubblewrap, and limits that are watched here.

Inside, the file system is read-only but for one small /tmp in memory; of the home directory nothing
is there; the only network is loopback; processes are in a space of their own and end with it.
Source: the manual page bwrap(1), bubblewrap 0.8.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from course_utils import paths

MAX_OUTPUT = 5_000_000  # bytes
SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/sys/devices/system/cpu")


@dataclass(frozen=True)
class Limits:
    """Seconds in all, bytes of memory over all processes, bytes of disk, number of processes."""

    seconds: float = 900
    memory: int = 6 * 2**30
    disk: int = 2**30
    processes: int = 64


@dataclass(frozen=True)
class Outcome:
    """What it printed, and which limit ended it (empty: none)."""

    output: str
    exceeded: str = ""


def why_not() -> tuple[str, str] | None:
    """(中文, English) why there is no sandbox here; None where it works."""
    if not sys.platform.startswith("linux"):
        return "沙箱只在 Linux 上可用", "the sandbox works on Linux only"
    if shutil.which("bwrap") is None:
        todo = "apt install bubblewrap / dnf install bubblewrap"
        return f"没有安装 bubblewrap（{todo}）", f"bubblewrap is not installed ({todo})"
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    done = subprocess.run(
        probe, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        said = done.stderr.strip()[:200]
        return f"bubblewrap 在这里不能用（{said}）", f"bubblewrap does not work here ({said})"
    return None


def wrap(
    command: list[str], binds: dict[Path, Path], environment: dict[str, str], limits: Limits
) -> list[str]:
    """The bwrap command line; ``binds`` are {inside: outside}, all read-only."""
    line = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    line += ["--cap-drop", "ALL", "--ro-bind", "/usr", "/usr", "--proc", "/proc"]
    line += ["--dev", "/dev", "--size", str(64 * 2**20), "--tmpfs", "/dev/shm"]
    line += ["--remount-ro", "/dev", "--size", str(limits.disk), "--tmpfs", "/tmp"]
    for link in map(Path, SYSTEM_LINKS):
        if link.is_symlink():
            line += ["--symlink", os.readlink(link), str(link)]
        elif link.exists():
            line += ["--ro-bind", str(link), str(link)]
    for file in SYSTEM_FILES:
        line += ["--ro-bind-try", file, file]
    for inside, outside in binds.items():
        line += ["--ro-bind", str(outside), str(inside)]
    for name, value in environment.items():
        line += ["--setenv", name, value]
    return [*line, "--dir", environment["HOME"], "--chdir", environment["HOME"], "--remount-ro", "/",
            "--", *command]  # fmt: skip


def python_folders() -> list[Path]:
    """What this interpreter needs, outside /usr; a virtual environment and what it was made from."""
    folders = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.executable).resolve().parent.parent,
    }
    return sorted(folder for folder in folders if not folder.is_relative_to("/usr"))


def course_folders() -> list[Path]:
    """The course's code and small data; not lessons/, which holds solutions."""
    names = ("bootstrap", "course_utils", "course", "data")
    return [paths.ROOT / name for name in names if (paths.ROOT / name).exists()]


def run_limited(command: list[str], limits: Limits, given: bytes = b"", **popen) -> Outcome:
    """Run it, watched: past a limit, it and all its processes are killed. ``given``: its input."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE,
        start_new_session=True, **popen,
    )  # fmt: skip
    assert process.stdin and process.stdout  # both were asked for
    with contextlib.suppress(OSError), process.stdin as pipe:  # it may have ended already
        pipe.write(given)
    exceeded: list[str] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process, limits, exceeded, done), daemon=True)
    watcher.start()
    try:
        output = process.stdout.read(MAX_OUTPUT)
        if len(output) == MAX_OUTPUT:
            exceeded.append("output")
    finally:
        if exceeded or sys.exc_info()[0]:
            kill_all(process)
        process.wait()
        done.set()
        watcher.join()
        process.stdout.close()
    return Outcome(output.decode("utf-8", "replace"), exceeded[0] if exceeded else "")


def _watch(
    process: subprocess.Popen, limits: Limits, exceeded: list[str], done: threading.Event
) -> None:
    end = time.monotonic() + limits.seconds
    while not done.wait(0.05):
        n, memory = _use(process.pid)
        over = {
            "time": time.monotonic() > end,
            "memory": memory > limits.memory,
            "processes": n > limits.processes,
        }
        if any(over.values()):
            exceeded.append(next(name for name, is_over in over.items() if is_over))
            kill_all(process)
            return


def _use(pid: int) -> tuple[int, int]:
    """Number and memory (bytes) of all processes under ``pid``."""
    try:
        family = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return 0, 0
    memory = 0
    for member in family:
        try:
            memory += member.memory_info().rss
        except psutil.Error:
            continue
    return len(family), memory


def kill_all(process: subprocess.Popen) -> None:
    """The process and its family; the kernel ends a process space together with its first process."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        family = []
    process.kill()
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
