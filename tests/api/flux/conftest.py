"""A server with a site of this machine to read, shared by the tests of the Flux dialect."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from documents import KELBY, article
from serving import Server, serving, wait_for

DOCS = Path(__file__).parents[3] / "docs"


class Site(BaseHTTPRequestHandler):
    """A small web site."""

    pages: ClassVar[dict[str, tuple[str, bytes]]] = {
        "/kelby": ("text/html; charset=utf-8", article(*KELBY).encode()),
        "/note": ("text/plain", b"Plain words of a note."),
        "/binary": ("text/html", b"\x89PNG\r\n\x1a\n\x00\x00"),
        "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /private\n"),
        "/large": ("text/html", b"x" * (17 << 20)),
    }

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        kind, body = self.pages.get(self.path, ("", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass
class Shelf:
    """A server whose index holds a web page, and this project's own documentation."""

    server: Server
    site: str
    documents: dict[str, str]
    """Ids by name."""

    def events(self, path: str, **params: str) -> list[tuple[str, dict[str, object]]]:
        """Ask for server-sent events, and give them by name."""
        headers = {"Authorization": self.server.key, "Accept": "text/event-stream"}
        answer = self.server.request("GET", path, params=params, headers=headers)
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.text)
        return [(name, json.loads(data)) for name, data in found]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The web site's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, site: str) -> Iterator[Shelf]:
    """The server, once everything is indexed."""
    with serving(tmp_path_factory.mktemp("flux"), net_allow="127.0.0.0/8") as server:
        made = {"kelby": server.post("/knowledge", json={"url": f"{site}/kelby"})}
        for path in sorted(DOCS.glob("*.md")):
            made[path.stem] = server.post("/knowledge", files={"file": (path.name, path.read_bytes())})
        assert {answer.status_code for answer in made.values()} == {201}

        def ready() -> bool | None:
            states = {each["status"] for each in server.get("/knowledge?page_size=100").json()["documents"]}
            assert "failed" not in states
            return states == {"ready"} or None

        wait_for(ready, seconds=120)
        yield Shelf(server, site, {name: answer.json()["id"] for name, answer in made.items()})
