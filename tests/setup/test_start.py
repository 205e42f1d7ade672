"""start.py is really run, on a project as small as can be: one locked wheel, one command."""

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from course_utils import paths

START = paths.ROOT / "start.py"
PYTHON = getattr(sys, "_base_executable", sys.executable)
VENV_PYTHON = ".venv/Scripts/python.exe" if os.name == "nt" else ".venv/bin/python"
# An editable install without any package, so that nothing must be fetched to build it.
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small-1.0-py3-none-any.whl"
    info = "small-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("small.pth", str(pathlib.Path.cwd()))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name

build_wheel = build_editable
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small"
version = "1.0"
"""
CLI = """
import platform, sys, tiny
print("course", *sys.argv[1:], "tiny", tiny.version, "python", platform.python_version())
"""


def make_wheel(folder: Path, version: str) -> Path:
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info/"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"version = '{version}'\n")
        archive.writestr(
            info + "METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
        )
        archive.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(info + "RECORD", "")
    return wheel


def write_lock(root: Path, wheel: Path) -> None:
    version, digest = wheel.name.split("-")[1], hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements.lock").write_text(f"tiny=={version} --hash=sha256:{digest}\n")


class Project:
    """A folder with start.py, and the surroundings it is run in."""

    def __init__(self, folder: Path, with_uv: bool) -> None:
        self.root, self.wheels = folder / "the course", folder / "wheels"
        self.bin, self.home = folder / "bin", folder / "home"
        for made in (self.root / "course_utils", self.wheels, self.bin, self.home):
            made.mkdir(parents=True)
        shutil.copy(START, self.root)
        (self.root / "backend.py").write_text(BACKEND)
        (self.root / "pyproject.toml").write_text(PYPROJECT)
        (self.root / "course_utils" / "cli.py").write_text(CLI)
        write_lock(self.root, make_wheel(self.wheels, "1.0"))
        if with_uv:
            from uv import find_uv_bin

            (self.bin / Path(find_uv_bin()).name).symlink_to(find_uv_bin())

    def environment(self, **settings: str) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "VIRTUAL"))}
        env |= {"HOME": str(self.home), "PATH": str(self.bin), "PIP_CONFIG_FILE": os.devnull}
        env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PYTHONUTF8": "1"}
        return {k: v for k, v in (env | settings).items() if v}

    def start(self, *arguments: str, python: str = PYTHON, code: str = "", **settings: str):
        command = [python, *(["-c", code] if code else ["start.py"]), *arguments]
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


@pytest.fixture(params=["pip", "uv"])
def project(tmp_path, request):
    return Project(tmp_path, with_uv=request.param == "uv")


@pytest.fixture
def uv_project(tmp_path):
    """Where the installer makes no difference: the quicker one."""
    return Project(tmp_path, with_uv=True)


def assert_both_languages(text: str, zh: str, en: str) -> None:
    assert zh in text, text
    assert en in text, text


def test_it_sets_up_hands_over_and_is_immediate_afterwards(project):
    first = project.start("run", "09")
    assert "course run 09 tiny 1.0" in first.stdout, first.stderr
    assert_both_languages(first.stderr, "正在准备", "Setting the course up")
    assert "did not succeed" not in first.stderr
    # With no installer and no wheels within reach, the second start has nothing to do.
    again = project.start("lab", PIP_FIND_LINKS="")
    assert "course lab tiny 1.0" in again.stdout, again.stderr
    assert again.stderr == ""


@pytest.mark.slow
def test_a_new_lock_is_installed_on_top(project):
    project.start()
    write_lock(project.root, make_wheel(project.wheels, "1.1"))
    assert "tiny 1.1" in project.start().stdout


def test_a_wheel_that_is_not_the_locked_one_is_refused(project):
    wheel = next(project.wheels.iterdir())
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("evil.py", "")
    done = project.start()
    assert done.returncode == 1
    assert "tiny 1.0" not in done.stdout
    assert not (project.root / ".venv" / "course-stamp.json").exists()


@pytest.mark.slow
def test_an_unreachable_index_is_explained_and_the_next_start_heals(project):
    nowhere = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0"}
    nowhere |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    done = project.start(**nowhere)
    assert done.returncode == 1
    assert_both_languages(done.stderr, "换一个镜像", "name a mirror")
    assert "Traceback" not in done.stderr
    assert "tiny 1.0" in project.start().stdout


@pytest.mark.slow
def test_an_interrupted_set_up_heals(project):
    process = subprocess.Popen(
        [PYTHON, "start.py"], cwd=project.root, env=project.environment(), stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not (project.root / VENV_PYTHON).exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (project.root / ".venv" / "course-stamp.json").exists()
    assert "tiny 1.0" in project.start().stdout


def test_a_moved_folder_heals(uv_project):
    uv_project.start()
    moved = uv_project.root.with_name("moved")
    uv_project.root.rename(moved)
    uv_project.root = moved
    assert "tiny 1.0" in uv_project.start().stdout
    assert json.loads((moved / ".venv/course-stamp.json").read_text())["folder"] == str(moved)


def test_where_python_keeps_no_bytecode_the_set_up_does(uv_project):
    """pip compiles in any case; uv leaves it to the first import, which may not write."""
    uv_project.start(PYTHONDONTWRITEBYTECODE="1")
    assert list((uv_project.root / ".venv").rglob("site-packages/__pycache__/tiny.*.pyc"))


@pytest.mark.parametrize("damage", ["python gone", "stamp unreadable", "a file", "made by hand"])
def test_a_damaged_environment_heals(uv_project, damage):
    venv = uv_project.root / ".venv"
    if damage == "a file":
        venv.write_text("")
    elif damage == "made by hand":
        subprocess.run([PYTHON, "-m", "venv", "--without-pip", venv], check=True)
    else:
        uv_project.start()
        gone = uv_project.root / VENV_PYTHON
        gone.unlink() if damage == "python gone" else (venv / "course-stamp.json").write_text("{")
    assert "tiny 1.0" in uv_project.start().stdout


def test_an_environment_of_another_python_is_made_anew(uv_project):
    other = next(filter(works, candidates(("3.11", "3.12", "3.13"))), None)
    if other is None:
        pytest.skip("only one supported Python on this machine")
    uv_project.start()
    version = subprocess.check_output([other, "-V"], text=True).split()[1]
    assert f"python {version}" in uv_project.start(python=other).stdout


def candidates(versions):
    """Interpreters of other versions: on PATH, and where pyenv keeps them."""
    here = "{}.{}".format(*sys.version_info[:2])
    for version in versions:
        if version != here:
            pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
            yield from map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))
            yield from filter(None, [shutil.which(f"python{version}")])


def works(python: str) -> bool:
    """Whether it runs by itself (a version manager's stand-in does not)."""
    command = [python, "-c", "import venv"]
    return subprocess.run(command, env={}, capture_output=True, check=False).returncode == 0


def test_a_full_disk_is_explained(uv_project):
    code = (
        "import runpy, shutil; usage = shutil.disk_usage('.')._replace(free=10**8);"
        "shutil.disk_usage = lambda _: usage; runpy.run_path('start.py', run_name='__main__')"
    )
    done = uv_project.start(code=code)
    assert done.returncode == 1
    assert_both_languages(done.stderr, "磁盘空间不够", "The disk is too full")
    assert not (uv_project.root / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)])
