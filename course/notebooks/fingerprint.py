"""A hash of everything that a lesson's notebook depends on.

It covers the lesson, its exercises, the modules of course_utils that it imports (followed
through their own imports), the files in data/ that any of them names, the contents of the
assets that the manifest lists for the lesson, and the lock. ``course build`` stores it in the notebook.
Comments and docstrings of course_utils do not count: what they say cannot change an output.
"""

import ast
import hashlib
import io
import json
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from course.notebooks.lessons import Lesson, python_only
from course_utils import paths

PACKAGE = "course_utils"
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def fingerprint(lesson: Lesson) -> str:
    """Hex SHA-256 over names and contents; line endings do not count."""
    files, root = dependencies(lesson), lesson.root
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        is_helper = file.suffix == ".py" and file.is_relative_to(root / PACKAGE)
        content = _code_only(file) if is_helper else file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(content + b"\0")
    for name, row in sorted(needed_assets(lesson).items()):
        contents = {key: value for key, value in row.items() if key.endswith("sha256")}
        digest.update(json.dumps([name, contents], sort_keys=True).encode() + b"\0")
    return digest.hexdigest()


def _code_only(file: Path) -> bytes:
    """The module's text without comments, docstrings and empty lines; the same on every Python."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip()).encode()


def dependencies(lesson: Lesson) -> list[Path]:
    """The files that the notebook depends on, sorted; the manifest counts by rows, not here."""
    root = lesson.root
    code = {lesson.source} | ({lesson.exercises} if lesson.exercises.exists() else set())
    waiting = list(code)
    while waiting:
        for module in _imported_modules(waiting.pop(), root):
            if module not in code:
                code.add(module)
                waiting.append(module)
    words = set().union(*map(_string_constants, code))
    data = {p for p in _data_files(root) if p.name in words or _in_data(p, root) in words}
    lock = root / "requirements.lock"
    return sorted(code | data | ({lock} if lock.exists() else set()))


def needed_assets(lesson: Lesson) -> dict[str, dict]:
    """Rows of data/assets.toml that list the lesson's number, or that the lesson names itself."""
    words = _string_constants(lesson.source)
    rows = manifest_rows(lesson.root)
    return {n: r for n, r in rows.items() if lesson.number in r.get("lessons", []) or n in words}


def named_assets(files: Iterable[Path], root: Path = paths.ROOT) -> list[str]:
    """The assets whose names stand as strings in the given Python files."""
    words = set().union(*map(_string_constants, files))
    return sorted(words & manifest_rows(root).keys())


def manifest_rows(root: Path = paths.ROOT) -> dict[str, dict]:
    """name: row of the assets manifest; empty where there is none."""
    manifest = root / "data" / "assets.toml"
    if not manifest.exists():
        return {}
    return tomllib.loads(manifest.read_text(encoding="utf-8"))


def _data_files(root: Path) -> list[Path]:
    return [p for p in (root / "data").rglob("*") if p.is_file() and p.name != "assets.toml"]


def _in_data(path: Path, root: Path) -> str:
    return path.relative_to(root / "data").as_posix()


def _string_constants(path: Path) -> set[str]:
    if path.suffix != ".py" or not path.exists():  # a student copy has no sources of lessons
        return set()
    nodes = ast.walk(_parse(path))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _parse(path: Path) -> ast.Module:
    """The file's syntax tree; a notebook's magics are not Python, so such lines are left out."""
    return ast.parse(python_only(path.read_text(encoding="utf-8")), filename=path.name)


def _imported_modules(path: Path, root: Path) -> Iterator[Path]:
    """Files of course_utils that this file imports; a package counts with its __init__."""
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(alias.name, root)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, path, root)
            yield from _module_files(base, root)
            for alias in node.names:
                yield from _module_files(f"{base}.{alias.name}", root)


def _absolute(node: ast.ImportFrom, path: Path, root: Path) -> str:
    if not node.level:
        return node.module or ""
    package = path.relative_to(root).with_suffix("").parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _module_files(name: str, root: Path) -> Iterator[Path]:
    """The files that importing ``name`` runs: each package's __init__ and the module itself."""
    parts = name.split(".")
    if parts[0] != PACKAGE:
        return
    for depth in range(1, len(parts) + 1):
        base = root.joinpath(*parts[:depth])
        for file in (base / "__init__.py", base.with_suffix(".py")):
            if file.is_file():
                yield file
