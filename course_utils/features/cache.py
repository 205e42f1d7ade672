"""The features that were extracted before, on disk."""

import contextlib
import sqlite3
import threading
import zlib
from typing import Self

import numpy as np

from course_utils.features.network import Network
from course_utils.paths import cache_dir


class Store:
    """The cache of one backbone: an SQLite file, so writes are atomic and processes can share it.

    Each row carries a checksum. A damaged file or row costs time, never a wrong feature; a disk that
    is full or read-only costs the cache, never the result.
    """

    def __init__(self, network: Network) -> None:
        self.n_features, self.lock = network.n_features, threading.Lock()
        self.file = cache_dir() / "features" / f"{network.name}-{network.key}.sqlite"
        self.database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except sqlite3.DatabaseError:  # damaged: start it afresh
            self._close()
            with contextlib.suppress(OSError, sqlite3.Error):
                self.file.unlink(missing_ok=True)
                self._open()
        except OSError:
            self._close()
        return self

    def _open(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(self.file, timeout=60, check_same_thread=False)
        # No waiting for the disk after each batch: what a power cut damages is found by its checksum.
        self.database.execute("PRAGMA synchronous = OFF")
        table = "features (digest BLOB PRIMARY KEY, row BLOB, crc INTEGER) WITHOUT ROWID"
        with self.database:
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {table}")

    def _close(self) -> None:
        if self.database is not None:
            self.database.close()
        self.database = None

    def __exit__(self, *_: object) -> None:
        self._close()

    def get(self, digest: bytes) -> np.ndarray | None:
        """The cached row (d,), or None."""
        if self.database is None:
            return None
        query = "SELECT row, crc FROM features WHERE digest = ?"
        with self.lock, contextlib.suppress(sqlite3.Error):
            found = self.database.execute(query, (digest,)).fetchone()
            if found and zlib.crc32(found[0]) == found[1]:
                row = np.frombuffer(found[0], np.float32)
                return row if row.size == self.n_features else None
        return None

    def put(self, rows: dict[bytes, np.ndarray]) -> None:
        """Keep these rows: all of them or, when the process is killed meanwhile, none."""
        if self.database is None:
            return
        blobs = ((digest, np.float32(row).tobytes()) for digest, row in rows.items())
        values = [(digest, blob, zlib.crc32(blob)) for digest, blob in blobs]
        with self.lock, contextlib.suppress(sqlite3.Error), self.database:
            self.database.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?)", values)
