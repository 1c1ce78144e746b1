"""Handlers of the Fluxions dialect's history: read the wire, ask one service, write the wire."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from voxhall.api.access import may, platform_of
from voxhall.api.fluxions import wire_history as wire
from voxhall.api.fluxions.wire import segments, timestamp
from voxhall.api.links import object_link
from voxhall.api.rows import row_number
from voxhall.domain.conversation import Conversation, Turn
from voxhall.domain.record import Caller, Scope
from voxhall.domain.transcription import Record
from voxhall.domain.voice import Render
from voxhall.text.captions import transcript_text

router = APIRouter(prefix="/history")

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]
Question = Annotated[str, Query(min_length=1, max_length=500, description="Search query")]
Limit = Annotated[int, Query(ge=1, le=100, description="Max results")]

TEXT, SEGMENTS = ".txt", ".segments.json"
"""What the keys of published texts end with."""


@router.get("", response_model_exclude_unset=True)
async def feed(
    request: Request, caller: Reader, asked: Annotated[wire.FeedPaging, Query()]
) -> wire.Page[wire.FeedTranscription | wire.FeedRender | wire.FeedConversation]:
    """Give everything that the account has done, in order of time."""
    wanted = asked.wanted(*asked.kinds)
    total, items = await platform_of(request).history.page(caller, wanted, limit=asked.limit, offset=asked.offset)
    return wire.page(asked, total, [wire.fed(item) for item in items])


@router.get("/transcriptions", response_model_exclude_unset=True)
async def transcriptions(
    request: Request, caller: Reader, asked: Annotated[wire.TranscriptionPaging, Query()]
) -> wire.Page[wire.ListedTranscription]:
    """List transcriptions."""
    wanted = asked.wanted("transcription", states=asked.states)
    total, items = await platform_of(request).history.page(caller, wanted, limit=asked.limit, offset=asked.offset)
    records = (item for item in items if isinstance(item, Record))
    return wire.page(
        asked, total, [await _transcription(request, each, link=asked.include_download_url) for each in records]
    )


@router.get("/transcriptions/{id}", response_model_exclude_unset=True)
async def transcription(
    request: Request,
    caller: Reader,
    id: str,  # noqa: A002 - as documented
) -> wire.WireTranscription:
    """Give one transcription with links to its sound and texts."""
    record = await platform_of(request).transcripts.get(caller, row_number(id, "transcription"))
    text, parts = await _texts(request, record)
    return wire.WireTranscription(
        **(await _transcription(request, record, link=True)).model_dump(),
        text_url=await object_link(request, text, f"{record.id}.txt"),
        segments_url=await object_link(request, parts, f"{record.id}.json"),
        original_audio_url=await object_link(request, record.original_key, record.filename),
        updated_at=timestamp(record.updated_at),
        processing_time=record.processing_time,
        num_chunks=record.num_chunks,
        non_speech=record.options.sounds,
        error_message=record.error_message,
    )


@router.delete("/transcriptions/{id}", status_code=204)
async def delete_transcription(request: Request, caller: Writer, id: str) -> None:  # noqa: A002 - likewise
    """Remove a transcription with its sound and texts; an addition of ours."""
    await platform_of(request).transcripts.delete(caller, row_number(id, "transcription"))


@router.get("/tts", response_model_exclude_unset=True)
async def renders(
    request: Request, caller: Reader, asked: Annotated[wire.RenderPaging, Query()]
) -> wire.Page[wire.ListedRender]:
    """List renders."""
    wanted = asked.wanted("tts", voice=asked.voice)
    total, items = await platform_of(request).history.page(caller, wanted, limit=asked.limit, offset=asked.offset)
    made = (item for item in items if isinstance(item, Render))
    return wire.page(asked, total, [await _render(request, each, link=asked.include_download_url) for each in made])


@router.get("/tts/{id}")
async def render(request: Request, caller: Reader, id: str) -> wire.WireRender:  # noqa: A002 - likewise
    """Give one render with a link to its sound."""
    made = await platform_of(request).renders.get(caller, row_number(id, "render"))
    listed = await _render(request, made, link=True)
    return wire.WireRender(**listed.model_dump(), text=made.text, chunks=wire.chunks(made))


@router.delete("/tts/{id}", status_code=204)
async def delete_render(request: Request, caller: Writer, id: str) -> None:  # noqa: A002 - likewise
    """Remove a render with its sound; an addition of ours."""
    await platform_of(request).renders.delete(caller, row_number(id, "render"))


@router.get("/conversations", response_model_exclude_unset=True)
async def conversations(
    request: Request, caller: Reader, asked: Annotated[wire.ConversationPaging, Query()]
) -> wire.Page[wire.ListedConversation]:
    """List voice conversations."""
    wanted = asked.wanted("conversation", voice=asked.voice)
    total, items = await platform_of(request).history.page(caller, wanted, limit=asked.limit, offset=asked.offset)
    return wire.page(asked, total, [wire.listed_conversation(each) for each in items if isinstance(each, Conversation)])


@router.get("/conversations/search")
async def search_turns(request: Request, caller: Reader, q: Question, limit: Limit = 20) -> wire.Found[wire.WireTurn]:
    """Find what was said in conversations, the latest first."""
    found = await platform_of(request).history.search_turns(caller, q, limit=limit)
    return wire.Found(query=q, data=[await _turn(request, each) for each in found])


@router.get("/conversations/{id}", response_model_exclude_unset=True)
async def conversation(  # noqa: PLR0913 - as documented
    request: Request,
    caller: Reader,
    id: str,  # noqa: A002 - likewise
    *,
    include_turns: bool = True,
    include_tool_calls: bool = False,
    turns_limit: Annotated[int, Query(ge=1, le=2000, description="Max turns to return")] = 500,
) -> wire.WireConversation:
    """Give one conversation with what was said in it."""
    limit = turns_limit if include_turns else None
    told = await platform_of(request).history.conversation(caller, id, turns=limit, calls=include_tool_calls)
    made = wire.WireConversation(**wire.listed_conversation(told.conversation).model_dump())
    if told.turns is not None:
        made.turns = [await _turn(request, each) for each in told.turns]
    if told.calls is not None:
        made.tool_calls = [wire.tool_call(each) for each in told.calls]
    return made


@router.delete("/conversations/{id}", status_code=204)
async def delete_conversation(request: Request, caller: Writer, id: str) -> None:  # noqa: A002 - likewise
    """Remove a conversation with all that was said in it; an addition of ours."""
    await platform_of(request).history.delete_conversation(caller, id)


@router.get("/search", response_model_exclude_unset=True)
async def search(
    request: Request,
    caller: Reader,
    q: Question,
    limit: Limit = 20,
    within: Annotated[
        Literal["text"] | None, Query(alias="in", description="Ours: `text` looks into transcripts, too")
    ] = None,
) -> wire.Found[wire.WireTurn | wire.FeedTranscription]:
    """Find turns by their words, and transcriptions by their filenames; the latest first."""
    turns, records = await platform_of(request).history.search(caller, q, limit=limit, said=within == "text")
    found = [await _turn(request, each) for each in turns]
    return wire.Found(object="list", query=q, data=[*found, *(wire.transcription(each) for each in records)])


@router.post("/export", status_code=202)
async def export(request: Request, caller: Writer) -> wire.WireExport:
    """Begin to write everything into a zip; an addition of ours."""
    return wire.export(await platform_of(request).exports.begin(caller), None)


@router.get("/exports/{id}")
async def exported(request: Request, caller: Reader, id: str) -> wire.WireExport:  # noqa: A002 - likewise
    """Tell how far an export is, with a link to the zip once it is written; an addition of ours."""
    made = await platform_of(request).exports.get(caller, row_number(id, "export"))
    return wire.export(made, await object_link(request, made.key, f"history-{made.id}.zip"))


async def _transcription(request: Request, record: Record, *, link: bool) -> wire.ListedTranscription:
    listed = wire.ListedTranscription(**wire.transcription(record).model_dump())
    if link:
        listed.download_url = await object_link(request, record.audio_key, f"{record.id}.opus")
    return listed


async def _render(request: Request, made: Render, *, link: bool) -> wire.ListedRender:
    listed = wire.ListedRender(**wire.render(made).model_dump())
    if link:
        listed.download_url = await object_link(request, made.audio_key, f"{made.id}.opus")
    return listed


async def _turn(request: Request, said: Turn) -> wire.WireTurn:
    written = wire.turn(said)
    if said.audio_key:
        written.download_url = await object_link(request, said.audio_key, said.audio_key.rpartition("/")[2])
    return written


async def _texts(request: Request, record: Record) -> tuple[str | None, str | None]:
    """Give the keys of the text and of the segments, which are written when somebody asks for them first.

    Both are None while there is nothing to read, and for what is not stored, which waits for a reader of its own.
    """
    transcripts = platform_of(request).transcripts
    text, parts = await transcripts.published(record, TEXT), await transcripts.published(record, SEGMENTS)
    if text and parts:
        return text, parts
    result = await transcripts.peek(record)
    if result is None:
        return None, None
    written = transcript_text(result, events=record.options.sounds)
    listed = [each.model_dump(exclude_unset=True) for each in segments(result, words=True)]
    return (
        await transcripts.publish(record, written.encode(), TEXT),
        await transcripts.publish(record, json.dumps(listed, ensure_ascii=False).encode(), SEGMENTS),
    )
