"""Handlers of the Lesan dialect's administration: read the wire, ask one service, write the wire."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from voxhall.api.access import may, platform_of
from voxhall.api.lesan import wire_keys as wire
from voxhall.api.rows import row_number
from voxhall.domain.record import Caller, Scope
from voxhall.text.times import iso_utc

router = APIRouter(prefix="/v1/admin")

Admin = Annotated[Caller, Depends(may(Scope.ADMIN))]

ONCE = {"Cache-Control": "no-store"}
"""For answers with a secret, which nobody on their way shall keep."""


@router.post("/keys", status_code=201)
async def create(
    request: Request, response: Response, caller: Admin, wanted: wire.CreateAPIKeyRequest
) -> wire.APIKeyCreatedResponse:
    """Make a key; its secret is shown only here."""
    keys = platform_of(request).keys
    secret = await keys.create(wanted.email or await keys.email_of(caller), **wanted.to_new())
    response.headers.update(ONCE)
    return wire.created(await keys.find(secret), secret)


@router.get("/keys", dependencies=[Depends(may(Scope.ADMIN))])
async def list_keys(request: Request) -> wire.APIKeyListResponse:
    """List every key of every account."""
    keys, now = await platform_of(request).keys.all(), time.time()
    return wire.APIKeyListResponse(keys=[wire.shown(key, now) for key in keys], total=len(keys))


@router.get("/keys/stats", dependencies=[Depends(may(Scope.ADMIN))])
async def stats(request: Request) -> wire.AdminKeyStatsResponse:
    """Count the keys."""
    return wire.stats(await platform_of(request).keys.count())


@router.get("/keys/{key_id}", dependencies=[Depends(may(Scope.ADMIN))])
async def get(request: Request, key_id: str) -> wire.APIKeyResponse:
    """Show a key."""
    return wire.shown(await platform_of(request).keys.get(_number(key_id)), time.time())


@router.patch("/keys/{key_id}", dependencies=[Depends(may(Scope.ADMIN))])
async def update(request: Request, key_id: str, wanted: wire.UpdateAPIKeyRequest) -> wire.APIKeyResponse:
    """Change what may be done with a key."""
    return wire.shown(await platform_of(request).keys.update(_number(key_id), **wanted.to_terms()), time.time())


@router.post("/keys/{key_id}/revoke", dependencies=[Depends(may(Scope.ADMIN))])
async def revoke(
    request: Request, key_id: str, wanted: wire.RevokeAPIKeyRequest | None = None
) -> wire.RevokeKeyResponse:
    """End a key, at once and for good."""
    key = await platform_of(request).keys.revoke(_number(key_id), wanted.reason if wanted else None)
    return wire.RevokeKeyResponse(
        message="The key has been revoked.",
        key_id=wire.key_id(key.id),
        status=key.state(time.time()),
        revoked_at=iso_utc(key.revoked_at or 0.0),
    )


@router.post("/keys/{key_id}/rotate", dependencies=[Depends(may(Scope.ADMIN))])
async def rotate(
    request: Request, response: Response, key_id: str, wanted: wire.RotateAPIKeyRequest | None = None
) -> wire.APIKeyRotatedResponse:
    """Make another key with the same terms; its secret is shown only here."""
    keys, grace = platform_of(request).keys, wanted.grace_minutes if wanted else 0
    secret = await keys.rotate(_number(key_id), grace_minutes=grace)
    response.headers.update(ONCE)
    return wire.rotated(await keys.find(secret), secret, await keys.get(_number(key_id)), time.time())


@router.get("/models", dependencies=[Depends(may(Scope.ADMIN))])
async def models(request: Request) -> wire.AdminModelsResponse:
    """Tell which languages can be transcribed, and which models are in memory."""
    service = platform_of(request).models
    processes = await asyncio.to_thread(service.processes)
    return wire.AdminModelsResponse(
        loaded=service.loaded(),
        available=service.available(),
        device="cpu",
        cache_info={
            "processes": len(processes),
            "resident_bytes": sum(process.resident for process in processes),
            "engines": sorted({engine for process in processes for engine in process.engines}),
        },
    )


@router.post("/models/{language}/load", dependencies=[Depends(may(Scope.ADMIN))])
async def load(request: Request, language: str) -> wire.AdminModelActionResponse:
    """Load what transcribes a language, and wait for it."""
    service = platform_of(request).models
    name = await service.load(language)
    return wire.AdminModelActionResponse(message=f"{name} is loaded for {language}", loaded_models=service.loaded())


@router.post("/models/{language}/unload", dependencies=[Depends(may(Scope.ADMIN))])
async def unload(request: Request, language: str) -> wire.AdminModelActionResponse:
    """End what transcribes a language; its memory returns."""
    service = platform_of(request).models
    name = await service.unload(language)
    return wire.AdminModelActionResponse(message=f"{name} is unloaded", loaded_models=service.loaded())


def _number(key_id: str) -> int:
    return row_number(key_id, "key", prefix="key_")
