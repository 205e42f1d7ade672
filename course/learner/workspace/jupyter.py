"""Starting JupyterLab on the learner's folder, as a newcomer needs it."""

import os
import sys
import tempfile
import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path
from urllib.parse import quote

from course.arguments import within
from course_utils import paths
from course_utils.messages import CourseError, both

# Tells JupyterLab not to ask about news at its first start (it would also ask the network).
CONFIG = Path(__file__).with_name("jupyter_config")

# Set for other programs: a backend that needs windows, assertions that vanish, warnings that stop.
NOT_FOR_LESSONS = ("MPLBACKEND", "PYTHONOPTIMIZE", "PYTHONWARNINGS")


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments that `course lab` and `course start` share."""
    parser.add_argument(
        "--no-browser", action="store_true", help="不打开浏览器，只显示网址 · only show the address"
    )
    parser.add_argument(
        "--port", type=within(int, 1, 65535), help="端口 · port (8888, or the next free one)"
    )


def open_lab(folder: Path, notebook: str, args: Namespace) -> int:
    """Show a notebook of ``folder``: in the JupyterLab that already serves it, or in a new one."""
    if in_hub():
        return point_to(folder, notebook)
    address = f"/lab/tree/{quote(notebook)}"
    os.environ |= environment()
    os.environ |= homes(folder)
    for name in NOT_FOR_LESSONS:
        os.environ.pop(name, None)
    if server := running_server(folder):
        return show(server, address, args)
    print(
        both("正在打开 JupyterLab；按 Ctrl+C 结束。", "Opening JupyterLab; Ctrl+C ends it."),
        flush=True,
    )
    return serve(options(folder, address, args))


def in_hub() -> bool:
    """Whether this runs inside a JupyterHub, whose JupyterLab the learner has before them."""
    return bool(os.environ.get("JUPYTERHUB_SERVICE_PREFIX"))


def point_to(folder: Path, notebook: str) -> int:
    """Say where the notebook is: a second JupyterLab would be at an address that nobody can reach."""
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/")
    address = f"{prefix}/lab/tree/{quote(notebook)}"
    print(
        both(
            f"JupyterHub 里已经有打开的 JupyterLab，不用再开一个。课程在 {folder}：\n"
            f"请在左边的文件列表里打开 {notebook}，或在这个网站的地址后面写上 {address}",
            f"In a JupyterHub, JupyterLab is open already: no second one is started. The lessons are in "
            f"{folder}:\nopen {notebook} in the list of files on the left, or put {address} behind this "
            "site's address.",
        )
    )
    return 0


def serve(chosen: list[str]) -> int:
    """Run JupyterLab in this process until it is ended. CourseError where it does not start."""
    from course.learner.workspace.server import CourseLab

    try:
        CourseLab.launch_instance(chosen)
    except SystemExit as ended:  # JupyterLab has said why, in English
        if ended.code and (found := configured()):
            raise _configuration_error(found) from ended
        return int(ended.code or 0)
    return 0


def configured() -> list[Path]:
    """Configuration files of this user or machine that JupyterLab reads."""
    from jupyter_core.paths import jupyter_config_path

    folders = [Path(folder) for folder in jupyter_config_path() if Path(folder) != CONFIG]
    own = Path(sys.prefix)
    files = [file for folder in folders for file in sorted(folder.glob("jupyter*_config*"))]
    return [file for file in files if own not in file.parents]


def _configuration_error(found: list[Path]) -> CourseError:
    lines = "\n".join(f"    {file}" for file in found)
    return CourseError(
        f"JupyterLab 没有启动，原因见上面几行。它读了这些配置文件：\n{lines}\n"
        "如果原因在里面：改正它，或者给文件换个名字，或者把环境变量 JUPYTER_CONFIG_DIR 设为一个空文件夹，"
        "再运行一次。",
        f"JupyterLab did not start; the lines above say why. It has read these files:\n{lines}\n"
        "If the reason lies there: correct the file, rename it, or set the environment variable "
        "JUPYTER_CONFIG_DIR to an empty folder, and start again.",
    )


MAX_MESSAGE = 100 * 2**20  # bytes that may come from the browser at once


def options(folder: Path, address: str, args: Namespace) -> list[str]:
    """JupyterLab's options. It looks for a free port itself."""
    chosen = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={address}",
        "--log-level=WARN",
    ]
    chosen += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    # Phones take photos of 10 MB and more; the server would drop the connection without a word.
    chosen += [f"--ServerApp.tornado_settings={{'websocket_max_message_size': {MAX_MESSAGE}}}"]
    if args.no_browser or not has_display():
        chosen.append("--no-browser")
    if args.port is not None:
        chosen.append(f"--port={args.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        chosen.append("--allow-root")  # usual in containers, where Jupyter would refuse
    return chosen


def has_display() -> bool:
    """Whether a browser can show anything: always on Windows and macOS, with a display on Linux."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def environment() -> dict[str, str]:
    """Variables for JupyterLab: `!course doctor` in a cell finds this course's command."""
    scripts = str(Path(sys.executable).parent)
    known = os.environ.get("JUPYTER_CONFIG_PATH")
    return {
        "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
        # A kernel of the same name that another installation left in the home directory must not win.
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(CONFIG), known] if known else [str(CONFIG)]),
    }


