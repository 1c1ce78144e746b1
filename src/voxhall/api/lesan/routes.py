"""Handlers of the Lesan dialect's transcription part: read the wire, ask one service, write the wire."""

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import PurePosixPath
from typing import Annotated, Literal
from urllib.parse import unquote_to_bytes
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import PlainTextResponse, RedirectResponse, StreamingResponse

from voxhall.api import cursors
from voxhall.api.access import may, platform_of
from voxhall.api.bodies import is_form, open_form, open_upload, read_json, wished
from voxhall.api.events import event, event_stream
from voxhall.api.lesan import wire
from voxhall.api.links import base_url, object_link
from voxhall.api.rows import row_number
from voxhall.app import Platform
from voxhall.domain.record import Caller, Scope
from voxhall.domain.transcription import ENDED, Batch, Received, Record, Submission
from voxhall.errors import Conflict, InvalidInput, NotFound, TooLarge
from voxhall.net.guard import parse_url
from voxhall.services.uploads import SCHEME
from voxhall.text.captions import to_srt, to_vtt, transcript_text

router = APIRouter()

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]

DATA_BYTES = 10 * 2**20
"""Largest recording in a data URI."""
JSON_BYTES = 16 * 2**20
"""Largest JSON body: a data URI of that, in base64."""
EMPTY = "the body is empty; send JSON with `audio_url`, or a form with `file`"

_FILE = {"type": "string", "format": "binary"}


def _body(wish: type[wire.Wish], field: str) -> dict[str, object]:
    """Describe a body that is JSON or a form."""
    files = {"type": "array", "items": _FILE} if field == "files" else _FILE
    form = {"type": "object", "required": [field], "properties": {field: files}}
    schema = wish.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


@router.post("/v1/transcriptions", status_code=202, openapi_extra=_body(wire.Submission, "file"))
@router.post("/transcribe", status_code=202, include_in_schema=False)
async def create(request: Request, response: Response, caller: Writer) -> wire.TranscriptionResponse:
    """Transcribe a recording, given as an address or as a file."""
    platform = platform_of(request)
    async with AsyncExitStack() as stack:
        wish: wire.Wish
        received: Received | None
        if is_form(request):
            upload = await open_upload(request, limit=platform.settings.max_upload_bytes)
            received = await stack.enter_async_context(platform.transcripts.receive(caller, upload.chunks))
            wish = wished(wire.Wish, _form_values(upload.fields))
            submission = await _submission(platform, wish, upload.filename or "audio", None)
        else:
            asked = wished(wire.Submission, await read_json(request, JSON_BYTES, EMPTY))
            wish = asked
            received, filename = await _received(platform, caller, asked.audio_url, stack)
            submission = await _submission(platform, wish, filename, asked.audio_url)
        record, _ = await platform.transcripts.submit(caller, received, submission)
    if wish.mode == "sync":
        record = await platform.transcripts.wait(caller, record, platform.settings.sync_seconds)
    if record.state in ENDED:
        response.status_code = 200
    return await _described(request, record)


@router.post("/v1/transcriptions/batch", status_code=202, openapi_extra=_body(wire.BatchSubmission, "files"))
@router.post("/transcribe/batch", status_code=202, include_in_schema=False)
async def create_batch(request: Request, caller: Writer) -> wire.TranscriptionResponse:
    """Transcribe several recordings, given as addresses or as files."""
    platform = platform_of(request)
    given: list[tuple[Received | None, str, str | None]] = []
    async with AsyncExitStack() as stack:
        wish: wire.Wish
        if is_form(request):
            form = open_form(request, limit=platform.settings.max_upload_bytes, part="files")
            async for file in form.files():
                if len(given) == wire.BATCH_AT_MOST:
                    raise InvalidInput(f"there are over {wire.BATCH_AT_MOST} files", param="files")
                received = await stack.enter_async_context(platform.transcripts.receive(caller, file.chunks))
                given.append((received, file.filename or "audio", None))
            wish = wished(wire.Wish, _form_values(form.fields))
        else:
            asked = wished(wire.BatchSubmission, await read_json(request, JSON_BYTES, EMPTY))
            wish = asked
            given += [(*await _received(platform, caller, url, stack), url) for url in asked.audio_urls]
        if not given:
            raise InvalidInput("the form has no field `files`; send some, or JSON with `audio_urls`", param="files")
        submissions = [
            (received, await _submission(platform, wish, filename, url)) for received, filename, url in given
        ]
        found = await platform.transcripts.submit_batch(caller, submissions, wish.language)
    return await _described_batch(request, found)


