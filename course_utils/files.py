"""Writing a file completely or not at all: the one place where the course does it."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

DAY = 24 * 3600  # seconds


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write ``content`` (text as UTF-8, line ends as they are); OSError leaves the old file as it was."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextlib.contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """``with replacing(target) as temporary: …``: what was written there becomes ``target``.

    Only when the block ends well. The temporary file lies beside the target (a rename does not cross
    disks) and its name ends in ``suffix``. What killed processes left a day ago is cleared. OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name}.writing-"
    _clear(path.parent, prefix)
    temporary = path.parent / f"{prefix}{secrets.token_hex(4)}{suffix}"
    # As private as any new file of this user: tempfile's would be closed to everybody else.
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield temporary
        _to_disk(temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _clear(folder: Path, prefix: str) -> None:
    """Remove what a killed process left; a younger file may be at work."""
    for left in folder.iterdir():
        with contextlib.suppress(OSError):
            if left.name.startswith(prefix) and time.time() - left.stat().st_mtime > DAY:
                left.unlink()


def _to_disk(path: Path) -> None:
    """After a power cut the renamed file must not be empty."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
