"""A client of the live socket, as people write them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from serving import Server

Message = dict[str, object]

PATH = "/v1/ws/transcribe"


def key_of(server: Server, **wanted: object) -> str:
    """Make a key over HTTP."""
    answer = server.post("/v1/admin/keys", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


class Talk:
    """An open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def hear(self, kind: str | None = None) -> Message:
        """Give the next message; with `kind` the next of that type."""
        while True:
            message: Message = json.loads(self.socket.recv(timeout=60))
            if kind in {None, message["type"]}:
                return message

    def ask(self, text: str, kind: str | None = None) -> Message:
        """Send a command, and give the next message."""
        self.socket.send(text)
        return self.hear(kind)

    def play(self, messages: Iterable[bytes]) -> None:
        """Send sound, each message once the one before is acknowledged or refused."""
        for message in messages:
            self.socket.send(message)
            while self.hear()["type"] not in {"chunk_received", "error"}:
                pass

    def end(self) -> Message:
        """End the session, and wait until the server has closed; give the last transcription."""
        last = {"text": "", **self.ask("END", "transcription")}
        assert self.closed() == 1000
        return last

    def closed(self) -> int:
        """Wait until the server closes; give its code."""
        try:
            while True:
                self.socket.recv(timeout=60)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


@contextmanager
def talking(
    server: Server, query: str = "", *, key: str | None = None, base: str = "", **headers: str
) -> Iterator[Talk]:
    """Open a socket with the admin key, another, or (`key` empty) none."""
    secret = server.key if key is None else key
    sent = {**headers, **({"Authorization": f"Bearer {secret}"} if secret else {})}
    address = f"{server.url.replace('http', 'ws', 1)}{base}{PATH}?{query}"
    with connect(address, additional_headers=sent, max_size=None) as socket:
        yield Talk(socket)


def pieces(data: bytes, length: int = 6400) -> list[bytes]:
    """Cut bytes into messages."""
    return [data[start : start + length] for start in range(0, len(data), length)]


def plain(text: object) -> str:
    """Give words without case and punctuation."""
    return " ".join("".join(c for c in word if c.isalnum()) for word in str(text).lower().split())
