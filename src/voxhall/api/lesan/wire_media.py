"""The exact JSON of the Lesan dialect's media part."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field

from voxhall.api.values import rounded
from voxhall.domain.media import Caution, Probe


class MediaProbeRequest(BaseModel):
    """The body of `POST /v1/media/probe`."""

    url: str = Field(description="Public media URL to probe (http/https only)")


class MediaProbeResponse(BaseModel):
    """What is known of a recording elsewhere."""

    object: Literal["media_probe"] = "media_probe"
    url: str
    source: str = Field(description="Detected source platform (youtube, twitter, direct, etc.)")
    extractor: str | None = Field(default=None, description="yt-dlp extractor name, or `generic` for direct URLs")
    title: str | None = None
    uploader: str | None = None
    duration_seconds: float | None = Field(default=None, description="Null if unknown; `warnings` then says so")
    thumbnail_url: str | None = None
    upload_date: str | None = Field(default=None, description="ISO 8601, YYYY-MM-DD")
    is_live: bool = False
    language: str | None = None
    file_size_bytes: int | None = None
    content_type: str | None = None
    warnings: list[Caution] = []
    cached: bool = False
    probed_at: str = Field(description="ISO 8601, UTC")
    metadata: dict[str, str | int | float] = {}


def probed(probe: Probe) -> MediaProbeResponse:
    """Write what was found."""
    media = probe.media
    return MediaProbeResponse(
        url=media.url,
        source=media.source,
        extractor=media.extractor,
        title=media.title,
        uploader=media.uploader,
        duration_seconds=rounded(media.duration),
        thumbnail_url=media.thumbnail_url,
        upload_date=media.upload_date,
        is_live=media.is_live,
        language=media.language,
        file_size_bytes=media.size,
        content_type=media.content_type,
        warnings=list(media.warnings),
        cached=probe.cached,
        probed_at=f"{datetime.fromtimestamp(probe.probed_at, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        metadata=dict(media.metadata),
    )
