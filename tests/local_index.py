"""A package index on this machine's loopback, for tests of set-up and fetch.

    with LocalIndex(folder) as index:
        index.url  # …/simple/, for PIP_INDEX_URL or UV_DEFAULT_INDEX

It serves every wheel and sdist of ``folder`` by PEP 503 and can misbehave on purpose.
"""

import base64
import re
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import processes

Spoil = Callable[[bytes], bytes]


def project(filename: str) -> str:
    """The normalised project name of a distribution file."""
    stem = filename.split("-")[0] if filename.endswith(".whl") else filename.rpartition("-")[0]
    return re.sub(r"[-_.]+", "-", stem).lower()


class LocalIndex:
    """``ranges``: answer range requests; ``login``: (user, password) asked of everybody; ``spoil``
    changes every file's bytes; ``cut``: only so many bytes are sent of what was promised; ``pause``:
    seconds after each 64 KiB; ``tls``: a server-side SSLContext. ``requests`` lists (path, status, bytes).
    """

    def __init__(
        self,
        folder: Path,
        *,
        ranges: bool = True,
        login: tuple[str, str] | None = None,
        spoil: Spoil | None = None,
        cut: int | None = None,
        pause: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.folder, self.ranges, self.login, self.spoil = folder, ranges, login, spoil
        self.cut, self.pause, self.tls = cut, pause, tls
        self.requests: list[tuple[str, int, int]] = []
        self.hosts: list[str] = []  # named in the request line: only a proxy is asked like that

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("H", (_Handler,), {"index": self})
        )
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The index's address without credentials."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_port}/simple/"

    def url_for(self, user: str, password: str) -> str:
        """The address with credentials in it, as pip's settings have them."""
        return self.url.replace("://", f"://{user}:{password}@")

    @property
    def bytes_sent(self) -> int:
        """Bytes of files (not pages) that went out."""
        return sum(size for path, _, size in self.requests if path.startswith("/files/"))


class _Handler(BaseHTTPRequestHandler):
    index: LocalIndex
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_HEAD(self) -> None:
        self._answer(head=True)

    def do_GET(self) -> None:
        self._answer(head=False)

    def _answer(self, head: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.index.hosts.append(urlsplit(self.path).netloc)
        status, headers, body = self._response(path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        body = b"" if head else body
        if self.index.cut is not None and path.startswith("/files/"):
            body, self.close_connection = body[: self.index.cut], True
        self.index.requests.append((path, status, len(body)))
        self._send(body, self.index.pause if path.startswith("/files/") else 0)

    def _send(self, body: bytes, pause: float) -> None:
        try:
            for start in range(0, len(body), 1 << 16):
                self.wfile.write(body[start : start + (1 << 16)])
                time.sleep(pause)
        except OSError:
            self.close_connection = True  # the client was killed: that is one of the tests

    def _response(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if self.index.login and self.headers.get("Authorization") != _basic(*self.index.login):
            return 401, {"WWW-Authenticate": 'Basic realm="index"'}, b""
        if path.startswith("/simple/"):
            return self._page(path.removeprefix("/simple/").strip("/"))
        file = self.index.folder / Path(path).name
        if not file.is_file():
            return 404, {}, b""
        content = file.read_bytes()
        return self._file(self.index.spoil(content) if self.index.spoil else content)

    def _page(self, name: str) -> tuple[int, dict[str, str], bytes]:
        files = sorted(f.name for f in self.index.folder.iterdir() if project(f.name) == name)
        links = "".join(f'<a href="/files/{file}">{file}</a><br>' for file in files)
        page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
        return (200 if files else 404), {"Content-Type": "text/html"}, page

    def _file(self, content: bytes) -> tuple[int, dict[str, str], bytes]:
        kind = {"Content-Type": "application/octet-stream"}
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not (self.index.ranges and asked):
            return 200, kind, content
        first, last = asked.groups()
        start = int(first) if first else max(0, len(content) - int(last))
        stop = min(int(last) + 1 if first and last else len(content), len(content))
        kind["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
        return 206, kind, content[start:stop]


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def own_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate authority of one's own (its PEM file) and a context of a server that it signed.

    Needs the ``openssl`` program; CalledProcessError or FileNotFoundError without it.
    """

    def openssl(*arguments: str) -> None:
        command = ["openssl", *arguments]
        processes.run(command, cwd=folder, check=True)

    new = ("-newkey", "rsa:2048", "-nodes")
    ca_uses = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl(
        "req",
        "-x509",
        *new,
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Test CA",
        *ca_uses,
    )
    openssl("req", *new, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    extensions = "subjectAltName=IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n"
    (folder / "server.ext").write_text(extensions, encoding="ascii")
    sign = ("-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
    openssl("x509", *sign, "-out", "server.pem", "-extfile", "server.ext")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return folder / "ca.pem", context
