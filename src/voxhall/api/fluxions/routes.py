"""Handlers of the Fluxions dialect's transcription part: read the wire, ask one service, write the wire."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from voxhall.api.access import may, platform_of
from voxhall.api.bodies import open_upload, validated
from voxhall.api.fluxions import wire
from voxhall.api.links import base_url, object_link, server_url
from voxhall.api.rows import row_number
from voxhall.domain.record import Caller, Scope
from voxhall.domain.transcription import Record, Submission

router = APIRouter()

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]

_AUDIO = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": _AUDIO,
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": _AUDIO["schema"]}}
            },
        },
    }
}


@router.get("/health")
async def health(request: Request) -> wire.Health:
    """Tell whether the service works; needs no key."""
    state = await platform_of(request).health()
    return wire.Health(
        status=state.status, version=state.version, model=state.model, gateway=server_url(request).netloc
    )


@router.post("/submit", openapi_extra=_BODY)
@router.post("/akro/submit", openapi_extra=_BODY)
async def submit(
    request: Request, caller: Writer, documented: Annotated[wire.SubmitOptions, Query()]
) -> wire.Submitted:
    """Take a recording, as the body or as the multipart field `file`, and give a job to ask for."""
    platform = platform_of(request)
    upload = await open_upload(request, limit=platform.settings.max_upload_bytes)
    async with platform.transcripts.receive(caller, upload.chunks) as received:
        options = documented
        if upload.fields:  # which win over the query
            options = validated(wire.SubmitOptions, {**request.query_params, **upload.fields})
        named = "filename" in options.model_fields_set
        record, cached = await platform.transcripts.submit(
            caller,
            received,
            Submission(
                filename=options.filename if named or not upload.filename else upload.filename,
                options=options.to_options(),
                cache=options.cache,
                store=options.store,
            ),
        )
    return wire.submitted(record, await _links(request, record), _query_url(request, record), cached=cached)


@router.get("/transcriptions")
@router.get("/akro/transcriptions")
async def transcriptions(
    request: Request,
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> wire.TranscriptionList:
    """List the account's transcriptions, the newest first."""
    total, records = await platform_of(request).transcripts.page(caller, limit=limit, offset=offset)
    rows = [wire.listed(record, await _links(request, record)) for record in records]
    return wire.TranscriptionList(total=total, limit=limit, offset=offset, transcriptions=rows)


@router.get("/transcriptions/{job}", response_model_exclude_unset=True)
@router.get("/akro/transcriptions/{job}", response_model_exclude_unset=True)
async def transcription(
    request: Request, caller: Reader, job: str, *, word_level_timestamps: bool = False
) -> wire.Transcription:
    """Give one transcription with whatever is known of it."""
    transcripts = platform_of(request).transcripts
    record = await transcripts.get(caller, row_number(job, "transcription"))
    links = await _links(request, record)
    result = await transcripts.read(record)
    return wire.transcription(record, result, links, words=word_level_timestamps)


@router.post("/transcriptions/{job}/cancel", response_model_exclude_unset=True)
@router.post("/akro/transcriptions/{job}/cancel", response_model_exclude_unset=True)
async def cancel(request: Request, caller: Writer, job: str) -> wire.Transcription:
    """Stop a transcription that has not ended; an addition of ours."""
    record = await platform_of(request).transcripts.cancel(caller, row_number(job, "transcription"))
    return wire.transcription(record, None, await _links(request, record), words=False)


@router.delete("/transcriptions/{job}", status_code=204)
@router.delete("/akro/transcriptions/{job}", status_code=204)
async def delete(request: Request, caller: Writer, job: str) -> None:
    """Remove a transcription and its audio; stops it first where it has not ended; an addition of ours."""
    await platform_of(request).transcripts.delete(caller, row_number(job, "transcription"))


def _query_url(request: Request, record: Record) -> str:
    return f"{base_url(request)}/transcriptions/{record.id}"


async def _links(request: Request, record: Record) -> wire.Links:
    return wire.Links(
        audio=await object_link(request, record.audio_key, f"{record.id}.opus"),
        original=await object_link(request, record.original_key, record.filename),
    )
