"""Handlers of the Lesan dialect's uploads."""

import mimetypes
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from voxhall.api.access import may, platform_of
from voxhall.api.bodies import open_upload
from voxhall.api.lesan import wire_uploads as wire
from voxhall.api.links import server_url
from voxhall.domain.record import Caller, Scope
from voxhall.errors import BrokenMedia, InvalidInput, TooLarge

router = APIRouter()

Reader = Annotated[Caller, Depends(may(Scope.READ))]
Writer = Annotated[Caller, Depends(may(Scope.WRITE))]

MOST = 500 * 2**20
"""Largest upload, as documented."""
LINK_SECONDS = 3600
UNKNOWN = "application/octet-stream"

_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}}


@router.post("/v1/uploads", status_code=201, openapi_extra=_BODY)
async def upload(request: Request, caller: Writer) -> wire.FileUploadResponse:
    """Take a recording, to be transcribed later by its `file_url`."""
    uploads = platform_of(request).uploads
    body = await open_upload(request, limit=MOST)
    async with uploads.receive(caller, body.chunks) as received:
        filename = body.filename or "audio"
        guessed = mimetypes.guess_type(filename)[0] or UNKNOWN
        try:
            kept = await uploads.keep(caller, received, filename=filename[:255], content_type=guessed)
        except BrokenMedia as error:
            raise InvalidInput(error.message, param="file") from error
    return wire.uploaded(kept)


@router.get("/v1/uploads/signed-url")
async def signed_url(
    request: Request,
    caller: Reader,
    filename: Annotated[str, Query(min_length=1, max_length=255)],
    content_type: Annotated[str, Query(max_length=100)] = UNKNOWN,
    content_length: Annotated[int | None, Query(ge=1)] = None,
) -> wire.SignedUrlResponse:
    """Give an address to which a recording can be sent by PUT, past this server where storage is remote."""
    if content_length is not None and content_length > MOST:
        raise TooLarge(f"content_length {content_length} is over the {MOST} bytes that are accepted")
    platform = platform_of(request)
    promised = await platform.uploads.promise(caller, filename=filename, content_type=content_type)
    base, most = server_url(request).geturl(), content_length or MOST
    link = await platform.signer.upload_link(base, promised.key, seconds=LINK_SECONDS, most=most)
    return wire.promised(promised, link, seconds=LINK_SECONDS, most=most)
