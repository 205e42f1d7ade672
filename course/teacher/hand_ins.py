"""What was handed in: notebooks, also in zip files, and all else with what to do about it.

Nothing that may be somebody's homework is passed over: each such file is a row of the table, marked
or with the reason why not. A student's names never become paths: a notebook in a zip file is read
as it is needed, up to a limit, into a file with a name of ours.
"""

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course_utils.messages import CourseError, printable

LARGEST = 50 * 2**20  # bytes of a notebook, pictures in its outputs included
LARGEST_ZIP = 2**30  # bytes
MOST = 50  # notebooks in one zip file
LONGEST = 240  # characters of a name in the table
JUNK = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini"}
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
# Handed in instead of a notebook, or made from one.
HOMEWORK = ("", ".txt", ".json", ".html", ".htm", ".py", ".pdf", ".md", ".doc", ".docx")
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
)
# A problem is shown in one cell of the table: both languages in one line.
NOT_A_NOTEBOOK = "不是笔记本，请学生交 .ipynb · not a notebook: ask for the .ipynb"
MISNAMED = "文件名应以 .ipynb 结尾 · its name should end in .ipynb"
NO_NOTEBOOK = "里面没有笔记本 · holds no notebook"
UNPACK = "请先解压 · unpack it first"
DAMAGED = "不是 zip 文件，或已损坏 · no zip file, or damaged"
PASSWORD = "有密码，请先解压 · has a password: unpack it first"
TOO_LARGE = "太大 · too large"
TOO_MANY = (
    f"笔记本超过 {MOST} 份，后面的没有批改 · more than {MOST} notebooks, the rest is not marked"
)
LINK = "是链接，没有跟随 · a link, which was not followed"
SPECIAL = "不是普通文件 · no ordinary file"
UNREADABLE = "读不了 · cannot be read"


@dataclass(frozen=True)
class HandIn:
    """One row of the table. ``note``: what to say of it; not ``markable``: it is not run."""

    label: str
    file: Path
    name: str  # the file's own name, by which its lesson may be known
    member: int | None = None  # which entry of the zip file
    note: str = ""
    markable: bool = True

    def content(self) -> bytes:
        """The notebook's bytes. BROKEN where they cannot be had."""
        if self.member is None:
            return self.file.read_bytes()
        with (
            zipfile.ZipFile(self.file) as archive,
            archive.open(archive.infolist()[self.member]) as stream,
        ):
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(TOO_LARGE)
        return content


def find(folder: Path) -> tuple[list[HandIn], list[Path]]:
    """Everything handed in under the folder, in order; and files that are no homework."""
    if not folder.is_dir():
        raise CourseError(
            f"{folder} 不是文件夹。请给出收上来的笔记本所在的文件夹。",
            f"{folder} is no folder. Name the folder that holds the notebooks.",
        )
    rows: list[HandIn] = []
    others: list[Path] = []
    for found in _walk(folder):
        if isinstance(found, HandIn):
            rows.append(found)
        else:
            others.append(found)
    rows += _folders_without(folder, rows)
    if not rows:
        raise CourseError(
            f"{folder} 里没有 .ipynb 笔记本。每个学生一个文件夹，或全部放在一起。",
            f"There is no .ipynb notebook in {folder}. One folder for each student, or all together.",
        )
    return sorted(rows, key=lambda row: row.label), sorted(others)


def label(path: Path, folder: Path, inside: str = "") -> str:
    """What the table calls it: the path from the folder on, fit for a terminal and a spreadsheet."""
    return in_a_cell("/".join(filter(None, [path.relative_to(folder).as_posix(), inside])))


def in_a_cell(text: str) -> str:
    """The text fit for a cell of the table: what hides in it as escapes; a long one cut."""
    shown = printable(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST // 2]}…{shown[-LONGEST // 2 :]}"


def _walk(folder: Path) -> Iterator[HandIn | Path]:
    unreadable: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=unreadable.append):
        here = Path(name)
        links = [inner for inner in folders if (here / inner).is_symlink()]
        folders[:] = [inner for inner in folders if inner not in links and not _is_junk(inner)]
        for link in links:
            yield _row(here / link, folder, LINK)
        for file in files:
            if not _is_junk(file):
                try:
                    yield from _look(here / file, folder)
                except OSError:  # no rights; on Windows, a path that is too long
                    yield _row(here / file, folder, UNREADABLE)
    for error in unreadable:
        yield _row(Path(error.filename), folder, UNREADABLE)


