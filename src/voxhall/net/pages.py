"""Pages from elsewhere, fetched politely: bounded, one request at a time per host, robots.txt honoured by crawls."""

import asyncio
import time
import zlib
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpx2
from protego import Protego

from voxhall.errors import MediaUnavailable, TooLarge, UpstreamFailed, VoxhallError
from voxhall.net.fetch import REDIRECTS, announced, bounded, check_status, name_of
from voxhall.net.guard import AGENT, Guarded, Incoming, parse_url

LARGEST = 16 * 2**20
"""Bytes of a page."""
SECONDS = 20.0
"""That a page may take."""
IDLE = 10.0
"""Seconds of silence after which a server is given up."""
ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.5"
ROBOTS_BYTES = 500 * 1024
"""Of robots.txt that count (RFC 9309, 2.5)."""
ROBOTS_SECONDS = 3600.0
"""How long it is remembered."""
NOBODY = "User-agent: *\nDisallow: /"
SITES = 1000
"""Whose robots.txt is remembered at once."""
LONGEST_DELAY = 10.0
"""Seconds between two requests of a crawl that a site may ask for."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as a server gave it."""

    data: bytes
    content_type: str | None
    """What the server says it is, parameters included."""
    name: str
    """The file's name, or the host's where there is none."""
    url: str
    """Where it came from in the end."""


@dataclass(slots=True)
class _Rules:
    """What a site asks of crawlers."""

    parser: Protego
    read_at: float
    next_at: float = 0.0
    """When the next request may be made."""


class Pages:
    """Fetches documents for one process."""

    def __init__(self, guarded: Guarded) -> None:
        self._guarded = guarded
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rules: dict[str, _Rules] = {}

    async def fetch(self, url: str, *, limit: int = LARGEST, seconds: float = SECONDS) -> Fetched:
        """Fetch what somebody asked for; `seconds` do not count the wait for the host's other requests.

        Raises InvalidInput, AddressRefused, MediaUnavailable, NotFound, TooLarge, UpstreamLimited, UpstreamTimeout,
        UpstreamFailed.
        """
        turn = self._turns.setdefault(parse_url(url).host, asyncio.Lock())
        async with turn:
            return await self._get(url, limit, seconds)

    async def crawl(self, url: str, *, limit: int = LARGEST) -> Fetched:
        """Fetch one of many pages that nobody asked for by name, if the site's robots.txt lets programs read it.

        Waits between requests as long as the site asks for, within reason. Raises what `fetch` raises, and
        MediaUnavailable where the site does not want it.
        """
        place = parse_url(url)
        turn = self._turns.setdefault(place.host, asyncio.Lock())
        async with turn:
            rules = await self._admitted(place)
            await asyncio.sleep(max(0.0, rules.next_at - time.monotonic()))
            try:
                fetched = await self._get(url, limit, SECONDS)
            finally:
                asked = rules.parser.crawl_delay(AGENT) or 0.0
                rules.next_at = time.monotonic() + min(asked, LONGEST_DELAY)
        if (redirected := parse_url(fetched.url)) != place:
            await self._admitted(redirected)
        return fetched

    async def _admitted(self, place: httpx2.URL) -> _Rules:
        """Give the rules of an address's site; raises MediaUnavailable when they forbid it."""
        site = f"{place.scheme}://{place.netloc.decode('ascii')}"
        rules = self._rules.get(site)
        if rules is None or time.monotonic() - rules.read_at > ROBOTS_SECONDS:
            rules = _Rules(await self._robots(site), time.monotonic())
            while len(self._rules) >= SITES:
                del self._rules[next(iter(self._rules))]
            self._rules[site] = rules
        if not rules.parser.can_fetch(str(place), AGENT):
            raise MediaUnavailable("the site's robots.txt asks programs not to read this page")
        return rules

    async def _robots(self, site: str) -> Protego:
        """Read robots.txt: without one all is allowed; while it cannot be read nothing is (RFC 9309, 2.3.1)."""
        try:
            answer = await self._guarded.request(
                "GET", f"{site}/robots.txt", limit=ROBOTS_BYTES, redirects=REDIRECTS, seconds=IDLE
            )
        except VoxhallError:
            answer = None
        if answer is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Protego.parse(NOBODY)
        return Protego.parse(answer.body.decode("utf-8-sig", "replace") if answer.status == HTTPStatus.OK else "")

    async def _get(self, url: str, limit: int, seconds: float) -> Fetched:
        headers = {"accept": ACCEPT}
        async with self._guarded.send("GET", url, headers=headers, seconds=seconds, redirects=REDIRECTS) as incoming:
            check_status(incoming, "page")
            if (announced(incoming) or 0) > limit:
                raise _too_large(limit)
            async with aclosing(bounded(incoming, limit, IDLE, "page")) as chunks:
                data = b"".join([chunk async for chunk in chunks])
            name = name_of(incoming) or urlsplit(incoming.url).hostname or ""
            return Fetched(_plain(incoming, data, limit), incoming.headers.get("content-type"), name, incoming.url)


def unzipped(data: bytes, limit: int) -> bytes:
    """Unpack gzip; raises TooLarge, UpstreamFailed."""
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = unpacking.decompress(data, limit)
    except zlib.error:
        raise UpstreamFailed("the server sends what it says is compressed, and is not") from None
    if unpacking.unconsumed_tail:
        raise _too_large(limit)
    if not unpacking.eof:
        raise UpstreamFailed("what the server sends compressed breaks off")
    return plain


def _plain(incoming: Incoming, data: bytes, limit: int) -> bytes:
    """Unpack what came compressed although that was not asked for; raises UpstreamFailed, TooLarge."""
    if not incoming.encoded:
        return data
    if incoming.headers["content-encoding"].strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        raise UpstreamFailed("the server sends the page compressed, though that was not asked for")
    return unzipped(data, limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the page is larger than the {limit} bytes that are accepted")
