"""What sessions do with good and bad input."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import requests

from agents import QUESTION, Desk, plain
from hearing import noise, silence
from recordings import speech_of
from streamed import wav_of

pytestmark = pytest.mark.timeout(180)

RANGES = {
    "sample_rate": (8000, 48000),
    "chunk_seconds": (0.5, 30),
    "silence_timeout_seconds": (0.2, 10),
    "max_session_seconds": (1, 300),
    "silence_threshold": (1, 32767),
    "temperature": (0, 1),
    "realtime_factor": (0, 100),
}
UNKNOWN = "00000000-0000-0000-0000-000000000000"


def refused(desk: Desk, path: str = "start-file", **fields: object) -> requests.Response:
    """Try to begin a session."""
    if path == "start":
        return desk.server.post("/api/v1/sessions/start", json=fields)
    return desk.server.post("/api/v1/sessions/start-file", files={"file": ("a.wav", desk.question)}, data=fields)


@pytest.mark.parametrize(
    ("path", "field"),
    # a microphone has its own pace
    [("start-file", name) for name in RANGES] + [("start", name) for name in RANGES if name != "realtime_factor"],
)
@pytest.mark.parametrize("beyond", ["below", "above", "text"])
def test_a_number_out_of_range_is_refused(desk: Desk, path: str, field: str, beyond: str) -> None:
    """Naming the field and its range, never clamped."""
    least, most = RANGES[field]
    value = {"below": least - 1, "above": most + 1, "text": "many"}[beyond]
    answer = refused(desk, path, **{field: value})
    assert answer.status_code == 422
    [wrong] = answer.json()["detail"]
    assert wrong["loc"][-1] == field
    if beyond != "text":
        assert wrong["msg"] == f"should be from {least} to {most}"


def test_the_ends_of_a_range_belong_to_it(desk: Desk) -> None:
    """All least values together, and all greatest."""
    for end in (0, 1):
        fields = {name: bounds[end] for name, bounds in RANGES.items()}
        begun = desk.start(wav_of(silence(1.2)), **(fields | {"realtime_factor": 0 if end == 0 else 100}))
        assert desk.ended(begun)["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"language": "klingon"}, 422, "language"),
        ({"language": "sw"}, 501, "voxhall models pull"),
        ({"tts_voice": "nobody"}, 404, "built-in ones are: maeve"),
        ({"analyzer_url": "no address"}, 400, "analyzer_url: "),
        ({"rag_url": "http://10.0.0.1/rag"}, 400, "VOXHALL_NET_ALLOW"),
        ({"tts_url": "file:///etc/passwd"}, 400, "http:// or https://"),
    ],
)
def test_what_could_not_work_is_refused_before_it_begins(
    desk: Desk, fields: dict[str, object], status: int, said: str
) -> None:
    """With a sentence that says what would be right; no session is made of it."""
    before = desk.server.get("/api/v1/sessions").json()
    answer = refused(desk, **fields)
    assert answer.status_code == status
    assert said in json.dumps(answer.json()["detail"])
    assert desk.server.get("/api/v1/sessions").json() == before


def test_a_form_without_a_file_is_refused(desk: Desk) -> None:
    """As FastAPI refuses it."""
    answer = desk.server.post("/api/v1/sessions/start-file", files={"other": ("a.wav", b"x")})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "file"]


def test_empty_form_fields_are_not_given(desk: Desk) -> None:
    """Web forms send every field that they have."""
    ended = desk.lead(wav_of(silence(1.2)), language="", silence_threshold="", rag_url="", tts_voice="")
    assert ended["status"] == "completed"


@pytest.mark.parametrize("path", ["", "/events", "/audio/1"])
def test_an_unknown_session_is_not_found(desk: Desk, path: str) -> None:
    """In this dialect's envelope."""
    answer = desk.server.get(f"/api/v1/sessions/{UNKNOWN}{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": f"there is no session '{UNKNOWN}'"})


def test_an_unknown_session_cannot_be_stopped(desk: Desk) -> None:
    """Likewise."""
    assert desk.server.post(f"/api/v1/sessions/{UNKNOWN}/stop").status_code == 404


def test_an_unknown_path_and_a_wrong_method_are_told_in_the_envelope(desk: Desk) -> None:
    """All of /api/v1 belongs to this dialect."""
    assert desk.server.get("/api/v1/nothing").json() == {"detail": "Not Found"}
    assert desk.server.request("DELETE", "/api/v1/sessions").json() == {"detail": "Method Not Allowed"}


def test_a_session_of_another_account_is_not_found(desk: Desk) -> None:
    """Neither read nor stopped, nor listed."""
    ended = desk.lead(wav_of(silence(1.2)))
    other = {"Authorization": desk.server.new_key("other@example.com")}
    url = f"/api/v1/sessions/{ended['session_id']}"
    assert desk.server.get(url, headers=other).status_code == 404
    assert desk.server.post(f"{url}/stop", headers=other).status_code == 404
    assert desk.server.get("/api/v1/sessions", headers=other).json() == {"sessions": []}


def test_a_web_page_may_not_start_a_session(desk: Desk) -> None:
    """What is open to programs of this machine is closed to pages that they show."""
    foreign = {"Origin": "https://evil.example.com"}
    answer = desk.server.post("/api/v1/sessions/start", json={}, headers=foreign)
    assert answer.status_code == 403


