"""Server-sent events: what a client is told while something goes on."""

import asyncio
from collections.abc import AsyncIterator

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel
from starlette.responses import StreamingResponse

EVENTS = "text/event-stream"
QUIET_SECONDS = 15.0
"""After which a comment is sent, so that nobody between takes the connection for dead (FastAPI's own interval)."""


def event(name: str, data: BaseModel) -> bytes:
    """Write one event."""
    return format_sse_event(event=name, data_str=data.model_dump_json())


def event_stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Send events as they come, until there are no more or the client has gone."""
    return StreamingResponse(_kept_alive(events), media_type=EVENTS, headers={"Cache-Control": "no-cache"})


async def _kept_alive(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    following: asyncio.Task[bytes] | None = None
    try:
        while True:
            following = following or asyncio.create_task(_next(events))
            done, _ = await asyncio.wait({following}, timeout=QUIET_SECONDS)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            try:
                yield following.result()
            except StopAsyncIteration:
                return
            following = None
    finally:
        if following is not None:
            following.cancel()


async def _next(events: AsyncIterator[bytes]) -> bytes:
    return await anext(events)
