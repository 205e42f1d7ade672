"""What the course's own server does beside JupyterLab, for servers that a JupyterHub starts.

deploy/hub/jupyterhub_config.py names this module among their extensions. Their addresses, tokens and
users are the hub's business; here is only the page that remembers where the learner was.
"""

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join

from course.learner.workspace.server import PlaceHandler


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    address = url_path_join(app.base_url, "course", "place")
    app.web_app.add_handlers(".*$", [(address, PlaceHandler)])
