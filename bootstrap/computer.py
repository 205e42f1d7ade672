"""What the course needs of this computer before anything is installed; ``course doctor`` asks again.

``start.py`` loads this file by its path, so it needs the standard library only.
"""

import contextlib
import importlib
import math
import os
import sys
import tempfile
from pathlib import Path

# Parts of Python that are missing where it was built without a system package: what that one is
# called for Debian and Ubuntu, and for Fedora.
PARTS = {
    "ssl": ("libssl-dev", "openssl-devel"),
    "sqlite3": ("libsqlite3-dev", "sqlite-devel"),
    "ctypes": ("libffi-dev", "libffi-devel"),
    "zlib": ("zlib1g-dev", "zlib-devel"),
    "bz2": ("libbz2-dev", "bzip2-devel"),
    "lzma": ("liblzma-dev", "xz-devel"),
    "pyexpat": ("libexpat1-dev", "expat-devel"),
}
# Variables for another Python than the course's own: each can break it or silence its assertions.
FOR_ANOTHER_PYTHON = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONOPTIMIZE",
    "PYTHONPLATLIBDIR",
    "PYTHONEXECUTABLE",
    "PYTHONINSPECT",
    "PYTHONWARNINGS",
    "__PYVENV_LAUNCHER__",
)
# TensorFlow's longest file, from "\\.venv\\Lib" on; Windows allows 259 characters in all.
LONGEST_FILE, LONGEST_PATH = 188, 259

Texts = tuple[str, str]


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def own_python(environment: dict[str, str]) -> dict[str, str]:
    """The variables without those that are meant for another Python."""
    return {k: v for k, v in environment.items() if k.upper() not in FOR_ANOTHER_PYTHON}


def processors() -> int:
    """How many processors this process may use: all of the machine's, or fewer.

    Fewer under an affinity mask, a control group's quota (a container, a hub's limit), or the variable
    PYTHON_CPU_COUNT, which Python itself heeds from 3.13 on.
    """
    wanted = os.environ.get("PYTHON_CPU_COUNT", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    affinity = getattr(os, "sched_getaffinity", None)  # Linux
    mine = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(mine, _quota()))


def _quota(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """Whole processors that the control groups allow; ``sys.maxsize`` where they set no limit."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return sys.maxsize
    inside = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    group, found = root / inside, sys.maxsize
    for folder in (group, *group.parents):
        with contextlib.suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            found = min(found, math.ceil(int(quota) / int(period)))  # "max" is no number
        if folder == root:
            break
    return found


def missing_parts() -> list[str]:
    """The parts of Python that the course needs and this Python was built without."""
    return [name for name in PARTS if not _imports(name)]


def _imports(name: str) -> bool:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
        return True
    return False


def about_missing_parts(missing: list[str], python: str) -> Texts:
    """What is missing and what to install: Chinese, English."""
    names = ", ".join(missing)
    debian, fedora = (" ".join(PARTS[name][i] for name in missing) for i in (0, 1))
    zh = (
        f"这个 Python 缺少 {names}：{python}\n"
        f"请先装系统软件包（Debian、Ubuntu：sudo apt install {debian}；Fedora：sudo dnf install {fedora}），"
        "再重新编译安装这个 Python；或者换一个完整的 Python（https://www.python.org/downloads/）。"
        "然后删除文件夹 .venv，用它运行 start.py。"
    )
    en = (
        f"This Python lacks {names}: {python}\n"
        f"First install system packages (Debian, Ubuntu: sudo apt install {debian}; "
        f"Fedora: sudo dnf install {fedora}) and build this Python again; or take a complete Python "
        "(https://www.python.org/downloads/). Then delete the folder .venv and run start.py with it."
    )
    return zh, en


def about_folder(
    folder: str, pathsep: str = os.pathsep, windows: bool = os.name == "nt"
) -> Texts | None:
    """Why no environment can be made in a folder of this name; None where it can."""
    bad = next((c for c in folder if c == pathsep or not c.isprintable()), None)
    if bad is not None:
        sign, shown = visible(bad), "".join(map(visible, folder))
        zh = f"课程不能放在这个文件夹里，因为路径里有 {sign}：{shown}\n请给文件夹改名，再运行 start.py。"
        en = (
            f"The course cannot work in this folder, because of the {sign} in its path: {shown}\n"
            "Rename the folder and run start.py again."
        )
        return zh, en
    if windows and len(folder) + LONGEST_FILE > LONGEST_PATH and not _long_paths():
        room = LONGEST_PATH - LONGEST_FILE
        zh = (
            f"路径太长（{len(folder)} 个字符，Windows 上最多 {room} 个）：{folder}\n"
            r"请把课程移到较短的路径，例如 C:\course，再运行 start.py。"
        )
        en = (
            f"The path is too long ({len(folder)} characters; on Windows {room} at most): {folder}\n"
            r"Move the course to a shorter one, such as C:\course, and run start.py again."
        )
        return zh, en
    return None


def visible(character: str) -> str:
    """The character, or its code where nobody would see it."""
    return character if character.isprintable() else ascii(character)[1:-1]


def _long_paths() -> bool:
    """Whether Windows has been told to allow long paths."""
    if sys.platform == "win32":
        import winreg

        place = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key,
        ):
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    return False


def about_links(folder: Path) -> Texts | None:
    """Why no environment can be made on this disk; None where it can. OSError: not writable."""
    if os.name == "nt":
        return None  # environments hold copies there
    with tempfile.TemporaryDirectory(prefix=".links-", dir=folder) as made:
        try:
            os.symlink("target", os.path.join(made, "link"))
        except (OSError, NotImplementedError):
            zh = (
                f"{folder} 所在的磁盘不能保存链接（FAT 或 exFAT 格式的 U 盘、存储卡常常如此）。"
                "请把课程移到另一块磁盘，例如你的主目录，再运行 start.py。"
            )
            en = (
                f"The disk that holds {folder} cannot keep links (sticks and memory cards in FAT or "
                "exFAT format cannot). Move the course to another disk, such as your home folder, "
                "and run start.py again."
            )
            return zh, en
    return None


def about_elsewhere(found: list[tuple[str, str]]) -> Texts:
    """pip's settings, (name, value), that would leave the environment empty, and the remedy."""
    rows = "\n".join(f"    {name} = {value}" for name, value in found)
    zh = (
        f"pip 的设置会把软件包装到别的地方，课程的环境就会是空的：\n{rows}\n"
        "请去掉它再运行一次：环境变量用 unset（PowerShell：Remove-Item Env:名字）；"
        "文件里的用 pip config unset，例如 pip config unset global.target。"
    )
    en = (
        f"pip's settings send packages elsewhere, and the course's environment would stay empty:\n{rows}\n"
        "Remove it and run again: a variable by unset (PowerShell: Remove-Item Env:NAME); what stands "
        "in a file by pip config unset, such as pip config unset global.target."
    )
    return zh, en


def lock(descriptor: int) -> bool:
    """Lock an open file for this process; False while another one holds it.

    The system lets go of it when its holder ends, however that happens.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a network disk without locks: as if alone
    return True
