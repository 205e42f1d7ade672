"""Where photos lie and features go: a folder of this machine, or what pyarrow reads (``s3://``)."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from course_utils import photos
from course_utils.files import write_atomically
from course_utils.messages import CourseError
from course_utils.photos import reading
from course_utils.photos.photo_set import SYSTEM_FILES

if TYPE_CHECKING:
    from pyarrow import fs


@dataclass(frozen=True)
class Entry:
    """A file: its name below the place (with ``/``), bytes, and when it was changed (ns)."""

    name: str
    size: int
    changed: int


class Place(Protocol):
    """What the commands need of a folder, wherever it is."""

    address: str

    def photos(self) -> list[Entry]:
        """All files below it but those of operating systems, sorted by name."""

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises BadPhoto."""

    def names(self, folder: str = "") -> set[str]:
        """Names of the files directly in it, or in one of its folders; empty where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """A whole file or none. Raises OSError."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is none to complain about."""


class Local:
    """A folder that this machine sees: its own disk, or a network drive."""

    def __init__(self, root: Path) -> None:
        self.root, self.address = root, str(root)

    def photos(self) -> list[Entry]:
        """Sorted by name, as they are everywhere: the plan must not depend on the machine."""
        found = []
        for path in photos.photo_files(self.root):
            state = (
                path.stat() if path.exists() else path.lstat()
            )  # a link to nowhere is a bad photo
            name = path.relative_to(self.root).as_posix()
            found.append(Entry(name, state.st_size, state.st_mtime_ns))
        return sorted(found, key=lambda entry: entry.name)

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises BadPhoto."""
        return reading.read_bytes(self.root / name)

    def names(self, folder: str = "") -> set[str]:
        """Names of the files directly in it or in ``folder``."""
        place = self.root / folder
        return {path.name for path in place.iterdir()} if place.is_dir() else set()

    def write(self, name: str, content: bytes) -> None:
        """Through a temporary name beside it."""
        write_atomically(self.root / name, content)

    def remove(self, name: str) -> None:
        """Gone already is as good."""
        (self.root / name).unlink(missing_ok=True)


class Remote:
    """What pyarrow reads and writes: object stores, where a file appears whole or not at all."""

    def __init__(self, address: str, system: "fs.FileSystem", base: str) -> None:
        self.address, self.system, self.base = address, system, base.rstrip("/")

    def photos(self) -> list[Entry]:
        """Sorted by name."""
        found = []
        for info in self._listed(self.base, recursive=True):
            name = info.path.removeprefix(self.base).lstrip("/")
            if not any(_system(part) for part in name.split("/")):
                found.append(Entry(name, info.size, info.mtime_ns or 0))
        return sorted(found, key=lambda entry: entry.name)

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises BadPhoto where it is gone or huge, OSError where the store fails."""
        path = Path(name)
        try:
            with self.system.open_input_stream(f"{self.base}/{name}") as stream:
                content = stream.read(reading.MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise reading.BadPhoto(path, "不存在", "it does not exist") from error
        if len(content) > reading.MAX_BYTES:
            raise reading.BadPhoto(path, "文件超过 300 MB", "the file is larger than 300 MB")
        if not content:
            raise reading.BadPhoto(path, "文件是空的", "the file is empty")
        return content

    def names(self, folder: str = "") -> set[str]:
        """Names of the files directly in it or in ``folder``."""
        return {info.base_name for info in self._listed(f"{self.base}/{folder}".rstrip("/"))}

    def write(self, name: str, content: bytes) -> None:
        """In one piece: a store shows it once all of it has arrived."""
        path = f"{self.base}/{name}"
        self.system.create_dir(path.rpartition("/")[0], recursive=True)
        with self.system.open_output_stream(path) as stream:
            stream.write(content)

    def remove(self, name: str) -> None:
        """Gone already is as good."""
        if name.rpartition("/")[2] in self.names(name.rpartition("/")[0]):
            self.system.delete_file(f"{self.base}/{name}")

    def _listed(self, path: str, *, recursive: bool = False) -> list["fs.FileInfo"]:
        from pyarrow import fs

        asked = fs.FileSelector(path, recursive=recursive, allow_not_found=True)
        return [info for info in self.system.get_file_info(asked) if info.is_file]


def _system(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FILES


def is_address(text: str) -> bool:
    """Whether this is an address for pyarrow (``s3://bucket/photos``) and no path."""
    return "://" in text


def opened(text: str) -> Place:
    """The place of a path or address. CourseError where pyarrow knows no such address."""
    if not is_address(text):
        return Local(Path(text))
    from pyarrow import fs

    try:
        system, base = fs.FileSystem.from_uri(text)
    except (ValueError, OSError) as error:  # pyarrow's own errors are both
        reason = " ".join(str(error).split())
        raise CourseError(
            f"pyarrow 打不开 {text}（{reason}）。请检查地址和访问权限。",
            f"pyarrow cannot open {text} ({reason}). Check the address and your access to it.",
        ) from error
    return Remote(text, system, base)


def check_installed(*modules: str) -> None:
    """Raise CourseError where pyarrow or Ray is missing, saying how to get it."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise CourseError(
            f'这个命令要用 {"、".join(missing)}，还没有装。请在课程文件夹里运行：pip install -e ".[scale]"（约 130 MB）',
            f"This needs {' and '.join(missing)}, which is not installed. In the course's folder run: "
            'pip install -e ".[scale]" (about 130 MB)',
        )
