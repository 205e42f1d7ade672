"""A real JupyterLab on loopback with settings of its own, and Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import processes
import pytest
import system_chromium
from lab_page import NOTEBOOKS, TOKEN, Lab, labs, saved_lesson, small_lesson

from course.notebooks.kernels import kernel_environment

sync_api = pytest.importorskip("playwright.sync_api")

AXE = "axe-core@4.10.3"
# Above tornado's 10 MB and low enough that a test can send more.
MESSAGE_LIMIT = 20_000_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A busy machine can be too slow for a page: what timed out runs once more, and pytest says R.

    A wrong page fails at once: only Playwright's time-outs are tried again.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; the variable CHROMIUM names another."""
    return system_chromium.find()


@pytest.fixture(scope="session")
def course_folder(chromium, tmp_path_factory) -> Path:
    """A folder with the small lesson, not yet run, and a copy of the course's notebooks."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("small.ipynb", "second.ipynb"):
        nbformat.write(small_lesson(), folder / name)
    nbformat.write(saved_lesson(), folder / "saved.ipynb")
    for path in NOTEBOOKS:
        shutil.copy(path, folder / path.name)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    said = log.read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"JupyterLab did not start:\n{said[-3000:]}")


@pytest.fixture(scope="session")
def extensions(tmp_path_factory) -> Path:
    """A folder where the server looks for extensions first: other versions of ours."""
    return tmp_path_factory.mktemp("labextensions")


@pytest.fixture(scope="session")
def lab(course_folder, extensions, tmp_path_factory) -> Iterator[str]:
    """The address of a JupyterLab that serves the folder, with no settings of the person's."""
    home = tmp_path_factory.mktemp("home")
    env = os.environ | kernel_environment(home)
    env |= {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    env.pop("MPLBACKEND", None)
    no_news = home / "settings" / "@jupyterlab" / "apputils-extension"
    no_news.mkdir(parents=True)
    (no_news / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false"}', encoding="utf-8"
    )
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "IdentityProvider.token": TOKEN,
        "ServerApp.root_dir": course_folder,
        "LabApp.extra_labextensions_path": extensions,
        "LabApp.expose_app_in_browser": True,
        "ServerApp.tornado_settings": f"{{'websocket_max_message_size': {MESSAGE_LIMIT}}}",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    log = home / "lab.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for all tests; each context has cookies and a language of its own."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=system_chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, lab, browser):
    """``page("fr-FR", "lang=zh", cookies)``: an empty page of the server's, where modules load."""
    contexts = []

    def visit(locale: str, query: str = "", cookies: Sequence = ()):
        state = {"cookies": list(cookies), "origins": []}
        contexts.append(browser.new_context(locale=locale, storage_state=state))
        opened = contexts[-1].new_page()
        opened.goto(f"{lab}/login?{query}")
        return opened

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def open_lab(lab, browser):
    """``open_lab(locale="zh-CN")``: a fresh browser profile in that language.

    ``kernel=False``: no kernel starts, and the page waits for it as on a slow machine.
    """
    with labs(lab, browser) as start:
        yield start


@pytest.fixture(scope="module")
def lesson(lab, browser) -> Iterator[Lab]:
    """The small lesson, open without a kernel, for all tests that leave it as it is."""
    with labs(lab, browser) as start:
        opened = start()
        opened.open("small.ipynb")
        yield opened


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """The checker's source, from npm's cache or its index."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--silent", "--no-save", "--ignore-scripts", "--prefer-offline"]
    command += ["--fetch-retries=1", "--prefix", str(folder), AXE]
    done = processes.run(command, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {AXE}: {done.stderr[-300:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
