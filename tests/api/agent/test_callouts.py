"""Sessions that call out to services of others, which work, are down, slow, or talk nonsense."""

import json
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Desk
from callees import TONE, Callees, Reply, said, serving_callees, told
from recordings import speech_of
from serving import serving
from voxhall.audio.pcm import SAMPLE_RATE

pytestmark = pytest.mark.timeout(180)

WAV = Reply(TONE, "audio/wav")


@pytest.fixture
def callees() -> Iterator[Callees]:
    """Services that work."""
    replies = {"hear": said("how tall is it"), "ask": told("It is tall. ", "Very"), "tts": WAV}
    with serving_callees(**replies) as running:
        running.go_on.set()
        yield running


def urls(callees: Callees) -> dict[str, str]:
    """Give the fields that name the services."""
    every = {"analyzer_url": "/hear", "rag_url": "/ask", "tts_url": "/tts"}
    return {name: callees.url + path for name, path in every.items()}


def chunks_heard(callees: Callees) -> list[float]:
    """Give the seconds of each chunk that the analyzer was sent."""
    found = [body[body.index(b"RIFF") : body.rindex(b"\r\n--")] for body in callees.bodies("/hear")]
    return [(len(wav) - 44) / 2 / SAMPLE_RATE for wav in found]


def test_a_session_can_leave_everything_to_others(desk: Desk, callees: Callees) -> None:
    """Each is sent what the contract says; what they answer is the session's."""
    voice = {"tts_voice": "Vivian", "tts_instructions": "cheerfully", "temperature": 0.2}
    ended = desk.lead(desk.question, **urls(callees), **voice)
    assert (ended["status"], ended["error"], ended["tts_errors"]) == ("completed", None, [])
    assert (ended["transcript"], ended["response"]) == ("how tall is it", "It is tall. Very")
    segments: list[dict[str, str]] = ended["tts_audio_segments"]  # type: ignore[assignment]
    assert [each["text"] for each in segments] == ["It is tall.", "Very"]
    for each in segments:
        with wave.open(each["audio_file"]) as file:
            assert file.getnframes() / file.getframerate() == pytest.approx(0.5, abs=0.01)
    [(path, kind, form)] = callees.asked[:1]
    assert (path, kind.partition(";")[0]) == ("/hear", "multipart/form-data")
    assert re.search(rb'name="language"\r\n\r\nen\r\n.*', form)
    assert re.search(rb'name="temperature"\r\n\r\n0.2\r\n', form)
    assert json.loads(callees.bodies("/ask")[0]) == {"query": "how tall is it", "stream": True}
    assert json.loads(callees.bodies("/tts")[0]) == {
        "model": "qwen-tts",
        "input": "It is tall.",
        "voice": "Vivian",
        "language": "English",
        "instructions": "cheerfully",
        "response_format": "wav",
    }


def test_the_analyzer_is_sent_chunks_while_capture_goes_on(desk: Desk, callees: Callees) -> None:
    """None longer than asked for, together all of the speech; their texts are joined."""
    ended = desk.lead(speech_of(10.0), chunk_seconds=2, silence_timeout_seconds=5, **urls(callees))
    seconds = chunks_heard(callees)
    assert len(seconds) >= 5
    assert max(seconds) <= 2.1
    assert 8.0 < sum(seconds) < 10.5
    assert ended["transcript"] == " ".join(["how tall is it"] * len(seconds))


def test_a_sentence_is_spoken_while_the_next_is_still_being_written(desk: Desk, callees: Callees) -> None:
    """The first clip is there before the answer is complete, and the timeline shows it."""
    callees.go_on.clear()
    callees.replies["/ask"] = told("It is tall. And", " white.")
    begun = desk.start(desk.question, **urls(callees))
    url = f"{desk.server.url}/api/v1/sessions/{begun['session_id']}"
    first = next(each for each in snapshots(desk, url) if each["tts_audio_segments"])
    assert (first["status"], first["response"]) == ("running", "It is tall. And")
    callees.go_on.set()
    ended = desk.ended(begun)
    assert ended["response"] == "It is tall. And white."
    timeline: list[dict[str, object]] = ended["timeline"]  # type: ignore[assignment]
    steps = {(each["step"], each["sentence"]): each for each in timeline}
    assert steps["speaking", 1]["end"] <= steps["writing", None]["end"]  # type: ignore[operator]


