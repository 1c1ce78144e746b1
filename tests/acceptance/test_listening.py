"""Live streams when things go wrong: nobody sends, nobody reads, the server dies."""

import json
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from socket import SHUT_RDWR
from threading import Thread

import numpy as np
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from hearing import samples_of, silence
from live import Talk, pieces, plain, talking
from recordings import TWO_CITIES
from serving import Server, serving, start, wait_for
from voxhall.audio.pcm import to_pcm

pytestmark = pytest.mark.timeout(180)

TURN = pieces(to_pcm(np.concatenate([samples_of(TWO_CITIES, 0.5, 4.6), silence(1.0)])[None]))


def flood(socket: ClientConnection) -> None:
    """Ask for errors until the connection breaks, and read none."""
    with suppress(OSError, ConnectionClosed):
        while True:
            socket.send("x" * 1000)


def connections(server: Server, socket: ClientConnection) -> list[object]:
    """Give the server's ends of a client's connection."""
    own = socket.socket.getsockname()[1]
    return [
        each
        for each in psutil.Process(server.process.pid).net_connections("tcp")
        if each.raddr and each.raddr.port == own
    ]


def test_sockets_that_say_or_read_nothing_are_closed(tmp_path: Path) -> None:
    """After the idle time; what was heard is kept."""
    with serving(tmp_path, live_idle_seconds=1) as server:
        with talking(server, "language=en") as talk:
            ready = talk.hear()
            talk.play(TURN)
            assert talk.closed() == 1000
        assert "best of times" in server.get(f"/v1/transcriptions/{ready['job_id']}").json()["text"]
        address = server.url.replace("http", "ws", 1) + "/v1/ws/transcribe"
        headers = {"Authorization": server.key}
        with connect(address, additional_headers=headers, max_queue=1) as socket:
            ready = json.loads(socket.recv())
            # more answers than its operating system takes for somebody who does not read
            asking = Thread(target=flood, args=(socket,))
            asking.start()
            found = server.wait(f"/v1/transcriptions/{ready['job_id']}")
            assert found["status"] == "completed"
            # it still reads nothing, and the server lets go of it all the same
            wait_for(lambda: not connections(server, socket) or None, seconds=30)
            socket.socket.shutdown(SHUT_RDWR)
            asking.join()
        # and the server answers others
        with talking(server) as talk:
            assert talk.hear()["type"] == "ready"


def saved(server: Server) -> bool | None:
    """Look into the database whether a turn has been saved."""
    with closing(sqlite3.connect(server.data_dir / "voxhall.db")) as connection:
        return bool(connection.execute("select 1 from checkpoints where name = 'turn/0'").fetchone()) or None


def test_what_was_understood_before_it_was_cleared_is_not_kept(tmp_path: Path) -> None:
    """Neither where it waits for a command nor where it was saved already."""
    with serving(tmp_path) as server, talking(server, "language=en") as talk:
        ready = talk.hear()
        talk.play(TURN)
        wait_for(lambda: saved(server), seconds=20)
        talk.ask("CLEAR", "buffer_cleared")
        assert talk.end()["transcription"] == ""
        job = server.wait(f"/v1/transcriptions/{ready['job_id']}")
        assert (job["text"], job["segments"]) == ("", [])


def test_a_stream_outlives_its_server(tmp_path: Path) -> None:
    """What was said before a SIGKILL is a transcription after the next start."""
    server = start(tmp_path, job_lease_seconds=2)
    address = server.url.replace("http", "ws", 1) + "/v1/ws/transcribe?language=en&turn_detection=server_vad"
    with connect(address, additional_headers={"Authorization": server.key}) as socket:
        talk = Talk(socket)
        ready = talk.hear()
        for message in TURN:
            socket.send(message)
        assert "best of times" in plain(talk.hear("turn_detected")["transcription"])
        # the stream saves what it has when it says that it goes on
        wait_for(lambda: saved(server), seconds=20)
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(20)
        assert server.process.stdout
        server.process.stdout.close()
    with serving(tmp_path, admin_key=server.key, job_lease_seconds=2) as again:
        found = again.wait(f"/v1/transcriptions/{ready['job_id']}")
    assert (found["status"], "best of times" in plain(found["text"])) == ("completed", True)
    assert "ended while it listened" in str(found["metadata"])
