"""Server-sent events: what a client is told while something goes on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

EVENTS = "text/event-stream"
QUIET_SECONDS = 15.0
"""After which a comment is sent, so that nobody between takes the connection for dead (FastAPI's own interval)."""


def event(name: str, data: BaseModel) -> bytes:
    """Write one event."""
    return format_sse_event(event=name, data_str=data.model_dump_json())


def event_stream(events: AsyncGenerator[bytes]) -> StreamingResponse:
    """Send events as they come, until there are no more or the client has gone; what tells them is closed then."""
    return _EventStream(events)


class _EventStream(StreamingResponse):
    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(self._kept_alive(), media_type=EVENTS, headers={"Cache-Control": "no-cache"})
        self._events = events
        self._following: asyncio.Task[bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all; closed here, where whoever has gone cancels nothing more."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self._following is not None:
                self._following.cancel()
                await asyncio.gather(self._following, return_exceptions=True)
            await self._events.aclose()

    async def _kept_alive(self) -> AsyncIterator[bytes]:
        while True:
            self._following = self._following or asyncio.create_task(_next(self._events))
            done, _ = await asyncio.wait({self._following}, timeout=QUIET_SECONDS)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            following, self._following = self._following, None
            try:
                told = following.result()
            except StopAsyncIteration:
                return
            yield told


async def _next(events: AsyncIterator[bytes]) -> bytes:
    return await anext(events)
