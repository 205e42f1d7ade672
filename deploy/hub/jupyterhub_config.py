"""JupyterHub for a class on one server: everybody reads one course, everybody writes only at home.

docs/hub.md says how to set the server up. Tested with JupyterHub 6.1.1 and configurable-http-proxy
5.3.0 by tests/hub, which loads this file and changes only who may log in and how. What differs
between servers stands in environment variables:

COURSE_HUB_STATE   the hub's own files (/var/lib/course-hub)
COURSE_PACK        `course fetch --all --to …`, readable by all (/srv/course-pack)
COURSE_WARM        features that a first student would wait for, optional (/srv/course-warm)
COURSE_HUB_URL     where the hub listens (http://127.0.0.1:8000); https is the web server's before it
"""

import os
import sys
from pathlib import Path

try:
    import grp
except ImportError:
    sys.exit("JupyterHub 只能在 Linux 和 macOS 上运行 · JupyterHub runs on Linux and macOS only")

c = get_config()  # noqa: F821 – JupyterHub's
COURSE = Path(__file__).resolve().parents[2]  # a clone owned by root, set up with start.py
BIN = Path(sys.executable).parent  # the environment that runs the hub is the course's own
STATE = Path(os.environ.get("COURSE_HUB_STATE", "/var/lib/course-hub"))
PACK = Path(os.environ.get("COURSE_PACK", "/srv/course-pack"))
WARM = Path(os.environ.get("COURSE_WARM", "/srv/course-warm"))
THREADS = "2"  # of one student: with all of the server's, thirty kernels would fight over them

# --- the hub -------------------------------------------------------------------------------------
c.JupyterHub.bind_url = os.environ.get("COURSE_HUB_URL", "http://127.0.0.1:8000")
c.ConfigurableHTTPProxy.command = [
    os.environ.get(
        "CONFIGPROXY", "/opt/configurable-http-proxy/node_modules/.bin/configurable-http-proxy"
    )
]
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
# Students keep working while the hub is restarted; it finds their servers again.
c.JupyterHub.cleanup_servers = False
c.ConfigurableHTTPProxy.should_start = True
c.JupyterHub.concurrent_spawn_limit = 10
c.JupyterHub.authenticator_class = "pam"  # accounts of this server; or one of oauthenticator's
c.PAMAuthenticator.allowed_groups = {"course"}  # docs/hub.md puts every student's account into it
c.Authenticator.allow_existing_users = True  # and those whom an admin has added
# Only groups that this system has: for an unknown one JupyterHub refuses every login.
c.PAMAuthenticator.admin_groups = {"sudo", "wheel"} & {each.gr_name for each in grp.getgrall()}

# --- a student's server --------------------------------------------------------------------------
c.JupyterHub.spawner_class = "localprocess"  # memory limits: "systemd", see docs/hub.md
# The lessons come to the student's own folder first, as with `course lab`, never over their work.
PREPARE = (
    "umask 077; "
    f'if [ -d "{WARM}" ] && [ ! -e "$COURSE_CACHE" ]; then '
    f'mkdir -p "$COURSE_CACHE" && cp -r "{WARM}/." "$COURSE_CACHE/"; fi; '
    f'mkdir -p "$COURSE_WORK"; "{sys.executable}" -m course.cli start --copy-only; '
    f'exec "{sys.executable}" -m jupyterhub.singleuser "$@"'
)
c.Spawner.cmd = ["/bin/sh", "-c", PREPARE, "course-server"]
c.Spawner.notebook_dir = "~/my_course"
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.args = [
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--ServerApp.jpserver_extensions={'course.learner.workspace.hub': True}",
    # phones take photos of 10 MB and more
    "--ServerApp.tornado_settings={'websocket_max_message_size': 104857600}",
    # a kernel with TensorFlow holds half a gigabyte and more: not for ever
    "--MappingKernelManager.cull_idle_timeout=3600",
    "--MappingKernelManager.cull_connected=True",
    "--MappingKernelManager.cull_interval=300",
    # sockets in the student's own folder instead of ports that every user of the machine can reach
    "--KernelManager.transport=ipc",
]
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120  # on the first morning many start at once


def home(spawner) -> Path:
    """The student's own folder."""
    template = getattr(spawner, "home_dir_template", "")
    return Path(
        template.format(username=spawner.user.name) if template else f"~{spawner.user.name}"
    ).expanduser()


c.Spawner.environment = {
    "PATH": f"{BIN}{os.pathsep}/usr/local/bin{os.pathsep}/usr/bin{os.pathsep}/bin",
    "COURSE_ASSETS": str(PACK),
    "COURSE_OFFLINE": "1",  # everything is in the pack: nobody waits for a network
    "COURSE_PRELOAD": "0",  # TensorFlow is loaded when a cell asks for it, not thirty times at once
    "COURSE_WORK": lambda spawner: str(home(spawner) / "my_course"),
    "COURSE_DATA": lambda spawner: str(home(spawner) / ".local/share/transfer-learning-course"),
    "COURSE_CACHE": lambda spawner: str(home(spawner) / ".cache/transfer-learning-course"),
    # Kernels' sockets lie here, and a socket's whole path may have 107 characters.
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(home(spawner) / ".run"),
    "JUPYTER_PREFER_ENV_PATH": "1",
    "JUPYTER_CONFIG_PATH": str(COURSE / "course/learner/workspace/jupyter_config"),
    "PYTHON_CPU_COUNT": THREADS,
    "OMP_NUM_THREADS": THREADS,
    "OPENBLAS_NUM_THREADS": THREADS,
    "TF_NUM_INTRAOP_THREADS": THREADS,
    "TF_NUM_INTEROP_THREADS": THREADS,
    "MALLOC_ARENA_MAX": "2",  # glibc keeps less for later
}

# --- what nobody uses is stopped -----------------------------------------------------------------
SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
c.JupyterHub.load_roles = [{"name": "cull", "services": ["cull"], "scopes": SCOPES}]
c.JupyterHub.services = [
    {"name": "cull", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200"]}
]
