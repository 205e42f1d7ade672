"""The one line of the set-up: what it counts from the installers' text, foretells, and shows where."""

import io
import os
import subprocess
import sys
import time

import pytest

from bootstrap import progress
from course_utils import paths

LOCK = """
# made by uv
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
typing_extensions==4.0 \\
    --hash=sha256:00
appnope==1.0.0 ; sys_platform == 'darwin' --hash=sha256:00
tensorflow==2.21.0 ; platform_machine != 'x86_64' --hash=sha256:00
tensorflow-cpu==2.21.0 ; platform_machine == 'x86_64' --hash=sha256:00
"""
PIP = """\
Ignoring appnope: markers 'sys_platform == "darwin"' don't match your environment
Ignoring tensorflow: markers 'platform_machine != "x86_64"' don't match your environment
Looking in indexes: https://mirror.example/simple
Collecting numpy==2.4.6 (from -r requirements.lock (line 3))
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (6.6 kB)
Processing /a place/wheels/typing_extensions-4.0-py3-none-any.whl (from -r requirements.lock (line 5))
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (16.8 MB)
  Using cached tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl (260 MB)
Installing collected packages: numpy, typing_extensions, tensorflow-cpu
"""
UV = """\
Using Python 3.11.7 environment at: .venv
Resolved 3 packages in 160ms
Downloading numpy (16.0MiB)
Downloading tensorflow-cpu (250.0MiB)
 Downloaded numpy
 Downloaded tensorflow-cpu
Prepared 3 packages in 419ms
Installed 3 packages in 15ms
"""


def heard(text, lines=None):
    packages = progress.Packages.of(LOCK)
    for line in text.splitlines()[:lines]:
        packages.hear(line)
    return packages


def install(venv, *names):
    for name in names:
        folder = venv / "lib" / "python3.11" / "site-packages" / f"{name}-1.0.dist-info"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "RECORD").touch()


@pytest.mark.parametrize(
    ("text", "lines", "count"),
    [
        (PIP, 0, "下载 fetched 0/5"),
        (PIP, 5, "下载 fetched 0/3"),  # two are for other computers; metadata is no package yet
        (PIP, 6, "下载 fetched 1/3"),
        (PIP, 7, "下载 fetched 2/3"),
        (PIP, 9, "安装 installed 0/3"),
        (UV, 4, "下载 fetched 0/3"),
        (UV, 7, "安装 installed 0/3"),
    ],
)
def test_packages_are_counted_from_the_text(text, lines, count):
    assert heard(text, lines).line(1).startswith(f"{count} 软件包 packages, ")


@pytest.mark.parametrize("text", [PIP, UV])
def test_the_share_only_grows_and_ends_at_one(text, tmp_path):
    shares = [heard(text, n).share for n in range(len(text.splitlines()) + 1)]
    packages = heard(text)
    for name in ("numpy", "typing_extensions", "tensorflow_cpu"):
        install(tmp_path, name)
        packages.look(tmp_path)
        shares.append(packages.share)
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == pytest.approx(1)
    assert packages.line(60) == "安装 installed 3/3 软件包 packages, 不到 1 分钟 under 1 min"


def test_the_estimate_comes_from_what_was_done_so_far():
    assert progress.left(2, 0.5) == progress.left(60, 0.01) == "要几分钟 some minutes"
    assert progress.left(60, 1 / 3) == "约 2 分钟 about 2 min"
    assert progress.left(60, 0.9) == "不到 1 分钟 under 1 min"


def test_the_heavy_packages_are_in_the_lock_and_no_line_is_too_long():
    packages = progress.Packages.of((paths.ROOT / "requirements.lock").read_text("utf-8"))
    assert progress.HEAVY.keys() <= packages.wanted and packages.total > 100
    packages.installed = packages.wanted
    assert progress.width(packages.line(5e4)) <= progress.COLUMNS


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_keeps_one_line_and_everything_else_whole_lines_now_and_then(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    screen, pipe = Terminal(), io.StringIO()
    monkeypatch.setattr(progress, "SELDOM", 0.0)
    for out in (screen, pipe):
        line = progress.Line(out)
        for text in ("下载 fetched 1/3", "下载 fetched 2/3", "下载 fetched 2/3"):
            line.show(text)
        line.clear()
    assert "\n" not in screen.getvalue() and screen.getvalue().endswith(" \r")
    assert screen.getvalue().count("2/3") == 1
    assert "\r" not in pipe.getvalue() and pipe.getvalue().count("\n") == 3
    monkeypatch.setattr(progress, "SELDOM", 60.0)
    quiet = io.StringIO()
    progress.Line(quiet).show("下载 fetched 1/3")
    assert quiet.getvalue() == ""  # a short set-up says nothing more
    monkeypatch.setenv("COLUMNS", "30")
    narrow = Terminal()
    progress.Line(narrow).show("下载 fetched 1/3 软件包 packages, 要几分钟 some minutes")
    assert len(narrow.getvalue().split("\r")[-1]) <= 29


def test_it_follows_a_running_command_and_ends_with_its_status(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "OFTEN", 0.05)
    screen = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    log = tmp_path / "log"
    log.write_bytes("前面 before\n".encode())
    start = log.stat().st_size
    code = (
        f"import sys, time; sys.stdout.write({UV[:150]!r}); sys.stdout.flush(); time.sleep(0.4);"
        f"sys.stdout.write({UV[150:]!r} + 'ERROR: 坏了 broken\\n[notice] A new release of pip'); sys.exit(3)"
    )
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", code], stdout=out, env=dict(os.environ)
        )
        packages = progress.Packages.of(LOCK)
        assert progress.follow(process, log, start, tmp_path, packages) == 3
    shown = screen.getvalue()
    assert "fetched 2/3" in shown or "fetched 0/3" in shown
    assert "installed 0/3" in shown and shown.endswith(" \r")
    last = progress.last_lines(log, start)
    assert last.endswith("ERROR: 坏了 broken") and "before" not in last


def test_waiting_has_an_end(tmp_path):
    began = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert progress.wait(process, 0.05) is None
        process.kill()
    assert time.monotonic() - began < 30
