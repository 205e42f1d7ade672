"""``course try keras==3.16.0 [NN…]``: the notebooks, strictly, against other package versions.

The environment is the lock with the named packages changed. It is made in a folder outside of the
course and removed at the end (``--keep DIR``: it stays). The checkout, .venv and the cached
features are left alone; only downloads are shared.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from bootstrap import settings
from bootstrap.computer import own_python, python_of
from course.notebooks.kernels import forget_settings
from course.notebooks.lessons import select
from course.notebooks.needs import fetch_for
from course_utils import paths
from course_utils.messages import CourseError, both

LOCK = "requirements-dev.lock"  # strict nbval is a developers' package


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course try``: packages and lesson numbers in any order."""
    words = (
        "软件包（不写版本就是最新）和课的编号 · packages (newest without a version), lesson numbers"
    )
    parser.add_argument("words", nargs="*", metavar="PACKAGE[==VERSION]|NN", help=words)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="保留环境 · keep the environment")
    parser.add_argument("--pytest", default="", help="pytest 的参数 · arguments for pytest")


def run(args: argparse.Namespace) -> int:
    """Resolve, install, run strict nbval; pytest's exit code."""
    numbers = [word for word in args.words if word[0].isdigit()]
    wanted = [requirement(word) for word in args.words if word not in numbers]
    lessons = select(numbers, paths.ROOT)
    if not lessons:
        raise CourseError("这里没有课可以检查。", "There are no lessons here to check.")
    fetch_for(lessons)
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="course-try-", ignore_cleanup_errors=True)
        folder = Path(args.keep or stack.enter_context(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found, lock = resolve(wanted, folder), pins(paths.ROOT / LOCK)
        changes = ", ".join(sorted(found - lock)) or "–"
        print(both(f"与锁定文件不同：{changes}", f"Other than in the lock: {changes}"), flush=True)
        command = [install(folder), "-m", "pytest", "-p", "no:cacheprovider", "-rfE"]
        command += [*args.pytest.split(), *(lesson.notebook for lesson in lessons)]
        return subprocess.call(list(map(str, command)), cwd=paths.ROOT, env=environment(folder))


def requirement(word: str) -> Requirement:
    """``keras==3.16.0``, ``keras>=3.16`` or ``keras`` (the newest). Raises CourseError."""
    try:
        return Requirement(word)
    except InvalidRequirement as error:
        zh = f"{word} 既不是课的编号，也不是软件包。请写成 keras==3.16.0 或 keras。"
        en = f"{word} is neither a lesson number nor a package. Write keras==3.16.0 or keras."
        raise CourseError(zh, en) from error


def resolve(wanted: list[Requirement], folder: Path) -> set[str]:
    """Write requirements.txt: the lock's pins, but ``wanted``, whatever the bounds in pyproject.toml.

    Gives the pins, "name==version". What does not go with ``wanted`` moves along.
    """
    overrides, result = folder / "overrides.txt", folder / "requirements.txt"
    # Release candidates of TensorFlow ask for keras-nightly, whose files overwrite those of keras:
    # only one of the two is installed, keras-nightly where it is named.
    nightly = any(canonicalize_name(package.name) == "keras-nightly" for package in wanted)
    left_out = f"{'keras' if nightly else 'keras-nightly'}; python_version < '3'"
    overrides.write_text("\n".join([*map(str, wanted), left_out]), encoding="utf-8")
    result.write_bytes((paths.ROOT / LOCK).read_bytes())  # preferred pins
    options: list[str | Path] = ["--generate-hashes", "--no-emit-index-url", "--group", "dev"]
    options += ["--override", overrides, "-o", result]
    for package in wanted:
        options += ["--upgrade-package", package.name]
    uv("pip", "compile", "-q", "--python", sys.executable, *options, "pyproject.toml")
    found = pins(result)
    for package in wanted:
        if not any(pin.startswith(canonicalize_name(package.name) + "==") for pin in found):
            zh, en = "这台电脑上的课程不用", "On this computer the course does not use"
            raise CourseError(f"{zh} {package.name}。", f"{en} {package.name}.")
    return found


def pins(requirements: Path) -> set[str]:
    """The rows "name==version" of a requirements file."""
    rows = requirements.read_text(encoding="utf-8").splitlines()
    return {row.split()[0] for row in rows if row[:1].isalnum()}


def install(folder: Path) -> Path:
    """A new environment with requirements.txt and the course itself; its interpreter."""
    python = python_of(folder / "env")
    uv("venv", "-q", "--clear", "--python", sys.executable, folder / "env")
    target = ("--python", python)
    uv("pip", "sync", "-q", *target, "--require-hashes", folder / "requirements.txt")
    uv("pip", "install", "-q", *target, "--no-deps", "--no-build-isolation", "-e", ".")
    return python


def uv(*arguments: str | Path) -> None:
    """Run uv in the course's folder, with the user's package index.

    Raises CourseError when it fails; its words stand above.
    """
    command = [sys.executable, "-P", "-m", "uv", *map(str, arguments)]
    env = own_python(settings.installer_environment())
    if subprocess.call(command, cwd=paths.ROOT, env=env):
        zh, en = "uv 没有成功，原因见上面几行。", "uv did not succeed; the lines above say why."
        raise CourseError(zh, en)


def environment(folder: Path) -> dict[str, str]:
    """Downloads come from the usual cache, features are extracted anew: packages compute them."""
    from course_utils.assets.store import cache

    pack = os.environ.get("COURSE_ASSETS") or str(cache())
    found = {**os.environ, "COURSE_ASSETS": pack, "COURSE_CACHE": str(folder / "cache")}
    forget_settings(found)
    return found
