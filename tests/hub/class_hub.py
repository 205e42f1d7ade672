"""A JupyterHub of this machine, and students who use it as their browsers do."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

CONFIG = Path(__file__).with_name("hub_config.py")
PATIENCE = 300  # seconds: three servers start at once, perhaps on a busy machine


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """The hub's process, its folder and its address."""

    def __init__(self, proxy: str, python: str) -> None:
        self.python = python
        self.folder = Path(tempfile.mkdtemp(prefix="course-hub-"))
        self.folder.chmod(0o755)  # students find their homes in it
        self.homes = self.folder / "homes"
        for place, mode in ((self.homes, 0o755), (self.folder / "state", 0o700)):
            place.mkdir(mode=mode)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = os.environ | {
            "CONFIGPROXY": proxy,
            "COURSE_HUB_STATE": str(self.folder / "state"),
            "COURSE_HUB_HOMES": str(self.homes),
            "COURSE_HUB_URL": self.url,
            "COURSE_HUB_PORT": str(free_port()),
            "COURSE_HUB_PROXY": f"http://127.0.0.1:{free_port()}",
            "COURSE_PACK": str(self.folder / "pack"),
            "COURSE_WARM": str(self.folder / "warm"),
        }
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "hub.log").open("ab")
        command = [self.python, "-m", "jupyterhub", "-f", str(CONFIG)]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=self.folder / "state", stdout=log, stderr=log
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/hub/health", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.5)
        raise AssertionError(f"the hub did not start:\n{self.log()[-3000:]}")

    def log(self) -> str:
        """What it has said."""
        return (self.folder / "hub.log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """The hub alone, as a crash would."""
        assert self.process
        self.process.kill()
        self.process.wait(30)


@contextmanager
def running(proxy: str, python: str) -> Iterator[Hub]:
    """A hub; afterwards nothing of it is left, neither its students' servers nor its services."""
    import psutil

    hub = Hub(proxy, python)
    try:
        hub.start()
        yield hub
    finally:
        if hub.process and hub.process.poll() is None:
            hub.kill()
        for each in psutil.process_iter(["cmdline", "environ"]):
            words = " ".join(each.info["cmdline"] or ())
            told = each.info["environ"] or {}
            theirs = str(hub.folder) in told.get("COURSE_WORK", "")
            culler = f":{hub.environment['COURSE_HUB_PORT']}/" in told.get("JUPYTERHUB_API_URL", "")
            if theirs or culler or f"{hub.url.rpartition(':')[2]} " in f"{words} ":
                each.kill()
        shutil.rmtree(hub.folder, ignore_errors=True)


class Student:
    """One browser's cookies, and what one does with them."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.browser = httpx.Client(base_url=hub.url, follow_redirects=True, timeout=60)
        self.prefix = f"/user/{name}"
        self.kernel = ""

    def open(self, link: str) -> str:
        """Log in on the way to a link; gives the address at its end, once the server runs."""
        page = self.browser.get(link)
        token = re.search(r'name="_xsrf"\s+value="([^"]*)"', page.text)
        form = {"username": self.name, "password": "x"} | ({"_xsrf": token[1]} if token else {})
        page = self.browser.post(page.url, data=form)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if f"{self.prefix}/lab" in page.url.path and page.status_code == 200:
                return str(page.url)
            time.sleep(1)
            page = self.browser.get(link)
        raise AssertionError(f"{page.url}: {page.text[:500]}\n{self.hub.log()[-3000:]}")

    def api(self, method: str, path: str, **options) -> httpx.Response:
        """A request to this student's own server."""
        cookies = {
            c.name: c.value for c in self.browser.cookies.jar if c.path.startswith(self.prefix)
        }
        headers = {"X-XSRFToken": cookies.get("_xsrf", ""), "Referer": f"{self.hub.url}/"}
        return self.browser.request(method, f"{self.prefix}/{path}", headers=headers, **options)

    def run(self, code: str, seconds: float = 120) -> str:
        """What a cell prints, its error's name included."""
        if not self.kernel:
            started = self.api("POST", "api/kernels", json={"name": "python3"})
            assert started.status_code == 201, started.text + self.hub.log()[-3000:]
            self.kernel = started.json()["id"]
        return asyncio.run(asyncio.wait_for(self._run(code), seconds))

    def begin(self, code: str) -> None:
        """A cell that nobody waits for."""
        asyncio.run(self._run(code, wait=False))

    async def _run(self, code: str, wait: bool = True) -> str:
        jar = {
            c.name: c.value for c in self.browser.cookies.jar if c.path in ("/", f"{self.prefix}/")
        }
        cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
        url = f"{self.hub.url}{self.prefix}/api/kernels/{self.kernel}/channels"
        headers = {"Cookie": cookies, "Origin": self.hub.url}
        socket_ = await websocket_connect(
            HTTPRequest(url.replace("http", "ws", 1), headers=headers, connect_timeout=60)
        )
        told = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        header = {"msg_id": told, "msg_type": "execute_request", "session": told}
        header |= {"username": "", "version": "5.3", "date": ""}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
        await socket_.write_message(json.dumps(message | {"content": content}))
        said = ""
        while wait and (text := await socket_.read_message()) is not None:
            answer = json.loads(text)
            if answer["parent_header"].get("msg_id") != told:
                continue
            content = answer["content"]
            said += content.get("text", "") if answer["msg_type"] == "stream" else ""
            said += content["ename"] if answer["msg_type"] == "error" else ""
            if content.get("execution_state") == "idle":
                break
        socket_.close()
        return said
