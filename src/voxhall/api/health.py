"""What several dialects tell of the server's health."""

import time
from typing import Literal

from pydantic import BaseModel
from starlette.requests import HTTPConnection

from voxhall.api.access import platform_of
from voxhall.services.platform import Health
from voxhall.text.times import iso_utc


class Facts(BaseModel):
    """What is there and what works."""

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


async def facts(connection: HTTPConnection) -> tuple[Health, Facts]:
    """Ask the platform's parts; answers while every worker is busy."""
    platform = platform_of(connection)
    state = await platform.health()
    remote = platform.objects.remote
    found = Facts(
        version=state.version,
        loaded_models=platform.models.engines(),
        available_models=state.engines["recognize"],
        device="cpu",
        silero_vad_available="silero" in state.engines["vad"],
        ina_vad_available=False,
        streaming_available=all(state.engines[ability] for ability in ("vad", "recognize")),
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
    return state, found
