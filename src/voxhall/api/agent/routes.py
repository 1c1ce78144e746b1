"""Handlers of the agent dialect: read the wire, ask one service, write the wire."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import FileResponse, Response

from voxhall.api.access import may_visit, platform_of
from voxhall.api.agent import wire
from voxhall.api.bodies import open_form, validated
from voxhall.api.events import EVENTS, event, event_stream
from voxhall.api.links import base_url, server_url
from voxhall.domain.record import Caller, Scope
from voxhall.domain.session import Session

router = APIRouter()

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": wire.ErrorResponse} for status in (400, 401, 403, 404, 413, 422, 429, 500, 501, 503)
}
FORM = wire.StartFileRequest.model_json_schema()
FORM["properties"] = {"file": {"type": "string", "format": "binary"}, **FORM["properties"]}
BODY = {"required": True, "content": {"multipart/form-data": {"schema": {**FORM, "required": ["file"]}}}}
NO_FILE = {"type": "missing", "loc": ("body", "file"), "msg": "Field required", "input": None}
"""What FastAPI says of a form without one."""

Reader = Annotated[Caller, Depends(may_visit("agent", Scope.READ))]
Writer = Annotated[Caller, Depends(may_visit("agent", Scope.WRITE))]


@router.get("/health")
async def health(request: Request) -> wire.HealthResponse:
    """Tell whether the service works; needs no key."""
    return wire.HealthResponse(status=(await platform_of(request).health()).status)


@router.get("/api/v1/devices", responses=ERRORS)
async def devices(request: Request, caller: Reader) -> wire.DevicesResponse:
    """List the microphones of the server; none where PortAudio is not installed."""
    del caller
    return wire.DevicesResponse.of(await platform_of(request).sessions.devices())


@router.get("/api/v1/sessions", responses=ERRORS)
async def sessions(request: Request, caller: Reader) -> wire.SessionsResponse:
    """List the latest sessions, the newest first."""
    found = await platform_of(request).sessions.newest(caller)
    return wire.SessionsResponse(sessions=[_shown(request, each) for each in found])


@router.post("/api/v1/sessions/start", responses=ERRORS)
async def start(request: Request, caller: Writer, wanted: wire.StartMicrophoneRequest) -> wire.SessionSnapshot:
    """Begin a session with a microphone of the server."""
    session = await platform_of(request).sessions.start_microphone(
        caller, wanted.to_wish(), server_url(request).geturl(), device=wanted.device, rate=wanted.sample_rate
    )
    return _shown(request, session)


@router.post("/api/v1/sessions/start-file", responses=ERRORS, openapi_extra={"requestBody": BODY})
async def start_file(request: Request, caller: Writer) -> wire.SessionSnapshot:
    """Begin a session with a recording, heard at a multiple of its own pace."""
    platform = platform_of(request)
    form = open_form(request, limit=platform.settings.max_upload_bytes, part="file")
    file = await form.first()
    if file is None:
        raise RequestValidationError([NO_FILE])
    async with platform.sessions.files.receive(file.chunks) as received:
        # what a form's field says nothing in is not given
        given = {name: value for name, value in form.fields.items() if value.strip()}
        wanted = validated(wire.StartFileRequest, given)
        session = await platform.sessions.start_file(
            caller, wanted.to_wish(), server_url(request).geturl(), received, factor=wanted.realtime_factor
        )
    return _shown(request, session)


@router.get("/api/v1/sessions/{session_id}", responses=ERRORS)
async def session(request: Request, caller: Reader, session_id: str) -> wire.SessionSnapshot:
    """Tell what has become of a session so far."""
    return _shown(request, await platform_of(request).sessions.get(caller, session_id))


@router.post("/api/v1/sessions/{session_id}/stop", responses=ERRORS)
async def stop(request: Request, caller: Writer, session_id: str) -> wire.StopResponse | wire.SessionSnapshot:
    """Ask for the end of a session; one that has ended is shown as it is."""
    shown = _shown(request, await platform_of(request).sessions.stop(caller, session_id))
    if shown.status != "stopping" or shown.stop_requested_at is None:
        return shown
    return wire.StopResponse(session_id=session_id, status=shown.status, stop_requested_at=shown.stop_requested_at)


@router.get(
    "/api/v1/sessions/{session_id}/events", responses={**ERRORS, 200: {"content": {EVENTS: {}}}}, response_model=None
)
async def events(request: Request, caller: Reader, session_id: str) -> Response:
    """Ours: send a snapshot whenever the session has changed, until it has ended."""
    watching = platform_of(request).sessions.watch(caller, session_id)
    first = await anext(watching)

    async def written() -> AsyncGenerator[bytes]:
        yield event("snapshot", _shown(request, first))
        async for each in watching:
            yield event("snapshot", _shown(request, each))

    return event_stream(written())


@router.get(
    "/api/v1/sessions/{session_id}/audio/{index}",
    responses={**ERRORS, 200: {"content": {"audio/wav": {}}}},
    response_class=FileResponse,
)
async def audio(request: Request, caller: Reader, session_id: str, index: int) -> FileResponse:
    """Ours: send a sentence that was spoken, as WAV."""
    service = platform_of(request).sessions
    found = await service.get(caller, session_id)
    return FileResponse(service.files.spoken(found, index), media_type="audio/wav", status_code=HTTPStatus.OK)


def _shown(request: Request, found: Session) -> wire.SessionSnapshot:
    return wire.snapshot(found, base_url(request))
