"""Starting JupyterLab on the learner's folder, as a newcomer needs it."""

import os
import subprocess
import sys
import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path

from course.arguments import within
from course_utils.messages import both

# Tells JupyterLab not to ask about news at its first start (it would also ask the network).
CONFIG = Path(__file__).with_name("jupyter_config")


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
    address = f"/lab/tree/{notebook}"
    if server := running_server(folder):
        return show(server, address, args)
    command = [sys.executable, "-m", "jupyterlab", *options(folder, address, args)]
    print(
        both("正在打开 JupyterLab；按 Ctrl+C 结束。", "Opening JupyterLab; Ctrl+C ends it."),
        flush=True,
    )
    if os.name != "nt":
        os.execve(command[0], command, environment())
    try:
        return subprocess.call(command, env=environment())
    except KeyboardInterrupt:
        return 130


MAX_MESSAGE = 100 * 2**20  # bytes that may come from the browser at once


def options(folder: Path, address: str, args: Namespace) -> list[str]:
    """JupyterLab's options. It looks for a free port itself, and its token stays on."""
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
    """The environment for JupyterLab: `!course doctor` in a cell finds this course's command."""
    env = dict(os.environ)
    scripts = str(Path(sys.executable).parent)
    env["PATH"] = os.pathsep.join([scripts, env.get("PATH", "")])
    # A kernel of the same name that another installation left in the home directory must not win.
    env["JUPYTER_PREFER_ENV_PATH"] = "1"
    known = env.get("JUPYTER_CONFIG_PATH")
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(CONFIG), known] if known else [str(CONFIG)])
    return env


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
