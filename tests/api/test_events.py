"""Server-sent events end with their client, and what tells them ends with them."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from voxhall.api.events import event_stream

SCOPE = {"type": "http", "asgi": {"spec_version": "2.3"}}


@pytest.mark.parametrize("reading", [True, False], ids=["reading", "not reading"])
async def test_who_tells_events_is_closed_when_the_client_goes(reading: bool) -> None:  # noqa: FBT001
    """Whether the next event was being waited for or the last one sent."""
    told, closed = asyncio.Event(), False

    async def events() -> AsyncGenerator[bytes]:
        nonlocal closed
        try:
            yield b"event: one\n\n"
            told.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            closed = True

    async def send(message: Message) -> None:
        if message.get("body") and not reading:
            told.set()
            await asyncio.Event().wait()

    async def receive() -> Message:
        await told.wait()
        return {"type": "http.disconnect"}

    await event_stream(events())(SCOPE, receive, send)
    assert closed