def test_a_wrong_python_is_explained(uv_project, version):
    code = (
        f"import runpy, sys; sys.version_info = {version};"
        "runpy.run_path('start.py', run_name='__main__')"
    )
    done = uv_project.start(code=code)
    assert done.returncode == 1
    assert_both_languages(done.stderr, "这门课需要 Python 3.11", "The course needs Python 3.11")


def test_really_old_pythons_get_the_message_not_a_syntax_error(uv_project):
    ast.parse(START.read_text("utf-8"), feature_version=(3, 6))
    old = list(filter(works, candidates(("3.6", "3.7", "3.8", "3.9", "3.10"))))
    if not old:
        pytest.skip("no older Python on this machine to try")
    for python in old:
        done = uv_project.start(python=python)
        assert done.returncode == 1
        assert_both_languages(done.stderr, "这门课需要 Python 3.11", "The course needs Python 3.11")


@pytest.fixture
def start_module(monkeypatch, tmp_path):
    import start

    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "uv.toml"))
    monkeypatch.setattr(start.sys, "executable", PYTHON)
    return start


def test_pips_settings_reach_uv(start_module, monkeypatch, tmp_path):
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ntimeout = 77\n"
        "[install]\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    env = start_module.index_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["UV_INDEX"].split() == ["https://a.example/simple", "https://b.example/simple"]
    assert env["UV_HTTP_TIMEOUT"] == "77"


@pytest.mark.parametrize(
    "text",
    [
        '[[index]]\nurl = "https://mirror.example/simple"\ndefault = true\n',
        'index-url = "https://mirror.example/simple"\n',
        '[pip]\nindex-url = "https://mirror.example/simple"\n',
    ],
)
def test_uvs_settings_reach_pip(start_module, tmp_path, text):
    (tmp_path / "uv.toml").write_text(text)
    env = start_module.index_environment()
    assert env["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert "UV_DEFAULT_INDEX" not in env


def test_what_each_is_configured_for_stays(start_module, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://of-uv.example/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://of-pip.example/simple")
    env = start_module.index_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://of-uv.example/simple"
    assert env["PIP_INDEX_URL"] == "https://of-pip.example/simple"


def test_start_py_needs_nothing_but_the_standard_library():
    tree = ast.parse(START.read_text("utf-8"))
    imported = {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
    }
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
