"""A transcription as a user owns it: what was asked for, how far it is, and what is known of the result."""

from collections.abc import Mapping
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
    words: bool = False
    """Whether readers are shown the words' times."""
    keywords: tuple[str, ...] = ()
    """Spellings that the caller expects."""
    longest: float = 24 * 3600.0
    """Seconds of audio that are accepted at most."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A recording that somebody wants transcribed."""

    filename: str
    options: Options
    cache: bool = False
    """Whether an earlier result of an identical recording will do."""
    store: bool = True
    """False: removed once it has been read, or an hour after it ended."""
    audio_url: str | None = None
    """Where the recording is, as the caller said it; fetched by the job unless it has been received already."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    """The caller's own words about it."""
    webhook_url: str | None = None
    """Who is told of its end."""
    batch_id: int | None = None
    """The batch that it belongs to."""


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
    uid: str
    """A UUID: what some clients know it by."""
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
    error_code: str | None = None
    error_message: str | None = None
    progress: Progress | None = None
    source: Literal["batch", "websocket"] = "batch"
    """Whether it came as a file or live."""
    audio_url: str | None = None
    """Where the recording is, as the caller said it."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    webhook_url: str | None = None
    batch_id: int | None = None
    cost: float | None = None
    """US dollars, by the price of the day; None until it is done."""

    @property
    def audio_format(self) -> str | None:
        """The format in which the audio is kept."""
        return "opus" if self.audio_key else None

    @property
    def cached(self) -> bool:
        """Whether the result answers for identical recordings from now on."""
        return self.state == "done" and self.store


@dataclass(frozen=True, slots=True)
class Batch:
    """Recordings that were submitted together."""

    id: int
    uid: str
    account_id: int
    language: str
    """As asked for."""
    created_at: float
    children: tuple[Record, ...] = ()
    """In the order in which they were given."""

    @property
    def state(self) -> State:
        """Where it is as a whole: done when something is, and nothing is going on any more."""
        states = {child.state for child in self.children}
        if "running" in states or ("queued" in states and states & ENDED):
            return "running"
        if "queued" in states:
            return "queued"
        return next((state for state in ("done", "failed", "cancelled") if state in states), "cancelled")


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was sent ahead of its transcription."""

    uid: str
    account_id: int
    filename: str
    content_type: str
    key: str
    """Where it is kept."""
    size: int | None
    """Bytes; None until it has arrived."""
    duration: float | None
    """Seconds, where it could be told."""
    created_at: float
    expires_at: float
    """When it is removed."""
