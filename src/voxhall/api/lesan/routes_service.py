"""Handlers of the Lesan dialect that tell about the service: root, health, languages."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from voxhall import __version__
from voxhall.api.access import may, platform_of
from voxhall.api.health import Facts, facts
from voxhall.api.links import base_url
from voxhall.domain.record import Caller, Scope

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
    "translate": "/translate/v1",
    "languages": "/v1/languages",
    "health": "/health",
}


class RootResponse(BaseModel):
    """What this server is and where to go."""

    name: str
    version: str
    docs: str
    endpoints: dict[str, str]


class HealthResponse(Facts):
    """Health check response."""

    status: Literal["healthy", "unhealthy", "degraded"]


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
    state, found = await facts(request)
    return HealthResponse(status=STATUS[state.status], **found.model_dump())


@router.get("/v1/languages")
async def languages(request: Request, caller: Reader) -> LanguagesResponse:
    """List the languages that can be transcribed here."""
    del caller
    models = platform_of(request).models
    return LanguagesResponse(languages=models.available(), loaded=models.loaded(), default="auto")