@pytest.mark.parametrize("sound", [silence(3.0), noise(3.0, level=0.005)], ids=["silence", "quiet noise"])
def test_a_silent_file_ends_completed(desk: Desk, sound: np.ndarray) -> None:
    """Nobody spoke, so nothing is answered."""
    ended = desk.lead(wav_of(sound))
    assert (ended["status"], ended["end_reason"], ended["speech_started"]) == ("completed", "completed", False)
    assert (ended["transcript"], ended["response"], ended["tts_audio_segments"]) == ("", "", [])
    assert ended["captured_audio_seconds"] == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize(
    ("recording", "said"),
    [(b"", "the file is empty"), (b"no sound at all" * 99, ""), (b"RIFF\x00\x00\x00\x00WAVE", "")],
    ids=["empty", "text", "cut off"],
)
def test_a_broken_file_fails_with_a_sentence_that_helps(desk: Desk, recording: bytes, said: str) -> None:
    """The session says what was wrong; no path of the server is in it."""
    ended = desk.lead(recording)
    assert (ended["status"], ended["end_reason"]) == ("failed", "error")
    assert said in str(ended["error"])
    assert len(str(ended["error"])) > 10
    assert "/" not in str(ended["error"])


def test_silence_after_speech_ends_what_is_listened_to(desk: Desk) -> None:
    """The rest of the file is not."""
    ended = desk.lead(desk.asked_then_silent, silence_timeout_seconds=1.0)
    assert (ended["status"], ended["end_reason"]) == ("completed", "silence_timeout")
    assert plain(str(ended["transcript"])) == plain(QUESTION)
    spoken = (len(desk.question) - 44) / 32_000
    assert ended["captured_audio_seconds"] < spoken + 1.5


def test_the_threshold_decides_what_is_silence(desk: Desk) -> None:
    """The same question is nothing where only louder sound counts."""
    ended = desk.lead(desk.question, silence_threshold=32767)
    assert (ended["status"], ended["speech_started"], ended["transcript"]) == ("completed", False, "")


def test_a_session_has_a_longest_duration(desk: Desk) -> None:
    """What was said until then is answered."""
    ended = desk.lead(speech_of(10.0), max_session_seconds=3)
    assert (ended["status"], ended["end_reason"], ended["captured_audio_seconds"]) == ("completed", "max_duration", 3.0)
    assert plain(str(ended["transcript"])).startswith("it was the best of times")


def test_what_is_not_known_is_not_invented(desk: Desk) -> None:
    """The opening of a novel is answered by nothing that the index holds."""
    ended = desk.lead(speech_of(5.0))
    assert "Nothing" in str(ended["response"])
    assert ended["citations"] == []


def test_a_session_that_has_ended_stays_as_it_is_when_stopped(desk: Desk) -> None:
    """200 with the whole snapshot."""
    ended = desk.lead(wav_of(silence(1.2)))
    stopped = desk.server.post(f"/api/v1/sessions/{ended['session_id']}/stop")
    assert (stopped.status_code, stopped.json()) == (200, ended)


def test_a_session_that_is_stopped_keeps_what_it_heard(desk: Desk) -> None:
    """Its end is said to be by request, and nothing is answered."""
    begun = desk.start(speech_of(40.0), realtime_factor=1, max_session_seconds=60, silence_timeout_seconds=5)
    url = f"{desk.server.url}/api/v1/sessions/{begun['session_id']}"
    with requests.get(f"{url}/events", stream=True, timeout=60) as events:
        for line in events.iter_lines():
            if line.startswith(b"data: ") and json.loads(line[6:])["partial_transcript"]:
                break
    assert desk.server.post(f"/api/v1/sessions/{begun['session_id']}/stop").json()["status"] == "stopping"
    ended = desk.ended(begun)
    assert (ended["status"], ended["end_reason"], ended["error"]) == ("completed", "stopped_by_api", None)
    assert plain(str(ended["transcript"])).startswith("it was")
    assert ended["response"] == ""
    assert ended["captured_audio_seconds"] < 40


def test_events_tell_what_changes_until_the_end(desk: Desk) -> None:
    """Nobody must poll; each snapshot knows at least what the one before it knew."""
    begun = desk.start(desk.asked_then_silent, realtime_factor=4)
    url = f"{desk.server.url}/agent/api/v1/sessions/{begun['session_id']}/events"
    answer = requests.get(url, timeout=60)
    assert answer.headers["content-type"].startswith("text/event-stream")
    shown = [json.loads(data) for data in re.findall(r"event: snapshot\ndata: (.*)\n\n", answer.text)]
    assert len(shown) > 3
    assert (shown[0]["status"], shown[-1]["status"]) == ("running", "completed")
    assert all(a["captured_audio_seconds"] <= b["captured_audio_seconds"] for a, b in pairwise(shown))
    assert all(len(a["timeline"]) <= len(b["timeline"]) for a, b in pairwise(shown))
    assert {each["step"] for each in shown[-1]["timeline"]} >= {"listening", "recognising", "thinking", "speaking"}
    assert shown[-1] == desk.server.get(f"/agent/api/v1/sessions/{begun['session_id']}").json()


def test_twenty_sessions_at_once_all_end(desk: Desk) -> None:
    """Each with its own words."""
    with ThreadPoolExecutor(20) as threads:
        ended = list(threads.map(lambda _: desk.lead(desk.question, realtime_factor=10), range(20)))
    assert {each["status"] for each in ended} == {"completed"}
    assert {plain(str(each["transcript"])) for each in ended} == {plain(QUESTION)}
    assert len({each["session_id"] for each in ended}) == 20
    files = [segment["audio_file"] for each in ended for segment in each["tts_audio_segments"]]  # type: ignore[attr-defined]
    assert len(files) == len(set(files)) >= 20
    assert all(Path(file).is_file() for file in files)


def test_recordings_do_not_outlive_their_sessions(desk: Desk) -> None:
    """Only what was said is kept."""
    desk.lead(desk.question)
    assert list((desk.server.data_dir / "scratch").glob("session-*")) == []
