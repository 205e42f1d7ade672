"""A real JupyterHub with three students at once: deploy/hub/jupyterhub_config.py as it is."""

import json
import os
import shutil
import stat
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import processes
import psutil
import pytest
import system_chromium

pytest.importorskip("jupyterhub", reason='JupyterHub is not installed: pip install -e ".[hub]"')
if sys.platform == "win32" or os.geteuid() != 0:
    pytest.skip("only root can start servers for three users", allow_module_level=True)

import class_hub
from hub_config_users import UIDS

from course.teacher import hand_ins
from course_utils import paths

PROXY = "configurable-http-proxy@5.3.0"
LESSON = "/hub/user-redirect/lab/tree/01_forward_and_backward.ipynb"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> str:
    """configurable-http-proxy: that of CONFIGPROXY, or from npm."""
    if found := os.environ.get("CONFIGPROXY"):
        return found
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("proxy")
    command = [npm, "install", "--silent", "--no-save", "--ignore-scripts", "--prefer-offline"]
    done = processes.run([*command, "--fetch-retries=1", "--prefix", folder, PROXY], timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {PROXY}: {done.stderr[-300:]}")
    return str(folder / "node_modules/.bin/configurable-http-proxy")


def others_can_start(python: str | Path) -> bool:
    """Whether users without root's rights can: not a Python below /root."""
    command = [python, "-c", "import ssl, sqlite3, sys; print(sys.version_info[:2])"]
    try:
        ended = processes.run(command, user=20001, group=20001, extra_groups=[], cwd="/")
    except PermissionError:
        return False
    return str(sys.version_info[:2]) in ended.stdout


@pytest.fixture(scope="module")
def python() -> Iterator[str]:
    """One that every user can start, with this environment's packages; skips where there is none."""
    if others_can_start(sys.executable):
        yield sys.executable
        return
    system = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(system).exists() or not others_can_start(system):
        pytest.skip("other users cannot start this Python, nor one of the system that is like it")
    with tempfile.TemporaryDirectory(prefix="course-python-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        processes.run([system, "-m", "venv", "--without-pip", folder], check=True)
        for shared in ("share", "etc"):
            (folder / shared).symlink_to(Path(sys.prefix) / shared)
        packages = sysconfig.get_path("purelib")
        (link,) = folder.glob("lib/python*/site-packages")
        line = f"import site; site.addsitedir({packages!r})\n"
        (link / "course.pth").write_text(line, encoding="utf-8")
        yield str(folder / "bin/python")


@pytest.fixture(scope="module")
def hub(proxy, python) -> Iterator[class_hub.Hub]:
    """The hub of this module."""
    with class_hub.running(proxy, python) as found:
        yield found


@pytest.fixture(scope="module")
def students(hub):
    """Three of them, each at a link in a language, all at once."""
    links = {"alice": "?lang=en", "bob": "?lang=zh", "chen": ""}
    people = {name: class_hub.Student(hub, name) for name in links}
    with ThreadPoolExecutor(3) as pool:
        jobs = {n: pool.submit(people[n].open, LESSON + links[n]) for n in links}
        for name, job in jobs.items():
            address = job.result()
            assert f"/user/{name}/lab/tree/01_forward_and_backward.ipynb" in address
            assert links[name] in address
    return people


def test_each_has_the_lessons_to_themselves(hub, students):
    for name, uid in UIDS.items():
        home = hub.homes / name
        lessons = paths.notebooks(home / "my_course")
        assert [p.name for p in lessons] == [p.name for p in paths.notebooks()]
        for path in [home, *lessons, home / "my_course"]:
            assert path.stat().st_uid == uid
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_progress_is_apart_and_nobody_reads_or_changes_what_is_not_theirs(hub, students):
    answered = students["alice"].run(
        "from course_utils.learning import quiz, progress\nquiz('01-q1', 'A')\nprint('answered')"
    )
    assert "answered" in answered
    records = {
        name: list((hub.homes / name / ".local/share/transfer-learning-course").glob("*.json"))
        for name in ("alice", "bob")
    }
    assert records["alice"]
    assert not records["bob"]
    look = "from pathlib import Path\nprint(list(Path({!r}).iterdir()))"
    assert "PermissionError" in students["bob"].run(look.format(str(hub.homes / "alice")))
    change = "open({!r}, 'a')"
    course = str(paths.NOTEBOOKS / "01_forward_and_backward.ipynb")
    assert "PermissionError" in students["bob"].run(change.format(course))
    theirs = students["bob"].browser.get("/user/alice/api/contents", follow_redirects=False)
    assert theirs.status_code in (302, 403, 404)
    assert "01_forward" not in theirs.text


def test_kernels_channels_are_sockets_in_the_students_own_folder(hub, students):
    """No other user can reach them. One port of this machine remains, which takes no orders."""
    students["alice"].run("1")
    files = list((hub.homes / "alice" / ".run").glob("kernel-*.json"))
    assert files
    for file in files:
        assert json.loads(file.read_text(encoding="utf-8"))["transport"] == "ipc"
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert list((hub.homes / "alice" / ".run").glob("kernel-*-ipc-*"))
    kernels = [
        each
        for each in psutil.process_iter(["cmdline", "uids"])
        if each.info["uids"].real in UIDS.values() and "ipykernel" in " ".join(each.info["cmdline"])
    ]
    assert kernels
    for kernel in kernels:
        # ipykernel's pipe for what child processes print; what lacks its secret is dropped
        listening = [c for c in kernel.net_connections() if c.status == psutil.CONN_LISTEN]
        assert len(listening) <= 1
        assert all(each.laddr.ip == "127.0.0.1" for each in listening)


def test_course_lab_says_that_it_is_open_already(students):
    said = students["chen"].run(
        "import subprocess, sys\n"
        "command = [sys.executable, '-m', 'course.cli', 'lab']\n"
        "print(subprocess.run(command, capture_output=True, text=True).stdout)"
    )
    assert "/user/chen/lab/tree/" in said
    assert "不用再开一个" in said
    assert "JupyterLab is open already" in said


def test_the_place_is_remembered(hub, students):
    place = {"path": "01_forward_and_backward.ipynb", "cell": "abc"}
    assert students["chen"].api("PUT", "course/place", json=place).status_code == 204
    kept = students["chen"].api("GET", "course/place?path=01_forward_and_backward.ipynb")
    assert kept.json() == {"cell": "abc"}


def test_processors_are_those_of_one_student(students):
    said = students["bob"].run("from bootstrap.computer import processors\nprint(processors())")
    assert said.strip() == "2"


def test_an_endless_loop_leaves_the_others_alone(students):
    students["alice"].run("1")
    students["alice"].begin("while True: pass")
    try:
        started = time.monotonic()
        assert students["bob"].run("print(6 * 7)").strip() == "42"
        assert time.monotonic() - started < 60
    finally:
        kernel = students["alice"].kernel
        students["alice"].api("POST", f"api/kernels/{kernel}/interrupt")


def test_a_restarted_hub_loses_nothing(hub, students):
    assert students["bob"].run("kept = 41") == ""
    hub.kill()
    hub.start()
    assert students["bob"].run("print(kept + 1)").strip() == "42"


def collected(hub, folder: Path, lesson: str) -> list[hand_ins.HandIn]:
    """What the shell line of docs/hub.md brings from the students' homes, for this lesson."""
    page = (paths.ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
    line = next(row for row in page.splitlines() if row.startswith("for home in "))
    rights = "setpriv --reuid=$(stat -c %u $home) --regid=$(stat -c %g $home) --clear-groups"
    line = line.replace("runuser -u $n --", rights)  # /etc/passwd does not know these students
    line = line.replace("/home/*", f"{hub.homes}/*").replace("/root/handed_in", str(folder))
    processes.run(["/bin/sh", "-c", line.replace("03_optimizers.ipynb", lesson)], check=True)
    found, others = hand_ins.find(folder)
    assert {(each.label, each.name) for each in found} == {(f"{n}/{lesson}", lesson) for n in UIDS}
    assert all(each.markable and each.content() for each in found)
    assert others == []
    return found


def test_from_hand_in_to_marks_without_copying_by_hand(hub, students, tmp_path):
    assert collected(hub, tmp_path / "in", "03_optimizers.ipynb")


def test_accounts_of_this_server_are_judged_without_an_error(monkeypatch):
    """The page's own login, PAM: an unknown group among the admins' once refused every login."""
    import asyncio
    import grp
    import pwd

    from jupyterhub.auth import PAMAuthenticator
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader(
        "jupyterhub_config.py", str(paths.ROOT / "deploy/hub")
    ).load_config()
    login = PAMAuthenticator(config=config)
    account = pwd.getpwnam("nobody").pw_name

    async def is_admin() -> bool:
        return await login.is_admin(None, {"name": account})

    assert asyncio.run(is_admin()) is False
    assert login.check_allowed(account, None) is False
    (group,) = login.allowed_groups
    found = grp.getgrgid(pwd.getpwnam(account).pw_gid)
    asked = []
    monkeypatch.setattr(login, "_getgrnam", lambda name: asked.append(name) or found)
    assert login.check_allowed(account, None) is True
    assert asked == [group]


@pytest.fixture
def chromium() -> Iterator[Any]:
    """A browser; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = system_chromium.find()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=system_chromium.FLAGS)
        yield browser
        browser.close()


def test_three_browsers_from_the_link_to_the_mark(hub, students, chromium, tmp_path):
    """Each opens a lesson by a link in a language, answers, sees a verdict, saves; all at once."""
    from student_window import Window

    lesson = "02_losses.ipynb"
    work = {"alice": ("en", "1.386"), "bob": ("zh", "0.75"), "chen": ("both", "1.386")}
    windows = {name: Window(chromium, name) for name in work}
    for name, (language, _) in work.items():
        link = f"{hub.url}/hub/user-redirect/lab/tree/{lesson}?lang={language}"
        windows[name].log_in(link)
        assert windows[name].language() == language
    imported = (
        "from course_utils.learning import check\nanswer_loss = {}\ncheck('02-1', answer_loss)"
    )
    for name, (language, answer) in work.items():
        seen = windows[name].type_and_run("answer_loss", imported.format(answer)).inner_text()
        assert seen.startswith("✓" if answer == "1.386" else "✗"), seen
        assert ("一个样本" in seen, "one sample" in seen) == (language != "en", language != "zh")
        windows[name].save(hub.homes / name / "my_course" / lesson, f"answer_loss = {answer}")
    for name, (_, answer) in work.items():
        place = hub.homes / name / ".local/share/transfer-learning-course"
        (record,) = (json.loads(f.read_text(encoding="utf-8")) for f in place.glob("*.json"))
        assert record["exercises"]["02-1"]["done"] is (answer == "1.386")
    found = collected(hub, tmp_path / "in", lesson)
    for each in found:
        assert f"answer_loss = {work[each.label.split('/')[0]][1]}".encode() in each.content()
