"""Index settings as pip has them, then uv's. pip itself need not be installed.

Sources: pip's documentation, "Configuration" (files, their order, environment variables), and uv's
"Configuration files", "Environment variables" and "Package indexes".
"""

import configparser
import locale
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import platformdirs

PIP_FILE = "pip.ini" if os.name == "nt" else "pip.conf"
PIP_SECTIONS = ("global", "install", "download")  # later ones win, as for `pip download`


@dataclass(frozen=True)
class IndexSettings:
    """What to ask and how. Empty ``index_urls`` and ``no_index`` false: the public default index."""

    index_urls: tuple[str, ...] = ()
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    no_index: bool = False
    cert: str = ""
    client_cert: str = ""
    proxy: str = ""
    timeout: float = 15.0  # seconds, pip's default


def current() -> IndexSettings:
    """The user's settings: each one from pip if pip has it, otherwise from uv; extra indexes add up."""
    pip, uv = pip_settings(), uv_settings()
    return IndexSettings(
        index_urls=pip.index_urls or uv.index_urls,
        extra_index_urls=_unique(pip.extra_index_urls + uv.extra_index_urls),
        find_links=_unique(pip.find_links + uv.find_links),
        trusted_hosts=_unique(pip.trusted_hosts + uv.trusted_hosts),
        no_index=pip.no_index or uv.no_index,
        cert=pip.cert or uv.cert,
        client_cert=pip.client_cert or uv.client_cert,
        proxy=pip.proxy,
        timeout=max(pip.timeout, uv.timeout),
    )


def redacted(url: str) -> str:
    """The URL without credentials, for messages."""
    return re.sub(r"//[^/@\s]*@", "//***@", url)


# pip -----------------------------------------------------------------------------------------


def pip_settings() -> IndexSettings:
    """pip's settings from its configuration files and PIP_* variables."""
    merged = pip_options()
    return IndexSettings(
        index_urls=tuple(map(as_url, merged.get("index-url", "").split()[:1])),
        extra_index_urls=tuple(map(as_url, merged.get("extra-index-url", "").split())),
        find_links=tuple(merged.get("find-links", "").split()),
        trusted_hosts=tuple(merged.get("trusted-host", "").split()),
        no_index=_is_true(merged.get("no-index", "")),
        cert=_path(merged.get("cert", "") or _environment("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")),
        client_cert=_path(merged.get("client-cert", "")),
        proxy=merged.get("proxy", ""),
        timeout=_seconds(merged.get("timeout") or merged.get("default-timeout", "")),
    )


def pip_options() -> dict[str, str]:
    """Every non-empty option by its long name: files in pip's order, then the environment."""
    by_section: dict[str, dict[str, str]] = {section: {} for section in PIP_SECTIONS}
    for path in pip_files():
        for section, options in _read_ini(path).items():
            by_section.get(section, {}).update(options)
    merged: dict[str, str] = {}
    for section in PIP_SECTIONS:
        merged.update(by_section[section])
    for name, value in os.environ.items():
        if name.upper().startswith("PIP_") and value.strip():
            merged[_option(name[4:])] = value.strip()
    return merged


def pip_files() -> list[Path]:
    """pip's configuration files, the later winning; PIP_CONFIG_FILE=os.devnull turns all off."""
    own = os.environ.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return []
    site_wide = platformdirs.site_config_dir("pip", appauthor=False, multipath=True)
    files = [Path(folder, PIP_FILE) for folder in reversed(site_wide.split(os.pathsep))]
    if os.name != "nt":
        files.append(Path("/etc", PIP_FILE))
    if not (own and Path(own).exists()):
        files += _pip_user_files()
    files.append(Path(sys.prefix, PIP_FILE))
    return [*files, Path(own)] if own else files


def _pip_user_files() -> list[Path]:
    home = Path.home()
    legacy = home / ("pip" if os.name == "nt" else ".pip") / PIP_FILE
    if sys.platform == "darwin" and not (home / "Library/Application Support/pip").is_dir():
        return [legacy, home / ".config/pip" / PIP_FILE]
    return [
        legacy,
        Path(platformdirs.user_config_dir("pip", appauthor=False, roaming=True), PIP_FILE),
    ]


