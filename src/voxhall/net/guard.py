"""The one HTTP client for addresses that callers give.

A name is looked up once per connection, and the address found is checked and is the very one connected to, so that a
name which changes between look-ups gains nothing. Redirects are followed by hand, each as if it had been given. Every
request has its own connection, no cookies, no proxy of the environment, a deadline, and a bound on what is read.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

from voxhall.errors import InvalidInput, UpstreamFailed, UpstreamTimeout
from voxhall.net.addresses import Address, Gate, Resolver, system_resolver

AGENT = "Voxhall"
LONGEST = 2048
"""Characters of an address."""
LOOK_UP_SECONDS = 5.0
"""Until a name counts as unknown that is only looked up."""
RESOLVING = 16
"""Names looked up at once; the system gives up on a slow one in its own time."""
CONNECTING = 5.0
"""Seconds after which the next of a host's addresses is tried."""
REDIRECTS = {301, 302, 303, 307, 308}
REWRITING = {301, 302, 303}
"""Redirects after which anything but HEAD becomes GET, as all clients do it."""
PRIVATE = {"authorization", "cookie", "proxy-authorization"}
"""Headers that another origin does not get."""
BROKEN = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; of several of a name, the last."""
    body: bytes
    """As far as the limit; empty if it came compressed although that was not asked for."""
    url: str
    """Where it came from in the end."""


class Incoming:
    """An answer whose body is still on its way."""

    def __init__(self, response: httpcore2.Response, url: httpx2.URL, deadline: float) -> None:
        self.status = response.status
        self.headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        self.url = str(url)
        self._response = response
        self._host = url.host
        self._deadline = deadline

    @property
    def encoded(self) -> bool:
        """Whether the body came compressed, though that was not asked for; it is never unpacked."""
        return self.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}

    async def chunks(self, *, idle: float | None = None) -> AsyncGenerator[bytes]:
        """Give the body as it comes; raises UpstreamTimeout at the deadline or after `idle` seconds of silence."""
        now = asyncio.get_running_loop().time
        async with aclosing(self._response.aiter_stream()) as stream:
            while True:
                until = self._deadline if idle is None else min(self._deadline, now() + idle)
                async with _explained(self._host, until):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                yield chunk


class Guarded:
    """Sends requests to addresses that callers give; made by `open_guarded`."""

    def __init__(self, gate: Gate, resolve: Resolver) -> None:
        self._backend = _Backend(gate, resolve)
        self._trust = httpx2.create_ssl_context()

    async def request(  # noqa: PLR0913 - what a request is made of, and its bounds
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        seconds: float = 10.0,
        limit: int = 65536,
        redirects: int = 0,
    ) -> Answer:
        """Send a request and read its answer, at most `limit` bytes of it, within `seconds` altogether.

        With `redirects` left at 0 a redirect is an answer like any other.
        Raises InvalidInput, AddressRefused, UpstreamTimeout, UpstreamFailed.
        """
        sending = self.send(method, url, content=content, headers=headers, seconds=seconds, redirects=redirects)
        async with sending as incoming:
            body = bytearray()
            if not incoming.encoded:
                async with aclosing(incoming.chunks()) as chunks:
                    async for chunk in chunks:
                        body += chunk[: limit - len(body)]
                        if len(body) >= limit:
                            break
            return Answer(incoming.status, incoming.headers, bytes(body), incoming.url)

    async def check(self, url: str) -> None:
        """Refuse at once what no request would reach; raises InvalidInput, AddressRefused, Upstream{Timeout,Failed}."""
        place = parse_url(url)
        async with _explained(place.host, asyncio.get_running_loop().time() + LOOK_UP_SECONDS):
            await self._backend.find(place.host, place.port or 0)

    @asynccontextmanager
    async def send(  # noqa: PLR0913 - likewise
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        seconds: float = 10.0,
        redirects: int = 0,
    ) -> AsyncIterator[Incoming]:
        """Send a request, to read its answer piece by piece; the bounds and errors of `request`."""
        deadline = asyncio.get_running_loop().time() + seconds
        step = _Step(method, parse_url(url), content, dict(headers or {}))
        for _ in range(redirects + 1):
            async with self._exchange(step, deadline) as incoming:
                place = incoming.headers.get("location") if incoming.status in REDIRECTS else None
                if place is None or not redirects:
                    yield incoming
                    return
            step = step.redirected(incoming.status, place)
        raise UpstreamFailed(f"{step.url.host!r} redirects more than {redirects} times")

    @asynccontextmanager
    async def _exchange(self, step: "_Step", deadline: float) -> AsyncIterator[Incoming]:
        """Have one exchange on a connection of its own."""
        pool = httpcore2.AsyncConnectionPool(self._trust, max_connections=1, network_backend=self._backend)
        try:
            async with _explained(step.url.host, deadline):
                response = await pool.handle_async_request(step.request())
            yield Incoming(response, step.url, deadline)
        finally:
            await pool.aclose()


@dataclass(frozen=True, slots=True)
class _Step:
    """A request as it goes to one address; a redirect makes another of it."""

    method: str
    url: httpx2.URL
    content: bytes
    headers: Mapping[str, str]

    def request(self) -> httpcore2.Request:
        """Give it as the connection wants it."""
        url = self.url
        headers = {
            "user-agent": AGENT,
            "accept": "*/*",
            **{name.lower(): value for name, value in self.headers.items()},
            "host": url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "connection": "close",
        }
        if self.content or self.method in {"POST", "PUT", "PATCH"}:
            headers["content-length"] = str(len(self.content))
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        pairs = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers.items()]
        return httpcore2.Request(self.method, target, headers=pairs, content=self.content)

    def redirected(self, status: int, place: str) -> "_Step":
        """Go where an answer points to; raises InvalidInput."""
        url = parse_url(place, base=self.url)
        headers = dict(self.headers)
        if (url.scheme, url.host, url.port) != (self.url.scheme, self.url.host, self.url.port):
            headers = {name: value for name, value in headers.items() if name.lower() not in PRIVATE}
        if status in REWRITING and self.method not in {"GET", "HEAD"}:
            headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
            return _Step("GET", url, b"", headers)
        return _Step(self.method, url, self.content, headers)


def parse_url(text: str, *, base: httpx2.URL | None = None) -> httpx2.URL:
    """Read an address that may be asked; raises InvalidInput, which does not repeat it: it may hold secrets."""
    if len(text) > LONGEST:
        raise InvalidInput(f"the URL is longer than {LONGEST} characters")
    try:
        url = base.join(text) if base else httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError) as error:
        raise InvalidInput("this is not a URL") from error
    if url.scheme not in {"http", "https"}:
        raise InvalidInput(f"the URL begins with {url.scheme[:20]!r}; it should begin with http:// or https://")
    if url.userinfo:
        raise InvalidInput("the URL contains a user name or password; send it without")
    if not url.host or (url.port is not None and not 0 < url.port < 1 << 16):
        raise InvalidInput("the URL has no host, or no port that there could be")
    return url.copy_with(fragment=None)


@asynccontextmanager
async def _explained(host: str, deadline: float) -> AsyncIterator[None]:
    """Say in our own errors what fails in the block, and give up at the deadline."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except (TimeoutError, httpcore2.TimeoutException):
        raise UpstreamTimeout(f"{host!r} takes too long to answer") from None
    except BROKEN as error:
        raise UpstreamFailed(f"{host!r} cannot be reached, or broke off ({type(error).__name__})") from error


class _Backend(httpcore2.AsyncNetworkBackend):
    """Makes connections, to addresses that have passed the gate and to no others."""

    def __init__(self, gate: Gate, resolve: Resolver) -> None:
        self._gate = gate
        self._resolve = resolve
        self._plain = httpcore2.AnyIOBackend()

    async def find(self, host: str, port: int) -> Sequence[Address]:
        """Give the addresses of a host; raises AddressRefused."""
        return self._gate.check(host, await self._resolve(host, port))

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of a host that answers; raises AddressRefused."""
        failure: Exception = httpcore2.ConnectError("no address")
        for address in await self.find(host, port):
            try:
                return await self._plain.connect_tcp(str(address), port, CONNECTING, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure


@asynccontextmanager
async def open_guarded(allow: Sequence[str] = (), *, resolve: Resolver | None = None) -> AsyncIterator[Guarded]:
    """Open the client; `allow` are networks that are let through although they are not public."""
    executor = ThreadPoolExecutor(RESOLVING, "voxhall-resolve")
    try:
        yield Guarded(Gate(allow), resolve or system_resolver(executor))
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
