"""Where packages and assets come from: pip's settings and uv's, read once for all who ask.

``start.py`` loads this file by its path before anything is installed; ``course fetch``, ``doctor``
and ``try`` import it. So it needs the standard library only, and neither pip nor uv.

Sources: pip's documentation, "Configuration" (files, their order, environment variables), and uv's
"Configuration files", "Environment variables" and "Package indexes".
"""

import configparser
import dataclasses
import locale
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import getproxies

ROOT = Path(__file__).resolve().parent.parent
PIP_FILE = "pip.ini" if os.name == "nt" else "pip.conf"
PIP_SECTIONS = ("global", "install", "download")  # later ones win, as for `pip download`
# Settings that send packages to another place than the environment that is to have them.
ELSEWHERE = ("target", "prefix", "root")
# What may stay of pip's and uv's own settings when the course is installed: how they fetch, keep
# and report. What changes which package lands where (constraint, no-binary, python …) may not.
PIP_KEEPS = re.compile(
    r"retries|resume-retries|(no-)?cache-dir|keyring-provider|use-(feature|deprecated)|no-input"
    r"|progress-bar|no-color|quiet|verbose|log|disable-pip-version-check|root-user-action"
)
UV_KEEPS = re.compile(
    r"(no-)?cache(-dir)?|link-mode|native-tls|system-certs|keyring-provider|offline|no-progress"
    r"|index-strategy|credentials-dir|(concurrent|http)-[a-z-]+|index-.+-(username|password)"
)


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


def unreadable() -> list[tuple[Path, str]]:
    """Settings files that are there and say nothing: each with the reason, without its content."""
    readers = [(_read_ini, path) for path in pip_files()]
    readers += [(_read_toml, path) for path in uv_files()]
    found = {path: read(path)[1] for read, path in readers}
    return [(path, reason) for path, reason in found.items() if reason]


def elsewhere() -> list[tuple[str, str]]:
    """pip's settings that would install somewhere else: (name, value) as the user wrote them."""
    found = [
        (f"{option} ({path})", value)
        for path in pip_files()
        for section, options in _read_ini(path)[0].items()
        for option, value in options.items()
        if section in PIP_SECTIONS and option in ELSEWHERE
    ]
    return found + [
        (name, value)
        for name, value in os.environ.items()
        if name.upper().startswith("PIP_") and _option(name[4:]) in ELSEWHERE and value.strip()
    ]


# for pip and uv --------------------------------------------------------------------------------


def installer_environment() -> dict[str, str]:
    """An environment in which pip and uv ask for packages where the user wants, and only that.

    What one of them is configured for, the other is told. Their own files are turned off, so that
    a broken one stops nobody and no setting sends packages elsewhere.
    """
    both = current()
    for_uv = dataclasses.replace(both, index_urls=uv_settings().index_urls or both.index_urls)
    told = _for_pip(both) | _for_uv(for_uv) | _for_both(both)
    kept = {name: value for name, value in os.environ.items() if _not_an_installers(name)}
    return kept | {name: value for name, value in told.items() if value}


def _for_pip(found: IndexSettings) -> dict[str, str]:
    kept = {k: v for k, v in pip_options().items() if PIP_KEEPS.fullmatch(k)}
    return {
        **{_variable("pip", option): value for option, value in kept.items()},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_USER": "0",
        "PIP_INDEX_URL": " ".join(found.index_urls),
        "PIP_EXTRA_INDEX_URL": " ".join(found.extra_index_urls),
        "PIP_FIND_LINKS": " ".join(found.find_links),
        "PIP_TRUSTED_HOST": " ".join(found.trusted_hosts),
        "PIP_NO_INDEX": "1" if found.no_index else "",
        "PIP_CERT": pip_settings().cert,
        "PIP_CLIENT_CERT": found.client_cert,
        "PIP_PROXY": found.proxy,
        "PIP_DEFAULT_TIMEOUT": _patience(found),
    }


