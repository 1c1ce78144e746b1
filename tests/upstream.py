"""Servers of this machine that behave as badly as a test wants them to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""What the guard has to be told to let through."""


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    rest: asyncio.StreamReader
    """What the client sends next; its end is the client's going away."""


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request; the connection ends with it."""


@dataclass
class Upstream:
    """A running server."""

    port: int
    behave: dict[str, Behaviour]
    """By path; what is asked for elsewhere is not found."""
    asked: list[Asked] = field(default_factory=list)
    """Every request, in order."""
    broken_off: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before it had everything."""

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """Give the address of a path."""
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            await self._answer(await _read(reader), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.broken_off.set()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        await self.behave.get(asked.target.partition("?")[0], answer(404))(asked, writer)
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body, reader)


@asynccontextmanager
async def serving_upstream(**behave: Behaviour) -> AsyncIterator[Upstream]:
    """Run a server; a behaviour named `big` answers at `/big`."""
    upstream = Upstream(0, {f"/{name}": each for name, each in behave.items()})
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    async with server:
        yield upstream


def answer(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> Behaviour:
    """Answer with a status, header lines and a body, whose length may be a lie."""
    announced = len(body) if length is None else length

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {announced}", *headers]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    return behave


def redirect(place: str, status: int = 302) -> Behaviour:
    """Answer with another address."""
    return answer(status, b"", f"Location: {place}")


def media(content: bytes, content_type: str = "audio/wav") -> Behaviour:
    """Serve a file as good servers do, ranges included."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        wanted = asked.headers.get("range", "")
        if not wanted:
            return await answer(200, content, f"Content-Type: {content_type}")(asked, writer)
        first, last = wanted.removeprefix("bytes=").split("-")
        part = content[int(first) : int(last) + 1]
        place = f"Content-Range: bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        return await answer(206, part, place, f"Content-Type: {content_type}")(asked, writer)

    return behave


async def endless(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Send zeros until nobody listens any more, without a length."""
    writer.write(b"HTTP/1.1 200 Said\r\nContent-Type: audio/wav\r\n\r\n")
    while True:
        writer.write(bytes(1 << 16))
        await writer.drain()


async def trickling(_: Asked, writer: asyncio.StreamWriter) -> None:
    """Send one byte after the other, never silent for long, for ever."""
    writer.write(b"HTTP/1.1 200 Said\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0)


def silent_after(beginning: bytes) -> Behaviour:
    """Send a beginning and then nothing, until the client goes away."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        await writer.drain()
        await asked.rest.read()

    return behave