def _is_junk(name: str) -> bool:
    """What systems and editors leave behind; a notebook without a name (``.ipynb``) is none."""
    if name.lower() in JUNK or name.startswith("._"):
        return True
    return name.startswith(".") and not name.lower().endswith(".ipynb")


def _row(path: Path, folder: Path, note: str, markable: bool = False) -> HandIn:
    return HandIn(label(path, folder), path, path.name, note=note, markable=markable)


def _look(path: Path, folder: Path) -> Iterator[HandIn | Path]:
    """The rows of one file, or the path itself where it is no homework."""
    suffix = path.suffix.lower()
    if path.is_symlink():
        yield _row(path, folder, LINK)
    elif not path.is_file():
        yield _row(path, folder, SPECIAL)
    elif suffix == ".zip":
        yield from _unzipped(path, folder)
    elif suffix in ARCHIVES:
        yield _row(path, folder, UNPACK)
    elif path.name.lower().endswith(".ipynb"):
        large = path.stat().st_size > LARGEST
        yield _row(path, folder, TOO_LARGE if large else "", markable=not large)
    elif suffix in HOMEWORK or ".ipynb" in path.name.lower():
        is_one = _is_notebook(path)
        yield _row(path, folder, MISNAMED if is_one else NOT_A_NOTEBOOK, markable=is_one)
    else:
        yield path


def _is_notebook(path: Path) -> bool:
    """A browser may save a notebook as ``x.ipynb.txt`` or ``x.json``."""
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return False
    return content.lstrip()[:1] == b"{" and b'"cells"' in content and b'"nbformat"' in content


def _unzipped(path: Path, folder: Path) -> Iterator[HandIn]:
    """The notebooks in a zip file, and whatever else in it has to be said."""
    if path.stat().st_size > LARGEST_ZIP:
        yield _row(path, folder, TOO_LARGE)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except BROKEN:
        yield _row(path, folder, DAMAGED)
        return
    rows = list(filter(None, (_entry(path, folder, *pair) for pair in enumerate(entries))))
    yield from rows[:MOST] or [_row(path, folder, NO_NOTEBOOK)]
    if len(rows) > MOST:
        yield _row(path, folder, TOO_MANY)


def _entry(path: Path, folder: Path, number: int, info: zipfile.ZipInfo) -> HandIn | None:
    """The row of one entry; None for a folder and for what is no notebook."""
    every = PurePosixPath(entry_name(info).replace("\\", "/")).parts
    parts = [part for part in every if part not in ("/", "..")]
    if info.is_dir() or not parts or any(map(_is_junk, parts)):
        return None
    suffix, note = PurePosixPath(parts[-1]).suffix.lower(), ""
    if suffix in ARCHIVES:
        note = UNPACK
    elif not parts[-1].lower().endswith(".ipynb"):
        return None
    elif info.flag_bits & 1:
        note = PASSWORD
    elif info.file_size > LARGEST:
        note = TOO_LARGE
    shown = label(path, folder, "/".join(parts))
    return HandIn(shown, path, parts[-1], number, note, markable=not note)


def entry_name(info: zipfile.ZipInfo) -> str:
    """The entry's name. Windows in Chinese writes it in GBK and does not say so."""
    if info.flag_bits & 0x800:  # said to be UTF-8
        return info.filename
    for encoding in ("utf-8", "gb2312"):
        try:
            return info.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return info.filename


def _folders_without(folder: Path, rows: list[HandIn]) -> Iterator[HandIn]:
    """The uppermost folders in which nothing was found: a student who handed in something else."""
    with_rows = {parent for row in rows for parent in [row.file, *row.file.parents]}
    for name, folders, _ in os.walk(folder):
        empty = [f for f in folders if not _is_junk(f) and Path(name, f) not in with_rows]
        folders[:] = [f for f in folders if not _is_junk(f) and f not in empty]
        yield from (_row(Path(name, f), folder, NO_NOTEBOOK) for f in empty)