def _for_uv(found: IndexSettings) -> dict[str, str]:
    return {
        # All hashes are pinned, so looking in every index, as pip does, is safe.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        **{_variable("uv", k): _text(v) for k, v in uv_options().items() if UV_KEEPS.fullmatch(k)},
        **{name: value for name, value in os.environ.items() if _is_kept_of_uv(name)},
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": " ".join(found.index_urls),
        "UV_INDEX": " ".join(found.extra_index_urls),
        "UV_FIND_LINKS": ",".join(found.find_links),
        "UV_INSECURE_HOST": " ".join(found.trusted_hosts),
        "UV_HTTP_TIMEOUT": _patience(found),
    }


def _for_both(found: IndexSettings) -> dict[str, str]:
    """Certificates and the proxy, where the system does not name them already."""
    system = getproxies()
    told = {"SSL_CERT_FILE": "" if _environment("SSL_CERT_FILE") else found.cert}
    told["SSL_CLIENT_CERT"] = found.client_cert
    for scheme in ("http", "https"):
        told[f"{scheme.upper()}_PROXY"] = "" if system.get(scheme) else found.proxy
    return told


def _patience(found: IndexSettings) -> str:
    """Whole seconds without an answer; slow networks are normal where nobody has said how slow."""
    return str(int(found.timeout)) if found.timeout > IndexSettings.timeout else "120"


def _not_an_installers(name: str) -> bool:
    return not name.upper().startswith(("PIP_", "UV_"))


def _is_kept_of_uv(name: str) -> bool:
    return name.upper().startswith("UV_") and bool(UV_KEEPS.fullmatch(_option(name[3:])))


def _variable(tool: str, option: str) -> str:
    return f"{tool}-{option}".upper().replace("-", "_")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# pip -----------------------------------------------------------------------------------------


