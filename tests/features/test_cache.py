"""The cache file held, damaged or foreign: never a wrong feature, never another program's data lost."""

import sqlite3
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.features import cache
from course_utils.features.cache import Store

NETWORK = SimpleNamespace(name="small", key="0", n_features=4)
ROWS = {bytes([n]): np.full(4, n, np.float32) for n in range(20)}
HOLDS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN " + sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A cache file with twenty rows; little patience."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "PATIENCE", 0.5)
    with Store(NETWORK) as store:
        store.put(ROWS)
    return store.file


@pytest.fixture
def hold(file):
    """Another process locks the file until the test ends."""
    processes = []

    def start(how):
        command = [sys.executable, "-c", HOLDS, str(file), how]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes.append(subprocess.Popen(command, **pipes))
        assert processes[-1].stdout.readline() == "held\n"

    yield start
    for process in processes:
        process.communicate(timeout=20)


def rows_in(file):
    with sqlite3.connect(file) as database:
        return database.execute("SELECT count(*) FROM features").fetchone()[0]


def used(store):
    """Everything is asked for and stored once more; how many rows the cache gave."""
    found = [store.get(digest) for digest in ROWS]
    for digest, row in ROWS.items():
        store.put({digest + b"new": row})
    return sum(row is not None for row in found)


@pytest.mark.parametrize("how", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_file_that_another_process_holds_is_left_alone_and_waited_for_once(file, hold, how):
    before = file.read_bytes()
    hold(how)
    begin = time.monotonic()
    with Store(NETWORK) as store:
        found = used(store)
    # 20 reads and 20 writes that wait 0.5 s each would be at least 10 s.
    assert time.monotonic() - begin < 8
    assert found == (20 if how == "IMMEDIATE" else 0)
    assert file.read_bytes() == before


def test_a_lock_that_comes_while_the_cache_is_in_use(file, hold):
    with Store(NETWORK) as store:
        hold("EXCLUSIVE")
        begin = time.monotonic()
        assert used(store) == 0
        assert time.monotonic() - begin < 8
    assert store.file.exists()


def test_patience_is_short():
    assert cache.PATIENCE <= 5


def halves(content):
    return content[: len(content) // 2]


def scribbled(content):
    """The first page is sound, the rest is not."""
    page = int.from_bytes(content[16:18], "big")
    return content[:page] + b"\xff" * (len(content) - page)


@pytest.mark.parametrize("damage", [lambda _: b"no database" * 999, halves, scribbled])
def test_a_damaged_file_is_begun_afresh(tmp_path, file, damage):
    with Store(NETWORK) as store:
        store.put({n.to_bytes(2, "big"): np.ones(4, np.float32) for n in range(5000)})
    file.write_bytes(damage(file.read_bytes()))
    with Store(NETWORK) as store:
        used(store)
        used(store)  # what the first use found damaged is whole by now
    with Store(NETWORK) as store:
        for digest, row in ROWS.items():
            np.testing.assert_array_equal(store.get(digest + b"new"), row)
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_database_of_another_kind_is_not_deleted(file):
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE features (somebody TEXT)")
        database.execute("INSERT INTO features VALUES ('else')")
    with Store(NETWORK) as store:
        assert used(store) == 0
    assert rows_in(file) == 1


def test_a_row_of_another_type_is_no_feature(file):
    with sqlite3.connect(file) as database:
        database.execute("UPDATE features SET row = 'text'")
    with Store(NETWORK) as store:
        assert store.get(bytes([3])) is None
