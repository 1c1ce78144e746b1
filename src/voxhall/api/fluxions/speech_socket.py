"""The speech socket: renders asked for one after another, their sound as binary frames."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Self

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError

from voxhall.accounts.limits import Quotas
from voxhall.api.access import bearer, listener, platform_of, unprefixed
from voxhall.api.bodies import refused
from voxhall.api.fluxions.wire_speech import Close, Message, Speak
from voxhall.domain.record import Caller
from voxhall.errors import InvalidInput, VoxhallError

router = APIRouter(prefix="/vui")

WAITING = 32
"""Messages that may wait while a render is made; with more a client asks faster than anybody can listen."""
FRAME_BYTES = 24_000
"""Largest frame of sound, half a second: clients need not be ready for more."""

_message: TypeAdapter[Speak | Close] = TypeAdapter(Message)

Asked = Speak | VoxhallError
"""What is answered in turn: a render, or what was wrong with a message."""


@router.websocket("/v1/tts/ws")
async def speech_socket(socket: WebSocket) -> None:
    """Speak whatever is asked for, in order, until the client closes; that ends a render in progress."""
    await socket.accept()
    platform_of(socket).renders.warm()
    waiting: asyncio.Queue[Asked] = asyncio.Queue(WAITING)
    async with asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(_answer(socket, waiting))
        await _listen(socket, waiting)
        answering.cancel()


async def _listen(socket: WebSocket, waiting: asyncio.Queue[Asked]) -> None:
    """Take messages until the client closes."""
    try:
        while True:
            asked = _read(await socket.receive())
            if isinstance(asked, Close):
                await socket.close()
                return
            waiting.put_nowait(asked)
    except asyncio.QueueFull:
        await socket.close(1008, f"more than {WAITING} messages are waiting")
    except WebSocketDisconnect:
        return


def _read(frame: dict[str, object] | object) -> Asked | Close:
    assert isinstance(frame, dict)  # noqa: S101 - as ASGI has it
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect
    text = frame.get("text")
    if not isinstance(text, str):
        return InvalidInput("messages are JSON texts; this one was binary")
    try:
        return _message.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        # its place begins with the type of the message
        return refused({**first, "loc": first["loc"][1:]})


async def _answer(socket: WebSocket, waiting: asyncio.Queue[Asked]) -> None:
    """Answer one message after another, until the client is gone, which whoever listens to it notices, too."""
    async with Leases(platform_of(socket).quotas) as leases:
        with suppress(WebSocketDisconnect):
            while True:
                await _answer_one(socket, await waiting.get(), leases)


class Leases:
    """Counts the socket among those of whoever asks over it: nobody knows who that is before they do."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        self._held: set[int] = set()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Hold nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Count it no longer."""
        await asyncio.shield(self._stack.aclose())

    async def hold(self, caller: Caller) -> None:
        """Count it for an account, once; raises RateLimited."""
        if caller.account_id not in self._held:
            await self._stack.enter_async_context(self._quotas.socket(caller))
            self._held.add(caller.account_id)


async def _answer_one(socket: WebSocket, asked: Asked, leases: Leases) -> None:
    if isinstance(asked, VoxhallError):
        await _refuse(socket, asked)
        return
    try:
        await _render(socket, asked, leases)
    except VoxhallError as error:
        await _refuse(socket, error)


async def _refuse(socket: WebSocket, error: VoxhallError) -> None:
    await socket.send_json({"type": "error", "message": error.message, "code": error.code})


async def _render(socket: WebSocket, asked: Speak, leases: Leases) -> None:
    caller = await listener(socket, unprefixed(asked.token) if asked.token else bearer(socket))
    await leases.hold(caller)
    async with (
        platform_of(socket).renders.begin(caller, asked.to_order()) as rendering,
        aclosing(rendering.blocks()) as blocks,
    ):
        await socket.send_json({"type": "start"})
        async for frame in _frames(blocks):
            await socket.send_bytes(frame)
    await socket.send_json({"type": "done"})


async def _frames(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for block in blocks:
        for start in range(0, len(block), FRAME_BYTES):
            yield block[start : start + FRAME_BYTES]
