"""The services that agent sessions may call out to: one that transcribes, one that answers, one that speaks.

Each is asked in the way that most servers of its kind understand, and what it answers is believed as little as what
callers send: it is bounded in size and time, and a fault becomes one sentence that says which service it was.
"""

import asyncio
import codecs
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from voxhall.errors import UpstreamFailed, UpstreamLimited, UpstreamTimeout
from voxhall.net.guard import Guarded

LONGEST_TEXT = 1 << 20
"""Bytes of a transcript, and characters of an answer, that are read."""
LONGEST_SOUND = 64 << 20
"""Bytes of a spoken sentence that are read: over ten minutes."""
ANSWER_SECONDS = 300.0
"""That an answer may be on its way altogether."""
JSON = {"content-type": "application/json"}
PIECES = ("delta", "text", "token", "content", "response", "answer", "output")
"""What servers call a piece of an answer in JSON."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is, and by which client it is asked."""

    name: str
    """As errors call it."""
    url: str
    client: Guarded
    seconds: float
    """Of silence, or for one transcript or sentence, after which it is given up."""


async def transcribe(service: Service, wav: bytes, *, language: str | None, temperature: float) -> str:
    """Have a WAV file transcribed, in the way of OpenAI's API; raises UpstreamFailed, UpstreamTimeout."""
    fields = {"temperature": f"{temperature:g}", "response_format": "json"} | (
        {"language": language} if language else {}
    )
    kind, body = _multipart(fields, wav)
    answer = await service.client.request(
        "POST",
        service.url,
        content=body,
        headers={"content-type": kind, "accept": "application/json"},
        seconds=service.seconds,
        limit=LONGEST_TEXT,
    )
    _check(service, answer.status)
    try:
        text = json.loads(answer.body)["text"]
    except (ValueError, TypeError, LookupError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise UpstreamFailed(f"the {service.name} answered with something that is no JSON object with a `text`")
    return text.strip()


async def speak(service: Service, wish: Mapping[str, str | None]) -> bytes:
    """Have a sentence spoken, in the way of OpenAI's API; gives a file. Raises UpstreamFailed, UpstreamTimeout."""
    body = json.dumps({name: value for name, value in wish.items() if value is not None}).encode()
    headers = {**JSON, "accept": "audio/wav"}
    answer = await service.client.request(
        "POST", service.url, content=body, headers=headers, seconds=service.seconds, limit=LONGEST_SOUND
    )
    _check(service, answer.status)
    if not answer.body:
        raise UpstreamFailed(f"the {service.name} answered without any sound")
    return answer.body


async def ask(service: Service, question: str) -> AsyncGenerator[str]:
    """Give the answer to a question as it comes: as server-sent events, as JSON, or as plain text.

    Raises UpstreamFailed, UpstreamTimeout.
    """
    body = json.dumps({"query": question, "stream": True}).encode()
    headers = {**JSON, "accept": "text/event-stream, text/plain, application/json"}
    sending = service.client.send("POST", service.url, content=body, headers=headers, seconds=ANSWER_SECONDS)
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(service.seconds):
                incoming = await stack.enter_async_context(sending)
        except TimeoutError:
            raise UpstreamTimeout(f"the {service.name} takes too long to answer") from None
        _check(service, incoming.status)
        if incoming.encoded:
            raise UpstreamFailed(f"the {service.name} answered compressed, which was not asked for")
        reader = _reader_of(incoming.headers.get("content-type", ""))
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        read = 0
        async with aclosing(incoming.chunks(idle=service.seconds)) as chunks:
            async for chunk in chunks:
                for piece in reader.feed(decoder.decode(chunk)):
                    read += len(piece)
                    yield piece
                if reader.ended or read > LONGEST_TEXT:
                    break
        for piece in reader.finish():
            read += len(piece)
            yield piece
        if reader.failed:
            raise UpstreamFailed(f"the {service.name} broke off its answer with an error")
        if not read:
            raise UpstreamFailed(f"the {service.name} answered without any text")


def _check(service: Service, status: int) -> None:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UpstreamLimited(f"the {service.name} asks to slow down")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise UpstreamFailed(f"the {service.name} answered with status {status}")


def _multipart(fields: Mapping[str, str], wav: bytes) -> tuple[str, bytes]:
    """Write a form with a file; give its content type and body."""
    boundary = uuid4().hex
    head = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    file = 'name="file"; filename="audio.wav"\r\nContent-Type: audio/wav'
    head.append(f"--{boundary}\r\nContent-Disposition: form-data; {file}\r\n\r\n")
    return f"multipart/form-data; boundary={boundary}", "".join(
        head
    ).encode() + wav + f"\r\n--{boundary}--\r\n".encode()


class _Plain:
    """Text as it is."""

    ended = failed = False

    def feed(self, text: str) -> Iterator[str]:
        """Give the pieces that are complete."""
        if text:
            yield text

    def finish(self) -> Iterator[str]:
        """Give what is left."""
        yield from ()


class _Whole(_Plain):
    """One JSON document."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, text: str) -> Iterator[str]:
        self._text += text[:LONGEST_TEXT]
        yield from ()

    def finish(self) -> Iterator[str]:
        if piece := _piece(self._text):
            yield piece


class _Events(_Plain):
    """Server-sent events (WHATWG HTML, 9.2), of which only the data counts."""

    def __init__(self) -> None:
        self.ended = self.failed = False
        self._rest = ""
        self._data: list[str] = []
        self._name = ""

    def feed(self, text: str) -> Iterator[str]:
        *lines, self._rest = (self._rest + text).replace("\r\n", "\n").split("\n")
        for line in lines:
            yield from self._line(line)

    def finish(self) -> Iterator[str]:
        yield from self._line(self._rest)
        yield from self._line("")

    def _line(self, line: str) -> Iterator[str]:
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        elif name == "event":
            self._name = value.strip()
        elif not line and self._data:
            data, self._data = "\n".join(self._data), []
            if data.strip() == "[DONE]":
                self.ended = True
            elif self._name == "error":
                self.ended = self.failed = True
            elif not self.ended and (piece := _piece(data)):
                yield piece
            self._name = ""


def _reader_of(content_type: str) -> _Plain:
    kind = content_type.partition(";")[0].strip().lower()
    return {"text/event-stream": _Events, "application/json": _Whole}.get(kind, _Plain)()


def _piece(data: str) -> str:
    """Find the text in what a server sends: its own words, or JSON that calls them by one of the usual names."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return data
    return found if isinstance(found, str) else _named(found) if isinstance(found, dict) else data


def _named(found: Mapping[str, object]) -> str:
    """Take the text of a JSON object, a chunk of OpenAI's chat API included; empty where it has none."""
    choices = found.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        found = choices[0].get("delta") or choices[0].get("message") or choices[0]
    texts = [text for name in PIECES if isinstance(text := found.get(name), str)] if isinstance(found, dict) else []
    return texts[0] if texts else ""
