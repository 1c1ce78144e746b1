"""Handlers of the Lesan dialect's media part: read the wire, ask one service, write the wire."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from voxhall.api.access import may, platform_of
from voxhall.api.lesan import wire_media as wire
from voxhall.domain.record import Caller, Scope

router = APIRouter(prefix="/v1/media")

Writer = Annotated[Caller, Depends(may(Scope.WRITE))]


@router.post("/probe")
async def probe(request: Request, _: Writer, wanted: wire.MediaProbeRequest) -> wire.MediaProbeResponse:
    """Tell how long a recording elsewhere is, and what else is known of it, without fetching it."""
    return wire.probed(await platform_of(request).probing.probe(wanted.url))
