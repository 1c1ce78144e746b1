"""The exact JSON of the Lesan dialect's live socket; what goes beyond its document is marked as ours."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from voxhall.api.extras import Language
from voxhall.api.lesan.wire import WordResponse
from voxhall.services.live import Wish

FormatName = Literal["pcm_s16le", "pcm_s16le_48k", "wav", "webm_opus", "opus_raw_16k"]


class Query(BaseModel):
    """What a client asks for in the address."""

    model_config = ConfigDict(extra="ignore")

    language: Language | None = Field(default=None, description="ISO 639-1 code, or `auto`")
    lang: Language | None = Field(default=None, description="Deprecated; use `language`")
    turn_detection: Literal["server_vad"] | None = None
    vad_type: Literal["energy", "silero"] = "energy"
    format: FormatName = "pcm_s16le"
    partials: bool = Field(default=False, description="Ours: words while a turn goes on")
    diarize: bool = Field(default=False, description="Ours: tell speakers apart")
    word_timestamps: bool = Field(default=False, description="Ours: times of words")

    def to_wish(self) -> Wish:
        """Give what the service needs."""
        return Wish(
            language=self.language or self.lang or "auto",
            vad=self.vad_type,
            partials=self.partials,
            diarize=self.diarize,
            words=self.word_timestamps,
        )


class Message(BaseModel):
    """What the server says; `type` tells which."""

    type: str
    session_id: str


class Ready(Message):
    """Sent by the server immediately after the connection is accepted."""

    type: Literal["ready"] = "ready"
    format: FormatName
    sample_rate: int
    job_id: str


class ChunkReceived(Message):
    """Acknowledgement of an audio chunk."""

    type: Literal["chunk_received"] = "chunk_received"
    chunk_number: int
    buffer_size: int


class FormatAccepted(Message):
    """Sent after a FORMAT: command is accepted."""

    type: Literal["format_accepted"] = "format_accepted"
    format: FormatName
    sample_rate: int
    channels: int = 1
    bit_depth: int = 16


class BufferCleared(Message):
    """Sent after a CLEAR command."""

    type: Literal["buffer_cleared"] = "buffer_cleared"
    cleared_bytes: int


class Pong(Message):
    """Response to a PING command."""

    type: Literal["pong"] = "pong"
    buffer_size: int
    session_duration_seconds: float


class Error(Message):
    """Sent when an error occurs during the session."""

    type: Literal["error"] = "error"
    error: str
    code: str = Field(description="Ours")
    supported_formats: list[FormatName] | None = None


class Spoken(Message):
    """What is told of all words that are final."""

    transcription: str
    language: str
    duration_seconds: float
    processing_time_seconds: float
    speaker: str | None = Field(default=None, description="Ours, with `diarize`")
    words: list[WordResponse] | None = Field(default=None, description="Ours, with `word_timestamps`")


class Transcription(Spoken):
    """Transcription result returned after a TRANSCRIBE or END command, or of a turn in raw Opus mode."""

    type: Literal["transcription"] = "transcription"
    is_final: bool
    is_turn: bool = False
    audio_size_bytes: int
    job_id: str | None = None


class TurnDetected(Spoken):
    """Sent when the server detects a completed speech turn."""

    type: Literal["turn_detected"] = "turn_detected"
    turn_start_ms: int
    turn_end_ms: int


class Partial(Message):
    """Ours: what is understood of a turn that goes on; the first `stable_words` words stay as they are."""

    type: Literal["partial"] = "partial"
    transcription: str
    stable_words: int
    turn_start_ms: int
    audio_end_ms: int
