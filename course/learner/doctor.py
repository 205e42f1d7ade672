"""``course doctor``: what is right on this computer, and what to do about what is not.

Answers in about a second and imports nothing heavy, so it also answers when TensorFlow is broken:
installed files are compared with what their packages recorded. ``--deep`` really imports TensorFlow
and trains one step.
"""

import argparse
import base64
import csv
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from bootstrap import computer, settings
from course_utils import keras_settings, paths
from course_utils.messages import CourseError, both

GOOD, WARN, BAD = "✓", "!", "✗"
# Whose files are looked at one by one; the others are only asked for their version.
CORE = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "jupyterlab")
IMPORTED = ("tensorflow", "keras", "numpy", "jupyterlab")
SET_UP_ZH, SET_UP_EN = (
    "删除文件夹 .venv，再运行 start.py。",
    "Delete the folder .venv and run start.py.",
)
DEEP = """
import course_utils, keras, numpy as np
model = keras.Sequential([keras.layers.Input((8, 8, 3)), keras.layers.Conv2D(1, 3)])
model.compile(loss="mse")
loss = model.fit(np.ones((4, 8, 8, 3)), np.ones((4, 6, 6, 1)), verbose=0).history["loss"][0]
print(loss >= 0 and keras.backend.backend() == "tensorflow")
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report: a mark, and both languages."""

    mark: str
    zh: str
    en: str


