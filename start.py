"""Set the course up on this computer, then hand over to the ``course`` command.

    python start.py            # everything is set up, the course opens in JupyterLab
    python start.py run 09     # the same set-up; executes lesson 09
    python start.py test       # the same set-up; all checks

Needs Python 3.11-3.13 and nothing else: it makes the folder .venv, installs requirements.lock
(every hash checked) from the package index that your pip or uv is configured for, and installs the
project itself. Once that is done, a stamp in .venv makes the next start immediate.
"""

import shutil
import sys

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

import ast
import hashlib
import json
import os
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course-stamp.json"
LOCK = ROOT / "requirements.lock"
NEEDED_GB = 3.0  # the environment takes 2.2 GB, the downloads in between about 0.7


class SetupError(Exception):
    """What went wrong and what to do: Chinese, English."""


def wanted_stamp() -> dict[str, str]:
    """What a finished environment was made for; it is up to date when its stamp says the same."""
    files = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    version = "{}.{}".format(*sys.version_info[:2])
    # Scripts and the editable install hold the folder's name: a moved folder needs a new one.
    return {"python": version, "folder": str(ROOT), "files": hashlib.sha256(files).hexdigest()}


def found_stamp() -> dict[str, str]:
    """The stamp of the environment that is there; empty where it is missing, broken or unfinished."""
    try:
        return json.loads(STAMP.read_text("utf-8")) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def pip_settings() -> dict[str, str]:
    """pip's own view of its files and variables, e.g. {"index-url": …}; empty without pip."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    rows = [line.partition("=") for line in answer.stdout.splitlines()]
    settings: dict[str, str] = {}
    for level in ("global.", "install.", ":env:."):  # the later wins
        for key, _, value in rows:
            if key.startswith(level):
                settings[key.removeprefix(level)] = str(ast.literal_eval(value))
    return settings


def uv_files() -> list[Path]:
    """Where uv keeps its settings for this user and this machine, the first wins."""
    if os.environ.get("UV_CONFIG_FILE"):
        return [Path(os.environ["UV_CONFIG_FILE"])]
    if os.name == "nt":
        folders = [os.environ.get("APPDATA"), os.environ.get("PROGRAMDATA")]
    else:
        folders = [os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "/etc"]
    return [Path(folder) / "uv" / "uv.toml" for folder in folders if folder]


def uv_index() -> str:
    """The default index that uv is configured for; empty where it has no setting of its own."""
    from_variable = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    if from_variable:
        return from_variable.split("=", 1)[-1] if "=http" in from_variable else from_variable
    for path in filter(Path.is_file, uv_files()):
        settings = tomllib.loads(path.read_text("utf-8"))
        indexes = settings.get("index", [])
        url = next((index["url"] for index in indexes if index.get("default")), None)
        url = url or settings.get("index-url") or settings.get("pip", {}).get("index-url")
        if url or indexes:
            return url or indexes[0]["url"]
    return ""


def index_environment() -> dict[str, str]:
    """Environment in which pip and uv agree: what only one is configured for, the other is told."""
    pip, of_uv, env = pip_settings(), uv_index(), dict(os.environ)
    env.pop("UV_SYSTEM_PYTHON", None)
    timeout = pip.get("timeout") or pip.get("default-timeout") or "120"  # slow networks are normal
    told = {"PIP_DEFAULT_TIMEOUT": timeout, "UV_HTTP_TIMEOUT": timeout}
    told["PIP_NO_INDEX"] = pip.get("no-index", "")
    told |= {"SSL_CERT_FILE": pip.get("cert", ""), "HTTPS_PROXY": pip.get("proxy", "")}
    if of_uv and "index-url" not in pip:
        told["PIP_INDEX_URL"] = of_uv
    if not of_uv:
        told |= {
            "UV_DEFAULT_INDEX": pip.get("index-url", ""),
            "UV_INDEX": " ".join(pip.get("extra-index-url", "").split()),
            # All hashes are pinned, so looking in every index, as pip does, is safe.
            "UV_INDEX_STRATEGY": "unsafe-best-match",
            "UV_FIND_LINKS": ",".join(pip.get("find-links", "").split()),
            "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        }
    # What the user has set in the environment stays as it is.
    return {name: value for name, value in told.items() if value} | env | {"PIP_USER": "0"}


def runs(*command: str | Path, env: dict[str, str] | None = None, quiet: bool = False) -> bool:
    """Run a command, True where it ends well."""
    out = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.call([*map(str, command)], env=env, stdout=out, stderr=out) == 0
    except OSError:
        return False


def make_venv(uv: bool, env: dict[str, str]) -> None:
    """A new, empty .venv of the Python that runs this file."""
    if VENV.is_file():
        VENV.unlink()
    if uv and runs("uv", "venv", "-q", "--clear", "--python", sys.executable, VENV, env=env):
        return
    if not runs(sys.executable, "-m", "venv", "--clear", VENV):
        check_disk(0.3)
        raise SetupError(
            f"建不了 {VENV}。请关掉还在使用它的程序；在 Debian 或 Ubuntu 上请先运行：sudo apt install python3-venv",
            f"Could not make {VENV}. Close programs that still use it; on Debian or Ubuntu first run: "
            "sudo apt install python3-venv",
        )


def install(uv: bool, env: dict[str, str]) -> None:
    """The lock with every hash checked, then the project itself without asking for more."""
    pip = (PYTHON, "-m", "pip", "install")
    if not uv and not runs(*pip[:-1], "--version", env=env, quiet=True):
        runs(PYTHON, "-m", "ensurepip", env=env)  # an environment that uv made has no pip
    installer = ("uv", "pip", "install", "--python", PYTHON) if uv else pip
    if uv and env.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on"):
        installer += ("--no-index",)  # uv has no variable for it
    project = ("--no-deps", "--no-build-isolation", "-e", ROOT)
    if not runs(*installer, "--require-hashes", "-r", LOCK, env=env):
        if uv:
            say("uv 没有成功，改用 pip 再试。", "uv did not succeed; trying again with pip.")
            return install(False, env)
        check_disk(0.3)
        raise SetupError(
            "装不上所需的软件包（原因见上面几行）。多半是连不上软件包索引：请检查网络，或者换一个镜像再试：\n"
            "    pip config set global.index-url https://mirror.example/simple\n"
            "完全没有网络时，见 README 里的“离线”一节。",
            "The packages could not be installed (the lines above say why). Most often the package index "
            "cannot be reached: check the network, or name a mirror and try again:\n"
            "    pip config set global.index-url https://mirror.example/simple\n"
            "Without any network, see “Offline” in the README.",
        )
    if not runs(*installer, *project, env=env):
        check_disk(0.3)
        raise SetupError(
            f"课程本身没有装上。请确认可以写入 {ROOT}，再运行一次。",
            f"The course itself could not be installed. Make sure {ROOT} is writable and run again.",
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


def set_up() -> None:
    """Bring .venv to what the lock says. Only a finished set-up gets the stamp."""
    found, wanted = found_stamp(), wanted_stamp()
    if found == wanted:
        return
    say(
        "正在准备课程环境，第一次需要几分钟 …",
        "Setting the course up; the first time takes minutes …",
    )
    if found:
        STAMP.unlink()
    env = index_environment()
    uv = runs("uv", "--version", env=env, quiet=True)
    # Anything unfinished, moved or of another Python is made anew; a new lock goes on top.
    if {**found, "files": ""} != {**wanted, "files": ""}:
        check_disk(NEEDED_GB)
        make_venv(uv, env)
    install(uv, env)
    if uv and env.get("PYTHONDONTWRITEBYTECODE"):
        # Nobody would keep what Python compiles: each start of TensorFlow would take 8 s more. All
        # anew (-f): a file of another version can have the old one's size and second.
        runs(PYTHON, "-m", "compileall", "-q", "-f", "-j", "0", VENV, env=env, quiet=True)
    STAMP.write_text(json.dumps(wanted), "utf-8")


def hand_over(arguments: list[str]) -> int:
    """Become the ``course`` command of the environment (on Windows: run it and wait)."""
    command = [str(PYTHON), "-P", "-m", "course.cli", *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    try:
        set_up()
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
        say("已中断；再运行一次就会接着来。", "Interrupted; run it again and it starts over.")
        sys.exit(130)
    sys.exit(hand_over(sys.argv[1:]))
