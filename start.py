"""Set the course up on this computer, then hand over to the ``course`` command.

    python start.py            # everything is set up, the course opens in JupyterLab
    python start.py run 09     # the same set-up; executes lesson 09
    python start.py test       # the same set-up and what authors need; all checks

Needs Python 3.11-3.13 and nothing else: it makes the folder .venv, installs requirements.lock, or
for authors' commands requirements-dev.lock (every hash checked), from the package index that your
pip or uv is configured for, and installs the project itself. Once that is done, a stamp in .venv
makes the next start immediate.
"""

import os
import sys

if __name__ == "__main__" and os.path.realpath(sys.path[0]) == os.path.dirname(
    os.path.realpath(__file__)
):
    del sys.path[0]  # a learner's random.py beside this file must not become Python's random

import shutil

SUPPORTED = ((3, 11), (3, 14))  # from, up to but without


def say(zh, en):
    print(zh + "\n" + en, file=sys.stderr, flush=True)


for stream in (sys.stdout, sys.stderr):
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # a console that lacks Chinese must not stop us

# Before anything that an older Python does not know (this far, Python 3.6 can follow).
if not SUPPORTED[0] <= sys.version_info[:2] < SUPPORTED[1]:
    other = next((p for p in ("python3.13", "python3.12", "python3.11") if shutil.which(p)), None)
    here = "{}.{}".format(*sys.version_info[:2])
    todo_zh = "请安装 3.12（https://www.python.org/downloads/），再用它运行 start.py。"
    todo_en = "Install 3.12 (https://www.python.org/downloads/) and run start.py with it."
    if other:
        todo_zh = todo_en = other + " start.py"
    say(
        "这门课需要 Python 3.11、3.12 或 3.13；现在运行的是 " + here + "。请这样做：" + todo_zh,
        "The course needs Python 3.11, 3.12 or 3.13; this is " + here + ". Do this: " + todo_en,
    )
    sys.exit(1)

import contextlib
import hashlib
import importlib.util
import json
import subprocess
import time
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "course-stamp.json"
LOG = ROOT / "setup.log"  # what the installers say; nobody wants to read five hundred lines of it
TEMPORARY = VENV / "tmp"  # what installers unpack: the system's own folder may be too small
LEARNERS, DEVELOPERS = "requirements.lock", "requirements-dev.lock"
NEEDED_GB = 3.0  # the environment takes 2.2 GB, the downloads in between about 0.6


def part(name: str) -> ModuleType:
    """A module of the course that needs the standard library only, before anything is installed."""
    spec = importlib.util.spec_from_file_location(Path(name).stem, ROOT / name)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError:
        say(
            f"缺少 {name}。start.py 不能单独使用：请取得整个课程（git clone，或下载 ZIP 并解压）。",
            f"{name} is missing. start.py does not work alone: get the whole course (git clone, or "
            "download the ZIP and unpack it).",
        )
        sys.exit(1)
    return module


computer = part("bootstrap/computer.py")
progress = part("bootstrap/progress.py")
settings = part("bootstrap/settings.py")
PYTHON = computer.python_of(VENV)


class SetupError(Exception):
    """What went wrong and what to do: Chinese, English."""


def lock_for(arguments: list[str], found: dict[str, str]) -> str:
    """The lock that a command needs; an environment for developers stays one."""
    command = arguments[0] if arguments else ""
    files = [ROOT / "course" / "author" / f"{command}{tail}.py" for tail in ("", "_")]
    authors = command.isidentifier() and any(map(Path.is_file, files))
    return DEVELOPERS if authors or found.get("lock") == DEVELOPERS else LEARNERS


def wanted_stamp(lock: str) -> dict[str, str]:
    """What a finished environment was made for; it is up to date when its stamp says the same."""
    files = (ROOT / lock).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    version = "{}.{}".format(*sys.version_info[:2])
    # Scripts and the editable install hold the folder's name: a moved folder needs a new one.
    made_for = {"python": version, "folder": str(ROOT)}
    return {**made_for, "lock": lock, "files": hashlib.sha256(files).hexdigest()}


def found_stamp() -> dict[str, str]:
    """The stamp of the environment that is there; empty where it is missing, broken or unfinished."""
    try:
        return json.loads(STAMP.read_text("utf-8")) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def runs(*command: str | Path, env: dict[str, str], quiet: bool = False) -> bool:
    """Run a command in the course's folder, True where it ends well."""
    out = subprocess.DEVNULL if quiet else None
    words = [*map(str, command)]
    held = () if os.name == "nt" else HELD  # what outlives a killed start.py holds on to the lock
    try:
        return not subprocess.call(words, cwd=ROOT, env=env, stdout=out, stderr=out, pass_fds=held)
    except OSError:
        return False


