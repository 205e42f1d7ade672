"""Taking members out of wheels, sdists and npm packages: nothing outside the folder, nothing huge.

Nothing is executed: an sdist is read as the archive it is. Links and devices are refused.
"""

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from course_utils.messages import CourseError

MAX_BYTES = 2 * 1024**3
MAX_FILES = 20_000


@dataclass(frozen=True)
class Entry:
    """A regular file in an archive; ``size`` in bytes as its header says."""

    name: str
    size: int


class Refused(CourseError):
    """The archive holds something that must not be unpacked."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"压缩包里有不安全的内容（{what}），已拒绝解压。请换一个镜像，再运行 course fetch。",
            f"The archive holds something unsafe ({what}) and was refused. "
            "Choose another mirror and run course fetch again.",
        )


class Archive:
    """Files of a zip or tar archive behind one interface."""

    def __init__(self, opened: zipfile.ZipFile | tarfile.TarFile) -> None:
        self._opened = opened

    def entries(self) -> Iterator[Entry]:
        """The regular files; raises Refused for links and devices."""
        if isinstance(self._opened, zipfile.ZipFile):
            infos = (info for info in self._opened.infolist() if not info.is_dir())
            yield from (Entry(info.filename, info.file_size) for info in infos)
            return
        for member in self._opened:
            if member.isreg():
                yield Entry(member.name, member.size)
            elif not member.isdir():
                yield Entry(member.name, -1)

    def open(self, name: str) -> IO[bytes]:
        """The file's content as a stream."""
        if isinstance(self._opened, zipfile.ZipFile):
            return self._opened.open(name)
        content = self._opened.extractfile(name)
        if content is None:
            raise Refused(f"{name} is no file")
        return content


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a zip (also ``.whl``) or tar file; raises Refused for anything else."""
    try:
        open_archive = zipfile.ZipFile if zipfile.is_zipfile(path) else tarfile.open
        source = open_archive(path)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise Refused(f"{path.name}: {error}") from error
    with source:
        yield Archive(source)


def wanted(
    archive: Archive, prefix: str, leave_out: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[Entry]:
    """The entries of a member: one file, or those below a folder (``prefix`` ends with ``/``)."""
    skip = tuple(f"{prefix}{folder}/" for folder in leave_out)
    if prefix.endswith("/"):
        entries = (e for e in archive.entries() if e.name.startswith(prefix))
        entries = (e for e in entries if not (skip and e.name.startswith(skip)))
        return [e for e in entries if not only or any(part in e.name for part in only)]
    return [e for e in archive.entries() if e.name == prefix]


def extract(
    archive: Archive,
    prefix: str,
    target: Path,
    leave_out: tuple[str, ...] = (),
    max_bytes: int = MAX_BYTES,
    only: tuple[str, ...] = (),
) -> None:
    """Write a member to ``target``: the file itself, or a folder with all that is below ``prefix``.

    Raises Refused for path traversal, links, and more than MAX_FILES files or ``max_bytes`` bytes,
    counted while writing too, as headers may lie.
    """
    entries = wanted(archive, prefix, leave_out, only)
    if not entries:
        raise Refused(f"{prefix} is missing")
    if len(entries) > MAX_FILES or sum(max(e.size, 0) for e in entries) > max_bytes:
        raise Refused(f"{prefix}: more than {MAX_FILES} files or {max_bytes} bytes")
    left = max_bytes
    for entry in entries:
        file = _destination(entry, prefix, target)
        file.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry.name) as source, file.open("xb") as sink:
            left -= _copy(source, sink, min(entry.size, left), entry.name)


def _destination(entry: Entry, prefix: str, target: Path) -> Path:
    """Where an entry is written; raises Refused when that is not below ``target``."""
    if entry.size < 0:
        raise Refused(f"{entry.name}: link or device")
    if not prefix.endswith("/"):
        return target
    parts = PurePosixPath(entry.name[len(prefix) :])
    # Backslashes and colons are path syntax on Windows only, but an archive that tries is refused everywhere.
    if parts.is_absolute() or ".." in parts.parts or set("\\:\0") & set(str(parts)):
        raise Refused(f"{entry.name}: path outside the folder")
    return target.joinpath(*parts.parts)


def _copy(source: IO[bytes], sink: IO[bytes], limit: int, name: str) -> int:
    """Copy at most ``limit`` bytes; more than the header promised is a decompression bomb."""
    written = 0
    while block := source.read(1 << 20):
        written += len(block)
        if written > limit:
            raise Refused(f"{name}: more than {limit} bytes")
        sink.write(block)
    return written


def remove(path: Path) -> None:
    """Delete a file or a folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
