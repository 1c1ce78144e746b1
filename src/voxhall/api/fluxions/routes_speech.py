"""Handlers of the Fluxions dialect's speech part: read the wire, ask one service, write the wire."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import StreamingResponse

from voxhall.api.access import may, may_listen, platform_of
from voxhall.api.bodies import open_upload
from voxhall.api.fluxions import wire_speech as wire
from voxhall.audio.wav import header
from voxhall.domain.record import Caller, Scope
from voxhall.errors import Cancelled
from voxhall.pipelines.speak import SPEECH_RATE
from voxhall.services.renders import Rendering

router = APIRouter(prefix="/vui")

Listener = Annotated[Caller, Depends(may_listen)]
Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]

CLIP_BYTES = 25 * 2**20
"""Largest clip accepted, as documented."""
CONTENT_TYPES = {"wav": "audio/wav", "pcm": f"audio/L16; rate={SPEECH_RATE}; channels=1"}

_AUDIO = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_CLIP = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["audio"],
                    "properties": {"audio": _AUDIO, "text": _TEXT, "name": _TEXT},
                }
            }
        },
    }
}
_SOUND = {"content": {"audio/wav": {"schema": _AUDIO}, "audio/L16": {"schema": _AUDIO}}}


@router.get("/voices")
async def voices(request: Request) -> wire.BuiltIns:
    """List the built-in voices; needs no key."""
    return wire.BuiltIns(voices=[wire.built_in(voice) for voice in platform_of(request).cast.voices])


@router.post("/v1/tts", response_model=wire.SpeechWithWords, responses={200: _SOUND})
async def tts(
    request: Request, caller: Listener, wish: wire.Speech, *, stream: Annotated[bool | None, Query()] = None
) -> Response | wire.SpeechWithWords:
    """Speak a text, as a whole file or streamed while it is made."""
    async with AsyncExitStack() as stack:
        rendering = await stack.enter_async_context(platform_of(request).renders.begin(caller, wish.to_order()))
        headers = {"X-Render-Id": str(rendering.id)}
        if wish.response_format != "json" and (wish.stream if stream is None else stream):
            blocks = rendering.blocks()
            # what cannot be spoken at all still gets an error of its own
            first = await anext(blocks, b"")
            begin = header(SPEECH_RATE, None) if wish.response_format == "wav" else b""
            sound = _streamed(begin + first, blocks, stack.pop_all())
            return StreamingResponse(sound, headers=headers, media_type=CONTENT_TYPES[wish.response_format])
        pcm = await _whole(request, rendering)
    headers["X-Audio-Seconds"] = f"{rendering.seconds:.3f}"
    if wish.response_format == "json":
        return wire.with_words(rendering, header(SPEECH_RATE, len(pcm)) + pcm)
    begin = header(SPEECH_RATE, len(pcm)) if wish.response_format == "wav" else b""
    return Response(begin + pcm, headers=headers, media_type=CONTENT_TYPES[wish.response_format])


async def _whole(request: Request, rendering: Rendering) -> bytes:
    """Make all of a render; raises Cancelled when nobody waits for it any more."""
    blocks = []
    async for block in rendering.blocks():
        if await request.is_disconnected():
            raise Cancelled("the client has gone")
        blocks.append(block)
    return b"".join(blocks)


async def _streamed(first: bytes, rest: AsyncIterator[bytes], stack: AsyncExitStack) -> AsyncIterator[bytes]:
    """Send a render as it is made; it is kept when it ends or its listener goes away."""
    async with stack:
        yield first
        async for block in rest:
            yield block


@router.post("/v1/voices", openapi_extra=_CLIP)
async def clone(request: Request, caller: Writer) -> wire.Cloned:
    """Make a private voice of a clip."""
    clones = platform_of(request).clones
    upload = await open_upload(request, limit=CLIP_BYTES, part="audio")
    async with clones.receive(caller, upload.chunks) as received:
        name = upload.fields.get("name", "").strip() or PurePath(upload.filename or "voice").stem
        text = upload.fields.get("text", "").strip() or None
        return wire.cloned(await clones.clone(caller, received, name=name[:255], text=text))


@router.get("/v1/voices/mine")
async def mine(request: Request, caller: Reader) -> wire.MyVoices:
    """List the account's cloned voices, the newest first."""
    return wire.MyVoices(voices=[wire.mine(each) for each in await platform_of(request).clones.mine(caller)])


@router.post("/v1/voices/delete")
async def delete(request: Request, caller: Writer, wanted: wire.Deletion) -> wire.Deleted:
    """Remove a cloned voice, and its clip with it."""
    await platform_of(request).clones.delete(caller, wanted.voice_id)
    return wire.Deleted(voice_id=wanted.voice_id)


@router.get("/v1/pronunciations")
async def pronunciations(request: Request, caller: Reader) -> wire.Pronunciations:
    """Give the words that the account wants said in its own way; an addition of ours."""
    return wire.Pronunciations(pronunciations=await platform_of(request).pronunciations.of(caller))


@router.put("/v1/pronunciations/{word}", status_code=204)
async def pronounce(request: Request, caller: Writer, word: str, wanted: wire.Pronunciation) -> None:
    """Have a word said in a certain way from now on; an addition of ours."""
    await platform_of(request).pronunciations.set(caller, word, wanted.say)


@router.delete("/v1/pronunciations/{word}", status_code=204)
async def forget(request: Request, caller: Writer, word: str) -> None:
    """Have a word said as usual again; an addition of ours."""
    await platform_of(request).pronunciations.remove(caller, word)
