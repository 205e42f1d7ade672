"""Checksums of files and folders."""

import hashlib
from pathlib import Path


def of_file(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def of_folder(folder: Path) -> str:
    """sha256 over a folder: for each file, sorted by its path, one line "sha256␠␠path\\n" is hashed.

    Paths are relative, with ``/``, in UTF-8, sorted as text; ``sha256sum`` prints the same lines, so
    ``find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum`` agrees.
    """
    lines = (f"{of_file(path)}  {name}\n" for name, path in _files(folder))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def of(path: Path) -> str:
    """The digest of a file or of a folder."""
    return of_folder(path) if path.is_dir() else of_file(path)


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder; -1 when there is nothing."""
    if path.is_dir():
        return sum(file.stat().st_size for _, file in _files(path))
    return path.stat().st_size if path.is_file() else -1


def _files(folder: Path) -> list[tuple[str, Path]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted((path.relative_to(folder).as_posix(), path) for path in files)
