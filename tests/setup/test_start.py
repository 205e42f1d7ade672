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

import processes
import pytest

from bootstrap import computer
from course_utils import paths

START = paths.ROOT / "start.py"
# What start.py needs before anything is installed.
PARTS = (
    "start.py",
    "bootstrap/computer.py",
    "bootstrap/progress.py",
    "bootstrap/settings.py",
)
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
import importlib.util, platform, random, sys, tiny
print("course", *sys.argv[1:], "tiny", tiny.version, "python", platform.python_version())
print("developers", importlib.util.find_spec("tool") is not None, "optimize", sys.flags.optimize)
"""


def make_wheel(folder: Path, version: str, name: str = "tiny") -> Path:
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", f"version = '{version}'\n")
        archive.writestr(
            info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(info + "RECORD", "")
    return wheel


def write_lock(root: Path, *wheels: Path, name: str = "requirements.lock") -> None:
    rows = []
    for wheel in wheels:
        package, version = wheel.name.split("-")[:2]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        rows.append(f"{package}=={version} --hash=sha256:{digest}\n")
    (root / name).write_text("".join(rows), encoding="utf-8")


class Project:
    """A folder with start.py, and the surroundings it is run in."""

    def __init__(self, folder: Path, with_uv: bool) -> None:
        self.root, self.wheels = folder / "the course", folder / "wheels"
        self.bin, self.home = folder / "bin", folder / "home"
        for made in (self.root, self.wheels, self.bin, self.home):
            made.mkdir(parents=True)
        for name in PARTS:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(paths.ROOT / name, self.root / name)
        (self.root / "backend.py").write_text(BACKEND, encoding="utf-8")
        (self.root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
        (self.root / "course").mkdir(exist_ok=True)
        (self.root / "course" / "cli.py").write_text(CLI, encoding="utf-8")
        tiny, tool = (make_wheel(self.wheels, "1.0", name) for name in ("tiny", "tool"))
        write_lock(self.root, tiny)
        write_lock(self.root, tiny, tool, name="requirements-dev.lock")
        (self.root / "course" / "author").mkdir()
        for file in ("test.py", "try_.py"):  # the commands of authors
            (self.root / "course" / "author" / file).touch()
        if with_uv:
            from uv import find_uv_bin

            (self.bin / Path(find_uv_bin()).name).symlink_to(find_uv_bin())

    def environment(self, **settings: str) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UV_", "VIRTUAL"))}
        env |= {"HOME": str(self.home), "PATH": str(self.bin), "PIP_CONFIG_FILE": os.devnull}
        env |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PYTHONUTF8": "1"}
        return {k: v for k, v in (env | settings).items() if v}

    def start(
        self,
        *arguments: str,
        python: str = PYTHON,
        code: str = "",
        cwd: Path | None = None,
        **settings: str,
    ):
        """Run start.py, or ``code`` and then start.py in the same process."""
        run = f"{code}; import runpy; runpy.run_path('start.py', run_name='__main__')"
        entry = ["-c", run] if code else [str(self.root / "start.py")]
        return processes.run(
            [python, *entry, *arguments],
            cwd=cwd or self.root,
            env=self.environment(**settings),
            timeout=120,
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
    # The installer's text is in the log; only what failed would be on the screen.
    log = (project.root / "setup.log").read_text("utf-8")
    assert "tiny" in log and "tiny" not in first.stderr and "\r" not in first.stderr
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
    wheel = next(project.wheels.glob("tiny-*"))
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("evil.py", "")
    done = project.start()
    assert done.returncode == 1
    assert "tiny 1.0" not in done.stdout
    assert "hash" in done.stderr.lower()  # the installer's last lines stay in sight
    log = project.root / "setup.log"
    assert_both_languages(done.stderr, f"全文在 {log}", f"all of it is in {log}")
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
@pytest.mark.skipif(os.name == "nt", reason="signals of Linux and macOS")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_an_interrupted_set_up_heals(project, how):
    process = subprocess.Popen(
        [PYTHON, "start.py"],
        cwd=project.root,
        env=project.environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not (project.root / VENV_PYTHON).exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, getattr(signal, how))  # as a terminal does: installers as well
    told = process.communicate()[1]
    assert not (project.root / ".venv" / "course-stamp.json").exists()
    if how == "SIGINT":
        assert_both_languages(told, "再运行一次会重新安装", "Run it again and it installs afresh")
        assert "Traceback" not in told.split("Interrupted before")[1]
        assert process.returncode == 130
    assert "tiny 1.0" in project.start().stdout


def test_a_moved_folder_heals(uv_project):
    uv_project.start()
    moved = uv_project.root.with_name("moved")
    uv_project.root.rename(moved)
    uv_project.root = moved
    assert "tiny 1.0" in uv_project.start().stdout
    assert json.loads((moved / ".venv/course-stamp.json").read_text(encoding="utf-8"))[
        "folder"
    ] == str(moved)


def test_where_python_keeps_no_bytecode_the_set_up_does(uv_project):
    """pip compiles in any case; uv leaves it to the first import, which may not write."""
    uv_project.start(PYTHONDONTWRITEBYTECODE="1")
    assert list((uv_project.root / ".venv").rglob("site-packages/__pycache__/tiny.*.pyc"))


@pytest.mark.parametrize("damage", ["python gone", "stamp unreadable", "a file", "made by hand"])
def test_a_damaged_environment_heals(uv_project, damage):
    venv = uv_project.root / ".venv"
    if damage == "a file":
        venv.write_text("", encoding="utf-8")
    elif damage == "made by hand":
        processes.run([PYTHON, "-m", "venv", "--without-pip", venv], check=True)
    else:
        uv_project.start()
        gone = uv_project.root / VENV_PYTHON
        gone.unlink() if damage == "python gone" else (venv / "course-stamp.json").write_text(
            "{", encoding="utf-8"
        )
    assert "tiny 1.0" in uv_project.start().stdout


def test_an_environment_of_another_python_is_made_anew(uv_project):
    other = next(filter(works, candidates(("3.11", "3.12", "3.13"))), None)
    if other is None:
        pytest.skip("only one supported Python on this machine")
    uv_project.start()
    version = processes.run([other, "-V"], check=True).stdout.split()[1]
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
    return processes.run(command, env={}).returncode == 0


def test_a_full_disk_is_explained(uv_project):
    code = (
        "import shutil; usage = shutil.disk_usage('.')._replace(free=10**8);"
        "shutil.disk_usage = lambda _: usage"
    )
    done = uv_project.start(code=code)
    assert done.returncode == 1
    assert_both_languages(done.stderr, "磁盘空间不够", "The disk is too full")
    assert not (uv_project.root / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)])
def test_a_wrong_python_is_explained(uv_project, version):
    done = uv_project.start(code=f"import sys; sys.version_info = {version}")
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


def test_a_file_named_like_pythons_own_modules_is_not_imported(uv_project, tmp_path):
    """Neither beside start.py nor in the folder that it is run from."""
    for folder in (uv_project.root, tmp_path):
        (folder / "random.py").write_text("raise SystemExit('the wrong random')", encoding="utf-8")
    done = uv_project.start("run", "09", cwd=tmp_path)
    assert "course run 09 tiny 1.0" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["sqlite3", "ctypes", "ssl", "lzma"])
def test_a_python_without_a_part_is_refused_before_anything_is_made(uv_project, name):
    # What holds the part already, imported as Python started, is forgotten.
    done = uv_project.start(
        code=f"import sys; sys.modules.pop('{name}', 0); sys.modules['_{name}'] = None"
    )
    assert done.returncode == 1
    package = computer.PARTS[name][0]
    assert_both_languages(done.stderr, f"这个 Python 缺少 {name}", f"This Python lacks {name}")
    assert done.stderr.count(f"apt install {package}") == 2
    assert not (uv_project.root / ".venv").exists()


def test_every_part_is_one_that_this_python_has():
    assert computer.missing_parts() == []


@pytest.mark.parametrize("where", ["variable", "file"])
@pytest.mark.parametrize("option", ["target", "prefix", "root"])
def test_packages_sent_elsewhere_are_refused(uv_project, where, option):
    if where == "file":
        config = uv_project.home / "pip.conf"
        config.write_text(f"[global]\n{option} = /elsewhere\n", encoding="utf-8")
        done = uv_project.start(PIP_CONFIG_FILE=str(config))
        name = f"{option} ({config})"
    else:
        name = f"PIP_{option.upper()}"
        done = uv_project.start(**{name: "/elsewhere"})
    assert done.returncode == 1
    assert done.stderr.count(f"{name} = /elsewhere") == 2
    assert_both_languages(done.stderr, "装到别的地方", "pip config unset")
    assert not (uv_project.root / ".venv").exists()


@pytest.mark.parametrize("file", ["uv.toml", "pip.conf"])
def test_a_broken_settings_file_is_named_and_the_set_up_goes_on(tmp_path, file):
    project = Project(tmp_path, with_uv=file == "uv.toml")
    broken = project.home / file
    broken.write_text("index-url = https://me:secret@of.example\n[[", encoding="utf-8")
    variable = {"uv.toml": "UV_CONFIG_FILE", "pip.conf": "PIP_CONFIG_FILE"}[file]
    done = project.start(**{variable: str(broken)})
    assert "tiny 1.0" in done.stdout, done.stderr
    assert_both_languages(done.stderr, f"读不懂设置文件 {broken}", f"settings file {broken}")
    assert "secret" not in done.stderr


def test_settings_that_change_what_is_installed_do_not_count(project):
    """Whatever the user has them for: the lock says all. Leftovers of another Python neither."""
    hostile = project.home / "hostile"
    hostile.mkdir()
    for name in ("pip", "tiny"):
        (hostile / f"{name}.py").write_text(
            "raise SystemExit('the wrong module')", encoding="utf-8"
        )
    (hostile / "constraint.txt").write_text("tiny==0.1", encoding="utf-8")
    hostile_file = str(hostile / "constraint.txt")
    variables = {
        "PYTHONPATH": str(hostile),
        "PYTHONHOME": sys.base_prefix,
        "PYTHONOPTIMIZE": "2",
        "PYTHONWARNINGS": "error",
        "PIP_CONSTRAINT": hostile_file,
        "PIP_NO_BINARY": ":all:",
        "PIP_REQUIRE_HASHES": "1",
        "PIP_PYTHON": "/no/such/python",
        "PIP_PLATFORM": "win32",
        "PIP_DRY_RUN": "1",
        "PIP_ISOLATED": "1",
        "UV_CONSTRAINT": hostile_file,
        "UV_NO_BINARY": "1",
        "UV_REQUIRE_HASHES": "1",
        "UV_EXCLUDE_NEWER": "2001-01-01",
        "UV_PYTHON": "/no/such/python",
        "UV_SYSTEM_PYTHON": "1",
        "UV_OVERRIDE": hostile_file,
    }
    done = project.start("run", **variables)
    assert "course run tiny 1.0" in done.stdout, done.stderr
    assert "optimize 0" in done.stdout
    assert "did not succeed" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not know")
def test_odd_folder_names_work_and_a_small_temporary_folder_is_not_used(project):
    """Installers unpack below .venv, on the disk whose room has been looked at."""
    odd = project.root.rename(project.root.with_name("课程 [2] #1 50% 'a' $b"))
    project.root = odd
    backend = odd / "backend.py"
    line = "import tempfile\nprint(tempfile.gettempdir(), file=open('where', 'w'))\n"
    backend.write_text(line + backend.read_text(encoding="utf-8"), encoding="utf-8")
    done = project.start()
    assert "tiny 1.0" in done.stdout, done.stderr
    assert "did not succeed" not in done.stderr
    temporary = odd / ".venv" / "tmp"
    assert (odd / "where").read_text("utf-8").startswith(str(temporary))
    assert not temporary.exists()


@pytest.mark.skipif(os.name == "nt", reason="names that Windows does not know")
@pytest.mark.parametrize("name", ["a:b", "a\nb", "a\udcffb"])
def test_folder_names_that_cannot_work_are_refused_at_once(uv_project, name):
    uv_project.root = uv_project.root.rename(uv_project.root.with_name(name))
    done = uv_project.start()
    assert done.returncode == 1
    assert_both_languages(done.stderr, "请给文件夹改名", "Rename the folder")
    assert not (uv_project.root / ".venv").exists()


def test_a_path_too_long_for_windows_is_refused_there():
    long = "C:\\Users\\somebody\\Downloads\\" + "transfer-learning-course-main\\" * 2
    zh, en = computer.about_folder(long, ";", windows=True)
    assert str(len(long)) in zh and str(len(long)) in en
    assert computer.about_folder(r"C:\course", ";", windows=True) is None
    assert computer.about_folder("/home/" + "long" * 40, ":", windows=False) is None


@pytest.mark.skipif(os.name == "nt", reason="environments hold copies on Windows")
def test_a_disk_without_links_is_explained(uv_project):
    code = (
        "import os, errno\n"
        "def symlink(*_, **__): raise PermissionError(errno.EPERM, 'Operation not permitted')\n"
        "os.symlink = symlink\nx = 1"
    )
    done = uv_project.start(code=code)
    assert done.returncode == 1
    assert_both_languages(done.stderr, "不能保存链接", "cannot keep links")
    assert not list(uv_project.root.glob(".links-*"))
    assert not (uv_project.root / ".venv").exists()


HOLD = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("computer", "bootstrap/computer.py")
computer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(computer)
file = open(".start.lock", "a")
print(computer.lock(file.fileno()), flush=True)
time.sleep(600)
"""


