"""Recordings from elsewhere: streamed whole, or a part of one; bounded in size, in time and in slowness."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from voxhall.errors import InvalidInput, MediaUnavailable, NotFound, TooLarge, UpstreamFailed, UpstreamLimited
from voxhall.net.guard import Guarded, Incoming

REDIRECTS = 5
RECORDING = "recording"
"""What is fetched here, in the words of errors."""
KEPT = {401, 403, 407, 451}
"""Statuses of what is there, but not for us."""
GONE = {404, 410}
PAGES = {"text/html", "application/xhtml+xml"}
NAME = 255
"""Characters of a file's name at most."""
PACE = 1 << 10
"""Bytes a second that a server must give on the average after its first moments."""
GRACE = 30.0
"""Seconds of a download in which the pace does not count yet."""
PART_SECONDS = 15.0
"""Seconds for reading a part of a recording."""


@dataclass(frozen=True, slots=True)
class Download:
    """A recording on its way here."""

    name: str | None
    """The file's name, where the server or the URL tells it."""
    content_type: str | None
    """What the server says it is, in lower case, without parameters; a hint."""
    length: int | None
    """Bytes announced."""
    url: str
    """Where it came from in the end."""
    chunks: AsyncIterator[bytes]
    """Its bytes; raises TooLarge, UpstreamTimeout, UpstreamFailed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a recording."""

    name: str | None
    content_type: str | None
    body: bytes
    size: int | None
    """Bytes of the whole recording, where the server tells."""
    start: int
    """Where the stretch begins; 0 when the server gives only whole files."""


@asynccontextmanager
async def download(  # noqa: PLR0913 - an address and its bounds
    guarded: Guarded,
    url: str,
    *,
    limit: int,
    seconds: float,
    idle: float = 20.0,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Download]:
    """Fetch a recording of at most `limit` bytes within `seconds`, giving up after `idle` seconds of silence.

    Raises InvalidInput for a web page, TooLarge at once where the length is announced, AddressRefused,
    MediaUnavailable, NotFound, UpstreamLimited, UpstreamTimeout, UpstreamFailed.
    """
    async with guarded.send("GET", url, headers=headers, seconds=seconds, redirects=REDIRECTS) as incoming:
        _check(incoming)
        length = announced(incoming)
        if length is not None and length > limit:
            raise _too_large(limit, RECORDING)
        async with aclosing(bounded(incoming, limit, idle)) as chunks:
            yield Download(name_of(incoming), _type_of(incoming), length, incoming.url, chunks)


async def read_range(guarded: Guarded, url: str, start: int, length: int) -> Part:
    """Read a stretch of a recording; a server that knows no ranges gives the recording's beginning instead.

    Raises what `download` raises.
    """
    wanted = {"range": f"bytes={start}-{start + length - 1}"}
    async with guarded.send("GET", url, headers=wanted, seconds=PART_SECONDS, redirects=REDIRECTS) as incoming:
        _check(incoming)
        body = bytearray()
        async with aclosing(incoming.chunks()) as chunks:
            async for chunk in chunks:
                body += chunk[: length - len(body)]
                if len(body) >= length:
                    break
        begin, size = _place(incoming)
        if size is None and len(body) < length:
            size = begin + len(body)
        return Part(name_of(incoming), _type_of(incoming), bytes(body), size, begin)


async def bounded(incoming: Incoming, limit: int, idle: float, what: str = RECORDING) -> AsyncGenerator[bytes]:
    """Pass a body on; raises TooLarge, UpstreamFailed for one that trickles, and what `Incoming.chunks` raises."""
    now = asyncio.get_running_loop().time
    began, received = now(), 0
    async with aclosing(incoming.chunks(idle=idle)) as chunks:
        async for chunk in chunks:
            received += len(chunk)
            if received > limit:
                raise _too_large(limit, what)
            if now() - began > GRACE + received / PACE:
                raise UpstreamFailed(f"the server gives the {what} too slowly")
            yield chunk


def check_status(incoming: Incoming, what: str) -> None:
    """Raise what an answer means that holds nothing: MediaUnavailable, NotFound, UpstreamLimited, UpstreamFailed."""
    status = incoming.status
    if status in KEPT:
        raise MediaUnavailable(f"the server does not give the {what} to everybody (it answers {status})")
    if status in GONE:
        raise NotFound(f"there is no {what} at this URL (the server answers {status})")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UpstreamLimited(f"the server asks to slow down (it answers {status})")
    if status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        raise UpstreamFailed(f"the server answers {status}")


def _check(incoming: Incoming) -> None:
    """Raise what an answer means that is no recording."""
    check_status(incoming, RECORDING)
    if incoming.encoded:
        raise UpstreamFailed("the server sends the recording compressed, though that was not asked for")
    if _type_of(incoming) in PAGES:
        raise InvalidInput("the URL leads to a web page, not to a recording")


def announced(incoming: Incoming) -> int | None:
    """Give the length that an answer says it has, in bytes."""
    text = incoming.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _place(incoming: Incoming) -> tuple[int, int | None]:
    """Tell where a body lies in the recording and how large that is."""
    if incoming.status != HTTPStatus.PARTIAL_CONTENT:
        return 0, announced(incoming)
    found = re.fullmatch(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)", incoming.headers.get("content-range", "").strip())
    if not found:
        raise UpstreamFailed("the server answers with a part of the recording but does not say which")
    return int(found[1]), None if found[2] == "*" else int(found[2])


def _type_of(incoming: Incoming) -> str | None:
    return incoming.headers.get("content-type", "").partition(";")[0].strip().lower() or None


def name_of(incoming: Incoming) -> str | None:
    """Give the file's name without any folder, where the server or the URL tells it."""
    given = re.search(r'filename="?([^";]+)', incoming.headers.get("content-disposition", ""))
    text = given[1] if given else unquote(urlsplit(incoming.url).path)
    name = PurePosixPath(text.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[:NAME].strip() or None


def _too_large(limit: int, what: str) -> TooLarge:
    return TooLarge(f"the {what} is larger than the {limit} bytes that are accepted")
