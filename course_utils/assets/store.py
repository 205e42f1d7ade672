"""Where assets lie: a class pack (COURSE_ASSETS), the cache, an installed package.

A folder ``NAME-DIGEST`` appears in the cache only by one rename after its content was verified;
what a killed process leaves has another name and is cleared by the next call.
"""

import functools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from course_utils import paths
from course_utils.assets import archives, bars, digest
from course_utils.assets.catalogue import Asset, manifest
from course_utils.messages import CourseError, both


@dataclass(frozen=True)
class Status:
    """Where an asset is (None: not here) and its bytes on disk, or to be had, when fetched."""

    asset: Asset
    path: Path | None

    @property
    def present(self) -> bool:
        return self.path is not None


def fetch(name: str, progress: bool | None = None) -> Path:
    """The verified file or folder of an asset; it is transferred when it is not here yet.

    ``progress``: a progress bar on stderr; by default on a terminal and in a notebook. Raises
    CourseError for an unknown name, with COURSE_OFFLINE=1, and when no index gives the right bytes.
    """
    asset = named(name)
    if path := locate(asset):
        return path
    if asset.kind == "installed":
        raise _not_installed(asset)
    return store(asset, cache(), progress)


def status() -> list[Status]:
    """What is here and what is not, without touching the network; sizes are compared, not digests."""
    return [Status(asset, locate(asset, thorough=False)) for asset in manifest().values()]


def cache() -> Path:
    """Folder of the fetched assets."""
    return paths.cache_dir() / "assets"


def locate(asset: Asset, thorough: bool = True) -> Path | None:
    """The asset's path if it is here. ``thorough``: a class pack and a package are checked by digest.

    What is in the cache was verified before it got there, so its size is enough.
    """
    if asset.kind == "installed":
        return _installed(asset, thorough)
    if pack := os.environ.get("COURSE_ASSETS"):
        path = Path(pack).expanduser() / asset.key / asset.leaf
        if is_sound(path, asset) and (not thorough or _digest_fits(path, asset)):
            return path.resolve()
    path = cache() / asset.key / asset.leaf
    return path if is_sound(path, asset) else None


def is_sound(path: Path, asset: Asset) -> bool:
    """Whether the content's size is right."""
    return path.exists() and digest.size(path) == asset.content_size


def verify(path: Path, asset: Asset) -> bool:
    """Whether the content's digest is right."""
    return is_sound(path, asset) and digest.of(path) == asset.content_sha256


@functools.cache
def _digest_fits(path: Path, asset: Asset) -> bool:
    """``verify``, once per process; says so when a file was altered."""
    fits = verify(path, asset)
    if not fits:
        zh, en = f"{path} 的校验和不对，不使用它。", f"{path} has a wrong checksum and is not used."
        print(both(zh, en), file=sys.stderr)
    return fits


def store(asset: Asset, root: Path, progress: bool | None = None) -> Path:
    """Bring the asset below ``root`` (the cache or a class pack) and return its path there."""
    final = root / asset.key
    with _locked(root, asset):
        if is_sound(final / asset.leaf, asset) and (
            root == cache() or verify(final / asset.leaf, asset)
        ):
            return final / asset.leaf  # another process was quicker
        archives.remove(final)
        partial = root / f".{asset.key}.partial"
        archives.remove(partial)  # a killed process left it
        try:
            (partial / "done").mkdir(parents=True)
            _bring(asset, partial, progress)
            os.replace(partial / "done", final)
        except OSError as error:
            raise _disk(root, error) from error
        finally:
            archives.remove(partial)
    return final / asset.leaf


@contextmanager
def _locked(root: Path, asset: Asset) -> Iterator[None]:
    """One process at a time per asset; the system frees the lock of a killed one."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / f".{asset.key}.lock")
        lock.acquire()
    except OSError as error:
        raise _disk(root, error) from error
    try:
        yield
    finally:
        lock.release()


def _bring(asset: Asset, partial: Path, progress: bool | None) -> None:
    """Put the verified content at ``partial/done/LEAF``: from a copy here or from the index."""
    content = partial / "done" / asset.leaf
    if (here := locate(asset)) and verify(here, asset):
        _copy(here, content)
        return
    if os.environ.get("COURSE_OFFLINE") == "1":
        raise _offline(asset)
    from course_utils.assets import transfer  # the HTTP stack, only when it is needed

    with bars.downloading(asset, progress) as advance:
        member = transfer.take(asset, partial, functools.partial(_check_member, asset), advance)
    if asset.unpack:
        with archives.opened(member) as archive:
            archives.extract(
                archive, asset.unpack, content, asset.unpack_without, asset.content_size
            )
        if not verify(content, asset):
            raise archives.Refused(f"{asset.name}: unpacked content")
    else:
        os.replace(member, content)


def _check_member(asset: Asset, path: Path) -> None:
    """Raises ValueError (another place is tried) unless the member's bytes are right."""
    found = digest.of(path)
    if found != asset.member_sha256:
        raise ValueError(f"sha256 {found[:12]}…, expected {asset.member_sha256[:12]}…")


def _copy(source: Path, target: Path) -> None:
    import shutil

    (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def _installed(asset: Asset, thorough: bool) -> Path | None:
    """A file of an installed package, found without importing the package."""
    try:
        path = Path(str(metadata.distribution(asset.carrier).locate_file(asset.member)))
    except metadata.PackageNotFoundError:
        return None
    return path if is_sound(path, asset) and (not thorough or _digest_fits(path, asset)) else None


def named(name: str) -> Asset:
    """The asset of that name; CourseError with all names when there is none."""
    if name in manifest():
        return manifest()[name]
    names = ", ".join(manifest())
    raise CourseError(
        f"没有名为 {name} 的资源。可用的名称：{names}",
        f"There is no asset named {name}. There are: {names}",
    )


def _not_installed(asset: Asset) -> CourseError:
    return CourseError(
        f"{asset.name} 应随软件包 {asset.carrier} 一起安装，但没有找到或内容不对。"
        f"请运行 python -m pip install --force-reinstall {asset.carrier}=={asset.version}",
        f"{asset.name} comes with the package {asset.carrier}, which is missing or altered. "
        f"Run python -m pip install --force-reinstall {asset.carrier}=={asset.version}",
    )


def _offline(asset: Asset) -> CourseError:
    return CourseError(
        f"{asset.name} 不在本机，而 COURSE_OFFLINE=1 不允许联网。"
        f"请联网运行 course fetch {asset.name}，或用 COURSE_ASSETS 指向离线课程包。",
        f"{asset.name} is not on this machine, and COURSE_OFFLINE=1 keeps the network off. "
        f"Run course fetch {asset.name} with a network, or point COURSE_ASSETS to a class pack.",
    )


def _disk(root: Path, error: OSError) -> CourseError:
    return CourseError(
        f"无法写入 {root}：{error}。请腾出空间、检查权限，或用 COURSE_CACHE 换一个文件夹。",
        f"Cannot write to {root}: {error}. Free some space, check the permissions, "
        "or choose another folder with COURSE_CACHE.",
    )
