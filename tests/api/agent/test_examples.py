"""The agent document's examples, replayed as they are written there."""

import json
import shutil
import sqlite3
import subprocess
import wave
from contextlib import closing
from pathlib import Path

import pytest
import requests

from agents import QUESTION, Desk, plain

pytestmark = pytest.mark.timeout(180)
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")

POLLING = """
# Start
SESSION=$(curl -s --noproxy '*' -X POST http://127.0.0.1:8012/api/v1/sessions/start-file \\
  -F "file=@question.wav" -F "realtime_factor=10.0" | python3 -c "import sys,json; print(json.load(sys.stdin)['session_id'])")

# Poll
while true; do
  STATUS=$(curl -s --noproxy '*' http://127.0.0.1:8012/api/v1/sessions/$SESSION | python3 -c "import sys,json; d=json.load(sys.stdin); print(d['status'])")
  echo "Status: $STATUS"
  [[ "$STATUS" == "completed" || "$STATUS" == "failed" ]] && break
  sleep 1
done

# Read result
curl -s --noproxy '*' http://127.0.0.1:8012/api/v1/sessions/$SESSION | python3 -m json.tool
"""  # noqa: E501 - as it is written

STARTING = """
curl --noproxy '*' -X POST http://127.0.0.1:8012/api/v1/sessions/start-file \\
  -F "file=@/path/to/question.wav" \\
  -F "sample_rate=16000" \\
  -F "chunk_seconds=4" \\
  -F "silence_timeout_seconds=1.5" \\
  -F "max_session_seconds=20" \\
  -F "silence_threshold=900" \\
  -F "language=en" \\
  -F "temperature=0.0" \\
  -F "realtime_factor=10.0"
"""

STOPPING = "curl --noproxy '*' -X POST http://127.0.0.1:8012/api/v1/sessions/<session_id>/stop"

FIELDS = {
    "session_id",
    "source_kind",
    "status",
    "created_at",
    "started_at",
    "completed_at",
    "stop_requested_at",
    "end_reason",
    "error",
    "speech_started",
    "captured_audio_seconds",
    "transcript",
    "partial_transcript",
    "response",
    "tts_audio_segments",
    "tts_errors",
}
OURS = {"citations", "timeline"}


def run(desk: Desk, script: str, folder: Path) -> str:
    """Run a script of the document in a folder, with this server's address."""
    script = script.replace("http://127.0.0.1:8012", desk.server.url)
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@needs_curl
def test_the_polling_script_asks_a_spoken_question_and_gets_a_spoken_answer(desk: Desk, tmp_path: Path) -> None:
    """The transcript is right, so is the answer, with where it comes from, and its sound can be played."""
    (tmp_path / "question.wav").write_bytes(desk.question)
    states, _, result = run(desk, POLLING, tmp_path).partition("{")
    assert states.split("\n")[-2] == "Status: completed"
    session = json.loads("{" + result)
    assert set(session) == FIELDS | OURS
    assert plain(session["transcript"]) == plain(QUESTION)
    assert session["partial_transcript"] == session["transcript"]
    assert "forty metres" in session["response"]
    [citation] = session["citations"]
    page = desk.server.get(citation["url"].removeprefix(desk.server.url)).json()
    assert (citation["title"], page["title"]) == ("tower.txt", "tower.txt")
    assert (session["source_kind"], session["error"], session["tts_errors"]) == ("file", None, [])
    assert session["speech_started"]
    assert session["created_at"] <= session["started_at"] <= session["completed_at"]
    assert session["created_at"].endswith("Z")
    segments = session["tts_audio_segments"]
    assert [each["index"] for each in segments] == list(range(1, len(segments) + 1))
    assert any("forty metres" in each["text"] for each in segments)
    for each in segments:
        assert "[" not in each["text"]
        with wave.open(each["audio_file"]) as file:
            assert file.getnframes() / file.getframerate() > 0.5
        served = requests.get(each["audio_url"], timeout=10)
        assert served.headers["content-type"] == "audio/wav"
        assert served.content == Path(each["audio_file"]).read_bytes()


def test_a_session_is_remembered_as_a_conversation(desk: Desk) -> None:
    """With what was asked and what was answered, for history."""
    ended = desk.lead(desk.question)
    [conversation] = rows(desk, "select * from conversations where uid = ?", ended["session_id"])
    assert (conversation["source"], conversation["turn_count"]) == ("agent", 2)
    assert conversation["ended_at"] > conversation["started_at"]
    asked, answered = rows(desk, "select * from turns where conversation = ? order by id", ended["session_id"])
    assert (asked["role"], asked["text"]) == ("user", ended["transcript"])
    assert (answered["role"], answered["text"]) == ("assistant", ended["response"])
    assert answered["latency"] > 0
    assert answered["seconds"] > 1


def rows(desk: Desk, query: str, *values: object) -> list[sqlite3.Row]:
    """Look into the server's database."""
    with closing(sqlite3.connect(desk.server.data_dir / "voxhall.db")) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query, values).fetchall()


@needs_curl
def test_a_file_session_begins_and_stops(desk: Desk, tmp_path: Path) -> None:
    """As the two examples show; the first snapshot has every field and is running."""
    (tmp_path / "question.wav").write_bytes(desk.asked_then_silent)
    begun = json.loads(run(desk, STARTING.replace("/path/to", str(tmp_path)), tmp_path))
    assert set(begun) == FIELDS | OURS
    assert (begun["status"], begun["source_kind"], begun["transcript"]) == ("running", "file", "")
    assert begun["completed_at"] is None
    stopped = json.loads(run(desk, STOPPING.replace("<session_id>", begun["session_id"]), tmp_path))
    assert set(stopped) == {"session_id", "status", "stop_requested_at"}
    assert (stopped["session_id"], stopped["status"]) == (begun["session_id"], "stopping")
    assert desk.ended(begun)["end_reason"] == "stopped_by_api"


def test_health_is_exactly_as_documented_under_the_dialects_own_base(desk: Desk) -> None:
    """At the root it is the union of all dialects."""
    assert requests.get(f"{desk.server.url}/agent/health", timeout=10).json() == {"status": "ok"}


def test_sessions_are_listed_the_newest_first(desk: Desk) -> None:
    """Whole snapshots, under either base."""
    earlier, later = desk.lead(b""), desk.lead(b"")
    for base in ("", "/agent"):
        listed = desk.server.get(f"{base}/api/v1/sessions").json()["sessions"]
        assert [each["session_id"] for each in listed[:2]] == [later["session_id"], earlier["session_id"]]
        assert listed[0] == later


def test_the_dialect_documents_itself(desk: Desk) -> None:
    """The form's fields and their ranges too."""
    spec = requests.get(f"{desk.server.url}/agent/openapi.json", timeout=10).json()
    body = spec["paths"]["/api/v1/sessions/start-file"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert body["schema"]["required"] == ["file"]
    assert body["schema"]["properties"]["realtime_factor"]["maximum"] == 100
    assert "device" not in body["schema"]["properties"]
    assert "swagger" in requests.get(f"{desk.server.url}/agent/docs", timeout=10).text