def logged(*command: str | Path, env: dict[str, str], lock: str = "") -> bool:
    """Like ``runs``; its text goes to the log, and where it fails its last lines are shown.

    With a lock, one line says how many of its packages are there.
    """
    packages = progress.Packages.of((ROOT / lock).read_text("utf-8")) if lock else None
    with LOG.open("ab") as log:
        start = log.tell()
        held = () if os.name == "nt" else HELD
        words = [*map(str, command)]
        try:
            with subprocess.Popen(
                words, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, pass_fds=held
            ) as process:
                try:
                    status = progress.follow(process, LOG, start, VENV, packages)
                except BaseException:
                    process.kill()  # nobody waits for it any more
                    raise
        except OSError as error:
            log.write(f"{error}\n".encode())
            status = 1
    if status:
        print(settings.redacted(progress.last_lines(LOG, start)), file=sys.stderr, flush=True)
    return not status


HELD: list[int] = []  # descriptors of the file by which one start.py waits for another


@contextlib.contextmanager
def alone():
    """Wait for another start.py in this folder. The system lets go of what a killed one held."""
    with (ROOT / ".start.lock").open("ab") as file:
        told = False
        while not computer.lock(file.fileno()):
            if not told:
                say(
                    "另一个 start.py 正在安装，等它做完 …",
                    "another start.py is working; waiting …",
                )
            told = True
            time.sleep(0.2)
        HELD.append(file.fileno())
        try:
            yield
        finally:
            HELD.clear()


def make_venv(uv: bool, env: dict[str, str]) -> None:
    """A new, empty .venv of the Python that runs this file."""
    if VENV.is_file():
        VENV.unlink()
    if uv and logged("uv", "venv", "-q", "--clear", "--python", sys.executable, VENV, env=env):
        return
    # With the user's own variables: it is the user's Python. pip comes later, by ensurepip.
    made = (sys.executable, "-P", "-m", "venv", "--clear", "--without-pip", VENV)
    if not logged(*made, env=dict(os.environ)):
        check_disk(0.3)
        raise SetupError(
            f"建不了 {VENV}。请关掉还在使用它的程序，确认可以写入 {ROOT}，再运行一次。",
            f"Could not make {VENV}. Close programs that still use it, make sure {ROOT} is writable, "
            "and run again.",
        )


def install(uv: bool, env: dict[str, str], lock: str) -> None:
    """The lock with every hash checked, then the project itself without asking for more."""
    pip = [PYTHON, "-P", "-m", "pip"]
    if not uv and not runs(*pip, "--version", env=env, quiet=True):
        add_pip(env)
    installer = ["uv", "pip", "install", "--python", PYTHON] if uv else [*pip, "install"]
    if uv and env.get("PIP_NO_INDEX"):
        installer.append("--no-index")  # uv has no variable for it
    if not uv:
        installer += ["--progress-bar", "off"]
    if not logged(*installer, "--require-hashes", "-r", lock, env=env, lock=lock):
        if uv:
            say("uv 没有成功，改用 pip 再试。", "uv did not succeed; trying again with pip.")
            install(False, env, lock)
            return
        check_disk(0.3)
        raise SetupError(
            f"装不上所需的软件包（原因见上面几行，全文在 {LOG}）。多半是连不上软件包索引：请检查网络，或者换一个镜像再试：\n"
            "    pip config set global.index-url https://mirror.example/simple\n"
            "完全没有网络时，见 README 里的“离线”一节。",
            f"The packages could not be installed (the lines above say why; all of it is in {LOG}). Most "
            "often the package index cannot be reached: check the network, or name a mirror and try again:\n"
            "    pip config set global.index-url https://mirror.example/simple\n"
            "Without any network, see “Offline” in the README.",
        )
    # As ".": a name such as "course [2]" would be taken for a package with an extra.
    if not logged(*installer, "--no-deps", "--no-build-isolation", "-e", ".", env=env):
        check_disk(0.3)
        raise SetupError(
            f"课程本身没有装上（原因见上面几行，全文在 {LOG}）。请确认可以写入 {ROOT}，再运行一次。",
            f"The course itself could not be installed (the lines above say why; all of it is in {LOG}). "
            f"Make sure {ROOT} is writable and run again.",
        )


def add_pip(env: dict[str, str]) -> None:
    """pip for an environment that was made without it."""
    if not logged(PYTHON, "-P", "-m", "ensurepip", env=env):
        check_disk(0.3)
        raise SetupError(
            "这个 Python 没有 pip（ensurepip）。在 Debian 或 Ubuntu 上请先运行：sudo apt install python3-venv；"
            "别的系统请从 https://www.python.org/downloads/ 安装完整的 Python。",
            "This Python has no pip (ensurepip). On Debian or Ubuntu first run: sudo apt install "
            "python3-venv; elsewhere install a complete Python from https://www.python.org/downloads/.",
        )