def test_a_second_start_waits_and_a_killed_one_blocks_nobody(uv_project):
    where = {"cwd": uv_project.root, "env": uv_project.environment(), "text": True}
    where |= {"stdout": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen([PYTHON, "-c", HOLD], **where) as first:
        assert first.stdout.readline() == "True\n"
        where["stderr"] = subprocess.STDOUT
        with subprocess.Popen([PYTHON, "start.py"], **where) as second:
            told = second.stdout.readline() + second.stdout.readline()
            assert_both_languages(told, "另一个 start.py 正在安装", "another start.py is working")
            time.sleep(0.5)
            assert not (uv_project.root / ".venv").exists()
            first.kill()
            rest = second.communicate(timeout=120)[0]
    assert "tiny 1.0" in rest


def test_two_at_once_install_once(uv_project):
    where = {"cwd": uv_project.root, "env": uv_project.environment(), "text": True}
    where |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    both = [subprocess.Popen([PYTHON, "start.py"], **where) for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    assert all("tiny 1.0" in out for out, _ in outputs), outputs
    assert sum("Setting the course up" in told for _, told in outputs) == 1


def test_what_was_compiled_before_does_not_outlive_a_new_lock(uv_project):
    """The old and the new file may have the same size and second: Python would take the old."""
    uv_project.start()
    (packages,) = (uv_project.root / ".venv").rglob("site-packages")
    left = [packages / "__pycache__" / "x.pyc", packages / "deep" / "__pycache__" / "x.pyc"]
    for file in left:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    write_lock(uv_project.root, make_wheel(uv_project.wheels, "1.1"))
    assert "tiny 1.1" in uv_project.start().stdout
    assert not any(file.exists() for file in left)


def test_authors_commands_bring_the_developers_lock_which_then_stays(uv_project):
    first = uv_project.start("lab")
    assert "course lab tiny 1.0" in first.stdout, first.stderr
    assert "developers False" in first.stdout
    assert "requirements-dev.lock" not in first.stderr
    authors = uv_project.start("test", "-x")
    assert "course test -x" in authors.stdout and "developers True" in authors.stdout
    assert authors.stderr.count("requirements-dev.lock") == 2  # in both languages
    again = uv_project.start("lab")
    assert "developers True" in again.stdout
    assert again.stderr == uv_project.start("try").stderr == ""


def test_start_py_alone_says_that_the_rest_is_missing(uv_project, tmp_path):
    (tmp_path / "alone").mkdir()
    uv_project.root = Path(shutil.copy(START, tmp_path / "alone")).parent
    done = uv_project.start()
    assert done.returncode == 1
    assert_both_languages(done.stderr, "请取得整个课程", "get the whole course")


@pytest.mark.parametrize("name", PARTS)
def test_before_anything_is_installed_only_the_standard_library_is_needed(name):
    tree = ast.parse((paths.ROOT / name).read_text("utf-8"))
    imported = {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
    }
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
