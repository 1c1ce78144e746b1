"""What happens to every request, whatever its dialect: an id, a log line, and a look at where it comes from."""

import ipaddress
import math
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxhall.api.dialect import rate_limit
from voxhall.log import logger
from voxhall.settings import Settings

log = logger(__name__)

MAX_REQUEST_ID = 128
RATE_LIMIT = tuple(rate_limit(0, 0, 0))
"""Names of the headers that tell how much is left."""


class RequestId:
    """Gives every request an id, echoed when the caller sent one, and logs how it was answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id", "")
        request_id = sent if sent.isprintable() and 0 < len(sent) <= MAX_REQUEST_ID else uuid4().hex
        began, status = time.perf_counter(), 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, marked)
            finally:
                log.info(
                    "request",
                    method=scope.get("method", "WS"),
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                )


class Allowances:
    """Tells every caller who was let in how many requests are left."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def marked(message: Message) -> None:
            allowance = state.get("allowance")
            if message["type"] == "http.response.start" and allowance:
                headers = MutableHeaders(scope=message)
                seconds = max(1, math.ceil(allowance.reset_at - time.time()))
                for name, value in rate_limit(allowance.limit, allowance.remaining, seconds).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, marked)


class Cors(CORSMiddleware):
    """Answers pages of the origins that the operator or a key allows."""

    def __init__(self, app: ASGIApp, *, allowed: Callable[[str], bool]) -> None:
        self._allowed = allowed
        super().__init__(
            app,
            allow_origins=(),
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "X-Request-ID"),
            expose_headers=("X-Request-ID", "X-Render-Id", "X-Audio-Seconds", "Retry-After", *RATE_LIMIT),
        )

    def is_allowed_origin(self, origin: str) -> bool:
        """Tell whether pages of this origin may read our answers."""
        return self._allowed(origin)


class Guard:
    """Refuses requests of web pages that are not ours, and names that are not ours (DNS rebinding)."""

    def __init__(self, app: ASGIApp, *, settings: Settings, allowed: Callable[[str], bool]) -> None:
        self.app = app
        public = urlsplit(str(settings.public_url)) if settings.public_url else None
        self._public = f"{public.scheme}://{public.netloc}" if public else None
        names = {"localhost", settings.host, socket.gethostname(), *settings.allowed_hosts}
        self._names = {name.lower() for name in (*names, public.hostname if public else None) if name}
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request if it may pass."""
        if scope["type"] in {"http", "websocket"} and (reason := self._refusal(scope)):
            response = JSONResponse({"error": reason, "code": "forbidden"}, 403)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._ours(host):
            return f"this server is not called {host[:100]!r}; VOXHALL_ALLOWED_HOSTS adds names"
        origin = headers.get("origin")
        if origin is None or self._same_origin(origin, host) or self._allowed(origin):
            return None
        return f"pages of {origin[:100]!r} may not use this server; VOXHALL_CORS_ORIGINS adds origins"

    def _ours(self, host: str) -> bool:
        """Addresses cannot be rebound, so any is ours; of names only those we know."""
        name = urlsplit(f"//{host}").hostname or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return True

    def _same_origin(self, origin: str, host: str) -> bool:
        parts = urlsplit(origin)
        return parts.netloc == host or origin == self._public
