"""pyproject.toml, the two locks and environment.yml say the same; the locks hold elsewhere too."""

import itertools
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor

import processes
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from bootstrap import settings
from course_utils import paths

LOCK, DEVELOPERS_LOCK = (
    paths.ROOT / name for name in ("requirements.lock", "requirements-dev.lock")
)
LOCKS = pytest.mark.parametrize("lock", [LOCK, DEVELOPERS_LOCK], ids=["learners", "developers"])
PYPROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, DEVELOPERS = PYPROJECT["project"], PYPROJECT["dependency-groups"]["dev"]
EVERYTHING = [*PROJECT["dependencies"], *DEVELOPERS]
PLATFORMS = ["aarch64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"]
PYTHONS = ["3.11", "3.12", "3.13"]


def requirements(rows) -> set[Requirement]:
    return {Requirement(row) for row in rows}


def blocks(lock) -> list[str]:
    """Each package of a lock with its hashes."""
    text = lock.read_text("utf-8")
    return re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())


def pins(lock) -> list[Requirement]:
    return [Requirement(block.split("\\")[0]) for block in blocks(lock)]


def conda() -> dict:
    return yaml.safe_load((paths.ROOT / "environment.yml").read_text("utf-8"))


def test_environment_yml_asks_for_what_pyproject_asks_for():
    pip = next(d["pip"] for d in conda()["dependencies"] if isinstance(d, dict))
    assert pip[-1] == "-e ."
    assert requirements(pip[:-1]) == requirements(EVERYTHING)


def test_environment_yml_has_the_same_python():
    rows = [d for d in conda()["dependencies"] if isinstance(d, str)]
    python = next(row.split(None, 1)[1] for row in rows if row.startswith("python "))
    assert SpecifierSet(python) == SpecifierSet(PROJECT["requires-python"])
    assert "pip" in rows


def test_environment_yml_gives_a_reason_for_each_package():
    text = (paths.ROOT / "environment.yml").read_text("utf-8").split("- pip:")[1]
    rows = [
        line for line in text.splitlines() if line.strip().startswith("- ") and "-e ." not in line
    ]
    assert len(rows) == len(EVERYTHING)
    assert [row for row in rows if "  # " not in row] == []


@LOCKS
def test_every_requirement_is_pinned_within_its_range(lock):
    locked = pins(lock)
    for wanted in requirements(PROJECT["dependencies"] if lock == LOCK else EVERYTHING):
        name = canonicalize_name(wanted.name)
        versions = [next(iter(pin.specifier)).version for pin in locked if pin.name == name]
        assert versions, f"{name} is not in the lock"
        assert all(wanted.specifier.contains(v, prereleases=True) for v in versions), wanted


def test_the_developers_lock_is_the_learners_and_more():
    """Hashes as well: whoever has both on a computer fetches each package once."""

    def pinned(lock):
        return {block.split("\n    # via")[0] for block in blocks(lock)}

    assert pinned(LOCK) < pinned(DEVELOPERS_LOCK)
    only_for_authors = {canonicalize_name(Requirement(row).name) for row in DEVELOPERS}
    heavy = {"playwright", "onnxruntime", "uv", "ruff", "mypy", "pytest", "jupytext"}
    assert heavy <= only_for_authors - {pin.name for pin in pins(LOCK)}


@LOCKS
def test_every_pin_has_hashes_and_no_place_to_fetch_from(lock):
    for block in blocks(lock):
        assert "--hash=sha256:" in block, block.splitlines()[0]
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


@LOCKS
def test_nbgrader_stays_out_of_learners_jupyterlab(lock):
    assert "nbgrader" not in {pin.name for pin in pins(lock)}


def uv(*arguments, text=None):
    command = [sys.executable, "-m", "uv", *map(str, arguments)]
    done = processes.run(command, input=text, cwd=paths.ROOT, env=settings.installer_environment())
    processes.skip_without_index(done)
    assert done.returncode == 0, done.stderr
    return done.stdout


def resolve(platform, python):
    wanted = ("--python-platform", platform, "--python-version", python)
    wheels = ("--only-binary", ":all:", "--no-header", "-q")
    return uv("pip", "compile", *wanted, *wheels, DEVELOPERS_LOCK)


@pytest.fixture(scope="module")
def resolutions():
    """All at once: each of them waits for the index nearly all of the time."""
    with ThreadPoolExecutor(5) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MACOSX_DEPLOYMENT_TARGET", "14.0")  # onnxruntime's oldest
        wanted = list(itertools.product(PLATFORMS, PYTHONS))
        yield {pair: pool.submit(resolve, *pair) for pair in wanted}


@pytest.mark.index
@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_lock_resolves_to_wheels_for(platform, python, resolutions):
    """There, every pin exists as a wheel, and the pins need nothing but each other.

    The developers' lock: the learners' pins are among its own.
    """
    found = resolutions[platform, python].result()
    rows = {row.split(" ")[0] for row in found.splitlines() if "==" in row}
    pinned = {str(pin).split(";")[0].strip() for pin in pins(DEVELOPERS_LOCK)}
    assert rows <= pinned
    assert any(row.startswith("tensorflow==") for row in rows)
    assert not any(row.startswith("tensorflow-cpu==") for row in rows)


@pytest.mark.index
@LOCKS
def test_the_lock_is_what_pyproject_resolves_to(lock):
    """Made anew with the old pins preferred, the lock does not change."""
    made = uv(
        *("pip", "compile", "--universal", "--python-version", "3.11", "--no-emit-index-url"),
        *("--no-header", "--no-annotate", "-q", "-c", lock, "pyproject.toml"),
        *(() if lock == LOCK else ("--group", "dev")),
    )
    assert requirements(row for row in made.splitlines() if "==" in row) == set(pins(lock))


@pytest.mark.index
@pytest.mark.parametrize("python", PYTHONS)
def test_the_optional_groups_go_with_the_locks_pins(python):
    """They install beside what learners have, as wheels, and change no pin of it."""
    made = uv(
        *("pip", "compile", "--python-version", python, "--only-binary", ":all:", "--no-header"),
        *(
            "--no-annotate",
            "-q",
            "-c",
            LOCK,
            "--extra",
            "scale",
            "--extra",
            "hub",
            "pyproject.toml",
        ),
    )
    found = requirements(row for row in made.splitlines() if "==" in row)
    names = {each.name for each in found}
    optional = [
        row for group in ("scale", "hub") for row in PROJECT["optional-dependencies"][group]
    ]
    assert {canonicalize_name(each.name) for each in requirements(optional)} <= names
    pinned = {(pin.name, str(pin.specifier)) for pin in pins(LOCK)}
    ours = {(each.name, str(each.specifier)) for each in found}
    known = {name for name, _ in pinned}
    assert {pair for pair in ours if pair[0] in known} <= pinned
