"""Archives that try to harm are refused, whatever kind they are."""

import io
import tarfile
import zipfile

import pytest

from course_utils.assets import archives


def zipped(path, names, content=b"x"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def unpack(path, prefix, target, **limits):
    with archives.opened(path) as archive:
        archives.extract(archive, prefix, target, **limits)


EVIL = ["p/../../evil", "p//etc/evil", "p/..\\..\\evil", "p/C:\\evil", "p/a/../../../evil"]


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_paths_outside_the_folder(tmp_path, name, kind):
    path = tmp_path / f"archive.{kind}"
    if kind == "zip":
        zipped(path, [name])
    else:
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    with pytest.raises(archives.Refused):
        unpack(path, "p/", tmp_path / "in/side")
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_links_and_devices(tmp_path, kind):
    info = tarfile.TarInfo("p/link")
    info.type, info.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as archive:
        archive.addfile(info)
    for prefix in ("p/", "p/link"):
        with pytest.raises(archives.Refused):
            unpack(tmp_path / "archive.tar.gz", prefix, tmp_path / "out")


def test_a_decompression_bomb_is_stopped_at_the_limit(tmp_path):
    path = zipped(tmp_path / "bomb.zip", ["p/zeros"], b"\0" * 50_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(archives.Refused):
        unpack(path, "p/", tmp_path / "out", max_bytes=1_000_000)
    assert not list(tmp_path.rglob("zeros"))


def test_a_bomb_whose_header_lies_is_stopped_while_writing(tmp_path):
    path = zipped(tmp_path / "bomb.zip", ["p/zeros"], b"\0" * 5_000_000)
    raw = path.read_bytes().replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(raw)
    with pytest.raises((archives.Refused, zipfile.BadZipFile)):
        unpack(path, "p/", tmp_path / "out")
    assert sum(f.stat().st_size for f in (tmp_path / "out").rglob("*") if f.is_file()) <= 10


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILES", 10)
    with pytest.raises(archives.Refused):
        unpack(zipped(tmp_path / "many.zip", [f"p/{n}" for n in range(11)]), "p/", tmp_path / "out")


def test_what_is_no_archive_or_lacks_the_member(tmp_path):
    (tmp_path / "page.whl").write_text("<html>log in first</html>", encoding="utf-8")
    with pytest.raises(archives.Refused):
        unpack(tmp_path / "page.whl", "p/", tmp_path / "out")
    with pytest.raises(archives.Refused):
        unpack(zipped(tmp_path / "other.zip", ["q/a"]), "p/", tmp_path / "out")


def test_only_the_wanted_files_and_the_right_ones(tmp_path):
    names = ["p/a", "p/b/c d", "p/val/e", "pp/f", "q"]
    unpack(zipped(tmp_path / "ok.zip", names), "p/", tmp_path / "out", leave_out=("val",))
    found = {
        f.relative_to(tmp_path / "out").as_posix()
        for f in (tmp_path / "out").rglob("*")
        if f.is_file()
    }
    assert found == {"a", "b/c d"}


def test_only_some_files_of_a_folder(tmp_path):
    path = zipped(tmp_path / "some.zip", ["p/a_1_.wav", "p/b_1_.wav", "p/a_2_.wav"])
    unpack(path, "p/", tmp_path / "out", only=("_1_",))
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["a_1_.wav", "b_1_.wav"]
