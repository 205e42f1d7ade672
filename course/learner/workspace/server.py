"""The course's JupyterLab: this machine only, and only whoever has the token of this start.

Configuration files of the user or of the machine are read as always. But they were written for other
servers, in every spelling that Jupyter has had (``ServerApp.ip``, ``LabApp.ip``, ``NotebookApp.ip``),
and some of them open a server to the network. What stands in SAFE they cannot change.
"""

import contextlib
import json
import logging
import secrets
import sys
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.base.handlers import APIHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from jupyterlab.labapp import LabApp
from tornado import web
from traitlets import default, validate

from course.learner.workspace import place, preload

FRESH = secrets.token_hex(24)


class FreshToken(PasswordIdentityProvider):
    """A token made at every start, whatever a configuration file or JUPYTER_TOKEN says.

    It stands in no command line, where other users of the machine could read it.
    """

    # JupyterLab prints addresses with their token only where it believes to have made it.
    token_generated = property(lambda self: True, lambda self, value: None)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.token = FRESH

    @validate("token")
    def _always_fresh(self, proposal: dict[str, Any]) -> str:
        return FRESH


SAFE = {
    "ip": "127.0.0.1",
    "sock": "",
    "identity_provider_class": FreshToken,
    "allow_origin": "",
    "allow_origin_pat": "",
    "allow_credentials": False,
    "allow_remote_access": False,
    "disable_check_xsrf": False,
}


class CourseKernels(AsyncMappingKernelManager):
    """Kernels of this environment load TensorFlow while the learner begins to read."""

    @default("transport_encryption")
    def _encrypted(self) -> str:
        """Where it can be had: ipykernel warns of eavesdroppers in the learner's terminal if not."""
        return "auto"

    async def _async_start_kernel(self, **options: Any) -> str:
        name, specs = (
            options.get("kernel_name") or self.default_kernel_name,
            self.kernel_spec_manager,
        )
        if specs and preload.wanted() and is_own(specs.get_kernel_spec(name).argv):
            extra = f"--IPKernelApp.extra_extensions={preload.MODULE}"
            options["extra_arguments"] = [*options.get("extra_arguments", []), extra]
        return await super()._async_start_kernel(**options)

    start_kernel = _async_start_kernel  # type: ignore[assignment]  # as in the class above


def is_own(argv: list[str]) -> bool:
    """Whether a kernel's command is ipykernel of the Python that runs this."""
    # Jupyter puts this Python in the place of a bare "python".
    return "ipykernel_launcher" in argv and argv[0] in ("python", "python3", sys.executable)


def worth_telling(record: logging.LogRecord) -> bool:
    """False for what a learner's own copies are, and need not care about: notebooks without a signature."""
    return "is not trusted" not in record.getMessage()


class PlaceHandler(APIHandler):
    """Where the learner was (``place``): GET ?path=… the cell of a notebook, PUT notebook and cell."""

    @property
    def folder(self) -> Path:
        """The learner's notebooks."""
        return Path(self.settings["server_root_dir"]).expanduser()

    @web.authenticated
    def get(self) -> None:
        """Answers ``{"cell": id or null}``."""
        self.finish(json.dumps({"cell": place.cell(self.folder, self.get_argument("path"))}))

    @web.authenticated
    def put(self) -> None:
        """Takes ``{"path": …, "cell": id or null}``."""
        told = self.get_json_body() or {}
        path, cell = told.get("path"), told.get("cell")
        if not isinstance(path, str) or not isinstance(cell, str | None):
            raise web.HTTPError(400)
        with contextlib.suppress(OSError):  # a full disk: it is forgotten
            place.note(self.folder, path, cell)
        self.set_status(204)
        self.finish()


class CourseServer(ServerApp):
    """A server whose SAFE traits keep their values."""

    @default("kernel_manager_class")
    def _kernels(self) -> type[AsyncMappingKernelManager]:
        return CourseKernels

    def init_configurables(self) -> None:
        """Set them where no file has tried to."""
        for name, value in SAFE.items():
            setattr(self, name, value)
        self.log.addFilter(worth_telling)
        super().init_configurables()

    def init_webapp(self) -> None:
        """The pages, and one more for the extension."""
        super().init_webapp()
        address = url_path_join(self.base_url, "course", "place")
        self.web_app.add_handlers(".*$", [(address, PlaceHandler)])

    @validate(*SAFE)
    def _stays_safe(self, proposal: Any) -> Any:
        return SAFE[proposal["trait"].name]


class CourseLab(LabApp):
    """JupyterLab in that server."""

    serverapp_class = CourseServer

    @classmethod
    def get_extension_package(cls) -> str:
        """JupyterLab's own, not the package of this class."""
        return "jupyterlab"
