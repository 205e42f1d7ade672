"""A mirror on loopback: what it is asked for, it takes from the user's own index and passes on."""

import contextlib
import re
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from unearth import Link, PackageFinder
from unearth.collector import LinkCollectError, collect_links_from_location

from bootstrap import settings
from course_utils.assets import transfer


class Mirror:
    """Serves ``/simple/NAME/`` and ``/files/…``; ``asked`` lists the paths that were asked for."""

    def __init__(self) -> None:
        found = settings.current()
        self.client = transfer.session(found)
        self.sources = {
            "index_urls": found.index_urls or tuple(s["url"] for s in PackageFinder().sources),
            "find_links": found.find_links,
        }
        self.sources["index_urls"] += found.extra_index_urls
        self.links: dict[str, Link] = {}
        self.pages: dict[str, str] = {}
        self.locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *_: object) -> None:
                """Silent."""

            def do_HEAD(self) -> None:
                """No length and no ranges: whoever wants a part takes the whole file."""
                self.send_response(200)
                self.end_headers()

            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                with contextlib.suppress(ConnectionError):  # the asker has what it wanted
                    mirror.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.client.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/simple"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """A page of links, or the bytes of a file as they come."""
        kind, name = request.path.strip("/").split("/", 1)
        if kind == "simple":
            body = self.page(name.strip("/")).encode()
            request.send_response(200 if body else 404)
            request.send_header("Content-Type", "text/html")
            request.end_headers()
            request.wfile.write(body)
            return
        with self.client.stream("GET", self.links[name].normalized) as upstream:
            request.send_response(upstream.status_code)
            request.send_header("Content-Type", "application/octet-stream")
            request.end_headers()
            for piece in upstream.iter_raw():
                request.wfile.write(piece)

    def page(self, project: str) -> str:
        """The links of a project, each leading back here; taken from the index once."""
        with self.locks[project]:  # the same mirror stands in two settings: both ask at once
            if project not in self.pages:
                names = [link.filename for link in self.found(project)]
                self.pages[project] = "\n".join(f'<a href="/files/{n}">{n}</a>' for n in names)
        return self.pages[project]

    def found(self, project: str) -> list[Link]:
        """Links as they stand on the index pages: the asker sorts out which of them it can use."""
        links: list[Link] = []
        for url in self.sources["index_urls"]:
            page = Link(f"{url.rstrip('/')}/{project}/")
            with contextlib.suppress(LinkCollectError):
                links += collect_links_from_location(self.client, page)
        for place in self.sources["find_links"]:
            link = Link(place) if "://" in place else Link.from_path(place)
            links += collect_links_from_location(self.client, link, expand=True)
        prefix = re.compile(re.sub(r"[-_.]+", "[-_.]+", project) + "[-_.]", re.IGNORECASE)
        found = {link.filename: link for link in links if prefix.match(link.filename)}
        self.links |= found
        return list(found.values())