Check = Callable[[], Iterator[Finding]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course doctor``."""
    parser.add_argument(
        "--deep",
        action="store_true",
        help="真的导入 TensorFlow 并训练一步 · really import TensorFlow and train one step",
    )


def run(args: argparse.Namespace) -> int:
    """Print every finding; 0 only if nothing is in the way of the course."""
    bad = 0
    for check in CHECKS + ((check_deep,) if args.deep else ()):
        for finding in findings_of(check):
            bad += finding.mark == BAD
            print(f"{finding.mark} {finding.zh}\n  {finding.en}", flush=True)
    print()
    if bad:
        print(both(f"有 {bad} 处（✗）需要先解决。", f"{bad} of these (✗) must be solved first."))
        return 1
    print(both("课程可以运行。", "The course will run."))
    return 0


def findings_of(check: Check) -> list[Finding]:
    """A check's findings; one that stumbles is itself a finding, not the end of the report."""
    try:
        return list(check())
    except CourseError as error:
        return [Finding(BAD, error.zh, error.en)]
    except Exception as error:  # noqa: BLE001 - whatever is broken on this computer, the rest is still told
        name = check.__name__.removeprefix("check_")
        return [Finding(WARN, f"没能检查 {name}：{error!r}", f"could not check {name}: {error!r}")]


def check_python() -> Iterator[Finding]:
    """Version, whether this is a 64-bit Python, and whether it was built with all its parts."""
    version = platform.python_version()
    if not (3, 11) <= sys.version_info[:2] < (3, 14) or sys.maxsize < 2**32:
        yield Finding(
            BAD,
            f"Python {version}：课程需要 64 位的 3.11–3.13。请安装 3.12，再用它运行 start.py。",
            f"Python {version}: the course needs a 64-bit 3.11–3.13. Install 3.12 and run start.py with it.",
        )
        return
    if missing := computer.missing_parts():
        yield Finding(BAD, *computer.about_missing_parts(missing, sys.executable))
        return
    machine = f"Python {version}，{platform.system()} {platform.machine()}"
    yield Finding(GOOD, machine, machine.replace("，", ", "))


def check_packages() -> Iterator[Finding]:
    """Every package of the lock: there, in its pinned version or at least in the allowed range."""
    lock = installed_lock()
    pinned = {r.name: r for r in locked(lock) if r.marker is None or r.marker.evaluate()}
    allowed = {r.name: r for r in declared()}
    missing, other = [], []
    for name, pin in pinned.items():
        version = installed_version(name)
        if version is None:
            missing.append(name)
            continue
        if name in allowed and not allowed[name].specifier.contains(version, prereleases=True):
            missing.append(f"{name} {version}")
        elif not pin.specifier.contains(version, prereleases=True):
            other.append(f"{name} {version}")
    if missing:
        names = ", ".join(missing)
        yield Finding(
            BAD,
            f"缺少软件包，或版本不对：{names}。{SET_UP_ZH}",
            f"packages missing or of a wrong version: {names}. {SET_UP_EN}",
        )
    if other:
        names = ", ".join(other)
        yield Finding(
            WARN,
            f"与 {lock.name} 的版本不同（一般也能运行，数值可能略有差别）：{names}",
            f"not the versions of {lock.name} (usually fine, numbers may differ a little): {names}",
        )
    if pinned and not missing and not other:
        n = len(pinned)
        yield Finding(
            GOOD,
            f"{n} 个软件包都与 {lock.name} 一致",
            f"{n} packages, all as in {lock.name}",
        )


def installed_version(package: str) -> str | None:
    """The version that is installed; the GPU build of TensorFlow counts as its CPU build."""
    for name in (package, package.removesuffix("-cpu")):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def installed_lock() -> Path:
    """The lock that start.py made this environment from; the learners' for any other environment."""
    stamp = Path(sys.prefix, "course-stamp.json")
    try:
        return paths.ROOT / json.loads(stamp.read_text("utf-8"))["lock"]
    except (OSError, ValueError, KeyError):
        return paths.ROOT / "requirements.lock"


def locked(lock: Path) -> list[Requirement]:
    """The pins of a lock; empty for a copy of the course that has none."""
    if not lock.exists():
        return []
    rows = re.findall(
        r"^([a-z0-9][^\s;]*==[^\s;\\]+(?: *;[^\\\n]*)?)", lock.read_text("utf-8"), re.MULTILINE
    )
    return [Requirement(row) for row in rows]


def declared() -> list[Requirement]:
    """What the project asks for here, by its own metadata."""
    rows = [Requirement(row) for row in metadata.requires(paths.APP) or []]
    return [r for r in rows if r.marker is None or r.marker.evaluate({"extra": ""})]


def check_files() -> Iterator[Finding]:
    """TensorFlow's and its companions' files, without importing them."""
    broken = [f"{name} ({file})" for name in CORE if (file := damaged(name))]
    shadowed = [str(place) for name in IMPORTED if (place := shadowing(name))]
    if broken:
        names = ", ".join(broken)
        yield Finding(
            BAD,
            f"安装不完整：{names}。{SET_UP_ZH}",
            f"installed incompletely: {names}. {SET_UP_EN}",
        )
    if shadowed:
        names = ", ".join(shadowed)
        yield Finding(
            BAD,
            f"同名的文件挡住了软件包：{names}。请改名或移走，并检查环境变量 PYTHONPATH。",
            f"files of the same name hide packages: {names}. Rename or move them; look at PYTHONPATH.",
        )
    if not broken and not shadowed:
        yield Finding(
            GOOD,
            "TensorFlow、Keras、NumPy、JupyterLab 的文件完整（course doctor --deep 会真的运行一次）",
            "the files of TensorFlow, Keras, NumPy, JupyterLab are complete (`--deep` really runs them)",
        )


def damaged(package: str) -> str:
    """The first file of an installed package that is missing or not as recorded; empty if none."""
    try:
        installed = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return ""  # check_packages reports it where it is needed
    home = str(installed.locate_file(""))
    for name, digest, size in csv.reader((installed.read_text("RECORD") or "").splitlines()):
        if not size or name.endswith(".pyc"):
            continue
        path = os.path.join(home, name)
        try:
            intact = os.stat(path).st_size == int(size)
        except OSError:
            return name
        entrance = name.count("/") == 1 and name.endswith("/__init__.py")
        if not intact or (entrance and not as_recorded(digest, Path(path))):
            return name
    return ""


def as_recorded(digest: str, path: Path) -> bool:
    """Whether a file has the hash that its package recorded, ``sha256=…``."""
    algorithm, _, recorded = digest.partition("=")
    found = hashlib.new(algorithm, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == recorded


def shadowing(module: str) -> Path | None:
    """A module found elsewhere than where this environment keeps its packages."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin:
        return None
    owners = [n for n in CORE if n.removesuffix("-cpu") == module]
    for owner in owners:
        try:
            home = Path(str(metadata.distribution(owner).locate_file(module))).resolve()
        except metadata.PackageNotFoundError:
            continue
        if home in Path(spec.origin).resolve().parents:
            return None
    return Path(spec.origin)


def check_disk() -> Iterator[Finding]:
    """Room for downloads and for the course's own files, and leave to write there."""
    for zh, en, folder, variable in (
        ("缓存", "cache", paths.cache_dir(), "COURSE_CACHE"),
        ("学习进度", "progress", paths.user_data_dir(), "COURSE_DATA"),
        ("课程", "course", paths.ROOT, ""),
    ):
        there = next(str(p) for p in (folder, *folder.parents) if os.path.exists(p))
        free = shutil.disk_usage(there).free / 1e9
        mark = GOOD if free >= 2 else WARN if free >= 0.5 else BAD
        todo_zh, todo_en = ("", "") if mark == GOOD else ("。请腾出 2 GB", ". Make room: 2 GB")
        if not can_write(there):
            mark, (todo_zh, todo_en) = BAD, about_writing(variable)
        yield Finding(
            mark,
            f"{zh}文件夹 {folder}：剩余 {free:.1f} GB{todo_zh}",
            f"{en} folder {folder}: {free:.1f} GB free{todo_en}",
        )


def can_write(folder: str) -> bool:
    """Whether a file can be made there: rights alone do not tell, a disk may be read-only."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def about_writing(variable: str) -> tuple[str, str]:
    """The remedy for a folder that cannot be written: another one, or the course elsewhere."""
    if not variable:
        return (
            "。没有写入权限，请把课程移到你可以写入的文件夹",
            ". You may not write there: move the course to a folder of yours",
        )
    zh = f"。没有写入权限，请让环境变量 {variable} 指向一个可以写入的文件夹"
    en = f". You may not write there: set the variable {variable} to a folder where you may"
    return zh, en


def check_keras() -> Iterator[Finding]:
    """Whether keras.json has been changed for other programs: the course goes by its own settings."""
    if unusual := keras_settings.unusual():
        names, file = ", ".join(unusual), keras_settings.file()
        yield Finding(
            GOOD,
            f"{file} 为别的程序改过 {names}；课程用自己的设置，不受影响",
            f"{file} has {names} changed for other programs; the course goes by its own settings",
        )


def check_memory() -> Iterator[Finding]:
    """Physical memory, or the container's limit where that is lower."""
    import psutil

    total = min(psutil.virtual_memory().total, container_limit()) / 1e9
    free = min(psutil.virtual_memory().available / 1e9, total)
    mark = BAD if total < 1.8 else WARN if total < 3.5 or free < 2 else GOOD
    todo_zh, todo_en = ("", "") if mark == GOOD else ("。请关掉别的程序", ". Close other programs")
    yield Finding(
        mark,
        f"内存 {total:.1f} GB，空闲 {free:.1f} GB（课程最多用 2.7 GB：第 06 课第一次运行）{todo_zh}",
        f"memory {total:.1f} GB, {free:.1f} GB free (the course uses up to 2.7 GB: lesson 06, the first time){todo_en}",
    )


def container_limit() -> float:
    """Bytes that the control group allows; infinite outside containers."""
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return float(Path(file).read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
    return float("inf")


def check_processor() -> Iterator[Finding]:
    """Cores, the instructions that TensorFlow is built with, and a GPU if there is one."""
    cores = computer.processors()
    info = Path("/proc/cpuinfo")
    flags = info.read_text(encoding="utf-8", errors="replace") if info.exists() else ""
    if "flags" in flags and not re.search(r"\bavx\b", flags):
        yield Finding(
            BAD,
            "处理器（或虚拟机）没有 AVX 指令，TensorFlow 无法运行。请换一台电脑，或在虚拟机设置中打开 AVX。",
            "the processor (or virtual machine) lacks AVX, TensorFlow cannot run. Use another computer, or "
            "switch AVX on in the virtual machine's settings.",
        )
    else:
        yield Finding(GOOD, f"处理器：{cores} 个核", f"processor: {cores} cores")
    if os.name == "nt" and not Path(os.environ["SYSTEMROOT"], "System32/msvcp140_1.dll").exists():
        yield Finding(
            BAD,
            "缺少 Microsoft Visual C++ 运行库。请安装：https://aka.ms/vs/17/release/vc_redist.x64.exe",
            "the Microsoft Visual C++ runtime is missing. Install "
            "https://aka.ms/vs/17/release/vc_redist.x64.exe",
        )
    if shutil.which("nvidia-smi"):
        yield Finding(
            GOOD,
            "有 NVIDIA GPU；课程用 CPU 就够，想用 GPU 请看 README",
            "there is an NVIDIA GPU; the course needs none, README says how to use it",
        )
    else:
        yield Finding(GOOD, "没有 GPU，也不需要", "no GPU, and none is needed")


def check_fonts() -> Iterator[Finding]:
    """The font for Chinese in figures, which a package brings."""
    spec = importlib.util.find_spec("zhplot")
    folders = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    if any((folder / "fonts" / "NotoSansSC-Regular.ttf").is_file() for folder in folders):
        yield Finding(
            GOOD, "图中的中文字体：Noto Sans SC", "font for Chinese in figures: Noto Sans SC"
        )
    else:
        yield Finding(
            BAD,
            f"缺少图中的中文字体（软件包 zhplot）。{SET_UP_ZH}",
            f"the font for Chinese in figures (package zhplot) is missing. {SET_UP_EN}",
        )


def check_lessons() -> Iterator[Finding]:
    """The course's notebooks are there, and the learner's folder can be written."""
    n = len(paths.notebooks())
    if n:
        yield Finding(GOOD, f"{n} 课在 notebooks/", f"{n} lessons in notebooks/")
    else:
        yield Finding(
            BAD,
            f"{paths.NOTEBOOKS} 里没有笔记本。请重新取得这个项目，或运行 course build。",
            f"no notebooks in {paths.NOTEBOOKS}. Get the project again, or run `course build`.",
        )


def check_assets() -> Iterator[Finding]:
    """What has been fetched already, and the class pack if one is named."""
    pack = os.environ.get("COURSE_ASSETS")
    if pack and not Path(pack).is_dir():
        yield Finding(
            WARN,
            f"COURSE_ASSETS 指向的文件夹不存在：{pack}。请插上 U 盘，或改正这个变量。",
            f"COURSE_ASSETS names a folder that is not there: {pack}. Plug the stick in or correct it.",
        )
    elif pack:
        yield Finding(GOOD, f"课堂资源包：{pack}", f"class pack: {pack}")
    from course_utils import assets

    state = assets.status()
    have = sum(status.present for status in state)
    if have == len(state):
        yield Finding(GOOD, f"{have} 项资源都已就绪", f"all {have} assets are here")
        return
    mark = WARN if os.environ.get("COURSE_OFFLINE") == "1" else GOOD
    yield Finding(
        mark,
        f"已有 {have}/{len(state)} 项资源；其余用到时下载，或现在运行 course fetch --all",
        f"{have} of {len(state)} assets are here; the others come when needed, or now by `course fetch --all`",
    )


def check_index() -> Iterator[Finding]:
    """Where packages and assets come from, and whether pip and uv agree on it."""
    for path, reason in settings.unreadable():
        yield Finding(
            WARN,
            f"读不懂设置文件 {path}（{reason}），课程不理会它。请改正或删除它。",
            f"the settings file {path} cannot be read ({reason}); the course goes on without it. "
            "Mend or delete it.",
        )
    if found := settings.elsewhere():
        yield Finding(WARN, *computer.about_elsewhere(found))
    of_pip, of_uv = settings.pip_settings(), settings.uv_settings()
    pip, uv = (" ".join(map(settings.redacted, s.index_urls)) for s in (of_pip, of_uv))
    pip, uv = (url.replace("//***@", "//") for url in (pip, uv))  # a login is no difference
    if pip and not uv:
        yield Finding(
            WARN,
            f"pip 用镜像 {pip}，uv 没有设置。start.py 会替你转告；自己用 uv 时请设 UV_DEFAULT_INDEX。",
            f"pip uses the mirror {pip}, uv has none. start.py tells uv; when you use uv yourself, set "
            "UV_DEFAULT_INDEX.",
        )
    elif pip and uv and pip.rstrip("/") != uv.rstrip("/"):
        yield Finding(
            WARN,
            f"pip 与 uv 的索引不同：{pip} 和 {uv}。软件包用 uv 的，课程资源用 pip 的。",
            f"pip and uv use different indexes: {pip} and {uv}. Packages come from uv's, assets from pip's.",
        )
    else:
        zh, en = (uv, uv) if uv else ("默认（没有设置镜像）", "the default (no mirror is set)")
        if of_pip.no_index or of_uv.no_index:
            zh, en = "不用索引，只用本地文件夹", "none, local folders only"
        yield Finding(GOOD, f"软件包索引：{zh}", f"package index: {en}")


def check_language_switch() -> Iterator[Finding]:
    """The JupyterLab extension and the Chinese menus."""
    extension = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "course-language"
    try:
        load = json.loads((extension / "package.json").read_text("utf-8"))["jupyterlab"]["_build"][
            "load"
        ]
        there = (extension / load).is_file()
    except (OSError, ValueError, KeyError):
        there = False
    if there:
        yield Finding(
            GOOD, "语言按钮（中文 | English | 双语）已安装", "language buttons are installed"
        )
    else:
        yield Finding(
            WARN,
            "没有语言按钮；课程两种语言都会显示。在课程文件夹里运行：pip install --no-deps -e .",
            "no language buttons; both languages will show. In the course folder run: pip install --no-deps -e .",
        )
    try:
        metadata.version("jupyterlab-language-pack-zh-CN")
    except metadata.PackageNotFoundError:
        yield Finding(WARN, "没有 JupyterLab 的中文菜单", "JupyterLab's Chinese menus are missing")


def check_ports() -> Iterator[Finding]:
    """JupyterLab and its kernels talk over ports of this computer alone."""
    try:
        with socket.socket() as server, socket.socket() as client:
            server.bind(("127.0.0.1", 0))
            server.listen()
            client.settimeout(1)
            client.connect(server.getsockname())
    except OSError as error:
        yield Finding(
            BAD,
            f"程序不能在本机内部（127.0.0.1）通信：{error}。请检查防火墙或安全软件。",
            f"programs cannot talk inside this computer (127.0.0.1): {error}. Look at firewall or security software.",
        )
        return
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 8888)) == 0
    zh, en = (
        "端口 8888 已被占用，JupyterLab 会用下一个",
        "port 8888 is taken, JupyterLab uses the next one",
    )
    yield Finding(GOOD, zh if taken else "端口可用", en if taken else "ports are free")


def check_deep() -> Iterator[Finding]:
    """Import TensorFlow in a process of its own and train one step."""
    command = [sys.executable, "-c", DEEP]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode == 0 and "True" in done.stdout:
        yield Finding(GOOD, "TensorFlow 能导入，也能训练", "TensorFlow imports and trains")
        return
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    yield Finding(
        BAD,
        f"TensorFlow 不能运行：{last}。{SET_UP_ZH}",
        f"TensorFlow does not run: {last}. {SET_UP_EN}",
    )


CHECKS: tuple[Check, ...] = (
    check_python,
    check_packages,
    check_files,
    check_disk,
    check_memory,
    check_processor,
    check_keras,
    check_fonts,
    check_lessons,
    check_assets,
    check_index,
    check_language_switch,
    check_ports,
)
