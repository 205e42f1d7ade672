"""What is imported is declared; what learners type needs nothing that only authors have."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import processes
import pytest
from packaging.utils import canonicalize_name
from test_environment_files import DEVELOPERS_LOCK, LOCK, pins

from course import cli
from course.notebooks.lessons import all_lessons, read_cells, read_notebook
from course_utils import paths

OWN = {"bootstrap", "course", "course_utils"}
# Imported only where it is installed: read_cells takes the built notebook otherwise (tested below).
WHERE_INSTALLED = {"jupytext"}
# Of the optional group "scale": the commands say how to get them (tests/scale).
OPTIONAL = {"pyarrow", "ray"}


def deptry(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "deptry", "."]
    return processes.run(command, cwd=folder)


def test_what_is_imported_is_declared_and_what_is_declared_is_used():
    done = deptry(paths.ROOT)
    assert done.returncode == 0, done.stderr


def test_an_undeclared_import_would_be_found(tmp_path):
    shutil.copy(paths.ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "course_utils").mkdir()
    (tmp_path / "course_utils" / "new.py").write_text(
        "import requests\nimport seaborn\n", encoding="utf-8"
    )
    done = deptry(tmp_path)
    assert done.returncode
    assert "'requests' imported but" in done.stderr
    assert "'seaborn' imported but" not in done.stderr


def imported(module: str, seen: set[str]) -> set[str]:
    """The top-level names of others' packages that a module and what it imports of ours import."""
    file = file_of(module)
    if module in seen or file is None:
        return set()
    seen.add(module)
    names, found = set(names_in(file)), set()
    for name in names:
        if name.split(".")[0] in OWN:
            for depth in range(1, name.count(".") + 2):
                found |= imported(".".join(name.split(".")[:depth]), seen)
        else:
            found.add(name.split(".")[0])
    return found - sys.stdlib_module_names


def file_of(module: str) -> Path | None:
    base = paths.ROOT.joinpath(*module.split("."))
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next(filter(Path.is_file, candidates), None)


def names_in(file: Path) -> Iterable[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def unpinned(modules: Iterable[str], lock: Path) -> set[str]:
    """Packages that these modules and what they import of ours import, and the lock lacks."""
    return lacking(set().union(*(imported(module, set()) for module in modules)), lock)


def lacking(names: set[str], lock: Path) -> set[str]:
    homes = metadata.packages_distributions()
    pinned = {pin.name for pin in pins(lock)}
    return {
        name
        for name in names
        if not pinned & {canonicalize_name(home) for home in homes.get(name, [name])}
    }


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_finds_its_packages_in_the_lock_that_start_py_takes_for_it(name):
    import start

    module = cli.COMMANDS[name][0]
    lock = paths.ROOT / start.lock_for([name], {})
    assert lock == (DEVELOPERS_LOCK if module.startswith("course.author.") else LOCK)
    allowed = WHERE_INSTALLED | OPTIONAL if lock == LOCK else OPTIONAL
    assert unpinned(["course.cli", module], lock) <= allowed


def test_lessons_and_what_they_import_need_learners_packages_only():
    """The long runs, full_NN.py, are an author's: ``course build --full``."""
    files = [*paths.LESSONS.glob("[!f]*.py"), *(paths.ROOT / "course_utils").rglob("*.py")]
    names = {name.split(".")[0] for file in files for name in names_in(file)}
    assert "seaborn" in names
    assert lacking(names - OWN - sys.stdlib_module_names, LOCK) == set()


def test_a_developers_package_in_a_learners_command_would_be_found():
    assert {"pytest", "nbconvert"} & unpinned(
        ["course.author.pytest_plugin", "course.author.export"], LOCK
    ) == {"pytest"}  # nbconvert comes with JupyterLab
    assert (
        unpinned(["course.author.pytest_plugin", "course.author.export"], DEVELOPERS_LOCK) == set()
    )


def test_start_py_without_a_command_and_with_an_option_takes_the_learners_lock():
    import start

    for arguments in ([], ["--help"], ["../author/test"], ["lab"], [""]):
        assert start.lock_for(arguments, {}) == start.LEARNERS
    assert start.lock_for(["lab"], {"lock": start.DEVELOPERS}) == start.DEVELOPERS


def test_lessons_are_read_without_jupytext(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    for lesson in all_lessons()[:2]:
        built = read_notebook(lesson.notebook)
        found = read_cells(lesson)
        assert [c.source for c in found.cells] == [c.source for c in built.cells] != []
        assert all(not c.get("outputs") for c in found.cells)


def test_an_authors_command_without_its_packages_says_how_to_get_them(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert cli.main(["build", "--check"]) == 1
    assert capsys.readouterr().err.count("python start.py build") == 2
