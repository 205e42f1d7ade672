"""The list of assets: ``data/assets.toml``, one table per asset."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course_utils import paths
from course_utils.messages import CourseError

KINDS = ("wheel", "sdist", "installed")


@dataclass(frozen=True)
class Asset:
    """One asset: where it comes from, what it must be, and on which terms.

    ``size`` and ``sha256`` describe the carrier's file, ``member_size`` and ``member_sha256`` what is
    taken out of it (bytes; for a folder the digest of ``course_utils.assets.digest``).
    """

    name: str
    carrier: str
    version: str
    filename: str
    kind: str
    size: int
    sha256: str
    member: str
    member_size: int
    member_sha256: str
    licence: str
    licence_stated: bool
    upstream: str
    title_zh: str
    title_en: str
    lessons: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()  # folders below the member that are not taken
    only: tuple[str, ...] = ()  # … and of its files only those with one of these in their names
    unpack: str = ""  # the member is an archive itself: this folder inside it is unpacked …
    unpack_without: tuple[str, ...] = ()  # … without these folders below it …
    unpacked_size: int = 0  # … and then has this size and digest
    unpacked_sha256: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether ``fetch`` gives a folder."""
        return bool(self.unpack) or self.member.endswith("/")

    @property
    def leaf(self) -> str:
        """Last part of the path that ``fetch`` gives."""
        return PurePosixPath(self.unpack or self.member).name

    @property
    def key(self) -> str:
        """Name of the asset's folder in a cache or pack: a new content gets a new folder."""
        return f"{self.name}-{self.content_sha256[:12]}"

    @property
    def content_size(self) -> int:
        """Bytes of what ``fetch`` gives."""
        return self.unpacked_size or self.member_size

    @property
    def content_sha256(self) -> str:
        """Digest of what ``fetch`` gives."""
        return self.unpacked_sha256 or self.member_sha256


def read(path: Path) -> dict[str, Asset]:
    """Read a manifest file. Raises CourseError when an entry does not fit."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _asset(name, table) for name, table in tables.items()}
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(
            f"资源清单 {path} 读不了：{error}。请用 git checkout data/assets.toml 恢复它。",
            f"The manifest {path} cannot be read: {error}. "
            "Restore it with git checkout data/assets.toml.",
        ) from error


def _asset(name: str, table: dict) -> Asset:
    """An entry of the manifest as an Asset; ValueError for an unknown kind."""
    for key in ("lessons", "leave_out", "only", "unpack_without"):
        table[key] = tuple(table.get(key, ()))
    asset = Asset(name=name, **table)
    if asset.kind not in KINDS:
        raise ValueError(f"{name}: kind {asset.kind!r}")
    return asset


@functools.cache
def _course_manifest() -> dict[str, Asset]:
    return read(paths.DATA / "assets.toml")


def manifest() -> dict[str, Asset]:
    """Every asset of the course by name, in the order of ``data/assets.toml``."""
    return dict(_course_manifest())
