"""Answers a POST that is sent again under its `Idempotency-Key` as the first was answered, and does nothing twice."""

import hashlib
from http import HTTPStatus

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxhall.accounts.answers import Answer, Turn
from voxhall.api.access import bearer, counted, identified, platform_of
from voxhall.api.dialect import Dialect, refusal
from voxhall.domain.record import Caller
from voxhall.errors import Conflict, InvalidInput, VoxhallError

LONGEST_KEY = 255
LONGEST_BODY = 4 * 2**20
"""Bytes of an answer that are kept at most; over a minute of speech."""
HEADERS = ("content-type", "location", "x-render-id", "x-audio-seconds")
"""Headers that are kept with an answer."""
REPLAYED = {"Idempotent-Replayed": "true"}


class Idempotent:
    """Stands before a dialect's routes; a request's body passes through and is never held."""

    def __init__(self, app: ASGIApp, *, dialect: Dialect) -> None:
        self.app = app
        self._dialect = dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        key = Headers(scope=scope).get("idempotency-key") if scope.get("method") == "POST" else None
        caller = None if key is None else await self._caller(HTTPConnection(scope))
        if key is None or caller is None:
            await self.app(scope, receive, send)
            return
        try:
            if not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
                raise InvalidInput(f"an Idempotency-Key has 1 to {LONGEST_KEY} characters", param="Idempotency-Key")
            async with platform_of(HTTPConnection(scope)).answers.turn(caller.account_id, key) as found:
                request = _Request(scope, receive, caller)
                if isinstance(found, Turn):
                    await self.app(scope, request.receive, _Kept(request, found, send).send)
                    return
            response = await _again(request, found, caller)
        except VoxhallError as error:
            response = refusal(self._dialect, error)
        await response(scope, receive, send)

    async def _caller(self, connection: HTTPConnection) -> Caller | None:
        """Find whose request it is; None for one that the routes will refuse, or that nobody can be told apart by."""
        platform, secret = platform_of(connection), bearer(connection)
        try:
            if secret is not None:
                return await identified(connection, secret)
        except VoxhallError:
            return None
        if platform.settings.loopback:
            return await platform.keys.guest(admin=True)
        return None


async def _again(request: "_Request", answer: Answer, caller: Caller) -> Response:
    """Give the first request's answer; raises Conflict when this is another request, RateLimited."""
    await counted(HTTPConnection(request.scope), caller)
    if await request.fingerprint() != answer.fingerprint:
        raise Conflict("this Idempotency-Key was used for another request; use a new key for each")
    if answer.body is None:
        raise Conflict("this request has been answered, and the answer was too long or too secret to be kept")
    return Response(answer.body, HTTPStatus(answer.status), answer.headers | REPLAYED)


class _Request:
    """A request whose body is hashed while it passes."""

    def __init__(self, scope: Scope, receive: Receive, caller: Caller) -> None:
        self.scope = scope
        self._receive = receive
        self._complete = False
        self.broken = False
        """Whether the client went away before its body was complete."""
        # keys of one account that may do the same, as after a rotation, are told the same
        may = (caller.guest, caller.key_type.value, *sorted(scope.value for scope in caller.scopes))
        self._digest = hashlib.sha256(repr((scope["path"], scope["query_string"], may)).encode())
        kind, options = parse_options_header(Headers(scope=scope).get("content-type"))
        # a client that sends a form again marks its parts otherwise
        self._mark = options.get(b"boundary", b"") if kind == b"multipart/form-data" else b""
        self._tail = b""

    async def receive(self) -> Message:
        """Pass a message on."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.broken = self.broken or not self._complete
        elif message["type"] == "http.request":
            self._complete = not message.get("more_body", False)
            self._hash(message.get("body", b""))
        return message

    async def fingerprint(self) -> str:
        """Identify the request, once all of its body has come."""
        while not self._complete and not self.broken:
            await self.receive()
        digest = self._digest.copy()
        digest.update(self._tail)
        return digest.hexdigest()

    def _hash(self, data: bytes) -> None:
        if not self._mark:
            self._digest.update(data)
            return
        rest = (self._tail + data).replace(self._mark, b"")
        # the rest may end within a mark
        kept = min(len(self._mark) - 1, len(rest))
        self._digest.update(rest[: len(rest) - kept])
        self._tail = rest[len(rest) - kept :]


class _Kept:
    """An answer that is kept while it is sent, if it tells of success.

    It is kept before its end is sent, so that no client is too early with a retry.
    """

    def __init__(self, request: _Request, turn: Turn, send: Send) -> None:
        self._request = request
        self._turn = turn
        self._send = send
        self._status = 0
        self._headers = Headers()
        self._body: bytearray | None = bytearray()

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], Headers(raw=message["headers"])
            if "no-store" in self._headers.get("cache-control", ""):
                self._body = None
        elif message["type"] == "http.response.body":
            self._take(message.get("body", b""))
            succeeded = HTTPStatus.OK <= self._status < HTTPStatus.BAD_REQUEST
            if succeeded and not message.get("more_body", False):
                await self._keep()
        await self._send(message)

    def _take(self, data: bytes) -> None:
        if self._body is not None:
            self._body += data
            if len(self._body) > LONGEST_BODY:
                self._body = None

    async def _keep(self) -> None:
        fingerprint = await self._request.fingerprint()
        if not self._request.broken:
            headers = {name: self._headers[name] for name in HEADERS if name in self._headers}
            body = None if self._body is None else bytes(self._body)
            await self._turn.keep(Answer(fingerprint, self._status, headers, body))