@router.get("/v1/transcriptions")
async def listed(  # noqa: PLR0913, PLR0917 - the documented parameters
    request: Request,
    caller: Reader,
    status_filter: wire.Status | None = None,
    source: Literal["batch", "websocket"] | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> wire.TranscriptionListResponse:
    """List the account's transcriptions, the newest first; pages stay where they are while others are added."""
    state = wire.STATES[status_filter] if status_filter else None
    before = cursors.decode(cursor, lambda place: row_number(place, "transcription")) if cursor else None
    transcripts = platform_of(request).transcripts
    total, records = await transcripts.scan(caller, state=state, source=source, before=before, limit=limit + 1)
    page, more = records[:limit], len(records) > limit
    return wire.TranscriptionListResponse(
        data=[
            wire.transcription(record, result, base_url(request))
            for record, result in zip(page, await asyncio.gather(*map(transcripts.peek, page)), strict=True)
        ],
        has_more=more,
        next_cursor=cursors.encode(str(page[-1].id)) if more else None,
        total=total,
    )


@router.get("/v1/transcriptions/{job_id}")
@router.get("/transcribe/{job_id}", include_in_schema=False)
async def get(request: Request, caller: Reader, job_id: str) -> wire.TranscriptionResponse:
    """Give a transcription, or a batch, with whatever is known of it."""
    found = await _find(request, caller, job_id)
    return await (_described_batch(request, found) if isinstance(found, Batch) else _described(request, found))


@router.get("/v1/transcriptions/{job_id}/events", response_class=StreamingResponse)
async def events(request: Request, caller: Reader, job_id: str) -> Response:
    """Tell of a transcription as server-sent events: `progress` whenever it has got on, last how it ended (ours)."""
    found = await _find(request, caller, job_id)
    if isinstance(found, Batch):
        raise NotFound(f"{job_id!r} is a batch; follow one of its jobs")
    return event_stream(_events(request, caller, found))


@router.delete("/v1/transcriptions/{job_id}")
async def delete(request: Request, caller: Writer, job_id: str) -> wire.DeleteResponse:
    """Remove a transcription, or a batch with all that belongs to it; stops first what has not ended."""
    found, transcripts = await _find(request, caller, job_id), platform_of(request).transcripts
    if isinstance(found, Batch):
        await transcripts.delete_batch(caller, found.uid)
    else:
        await transcripts.delete(caller, found.id)
    return wire.DeleteResponse(id=wire.name_of(found.uid))


@router.post("/v1/transcriptions/{job_id}/cancel")
async def cancel(request: Request, caller: Writer, job_id: str) -> wire.TranscriptionResponse:
    """Stop a transcription, or what of a batch has not ended."""
    found, transcripts = await _find(request, caller, job_id), platform_of(request).transcripts
    if isinstance(found, Batch):
        return await _described_batch(request, await transcripts.cancel_batch(caller, found.uid))
    return await _described(request, await transcripts.cancel(caller, found.id))


@router.get("/v1/transcriptions/{job_id}/audio", status_code=302)
async def audio(request: Request, caller: Reader, job_id: str) -> Response:
    """Lead to a fresh signed link to the audio."""
    record = await _finished(request, caller, job_id)
    return RedirectResponse(await object_link(request, record.audio_key, f"{job_id}.opus") or "", 302)


@router.get("/v1/transcriptions/{job_id}/transcript", status_code=302)
async def transcript(
    request: Request, caller: Reader, job_id: str, form: Annotated[str, Query(alias="format")] = "json"
) -> Response:
    """Lead to the transcript as JSON, or give it as text or captions."""
    record = await _finished(request, caller, job_id)
    result = await platform_of(request).transcripts.read(record)
    if result is None:
        raise NotFound(f"there is no transcript of {job_id!r} any more")
    match form:
        case "json":
            key = await platform_of(request).transcripts.publish(
                record, wire.transcription(record, result, base_url(request)).model_dump_json().encode()
            )
            return RedirectResponse(await object_link(request, key, f"{job_id}.json") or "", 302)
        case "txt":
            return PlainTextResponse(transcript_text(result, events=record.options.sounds) + "\n")
        case "srt":
            return PlainTextResponse(to_srt(result), media_type="application/x-subrip")
        case "vtt":
            return PlainTextResponse(to_vtt(result), media_type="text/vtt")
    raise InvalidInput(f"format {form[:20]!r} should be json, txt, srt or vtt", param="format")


def _form_values(fields: Mapping[str, str]) -> dict[str, object]:
    """Read form fields; metadata comes as JSON in one of them."""
    values: dict[str, object] = dict(fields)
    if "metadata" in fields:
        try:
            values["metadata"] = json.loads(fields["metadata"])
        except ValueError as error:
            raise InvalidInput("metadata is no JSON", param="metadata") from error
    return values


async def _submission(platform: Platform, wish: wire.Wish, filename: str, url: str | None) -> Submission:
    """Give what the service needs; raises AddressRefused for a webhook that nothing would be sent to."""
    if wish.webhook_url:
        await platform.webhooks.check_url(wish.webhook_url, param="webhook_url")
    return Submission(
        filename=filename[:255],
        options=wish.to_options(),
        store=wish.store,
        audio_url="data:" if url and url.startswith("data:") else url,
        metadata=wish.metadata,
        webhook_url=wish.webhook_url,
    )


async def _received(platform: Platform, caller: Caller, url: str, stack: AsyncExitStack) -> tuple[Received | None, str]:
    """Take in what an address holds, where that can be done at once; give it and a name for it."""
    if url.startswith(SCHEME.split("//", maxsplit=1)[0]):
        return await platform.uploads.take(caller, url)
    if url.startswith("data:"):
        data = _data(url)
        return await stack.enter_async_context(platform.transcripts.receive(caller, _once(data))), "audio"
    if not url.startswith(("http://", "https://")):
        how = f"http(s), {SCHEME}ID or a data URI"
        raise InvalidInput(f"audio_url {url[:100]!r} should be {how}", param="audio_url")
    return None, PurePosixPath(parse_url(url).path).name or "audio"


def _data(url: str) -> bytes:
    """Read a data URI; raises InvalidInput, TooLarge."""
    head, comma, body = url.partition(",")
    if not comma:
        raise InvalidInput("the data URI has no comma", param="audio_url")
    try:
        data = base64.b64decode(body, validate=True) if head.endswith(";base64") else unquote_to_bytes(body)
    except binascii.Error as error:
        raise InvalidInput("the data URI is no base64", param="audio_url") from error
    if len(data) > DATA_BYTES:
        raise TooLarge(f"the data URI holds over {DATA_BYTES} bytes", param="audio_url")
    return data


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _find(request: Request, caller: Caller, job_id: str) -> Record | Batch:
    """Find a transcription or a batch; a bare UUID does as well. Raises NotFound."""
    transcripts = platform_of(request).transcripts
    try:
        uid = str(UUID(job_id.removeprefix(wire.PREFIX)))
    except ValueError:
        raise NotFound(f"there is no transcription {job_id[:60]!r}") from None
    try:
        return await transcripts.find(caller, uid)
    except NotFound:
        return await transcripts.find_batch(caller, uid)


async def _finished(request: Request, caller: Caller, job_id: str) -> Record:
    """Find a transcription that is done; raises NotFound, Conflict."""
    found = await _find(request, caller, job_id)
    if isinstance(found, Batch):
        raise NotFound(f"{job_id!r} is a batch; ask for one of its jobs")
    if found.state != "done":
        raise Conflict(f"the transcription is {wire.STATUS[found.state]}, not completed")
    if found.audio_key is None:
        raise NotFound(f"nothing is stored of {job_id!r}")
    return found


async def _events(request: Request, caller: Caller, found: Record) -> AsyncGenerator[bytes]:
    with suppress(NotFound):  # deleted meanwhile: there is no more to tell
        async for record in platform_of(request).transcripts.follow(caller, found):
            name = wire.STATUS[record.state] if record.state in ENDED else "progress"
            yield event(name, await _described(request, record))


async def _described(request: Request, record: Record) -> wire.TranscriptionResponse:
    result = await platform_of(request).transcripts.read(record)
    return wire.transcription(record, result, base_url(request))


async def _described_batch(request: Request, found: Batch) -> wire.TranscriptionResponse:
    transcripts = platform_of(request).transcripts
    results = zip(found.children, await asyncio.gather(*map(transcripts.peek, found.children)), strict=True)
    return wire.batch(found, {child.id: " ".join(s.text for s in r.segments) for child, r in results if r})
