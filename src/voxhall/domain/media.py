"""Recordings that lie elsewhere, and what can be known of them before they are fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Caution = Literal["live_stream", "duration_unknown", "very_long", "age_restricted"]

VERY_LONG = 4 * 3600.0
"""Seconds above which somebody should think again before transcribing a recording."""


@dataclass(frozen=True, slots=True)
class Media:
    """A recording at a URL."""

    url: str
    """Of the recording, or of the page that shows it."""
    source: str
    """The platform in lower case, as in `youtube`; `direct` for a file."""
    extractor: str
    """What knew it; `generic` for a file."""
    title: str | None = None
    uploader: str | None = None
    duration: float | None = None
    """Seconds."""
    thumbnail_url: str | None = None
    upload_date: str | None = None
    """As in 2026-05-31."""
    is_live: bool = False
    language: str | None = None
    """As the platform declares it."""
    size: int | None = None
    """Bytes; on platforms roughly."""
    content_type: str | None = None
    """MIME type of a file."""
    age_restricted: bool = False
    location: str | None = None
    """Where the bytes are, where that is one address; it expires."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """To be sent when the bytes are fetched."""
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    """Whatever else the platform tells."""

    @property
    def warnings(self) -> tuple[Caution, ...]:
        """What somebody should know before fetching it."""
        found: dict[Caution, bool] = {
            "live_stream": self.is_live,
            "duration_unknown": self.duration is None,
            "very_long": (self.duration or 0) > VERY_LONG,
            "age_restricted": self.age_restricted,
        }
        return tuple(name for name, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found at a URL, and when."""

    media: Media
    probed_at: float
    """Seconds since 1970."""
    cached: bool = False
    """Whether an earlier answer was given again."""
