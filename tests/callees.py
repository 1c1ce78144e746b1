"""Services of this machine that agent sessions call out to, as good or bad as a test wants them to be."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import numpy as np

from streamed import wav_of

TONE = wav_of((0.2 * np.sin(np.arange(8000) / 16_000 * 440 * 2 * np.pi)).astype(np.float32))
"""Half a second, as a WAV file."""


@dataclass
class Reply:
    """What is answered at a path."""

    body: bytes = b""
    kind: str = "application/json"
    status: int = 200
    pieces: tuple[bytes, ...] = ()
    """Sent one after the other instead of `body`, the second and later ones when `go_on` is set."""
    silent: bool = False
    """Whether nothing is ever answered."""


@dataclass
class Callees:
    """Running services."""

    url: str
    replies: dict[str, Reply]
    """By path."""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Path, content type and body of each request."""
    go_on: Event = field(default_factory=Event)
    closing: Event = field(default_factory=Event)

    def bodies(self, path: str) -> list[bytes]:
        """Give what was sent to a path."""
        return [body for asked, _, body in self.asked if asked == path]


def said(text: str) -> Reply:
    """Answer as transcription services do."""
    return Reply(json.dumps({"text": text}).encode())


def told(*pieces: str) -> Reply:
    """Answer as server-sent events, JSON with a delta each."""
    events = [f"data: {json.dumps({'delta': piece})}\n\n".encode() for piece in pieces]
    return Reply(kind="text/event-stream", pieces=(*events, b"data: [DONE]\n\n"))


@contextmanager
def serving_callees(**replies: Reply) -> Iterator[Callees]:
    """Run services; a reply named `tts` is given at `/tts`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            callees.asked.append((self.path, self.headers["Content-Type"], body))
            reply = callees.replies[self.path]
            if reply.silent:
                callees.closing.wait()
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.end_headers()
            for number, piece in enumerate(reply.pieces or (reply.body,)):
                if number:
                    callees.go_on.wait()
                self.wfile.write(piece)
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        callees = Callees(url, {f"/{name}": reply for name, reply in replies.items()})
        Thread(target=server.serve_forever, daemon=True).start()
        yield callees
        callees.go_on.set()
        callees.closing.set()
        server.shutdown()