def pip_settings() -> IndexSettings:
    """pip's settings from its configuration files and PIP_* variables."""
    merged = pip_options()
    return IndexSettings(
        index_urls=tuple(map(as_url, merged.get("index-url", "").split()[:1])),
        extra_index_urls=tuple(map(as_url, merged.get("extra-index-url", "").split())),
        find_links=tuple(map(as_url, merged.get("find-links", "").split())),
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
        for section, options in _read_ini(path)[0].items():
            by_section.get(section, {}).update(options)
    merged: dict[str, str] = {}
    for section in PIP_SECTIONS:
        merged.update(by_section[section])
    for name, value in os.environ.items():
        if name.upper().startswith("PIP_") and value.strip():
            merged[_option(name[4:])] = value.strip()
    return merged


def pip_files() -> list[Path]:
    """pip's configuration files, the later winning; PIP_CONFIG_FILE=os.devnull turns all off.

    An environment inherits the file of the Python that it was made from: start.py runs on that one.
    """
    own = os.environ.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return []
    files = list(_pip_system_files())
    if not (own and Path(own).exists()):
        files += _pip_user_files()
    files += [Path(prefix, PIP_FILE) for prefix in _unique((sys.base_prefix, sys.prefix))]
    return [*files, Path(own)] if own else files


def _pip_system_files() -> Iterator[Path]:
    if os.name == "nt":
        yield Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), "pip", PIP_FILE)
    elif sys.platform == "darwin":
        if sys.base_prefix.startswith("/opt/homebrew"):
            yield Path("/opt/homebrew/share/pip", PIP_FILE)
        yield Path("/Library/Application Support/pip", PIP_FILE)
    else:
        for folder in (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
            yield Path(folder, "pip", PIP_FILE)
        yield Path("/etc", PIP_FILE)


def _pip_user_files() -> list[Path]:
    home = Path.home()
    legacy = home / ("pip" if os.name == "nt" else ".pip") / PIP_FILE
    if os.name == "nt":
        folder = Path(os.environ.get("APPDATA") or home / "AppData/Roaming")
    elif sys.platform == "darwin":
        folder = home / "Library/Application Support"
        folder = folder if (folder / "pip").is_dir() else home / ".config"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [legacy, folder / "pip" / PIP_FILE]


def _read_ini(path: Path) -> tuple[dict[str, dict[str, str]], str]:
    """(sections of one of pip's files, why it could not be read); a missing one is empty."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(_decoded(path))
    except (configparser.Error, UnicodeError, OSError) as error:
        return {}, _why(error)
    sections = {
        section: {_option(key): value.strip() for key, value in parser.items(section) if value}
        for section in parser.sections()
    }
    return {name: {k: v for k, v in found.items() if v} for name, found in sections.items()}, ""


def _decoded(path: Path) -> str:
    """UTF-8 with or without a byte order mark, else what pip takes: the system's encoding."""
    if not path.exists():
        return ""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(locale.getpreferredencoding(False))


def _why(error: Exception) -> str:
    """The reason and the line, never the line's text: it may hold a password."""
    if not isinstance(error, configparser.Error):
        return str(error)
    lines = [getattr(error, "lineno", None), *(n for n, _ in getattr(error, "errors", ()))]
    return ", ".join([type(error).__name__, *(f"line {n}" for n in lines if n)])


def _option(name: str) -> str:
    return name.lower().replace("_", "-").removeprefix("--")


# uv ------------------------------------------------------------------------------------------


def uv_settings() -> IndexSettings:
    """uv's settings from uv.toml (system, user, nearest project file) and UV_* variables."""
    options = uv_options()
    default, extra = _uv_indexes(options)
    find_links = _split(os.environ.get("UV_FIND_LINKS", ""), ",") or options.get("find-links", ())
    return IndexSettings(
        index_urls=tuple(default[:1]),
        extra_index_urls=_unique(extra),
        find_links=tuple(map(as_url, find_links)),
        trusted_hosts=tuple(_split(os.environ.get("UV_INSECURE_HOST", "")))
        or tuple(options.get("allow-insecure-host", ())),
        no_index=_is_true(os.environ.get("UV_NO_INDEX", "")) or options.get("no-index") is True,
        cert=_path(_environment("SSL_CERT_FILE", "SSL_CERT_DIR")),
        client_cert=_path(os.environ.get("SSL_CLIENT_CERT", "")),
        timeout=_seconds(_environment("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")),
    )


def uv_options() -> dict:
    """Every option of uv's files as `uv pip` sees it; indexes of all files, the nearest first."""
    options: dict = {}
    indexes: list = []
    for path in uv_files():
        table = _read_toml(path)[0]
        pip = table.pop("pip", {})
        options |= table | pip
        indexes = [*pip.get("index", ()), *table.get("index", ()), *indexes]
    return options | {"index": indexes}


def uv_files() -> list[Path]:
    """uv's configuration files, the later winning; a project's is looked for from the course upwards."""
    if own := os.environ.get("UV_CONFIG_FILE"):
        return [Path(own)]
    if _is_true(os.environ.get("UV_NO_CONFIG", "")):
        return []
    if os.name == "nt":
        system = [Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), "uv/uv.toml")]
        user = Path(os.environ.get("APPDATA") or Path.home(), "uv/uv.toml")
    else:
        folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
        system = [Path("/etc/uv/uv.toml"), *(Path(f, "uv/uv.toml") for f in reversed(folders))]
        user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "uv/uv.toml")
    project = [f / "uv.toml" for f in (ROOT, *ROOT.parents) if (f / "uv.toml").is_file()]
    return [*system, user, *project[:1]]


def _read_toml(path: Path) -> tuple[dict, str]:
    """(options of one of uv's files, why it could not be read); a missing one is empty."""
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except (OSError, ValueError) as error:
        return {}, str(error)
    wrong = [key for key, kind in UV_TYPES.items() if not isinstance(table.get(key, kind()), kind)]
    if not wrong and not all(map(_names_a_url, table.get("index", ()))):
        wrong = ["index"]
    return ({}, f"{wrong[0]} = ?") if wrong else (table, "")


UV_TYPES = {
    "pip": dict,
    "index": list,
    "index-url": str,
    "extra-index-url": list,
    "find-links": list,
    "allow-insecure-host": list,
}


def _names_a_url(table: object) -> bool:
    return isinstance(table, dict) and isinstance(table.get("url"), str)


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
        (default if table.get("default") is True else extra).append(url)
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
    """Absolute, since pip and uv are run from the course's folder."""
    return os.path.abspath(os.path.expanduser(text)) if text else ""


def _is_true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on", "y", "t"}


def _seconds(text: str) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return IndexSettings.timeout