def snapshots(desk: Desk, url: str) -> Iterator[dict[str, object]]:
    """Give what changes."""
    with desk.server.request("GET", url.removeprefix(desk.server.url) + "/events", stream=True) as events:
        for line in events.iter_lines():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=500), "the analyzer answered with status 500"),
        (Reply(b"<html>", "text/html"), "no JSON object with a `text`"),
        (Reply(silent=True), "takes too long to answer"),
    ],
    ids=["500", "nonsense", "silent"],
)
def test_an_analyzer_that_fails_ends_the_session(desk: Desk, callees: Callees, reply: Reply, why: str) -> None:
    """Nothing was understood, so nothing can be answered."""
    callees.replies["/hear"] = reply
    ended = desk.lead(desk.question, **urls(callees))
    assert (ended["status"], ended["end_reason"]) == ("failed", "error")
    assert why in str(ended["error"])
    assert callees.bodies("/ask") == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=500), "the RAG service answered with status 500"),
        (Reply(b"{}"), "without any text"),
        (Reply(silent=True), "takes too long to answer"),
    ],
    ids=["500", "nonsense", "silent"],
)
def test_a_rag_service_that_fails_ends_the_session(desk: Desk, callees: Callees, reply: Reply, why: str) -> None:
    """What was understood is kept."""
    callees.replies["/ask"] = reply
    ended = desk.lead(desk.question, **urls(callees))
    assert (ended["status"], ended["end_reason"], ended["transcript"]) == ("failed", "error", "how tall is it")
    assert why in str(ended["error"])


def test_an_answer_that_is_broken_off_is_kept_and_spoken(desk: Desk, callees: Callees) -> None:
    """As far as it came."""
    events = (b'data: {"delta": "It is tall."}\n\n', b"event: error\ndata: overloaded\n\n")
    callees.replies["/ask"] = Reply(kind="text/event-stream", pieces=events)
    ended = desk.lead(desk.question, **urls(callees))
    assert (ended["status"], ended["response"]) == ("failed", "It is tall.")
    assert len(ended["tts_audio_segments"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=500), "the TTS service answered with status 500"),
        (Reply(b"no sound"), "no WAV file"),
        (Reply(b"RIFF\x10\x00\x00\x00WAVEfmt broken!!"), "the TTS service answered"),
        (Reply(silent=True), "takes too long to answer"),
    ],
    ids=["500", "nonsense", "broken", "silent"],
)
def test_a_tts_service_that_fails_leaves_the_answer_readable(
    desk: Desk, callees: Callees, reply: Reply, why: str
) -> None:
    """Each sentence that could not be spoken is among the errors."""
    callees.replies["/tts"] = reply
    ended = desk.lead(desk.question, **urls(callees))
    assert (ended["status"], ended["error"], ended["response"]) == ("completed", None, "It is tall. Very")
    errors: list[str] = ended["tts_errors"]  # type: ignore[assignment]
    assert [each.partition(":")[0] for each in errors] == ["sentence 1", "sentence 2"]
    assert all(why in each for each in errors)
    assert ended["tts_audio_segments"] == []


@pytest.mark.parametrize("field", ["analyzer_url", "rag_url", "tts_url"])
def test_a_service_that_is_down_is_said(desk: Desk, callees: Callees, field: str) -> None:
    """In `error`, or where only the sound is missing, in `tts_errors`."""
    ended = desk.lead(desk.question, **{**urls(callees), field: "http://127.0.0.1:9/nobody"})
    told = str(ended["tts_errors"] if field == "tts_url" else ended["error"])
    assert "cannot be reached" in told
    assert ended["status"] == ("completed" if field == "tts_url" else "failed")


def test_the_operators_services_are_used_where_a_session_names_none(tmp_path: Path, callees: Callees) -> None:
    """They pass no guard: their addresses are the operator's. A caller's other addresses do."""
    with serving(tmp_path, tts_voice="Serena", tts_instructions="calmly", **urls(callees)) as server:
        desk = Desk(server, speech_of(2.0), b"")
        ended = desk.lead()
        assert (ended["status"], ended["response"]) == ("completed", "It is tall. Very")
        sent = json.loads(callees.bodies("/tts")[0])
        assert (sent["voice"], sent["instructions"]) == ("Serena", "calmly")
        other = {"rag_url": f"{callees.url}/elsewhere"}
        refused = server.post("/api/v1/sessions/start-file", files={"file": desk.question}, data=other)
        assert refused.status_code == 400
        assert refused.json()["detail"].startswith("rag_url: ")
