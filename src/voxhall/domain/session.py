"""A session with a voice agent: somebody asks, by microphone or in a recording, and is answered aloud."""

from dataclasses import dataclass, field
from typing import Literal

from voxhall.domain.knowledge import Citation
from voxhall.domain.talk import Timed

SourceKind = Literal["microphone", "file"]
Status = Literal["created", "running", "stopping", "completed", "failed"]
EndReason = Literal["silence_timeout", "max_duration", "stopped_by_api", "completed", "error"]
ENDED: frozenset[Status] = frozenset({"completed", "failed"})


@dataclass(frozen=True, slots=True)
class Wish:
    """How a session is to be led."""

    language: str = "auto"
    """ISO 639-1 code, or `auto`."""
    temperature: float = 0.0
    """For an analyzer that is called; recognition here leaves nothing to chance."""
    chunk_seconds: float = 4.0
    """Length of the pieces in which speech is recognised."""
    silence_seconds: float = 1.5
    """Of silence after speech that end what is listened to."""
    longest: float = 20.0
    """Seconds after which nothing more is listened to."""
    silence_threshold: int = 900
    """Root mean square of 16-bit samples below which sound is silence."""
    analyzer_url: str | None = None
    """None: speech is recognised here."""
    rag_url: str | None = None
    """None: answers are written here."""
    tts_url: str | None = None
    """None: answers are spoken here."""
    tts_model: str = "qwen-tts"
    tts_voice: str | None = None
    tts_language: str | None = "English"
    tts_instructions: str | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A sentence of the answer that has been spoken."""

    index: int
    """Counts from 1."""
    text: str
    file: str
    """Absolute path of the WAV file; it is removed at a certain age."""
    seconds: float
    """Of sound."""


@dataclass(frozen=True, slots=True)
class Session:
    """What has become of a session so far."""

    uid: str
    account_id: int
    source_kind: SourceKind
    status: Status
    created_at: float
    """Unix seconds, as all moments here."""
    started_at: float | None = None
    completed_at: float | None = None
    stop_requested_at: float | None = None
    end_reason: EndReason | None = None
    error: str | None = None
    """A sentence for people, where it failed."""
    speech_started: bool = False
    captured_seconds: float = 0.0
    """Of sound that was listened to."""
    transcript: str = ""
    response: str = ""
    clips: tuple[Clip, ...] = ()
    tts_errors: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    """What the answer rests on; `[rank]` in the response marks it."""
    timeline: tuple[Timed, ...] = field(default=())
    """Steps that have ended, in seconds since the session started."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will change."""
        return self.status in ENDED
