"""The handler of the Lesan dialect's usage: reads the wire, asks one service, writes the wire."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from voxhall.api.access import may, platform_of
from voxhall.api.lesan import wire_usage as wire
from voxhall.domain.record import Caller, Scope

router = APIRouter(prefix="/v1")


@router.get("/usage")
async def usage(request: Request, caller: Annotated[Caller, Depends(may(Scope.READ))]) -> wire.UsageResponse:
    """Tell what the account has used, and how much of each quota is left."""
    accounting = platform_of(request).accounting
    return wire.usage(await accounting.of(caller), accounting.tier)
