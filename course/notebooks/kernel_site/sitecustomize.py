"""Runs when a kernel of the builder or of the tests starts: it may talk to this machine only.

The folder of this file is put on PYTHONPATH for such kernels, so Python processes that a kernel
starts are covered too. An audit hook cannot be taken back by the notebook.
"""

import importlib.machinery
import importlib.util
import ipaddress
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not host or host in ("localhost", "localhost.localdomain"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _refuse(host: object) -> None:
    raise PermissionError(
        f"课程的检查不允许连接网络 · the course's checks may not connect to the network: {host}"
    )


def loopback_only(event: str, arguments: tuple) -> None:
    """Audit hook: refuses names and addresses that are not this machine."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        # Unix sockets have a path (or bytes) for an address: always local
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            _refuse(address[0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        own_name = (os.environ.get("HOSTNAME"), getattr(os, "uname", lambda: [None] * 2)()[1])
        if not _is_loopback(arguments[0]) and arguments[0] not in own_name:
            _refuse(arguments[0])


def _run_the_hidden_one() -> None:
    """A distribution's own sitecustomize, which this one hides, still runs."""
    search = [p for p in sys.path if os.path.abspath(p or ".") != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", search)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


_run_the_hidden_one()
if os.environ.get("COURSE_LOOPBACK_ONLY") == "1":
    sys.addaudithook(loopback_only)