def homes(folder: Path) -> dict[str, str]:
    """Folders below ``folder`` for what Jupyter and IPython cannot write in the home folder.

    Says what is kept where. Empty where everything can be written, as nearly always.
    """
    from jupyter_core import paths as jupyter

    usual = {
        "JUPYTER_CONFIG_DIR": Path(jupyter.jupyter_config_dir()),
        "JUPYTER_DATA_DIR": Path(jupyter.jupyter_data_dir()),
        "JUPYTER_RUNTIME_DIR": Path(jupyter.jupyter_runtime_dir()),
        "IPYTHONDIR": Path(os.environ.get("IPYTHONDIR") or Path.home() / ".ipython"),
    }
    closed = [name for name, place in usual.items() if not can_write(place)]
    if not closed:
        return {}
    here = folder / ".course" / "jupyter"
    if not os.environ.get("MPLCONFIGDIR"):
        closed.append("MPLCONFIGDIR")  # or Matplotlib complains in every notebook
    moved = {name: here / name.lower() for name in closed}
    for place in moved.values():
        place.mkdir(parents=True, exist_ok=True)
    _tell_homes(usual[closed[0]], here)
    return {name: str(place) for name, place in moved.items()}


def can_write(folder: Path) -> bool:
    """Whether a file can be made there; only trying tells on every system."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _tell_homes(closed: Path, here: Path) -> None:
    print(
        both(
            f"写不了 {closed}：JupyterLab 的设置和历史改存在 {here}。",
            f"{closed} cannot be written: JupyterLab's settings and history go to {here}.",
        )
    )
    for name, place, zh, en in (
        ("COURSE_DATA", paths.user_data_dir(), "学习进度不会保存", "Progress is not kept"),
        ("COURSE_CACHE", paths.cache_dir(), "下载的文件没处存", "Downloads have no place"),
    ):
        if not can_write(place):
            print(
                both(
                    f"{zh}；先把环境变量 {name} 设为一个能写的文件夹，就没有这个问题。",
                    f"{en}; set the environment variable {name} to a folder that can be written.",
                ),
                flush=True,
            )


def running_server(folder: Path) -> dict | None:
    """The entry of a JupyterLab of this user that already serves the folder."""
    from jupyter_server.serverapp import list_running_servers

    servers = list_running_servers()
    return next((s for s in servers if Path(s["root_dir"]).resolve() == folder.resolve()), None)


def show(server: dict, address: str, args: Namespace) -> int:
    """Open the notebook in a server that is running already."""
    url = f"{server['url'].rstrip('/')}{address}?token={server['token']}"
    print(both("JupyterLab 已经在运行：", "JupyterLab is already running:"), url, sep="\n")
    if not args.no_browser and has_display():
        webbrowser.open(url)
    return 0
