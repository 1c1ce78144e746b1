"""Calling out: what analyzers, RAG and TTS services are sent, and how little they are believed."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from upstream import LOOPBACK, Behaviour, answer, serving_upstream, silent_after, trickling
from voxhall.errors import UpstreamFailed, UpstreamLimited, UpstreamTimeout, VoxhallError
from voxhall.net import callouts
from voxhall.net.callouts import Service
from voxhall.net.guard import Guarded, open_guarded


@pytest.fixture
async def guarded() -> AsyncIterator[Guarded]:
    """A client that may reach this machine."""
    async with open_guarded(LOOPBACK) as opened:
        yield opened


async def answered(guarded: Guarded, behave: Behaviour, seconds: float = 5.0) -> list[str]:
    """Ask a RAG service that behaves so; give the pieces of its answer."""
    async with serving_upstream(rag=behave) as upstream:
        service = Service("RAG service", upstream.url("/rag"), guarded, seconds)
        pieces = [piece async for piece in callouts.ask(service, "Why?")]
        assert json.loads(upstream.asked[0].body) == {"query": "Why?", "stream": True}
        return pieces


@pytest.mark.parametrize(
    ("kind", "body", "pieces"),
    [
        ("text/plain", b"As it is.", ["As it is."]),
        ("text/event-stream", b"data: One \n\ndata: two.\n\n", ["One ", "two."]),
        (
            "text/event-stream",
            b'data: {"token": "a"}\r\n\r\ndata: {"text": "b"}\r\n\r\ndata: [DONE]\r\n\r\n',
            ["a", "b"],
        ),
        ("text/event-stream", b'data: {"choices": [{"delta": {"content": "chat"}}]}\n\n', ["chat"]),
        ("text/event-stream", b": a comment\nevent: x\ndata: first\ndata: second\n\n", ["first\nsecond"]),
        ("text/event-stream", b"data: no blank line at the end", ["no blank line at the end"]),
        ("application/json", b'{"answer": "All at once."}', ["All at once."]),
        ("application/json; charset=utf-8", b'{"response": "Likewise."}', ["Likewise."]),
    ],
)
async def test_an_answer_comes_in_any_usual_form(guarded: Guarded, kind: str, body: bytes, pieces: list[str]) -> None:
    """Server-sent events of text or JSON, JSON as a whole, or plain text."""
    assert await answered(guarded, answer(200, body, f"Content-Type: {kind}")) == pieces


async def test_letters_that_are_cut_in_two_come_whole(guarded: Guarded) -> None:
    """Chunks end where they end."""
    begun = asyncio.Event()

    async def behave(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Said\r\nContent-Type: text/plain\r\n\r\nna\xc3")
        await writer.drain()
        begun.set()
        await asyncio.sleep(0)
        writer.write(b"\xafve")

    assert "".join(await answered(guarded, behave)) == "naïve"


@pytest.mark.parametrize(
    ("behave", "kind", "message"),
    [
        (answer(500), UpstreamFailed, "the RAG service answered with status 500"),
        (answer(429), UpstreamLimited, "the RAG service asks to slow down"),
        (answer(200, b"", "Content-Type: text/plain"), UpstreamFailed, "without any text"),
        (answer(200, b"{}", "Content-Type: application/json"), UpstreamFailed, "without any text"),
        (answer(200, b"event: error\ndata: x\n\n", "Content-Type: text/event-stream"), UpstreamFailed, "broke off"),
        (silent_after(b"HTTP/1.1 200 Said\r\nContent-Type: text/plain\r\n\r\nWell"), UpstreamTimeout, "too long"),
    ],
)
async def test_what_goes_wrong_is_said(
    guarded: Guarded, behave: Behaviour, kind: type[VoxhallError], message: str
) -> None:
    """In one sentence."""
    with pytest.raises(kind, match=message):
        await answered(guarded, behave, seconds=0.3)


async def test_an_endless_answer_is_cut_off(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read of it stands."""
    monkeypatch.setattr(callouts, "LONGEST_TEXT", 1000)
    assert 1000 < len("".join(await answered(guarded, trickling))) < 100_000


async def test_an_analyzer_gets_a_form(guarded: Guarded) -> None:
    """With the file, the language if there is one, and the temperature."""
    async with serving_upstream(hear=answer(200, b'{"text": " Hello. "}')) as upstream:
        service = Service("analyzer", upstream.url("/hear"), guarded, 5.0)
        assert await callouts.transcribe(service, b"RIFFsound", language="en", temperature=0.5) == "Hello."
    [asked] = upstream.asked
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    for part in (
        b'name="language"\r\n\r\nen\r\n',
        b'name="temperature"\r\n\r\n0.5\r\n',
        b'name="file"',
        b"\r\n\r\nRIFFsound\r\n--",
    ):
        assert part in asked.body


@pytest.mark.parametrize("body", [b"", b"<html>", b'"text"', b'{"text": 7}', b"[" * 100_000, b'{"words": []}'])
async def test_an_analyzer_that_talks_nonsense_is_not_believed(guarded: Guarded, body: bytes) -> None:
    """Its answer should be an object with a text."""
    async with serving_upstream(hear=answer(200, body)) as upstream:
        service = Service("analyzer", upstream.url("/hear"), guarded, 5.0)
        with pytest.raises(UpstreamFailed, match="no JSON object with a `text`"):
            await callouts.transcribe(service, b"", language=None, temperature=0.0)


async def test_a_tts_service_gets_what_was_given(guarded: Guarded) -> None:
    """What nobody said anything about is left out."""
    async with serving_upstream(tts=answer(200, b"RIFF")) as upstream:
        service = Service("TTS service", upstream.url("/tts"), guarded, 5.0)
        assert await callouts.speak(service, {"input": "Hello.", "voice": None}) == b"RIFF"
    assert json.loads(upstream.asked[0].body) == {"input": "Hello."}


async def test_nobody_listening_is_said(guarded: Guarded) -> None:
    """A service that is down."""
    async with serving_upstream() as upstream:
        url = upstream.url("/tts")
    with pytest.raises(UpstreamFailed, match="cannot be reached"):
        await callouts.speak(Service("TTS service", url, guarded, 5.0), {})
