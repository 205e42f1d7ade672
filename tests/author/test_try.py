"""``course try``: one package changed, everything else as locked, nothing here touched."""

import argparse
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
import processes
import pytest

from bootstrap import settings
from course.author import try_ as trial
from course_utils import paths
from course_utils.messages import CourseError

LOCK = paths.ROOT / trial.LOCK
# What strict nbval and an editable install of the small course need; their pins are the lock's.
TOOLS = ["pytest", "pytest-xdist", "nbval", "ipykernel", "hatchling", "editables"]


def wheel(folder: Path, name: str, version: str, needs: str = "") -> None:
    """A wheel of one module that knows its version; ``needs``: a requirement of it."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += f"Requires-Dist: {needs}\n" if needs else ""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", f"__version__ = {version!r}\n")
        file.writestr(f"{info}/METADATA", metadata)
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course of one lesson whose lock has coursetrial 2.0; wheels 1.0, 2.0, 3.0 are to be had."""
    root, wheels = tmp_path / "course", tmp_path / "wheels"
    for folder in (root / "lessons", root / "notebooks", root / "small", wheels):
        folder.mkdir(parents=True)
    for version in ("1.0", "2.0", "3.0"):
        wheel(wheels, "coursetrial", version, "keras-nightly" if version == "3.0" else "")
        wheel(wheels, "coursehelper", version)
    wheel(wheels, "keras_nightly", "99.0")
    wanted = ", ".join(f'"{name}"' for name in [*TOOLS, "coursetrial>=2", "coursehelper"])
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling", "editables"]\n'
        'build-backend = "hatchling.build"\n'
        f'[project]\nname = "small"\nversion = "1"\ndependencies = [{wanted}]\n'
        "[dependency-groups]\ndev = []\n",
        encoding="utf-8",
    )
    (root / "small" / "__init__.py").touch()
    found = os.environ.get("UV_FIND_LINKS") or os.environ.get("PIP_FIND_LINKS", "").replace(
        " ", ","
    )
    monkeypatch.setenv("UV_FIND_LINKS", ",".join(filter(None, [str(wheels), found])))
    monkeypatch.setattr(paths, "ROOT", root)
    lock(root)
    cell = nbformat.v4.new_code_cell("import coursetrial\nprint(coursetrial.__version__)")
    cell.execution_count = 1
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="2.0\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), root / "notebooks" / "98_small.ipynb")
    (root / "lessons" / "98_small.py").write_text(f"# %%\n{cell.source}\n", encoding="utf-8")
    return root


def lock(root: Path) -> None:
    """The lock of the small course: the real pins, and the middle release of ours."""
    made = root / trial.LOCK
    own = "coursetrial==2.0\ncoursehelper==2.0\n"
    made.write_text(LOCK.read_text(encoding="utf-8") + own, encoding="utf-8")
    command = [sys.executable, "-m", "uv", "pip", "compile", "-q", "--generate-hashes"]
    command += ["--no-emit-index-url", "-o", str(made), str(root / "pyproject.toml")]
    env = settings.installer_environment()
    done = processes.run(command, env=env)
    processes.skip_without_index(done)
    assert done.returncode == 0, done.stderr


def content(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"}


def command(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    trial.add_arguments(parser)
    return parser.parse_args([*words, "--pytest", "-n 0 --nbval --nbval-current-env"])


def resolved(tmp_path: Path, *words: str) -> set[str]:
    """What would be other than in the lock."""
    wanted = [trial.requirement(word) for word in words]
    return trial.resolve(wanted, tmp_path) - trial.pins(paths.ROOT / trial.LOCK)


@pytest.mark.index
def test_what_is_named_changes_and_nothing_else(small_course, tmp_path):
    assert resolved(tmp_path) == set()
    assert resolved(tmp_path, "coursetrial==1.0") == {"coursetrial==1.0"}  # below pyproject's bound
    assert resolved(tmp_path, "coursetrial") == {"coursetrial==3.0"}  # the newest
    assert resolved(tmp_path, "coursetrial==3.0", "coursehelper==1.0") == {
        "coursetrial==3.0",
        "coursehelper==1.0",
    }


@pytest.mark.index
def test_keras_nightly_comes_only_when_it_is_named(small_course, tmp_path):
    """It lies in the same folder as keras; TensorFlow's release candidates ask for it."""
    words = ("coursetrial==3.0", "keras-nightly==99.0")
    assert resolved(tmp_path, *words[:1]) == {"coursetrial==3.0"}
    assert resolved(tmp_path, *words) == set(words)


@pytest.mark.index
def test_a_package_that_the_course_does_not_use_is_named(small_course, tmp_path):
    with pytest.raises(CourseError, match="does not use packaging-legacy"):
        trial.resolve([trial.requirement("packaging-legacy")], tmp_path)


@pytest.mark.index
def test_a_version_that_does_not_exist(small_course, tmp_path, capfd):
    with pytest.raises(CourseError, match="uv did not succeed"):
        trial.resolve([trial.requirement("coursetrial==9.9")], tmp_path)
    assert "coursetrial==9.9" in capfd.readouterr().err


def test_what_is_neither_a_number_nor_a_package():
    with pytest.raises(CourseError, match="keras=3.15"):
        trial.requirement("keras=3.15")


@pytest.mark.index
@pytest.mark.slow
def test_red_with_another_version_green_with_the_lock(small_course, tmp_path, monkeypatch, capfd):
    """For real: the environment is made, the notebook runs in it, the course stays as it was."""
    before, room = content(small_course), tmp_path / "temporary"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    # Its options are those of this run, not of the small course's.
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    assert trial.run(command("98")) == 0
    assert trial.run(command("coursetrial==1.0", "98")) == 1
    shown = capfd.readouterr().out
    assert "Other than in the lock: coursetrial==1.0" in shown
    assert "FAILED notebooks/98_small.ipynb::Cell 0" in shown
    assert list(room.glob("course-try-*")) == []
    assert content(small_course) == before


def test_features_are_computed_by_the_packages_under_trial(tmp_path):
    """Cached features come from other versions: they would hide what has changed."""
    from course_utils.assets.store import cache

    own = trial.environment(tmp_path)
    assert Path(own["COURSE_CACHE"]).is_relative_to(tmp_path)
    assert own["COURSE_ASSETS"] == os.environ.get("COURSE_ASSETS", str(cache()))
