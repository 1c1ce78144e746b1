"""Whatever is killed, whenever: every accepted job ends, once, with the transcript of an undisturbed run."""

import random
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from recordings import speech_of
from serving import Server, serving, start, wait_for

SECONDS = 60.0
"""Of audio: long enough to be hit in the middle."""
KEY = "the-key-of-this-test"


@pytest.fixture(scope="module")
def recording() -> bytes:
    """A minute of real speech."""
    return speech_of(SECONDS)


@pytest.fixture(scope="module")
def undisturbed(recording: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What comes out when nothing is killed."""
    with serving(tmp_path_factory.mktemp("undisturbed"), admin_key=KEY) as server:
        job = server.post("/submit", data=recording).json()
        return server.wait(f"/transcriptions/{job['id']}?word_level_timestamps=true")


def kill_server(server: Server) -> None:
    """SIGKILL to the server process itself."""
    server.process.kill()
    server.process.wait()


def kill_engine(server: Server) -> None:
    """SIGKILL to one of its engine processes."""
    busy = [p for p in server.engines() if "voxhall.engines.child" in " ".join(p.cmdline())]
    random.choice(busy).kill()


def progressed(server: Server, job: int, percent: float) -> dict[str, object] | None:
    """Give the job once it is so far, or has ended."""
    state = server.get(f"/transcriptions/{job}").json()
    far = (state["progress"] or {}).get("percent", 0) >= percent
    return state if far or state["status"] in {"completed", "failed"} else None


@pytest.mark.parametrize("percent", [1, 15, 60, 80])
@pytest.mark.parametrize("kill", [kill_server, kill_engine])
def test_a_job_survives(
    kill: Callable[[Server], None],
    percent: float,
    recording: bytes,
    undisturbed: dict[str, object],
    tmp_path: Path,
) -> None:
    """The job ends completed with the same words, times and speakers."""
    server = start(tmp_path, admin_key=KEY, job_lease_seconds=2)
    try:
        job = server.post("/submit", data=recording).json()["id"]
        state = wait_for(lambda: progressed(server, job, percent), seconds=60)
        assert state["status"] == "processing", "it ended before it could be disturbed"
        kill(server)
        if server.process.poll() is not None:
            assert server.process.stdout
            server.process.stdout.close()
            server = start(tmp_path, admin_key=KEY, job_lease_seconds=2)
        result = server.wait(f"/transcriptions/{job}?word_level_timestamps=true")
    finally:
        server.process.terminate()
        server.process.wait(20)
        assert server.process.stdout
        server.process.stdout.close()
    assert result["error_message"] is None
    for field in ("text", "segments", "num_chunks", "num_speakers", "audio_duration", "language"):
        assert result[field] == undisturbed[field]


def test_no_engine_process_outlives_its_server(recording: bytes, tmp_path: Path) -> None:
    """Killing the server ends its engine processes in the middle of their work."""
    server = start(tmp_path, admin_key=KEY)
    server.post("/submit", data=recording)
    engines = wait_for(lambda: server.engines() or None, seconds=30)
    kill_server(server)
    assert server.process.stdout
    server.process.stdout.close()
    _, alive = psutil.wait_procs(engines, timeout=10)
    assert not alive
