"""deploy/hub/jupyterhub_config.py, except who may log in: three students that no /etc/passwd knows."""

import os
import shutil
import sys
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

c = get_config()  # noqa: F821 – JupyterHub's
ROOT = Path(__file__).resolve().parents[2]
load_subconfig(str(ROOT / "deploy/hub/jupyterhub_config.py"))  # noqa: F821
sys.path.insert(0, str(Path(__file__).parent))
from hub_config_users import UIDS

HOMES = Path(os.environ["COURSE_HUB_HOMES"])


class Numbered(SimpleLocalProcessSpawner):
    """A uid for each, and a home that is closed to the others."""

    home_dir_template = str(HOMES / "{username}")

    def make_preexec_fn(self, name):
        """What the child does before it becomes the student's server."""
        uid, folder = UIDS[name], self.home_dir
        os.makedirs(folder, exist_ok=True)
        shutil.chown(folder, uid, uid)
        os.chmod(folder, 0o700)

        def preexec() -> None:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.chdir(folder)

        return preexec


c.JupyterHub.spawner_class = Numbered
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = set(UIDS)
c.JupyterHub.hub_port = int(os.environ["COURSE_HUB_PORT"])
c.ConfigurableHTTPProxy.api_url = os.environ["COURSE_HUB_PROXY"]
c.JupyterHub.log_level = "WARN"