def _read_ini(path: Path) -> dict[str, dict[str, str]]:
    """Sections of one of pip's files; a file that is missing or unreadable counts as empty."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding=locale.getpreferredencoding(False))
    except (configparser.Error, UnicodeDecodeError, OSError):
        return {}
    return {
        section: {
            _option(key): value.strip() for key, value in parser.items(section) if value.strip()
        }
        for section in parser.sections()
    }


def _option(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


# uv ------------------------------------------------------------------------------------------


def uv_settings() -> IndexSettings:
    """uv's settings from uv.toml (system, user, nearest project file) and UV_* variables."""
    options: dict = {}
    for path in uv_files():
        table = _read_toml(path)
        options |= {**table.pop("pip", {}), **table}
    default, extra = _uv_indexes(options)
    return IndexSettings(
        index_urls=tuple(default[:1]),
        extra_index_urls=_unique(extra),
        find_links=tuple(_split(os.environ.get("UV_FIND_LINKS", ""), ","))
        or tuple(options.get("find-links", ())),
        trusted_hosts=tuple(_split(os.environ.get("UV_INSECURE_HOST", "")))
        or tuple(options.get("allow-insecure-host", ())),
        no_index=_is_true(os.environ.get("UV_NO_INDEX", "")) or bool(options.get("no-index")),
        cert=_path(_environment("SSL_CERT_FILE", "SSL_CERT_DIR")),
        client_cert=_path(os.environ.get("SSL_CLIENT_CERT", "")),
        timeout=_seconds(_environment("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")),
    )


def uv_files() -> list[Path]:
    """uv's configuration files, the later winning."""
    if own := os.environ.get("UV_CONFIG_FILE"):
        return [Path(own)]
    if _is_true(os.environ.get("UV_NO_CONFIG", "")):
        return []
    if os.name == "nt":
        system = [Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), "uv/uv.toml")]
        user = Path(os.environ.get("APPDATA", Path.home()), "uv/uv.toml")
    else:
        folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
        system = [Path("/etc/uv/uv.toml"), *(Path(f, "uv/uv.toml") for f in reversed(folders))]
        user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "uv/uv.toml")
    here = Path.cwd()
    project = next(
        (f / "uv.toml" for f in (here, *here.parents) if (f / "uv.toml").is_file()), None
    )
    return [*system, user, *([project] if project else [])]


def _read_toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _uv_indexes(options: Mapping) -> tuple[list[str], list[str]]:
    """(default indexes, others): variables before files, the newer names before the older."""
    default = [os.environ.get("UV_DEFAULT_INDEX", ""), os.environ.get("UV_INDEX_URL", "")]
    extra = _split(os.environ.get("UV_INDEX", "")) + _split(
        os.environ.get("UV_EXTRA_INDEX_URL", "")
    )
    for table in options.get("index", ()):
        if table.get("explicit"):
            continue  # uv asks such an index only for packages that name it
        url = f"{table['name']}={table['url']}" if table.get("name") else table["url"]
        (default if table.get("default") else extra).append(url)
    default.append(options.get("index-url", ""))
    extra += options.get("extra-index-url", ())
    return [_uv_url(url) for url in default if url], [_uv_url(url) for url in extra if url]


def _uv_url(text: str) -> str:
    """``name=url`` or ``url``, with UV_INDEX_NAME_USERNAME and …_PASSWORD put in."""
    name, found, url = text.partition("=")
    if not found or not re.fullmatch(r"[\w.-]+", name):
        return as_url(text)
    key = re.sub(r"[^A-Z0-9]", "_", name.upper())
    user = os.environ.get(f"UV_INDEX_{key}_USERNAME", "")
    password = os.environ.get(f"UV_INDEX_{key}_PASSWORD", "")
    parts = urlsplit(as_url(url))
    if not (user or password) or "@" in parts.netloc:
        return parts.geturl()
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@"
    return urlunsplit(parts._replace(netloc=login + parts.netloc))


# helpers -------------------------------------------------------------------------------------


def as_url(text: str) -> str:
    """A URL as it is; an existing local folder as a ``file://`` URL."""
    is_folder = "://" not in text and Path(text).expanduser().exists()
    return Path(text).expanduser().resolve().as_uri() if is_folder else text


def _split(text: str, also: str = " ") -> list[str]:
    return text.replace(also, " ").split()


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _environment(*names: str) -> str:
    """The first of these variables that is set."""
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _path(text: str) -> str:
    return os.path.expanduser(text) if text else ""


def _is_true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on", "y", "t"}


def _seconds(text: str) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return IndexSettings.timeout
