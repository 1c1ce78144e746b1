"""The live socket of the Lesan dialect: sound in, words out, while they are spoken."""

import asyncio
import time
from contextlib import suppress
from uuid import uuid4

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from voxhall.api.access import Credential, credential_of, platform_of, speaker
from voxhall.api.bodies import wished
from voxhall.api.dialect import shortened
from voxhall.api.lesan import codec, wire_live
from voxhall.domain.live import Final
from voxhall.errors import (
    BrokenMedia,
    InvalidInput,
    NotAuthenticated,
    NotPermitted,
    RateLimited,
    TooLarge,
    VoxhallError,
)
from voxhall.services.live import Stream

router = APIRouter()

NORMAL, TOO_LARGE, REFUSED, FAILED = 1000, 1009, 1008, 1011
CLOSING_SECONDS = 5.0
"""That saying goodbye may take."""
NO_KEY, WRONG_KEY, LIMITED = 4001, 4003, 4029
"""Close codes, as documented; 1008 is for addresses that ask for what there is not, 1011 for a fault of ours."""


@router.websocket("/v1/ws/transcribe")
async def transcribe(socket: WebSocket) -> None:
    """Transcribe what a client sends, while it sends it; what was heard is kept as a transcription."""
    credential = credential_of(socket)
    await socket.accept(credential.subprotocol)
    with suppress(WebSocketDisconnect, TimeoutError):
        code, reason = await _admitted(socket, credential)
        # whoever reads nothing does not read this either; the server lets go of them
        async with asyncio.timeout(CLOSING_SECONDS):
            await socket.close(code, reason)


async def _admitted(socket: WebSocket, credential: Credential) -> tuple[int, str]:
    """Hold the session; give how its socket is to be closed."""
    platform = platform_of(socket)
    session_id = str(uuid4())
    try:
        caller = await speaker(socket, credential.secret)
        asked = wished(wire_live.Query, dict(socket.query_params))
        async with platform.live.begin(caller, asked.to_wish()) as stream:
            session = Session(
                socket,
                stream,
                codec.Codec(session_id, stream.uid, asked),
                idle=platform.settings.live_idle_seconds,
            )
            ended = await session.run()
            if session.gone:
                raise WebSocketDisconnect
            return ended
    except NotAuthenticated as error:
        return (NO_KEY if credential.secret is None else WRONG_KEY), shortened(error.message)
    except NotPermitted as error:
        return WRONG_KEY, shortened(error.message)
    except RateLimited as error:
        return LIMITED, shortened(error.message)
    except VoxhallError as error:
        wrong, formats = error, list(codec.FORMATS) if error.param == "format" else None
    told = wire_live.Error(session_id=session_id, error=wrong.message, code=wrong.code, supported_formats=formats)
    await socket.send_text(told.model_dump_json(exclude_none=True))
    return REFUSED, shortened(wrong.message)


class Session:
    """Owns the socket: passes what comes to the stream, and what the stream hears to the client."""

    def __init__(self, socket: WebSocket, stream: Stream, spoken: codec.Codec, *, idle: float) -> None:
        self._socket = socket
        self._stream = stream
        self._codec = spoken
        self._idle = idle
        self._began = time.monotonic()
        self.gone = False
        """Whether nobody can be told anything any more; what they had sent is listened to all the same."""

    async def run(self) -> tuple[int, str]:
        """Talk until either side ends it; give how the socket is to be closed."""
        telling = asyncio.create_task(self._tell())
        taking = asyncio.create_task(self._take())
        try:
            await asyncio.wait({telling, taking}, return_when=asyncio.FIRST_COMPLETED)
            return taking.result() if taking.done() else await telling
        except TooLarge as error:
            await self._send(self._codec.error(error))
            return TOO_LARGE, error.message
        except VoxhallError as error:
            await self._send(self._codec.error(error))
            return FAILED, shortened(error.message)
        except TimeoutError:
            return NORMAL, f"nothing was sent or read for {self._idle:g} s"
        finally:
            for task in (telling, taking):
                task.cancel()
            await asyncio.gather(telling, taking, return_exceptions=True)

    async def _tell(self) -> tuple[int, str]:
        """Tell the client what is heard."""
        async for event in self._stream.events():
            await self._send(*self._codec.heard(event, self._stream.seconds))
            if self._codec.turns and isinstance(event, Final):
                await self._stream.settle(event.end)
        return NORMAL, "the stream has ended"

    async def _take(self) -> tuple[int, str]:
        """Take what the client sends, until it ends the session."""
        await self._stream.switch(codec.FORMATS[self._codec.format].open())
        await self._send(self._codec.ready())
        while True:
            async with asyncio.timeout(self._idle):
                message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect
            try:
                if (text := message.get("text")) is None:
                    await self._sound(message["bytes"])
                elif await self._command(codec.read(text)):
                    return NORMAL, "the session has ended"
            except InvalidInput as error:
                await self._send(self._codec.error(error))

    async def _sound(self, data: bytes) -> None:
        """Listen to sound; what is none changes nothing."""
        stream = self._stream
        silent, before = not stream.speaking, stream.seconds
        try:
            await stream.take(data)
        except BrokenMedia:
            await stream.switch(codec.FORMATS[self._codec.format].open())
            raise
        if self._codec.turns and silent and not stream.speaking:
            await stream.pause()
        await self._send(self._codec.received(len(data), before, silent=silent))

    async def _command(self, command: codec.Command) -> bool:
        """Do as the client says; tell whether that ends the session."""
        stream, spoken = self._stream, self._codec
        match command.name:
            case "PING":
                await self._send(spoken.pong(time.monotonic() - self._began))
            case "CLEAR":
                await stream.clear()
                await self._send(spoken.cleared(stream.seconds))
            case "FORMAT":
                await stream.switch(codec.FORMATS[command.format].open())
                await self._send(spoken.changed(command.format))
            case "TRANSCRIBE" | "END":
                last = command.name == "END"
                await stream.told()
                spoken.commit()
                await stream.commit(last=last)
                await self._send(spoken.transcription(stream.seconds, language=stream.language, last=last))
                await stream.settle()
                return last
        return False

    async def _send(self, *messages: wire_live.Message) -> None:
        """Send messages; raises TimeoutError when nobody reads them."""
        for message in messages:
            if self.gone:
                return
            try:
                async with asyncio.timeout(self._idle):
                    await self._socket.send_text(message.model_dump_json(exclude_none=True))
            except (WebSocketDisconnect, RuntimeError):
                # the latter where the server has closed the connection itself; receiving says so in its turn
                self.gone = True
