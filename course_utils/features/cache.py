"""The features that were extracted before, on disk."""

import contextlib
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from course_utils.paths import cache_dir

PATIENCE = 5.0  # seconds for which another program may hold the file


class Source(Protocol):
    """What rows come from: a backbone, an encoder of texts or sounds."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def n_features(self) -> int: ...


class Store:
    """The cache of one backbone or encoder: an SQLite file, so writes are atomic and processes can share it.

    Each row carries a checksum. A damaged file or row costs time, never a wrong feature; a disk that
    is full or read-only, or a file that another program holds, costs the cache, never the result.
    """

    def __init__(self, source: Source) -> None:
        self.n_features, self.lock = source.n_features, threading.Lock()
        self.file = cache_dir() / "features" / f"{source.name}-{source.key}.sqlite"
        self.database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except sqlite3.Error as error:
            if _is_damaged(error):
                self._start_afresh()
            else:
                self._close()
        except OSError:
            self._close()
        return self

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(self.file, timeout=PATIENCE, check_same_thread=False)
        # No waiting for the disk after each batch: what a power cut damages is found by its checksum.
        self.database.execute("PRAGMA synchronous = OFF")
        table = "features (digest BLOB PRIMARY KEY, row BLOB, crc INTEGER) WITHOUT ROWID"
        with self.database:
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    def _start_afresh(self) -> None:
        """Only for a file that SQLite calls damaged: any other one may be at work elsewhere."""
        self._close()
        try:
            for file in (self.file, Path(f"{self.file}-journal")):
                file.unlink(missing_ok=True)
            self._open()
        except (OSError, sqlite3.Error):
            self._close()

    def _close(self) -> None:
        if self.database is not None:
            self.database.close()
        self.database = None

    def __exit__(self, *_: object) -> None:
        self._close()

    @contextlib.contextmanager
    def _trouble_costs_the_cache(self) -> Iterator[None]:
        """For one use of the database: damaged, it starts afresh; held, it is waited for once."""
        try:
            yield
        except sqlite3.Error as error:
            if _is_damaged(error):
                self._start_afresh()
            elif _is_held(error):
                self._close()

    def get(self, digest: bytes) -> np.ndarray | None:
        """The cached row (d,), or None."""
        query = "SELECT row, crc FROM features WHERE digest = ?"
        with self.lock, self._trouble_costs_the_cache():
            if self.database is None:
                return None
            found = self.database.execute(query, (digest,)).fetchone()
            if found and isinstance(found[0], bytes) and zlib.crc32(found[0]) == found[1]:
                row = np.frombuffer(found[0], np.float32)
                return row if row.size == self.n_features else None
        return None

    def put(self, rows: dict[bytes, np.ndarray]) -> None:
        """Keep these rows: all of them or, when the process is killed meanwhile, none."""
        blobs = ((digest, np.float32(row).tobytes()) for digest, row in rows.items())
        values = [(digest, blob, zlib.crc32(blob)) for digest, blob in blobs]
        with self.lock, self._trouble_costs_the_cache():
            if self.database is None:
                return
            with self.database:
                insert = "INSERT OR REPLACE INTO features VALUES (?, ?, ?)"
                self.database.executemany(insert, values)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where Python itself raised the error."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_damaged(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _is_held(error: sqlite3.Error) -> bool:
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
