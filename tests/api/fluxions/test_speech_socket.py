"""The speech socket, held open by a real client."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from serving import Server, wait_for

pytestmark = pytest.mark.timeout(300)

LINE = "The birch canoe slid on the smooth planks."


@contextmanager
def opened(server: Server, base: str = "") -> Iterator[ClientConnection]:
    """Open a socket without a key, as a browser does."""
    with connect(server.url.replace("http", "ws", 1) + f"{base}/vui/v1/tts/ws") as socket:
        yield socket


def ask(socket: ClientConnection, **wish: object) -> None:
    """Ask for a render."""
    socket.send(json.dumps({"type": "speak", "voice": "harry", "input": LINE, "verify_chunks": False, **wish}))


def answers(socket: ClientConnection) -> tuple[bytes, list[dict[str, object]]]:
    """Give the sound and the messages up to the end of a render."""
    sound, messages = b"", []
    while True:
        message = socket.recv(timeout=60)
        if isinstance(message, bytes):
            assert len(message) <= 24_000
            sound += message
            continue
        messages.append(json.loads(message))
        if messages[-1]["type"] in {"done", "error"}:
            return sound, messages


def listen(socket: ClientConnection) -> None:
    """Take whatever comes, for ever."""
    while True:
        socket.recv(timeout=60)


def ended(server: Server) -> str | None:
    """Look into the database how the latest render ended; None while it goes on."""
    with closing(sqlite3.connect(server.data_dir / "voxhall.db")) as connection:
        (state,) = connection.execute("select state from renders order by id desc").fetchone()
    return None if state == "rendering" else str(state)


def test_one_render_after_another_on_one_socket(server: Server) -> None:
    """Each is a start, sound and a done; the sound is what HTTP gives."""
    with opened(server) as socket:
        for seed in (1, 2):
            ask(socket, seed=seed)
            sound, messages = answers(socket)
            wish = {"voice": "harry", "input": LINE, "seed": seed, "verify_chunks": False, "response_format": "pcm"}
            assert messages == [{"type": "start"}, {"type": "done"}]
            assert sound == requests.post(f"{server.url}/vui/v1/tts", json=wish, timeout=60).content


def test_renders_asked_for_during_a_render_wait_their_turn(server: Server) -> None:
    """And are answered in order."""
    with opened(server, "/fluxions") as socket:
        for text in (LINE, "Yes.", "[laugh] no."):
            ask(socket, input=text)
        lengths = [len(answers(socket)[0]) for _ in range(3)]
    assert lengths[0] > lengths[1] > 0 < lengths[2]


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("not JSON", "JSON"),
        ("[]", "object"),
        ("{}", "type"),
        ('{"type": "sing"}', "session.close"),
        ('{"type": "speak", "voice": "maeve"}', "input"),
        ('{"type": "speak", "voice": "maeve", "input": "x", "temperature": 5}', "temperature"),
        ('{"type": "speak", "voice": "maeve", "input": "[burp]"}', "sigh"),
        ('{"type": "speak", "voice": "nobody", "input": "x"}', "maeve"),
        ('{"type": "speak", "voice": "u-1-0123abcd", "input": "x"}', "key"),
        ('{"type": "speak", "voice": "maeve", "input": "x", "token": "Bearer wrong"}', "key"),
        (b"\x00\x01", "binary"),
    ],
)
def test_a_wrong_message_is_explained_and_the_socket_stays_open(
    message: str | bytes, named: str, server: Server
) -> None:
    """The socket stays open, and the next render is made."""
    with opened(server) as socket:
        socket.send(message)
        told = json.loads(socket.recv(timeout=10))
        assert told["type"] == "error"
        assert named in told["message"]
        ask(socket, input="Yes.", max_secs=0)
        assert answers(socket)[0]


def test_the_client_closes(server: Server) -> None:
    """In so many words, in the middle of a render, which ends with it."""
    with opened(server) as socket:
        ask(socket, input=LINE * 40)
        assert json.loads(socket.recv(timeout=60)) == {"type": "start"}
        socket.send('{"type": "session.close"}')
        with pytest.raises(ConnectionClosed) as closed:
            listen(socket)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1000
    assert wait_for(lambda: ended(server), seconds=30) == "cancelled"


def test_a_client_that_asks_faster_than_anybody_can_listen_is_refused(server: Server) -> None:
    """What waits is bounded."""
    with opened(server) as socket:
        for _ in range(60):
            ask(socket, input=LINE * 5)
        with pytest.raises(ConnectionClosed) as closed:
            listen(socket)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1008


def test_twenty_sockets_at_once(server: Server) -> None:
    """All are served, none starves."""

    def render(number: int) -> int:
        with opened(server) as socket:
            ask(socket, seed=number)
            return len(answers(socket)[0])

    with ThreadPoolExecutor(20) as clients:
        lengths = list(clients.map(render, range(20)))
    assert min(lengths) > 48_000


def test_public_and_private_voices_on_one_socket(server: Server, cloned: str) -> None:
    """The token is looked at for each render; another account's voice does not exist."""
    stranger = server.new_key("stranger@example.com")
    with opened(server) as socket:
        ask(socket)
        assert answers(socket)[1][-1] == {"type": "done"}
        ask(socket, voice=cloned, token=f"Bearer {server.key}")
        assert answers(socket)[1][-1] == {"type": "done"}
        ask(socket, voice=cloned, token=server.key)
        assert answers(socket)[1][-1] == {"type": "done"}
        ask(socket, voice=cloned, token=stranger)
        assert answers(socket)[1][-1]["code"] == "not_found"
        ask(socket, voice=cloned)
        assert answers(socket)[1][-1]["code"] == "unauthorized"


def test_an_open_socket_counts_for_whoever_speaks_over_it(server: Server) -> None:
    """Up to the key's limit; one that is closed makes room."""
    wanted = {"email": "speaks@example.com", "rate_limits": {"websocket_connections": 1}}
    key = server.post("/v1/admin/keys", json=wanted).json()["key"]
    with opened(server) as first:
        for _ in range(2):
            ask(first, input="Yes.", token=key)
            assert answers(first)[1][-1] == {"type": "done"}
        with opened(server) as second:
            ask(second, input="Yes.", token=key)
            assert answers(second)[1][-1]["code"] == "rate_limit_exceeded"
            first.close()

            def room() -> bool | None:
                ask(second, input="Yes.", token=key)
                return answers(second)[1][-1]["type"] == "done" or None

            assert wait_for(room, seconds=10)