def check_disk(needed_gb: float) -> None:
    """Raise SetupError where the disk of this folder has less room than that."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < needed_gb:
        raise SetupError(
            f"磁盘空间不够：{ROOT} 所在的磁盘还剩 {free:.1f} GB，需要 {NEEDED_GB:.0f} GB。请腾出空间再运行一次。",
            f"The disk is too full: {free:.1f} GB are free where {ROOT} is, {NEEDED_GB:.0f} GB are needed. "
            "Make room and run again.",
        )


def check_computer() -> None:
    """Raise SetupError, before anything is downloaded, for what cannot go well."""
    missing, elsewhere = computer.missing_parts(), settings.elsewhere()
    texts = (
        (computer.about_missing_parts(missing, sys.executable) if missing else None)
        or computer.about_folder(str(ROOT))
        or computer.about_links(ROOT)
        or (computer.about_elsewhere(elsewhere) if elsewhere else None)
    )
    if texts:
        raise SetupError(*texts)
    for path, reason in settings.unreadable():
        say(
            f"读不懂设置文件 {path}（{reason}），先不管它，继续安装。请改正或删除它。",
            f"The settings file {path} cannot be read ({reason}); going on without it. Mend or delete it.",
        )


def set_up(arguments: list[str]) -> None:
    """Bring .venv to what the command's lock says. Only a finished set-up gets the stamp."""
    if is_ready(arguments):
        return
    with alone():
        if is_ready(arguments):  # by the one that we waited for
            return
        found = found_stamp()
        wanted = wanted_stamp(lock_for(arguments, found))
        check_computer()
        say(
            "正在准备课程环境，第一次需要几分钟 …",
            "Setting the course up; the first time takes minutes …",
        )
        if wanted["lock"] == DEVELOPERS != found.get("lock"):
            say(
                f"“{arguments[0]}” 是给课程作者的命令：还要装上检查和制作课程的软件包（{DEVELOPERS}）。",
                f"“{arguments[0]}” is a command for the course's authors: packages for checking and "
                f"making it are installed as well ({DEVELOPERS}).",
            )
        bring(found, wanted)


def is_ready(arguments: list[str]) -> bool:
    """Whether the environment that is there is the one that the command needs."""
    found = found_stamp()
    return found == wanted_stamp(lock_for(arguments, found))


def bring(found: dict[str, str], wanted: dict[str, str]) -> None:
    """Make the environment, or install a new lock on top of it."""
    if found:
        STAMP.unlink()
    env = computer.own_python(settings.installer_environment())
    env |= {name: str(TEMPORARY) for name in ("TMPDIR", "TEMP", "TMP")}
    env["PYTHONIOENCODING"] = "utf-8"  # of the log, whatever the system's is
    LOG.write_bytes(b"")
    uv = runs("uv", "--version", env=env, quiet=True)
    # Anything unfinished, moved or of another Python is made anew; a new lock goes on top.
    if any(found.get(key) != wanted[key] for key in ("python", "folder")):
        check_disk(NEEDED_GB)
        make_venv(uv, env)
    for compiled in [*VENV.rglob("__pycache__")]:
        # A new version's file can have the old one's size and second: Python would not notice.
        shutil.rmtree(compiled, ignore_errors=True)
    TEMPORARY.mkdir(exist_ok=True)
    install(uv, env, wanted["lock"])
    shutil.rmtree(TEMPORARY, ignore_errors=True)
    if env.get("PYTHONDONTWRITEBYTECODE"):
        # Nobody would keep what Python compiles: each start of TensorFlow would take 8 s more.
        compiling = (PYTHON, "-P", "-m", "compileall", "-q", "-j", "0", VENV)
        runs(*compiling, env=env, quiet=True)
    STAMP.write_text(json.dumps(wanted), "utf-8")


def hand_over(arguments: list[str]) -> int:
    """Become the ``course`` command of the environment (on Windows: run it and wait)."""
    command = [str(PYTHON), "-P", "-m", "course.cli", *arguments]
    env = computer.own_python(dict(os.environ))
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, env)
    try:
        return subprocess.call(command, env=env)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    try:
        set_up(sys.argv[1:])
    except SetupError as error:
        say(*error.args)
        sys.exit(1)
    except OSError as error:
        say(
            f"准备环境时出错：{error}。请确认可以写入 {ROOT}，磁盘没有满，再运行一次。",
            f"Setting up failed: {error}. Make sure {ROOT} is writable and the disk not full; run again.",
        )
        sys.exit(1)
    except KeyboardInterrupt:
        say(
            "已中断，还没有装完。再运行一次会重新安装。",
            "Interrupted before the end. Run it again and it installs afresh.",
        )
        sys.exit(130)
    sys.exit(hand_over(sys.argv[1:]))
