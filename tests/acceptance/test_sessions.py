"""Agent sessions outlive their server: those that it lost read as failed, and what they left is swept."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest

from agents import Desk
from callees import TONE, Reply, said, serving_callees, told
from recordings import speech_of
from serving import Server, start, wait_for

pytestmark = pytest.mark.timeout(180)
KEY = "the-key-of-this-test"


def end(server: Server, how: Callable[[Popen[str]], None]) -> None:
    """End a server, gently or not."""
    how(server.process)
    server.process.wait(30)
    assert server.process.stdout
    server.process.stdout.close()


def recorded(folder: Path, uid: str) -> bool | None:
    """Tell when what a session has said is in the database, which may be a quarter of a second later."""
    with closing(sqlite3.connect(folder / "voxhall.db")) as connection:
        (clips,) = connection.execute("select clips from sessions where uid = ?", (uid,)).fetchone()
    return clips != "[]" or None


def test_a_session_whose_server_was_killed_reads_as_failed(tmp_path: Path) -> None:
    """At once after the restart, with what it had said so far; finished ones stay as they were."""
    replies = {"hear": said("tell me"), "ask": told("One. And", " two."), "tts": Reply(TONE, "audio/wav")}
    with serving_callees(**replies) as callees:
        urls = {"analyzer_url": "/hear", "rag_url": "/ask", "tts_url": "/tts"}
        settings = {name: callees.url + path for name, path in urls.items()}
        server = start(tmp_path, admin_key=KEY, **settings)
        desk = Desk(server, speech_of(2.0), b"")
        begun = desk.start()
        path = f"/api/v1/sessions/{begun['session_id']}"
        said_before = wait_for(lambda: server.get(path).json()["tts_audio_segments"] or None, seconds=60)
        finished = desk.lead(b"")
        assert list((tmp_path / "scratch").glob("session-*"))
        wait_for(lambda: recorded(tmp_path, str(begun["session_id"])), seconds=10)
        end(server, Popen.kill)
        callees.go_on.set()

        server = start(tmp_path, admin_key=KEY, **settings)
        lost = server.get(path).json()
        assert (lost["status"], lost["end_reason"]) == ("failed", "error")
        assert lost["error"] == "the server ended while the session went on"
        assert lost["completed_at"]
        files = [each["audio_file"] for each in lost["tts_audio_segments"]]
        assert (lost["transcript"], files) == ("tell me", [each["audio_file"] for each in said_before])
        assert Path(said_before[0]["audio_file"]).is_file()
        assert server.get(f"/api/v1/sessions/{finished['session_id']}").json()["status"] == "failed"
        assert {each["session_id"] for each in server.get("/api/v1/sessions").json()["sessions"]} == {
            begun["session_id"],
            finished["session_id"],
        }
        assert list((tmp_path / "scratch").glob("session-*")) == []
        end(server, Popen.terminate)

        # a moment is old enough now
        other = tmp_path / "generated_audio" / "not-a-session"
        other.mkdir()
        server = start(tmp_path, admin_key=KEY, generated_audio_hours=1e-6, **settings)
        file = Path(said_before[0]["audio_file"])
        wait_for(lambda: None if file.exists() else True, seconds=30)
        assert server.get(f"{path}/audio/1").status_code == 404
        assert other.is_dir()
        end(server, Popen.terminate)


def test_a_server_that_is_told_to_stop_ends_its_sessions(tmp_path: Path) -> None:
    """They fail with it, and say why."""
    server = start(tmp_path, admin_key=KEY)
    begun = Desk(server, speech_of(30.0), b"").start(realtime_factor=1, max_session_seconds=60)
    path = f"/api/v1/sessions/{begun['session_id']}"
    wait_for(lambda: server.get(path).json()["speech_started"] or None, seconds=60)
    end(server, Popen.terminate)
    server = start(tmp_path, admin_key=KEY)
    lost = server.get(path).json()
    end(server, Popen.terminate)
    assert (lost["status"], lost["end_reason"]) == ("failed", "error")
    assert lost["error"] == "the server ended while the session went on"
    assert lost["speech_started"]
