"""A transcription as a user owns it: what was asked for, how far it is, and what is known of the result."""

from dataclasses import dataclass, field
from typing import Literal

from voxhall.domain.speech import SpeakerCount
from voxhall.domain.work import Progress

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller wants."""

    language: str = "auto"
    """ISO 639-1 code, or `auto`."""
    speakers: SpeakerCount = field(default_factory=SpeakerCount)
    diarize: bool = True
    """False: everything is said by speaker 0."""
    split: bool = False
    """Each channel is one speaker."""
    sounds: bool = False
    """Whether to find events that are not words."""
    keywords: tuple[str, ...] = ()
    """Spellings that the caller expects."""
    longest: float = 24 * 3600.0
    """Seconds of audio that are accepted at most."""


@dataclass(frozen=True, slots=True)
class Received:
    """A recording that has been stored as it was sent."""

    key: str
    """Where it is kept."""
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One transcription; None until known."""

    id: int
    account_id: int
    job_id: int
    state: State
    filename: str
    options: Options
    store: bool
    """False: removed once it has been read, or an hour after it ended."""
    created_at: float
    """Seconds since 1970, as are all times here."""
    updated_at: float
    original_key: str | None
    audio_key: str | None = None
    transcript_key: str | None = None
    duration: float | None = None
    """Seconds of audio."""
    processing_time: float | None = None
    """Seconds from the first attempt's start to the end."""
    language: str | None = None
    num_chunks: int | None = None
    num_segments: int | None = None
    num_speakers: int | None = None
    notice: str | None = None
    error_message: str | None = None
    progress: Progress | None = None

    @property
    def audio_format(self) -> str | None:
        """The format in which the audio is kept."""
        return "opus" if self.audio_key else None

    @property
    def cached(self) -> bool:
        """Whether the result answers for identical recordings from now on."""
        return self.state == "done" and self.store
