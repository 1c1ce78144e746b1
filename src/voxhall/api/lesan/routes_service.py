"""Handlers of the Lesan dialect that tell about the service: root, health, languages."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from voxhall import __version__
from voxhall.api.access import may, platform_of
from voxhall.api.links import base_url
from voxhall.domain.record import Caller, Scope
from voxhall.text.times import iso_utc

router = APIRouter()

Reader = Annotated[Caller, Depends(may(Scope.READ))]

STATUS: dict[str, Literal["healthy", "degraded", "unhealthy"]] = {
    "ok": "healthy",
    "degraded": "degraded",
    "unhealthy": "unhealthy",
}
ENDPOINTS = {
    "transcriptions": "/v1/transcriptions",
    "batch": "/v1/transcriptions/batch",
    "uploads": "/v1/uploads",
    "languages": "/v1/languages",
    "health": "/health",
}


class RootResponse(BaseModel):
    """What this server is and where to go."""

    name: str
    version: str
    docs: str
    endpoints: dict[str, str]


class HealthResponse(BaseModel):
    """Health check response."""

    status: Literal["healthy", "unhealthy", "degraded"]
    version: str
    loaded_models: list[str]
    available_models: list[str]
    device: str
    silero_vad_available: bool
    ina_vad_available: bool
    streaming_available: bool
    storage_provider: str | None
    storage_bucket: str | None
    storage_configured: bool
    redis_status: Literal["healthy", "unhealthy", "not_configured"]
    redis_version: str | None
    redis_connected_clients: int | None
    redis_memory: str | None
    auth_enabled: bool
    timestamp: str


class LanguagesResponse(BaseModel):
    """Available languages response."""

    languages: list[str]
    loaded: list[str]
    default: str


@router.get("/")
async def root(request: Request) -> RootResponse:
    """Tell what this server is."""
    base = base_url(request)
    return RootResponse(name="Voxhall", version=__version__, docs=f"{base}/docs", endpoints=ENDPOINTS)


@router.get("/health")
async def health(request: Request) -> HealthResponse:
    """Tell what works; needs no key."""
    platform = platform_of(request)
    state = await platform.health()
    remote = platform.objects.remote
    return HealthResponse(
        status=STATUS[state.status],
        version=state.version,
        loaded_models=platform.loaded("recognize"),
        available_models=state.engines["recognize"],
        device="cpu",
        silero_vad_available="silero" in state.engines["vad"],
        ina_vad_available=False,
        streaming_available=False,
        storage_provider="s3" if remote else "local",
        storage_bucket=remote.config.get("bucket") if remote else None,
        storage_configured=state.storage,
        redis_status="not_configured",
        redis_version=None,
        redis_connected_clients=None,
        redis_memory=None,
        auth_enabled=platform.settings.auth,
        timestamp=iso_utc(time.time()),
    )


@router.get("/v1/languages")
async def languages(request: Request, caller: Reader) -> LanguagesResponse:
    """List the languages that can be transcribed here."""
    del caller
    platform = platform_of(request)
    return LanguagesResponse(languages=list(platform.languages), loaded=platform.loaded_languages(), default="auto")
