"""The agent dialect's JSON, exactly as its document has it."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from voxhall.audio.microphone import Device
from voxhall.domain.session import EndReason, Session, SourceKind, Status, Wish
from voxhall.text.times import iso_utc


def _within(least: float, most: float) -> AfterValidator:
    """Refuse what is out of range, naming the whole range."""

    def check(value: float) -> float:
        if not least <= value <= most:
            raise PydanticCustomError(
                "out_of_range", "should be from {least} to {most}", {"least": least, "most": most}
            )
        return value

    return AfterValidator(check)


def _range(least: float, most: float) -> JsonDict:
    return {"minimum": least, "maximum": most}


def _language(value: object) -> object:
    """Take `en-US` for `en`; forms send nothing as an empty text."""
    return value.strip().lower().partition("-")[0] or None if isinstance(value, str) else value


Language = Annotated[
    Annotated[str, Field(pattern=r"^(auto|[a-z]{2,3})$")] | None,
    BeforeValidator(_language),
]
Text = Annotated[str, Field(max_length=2000)]


class StartRequest(BaseModel):
    """How a session is to be led."""

    sample_rate: Annotated[int, _within(8000, 48000)] = Field(
        default=16000, description="Capture sample rate in Hz", json_schema_extra=_range(8000, 48000)
    )
    chunk_seconds: Annotated[float, _within(0.5, 30)] = Field(
        default=4.0, description="Length of the chunks that are recognised", json_schema_extra=_range(0.5, 30)
    )
    silence_timeout_seconds: Annotated[float, _within(0.2, 10)] = Field(
        default=1.5, description="Silence after speech that ends the session", json_schema_extra=_range(0.2, 10)
    )
    max_session_seconds: Annotated[float, _within(1, 300)] = Field(
        default=20.0, description="Hard cap on what is captured", json_schema_extra=_range(1, 300)
    )
    silence_threshold: Annotated[int, _within(1, 32767)] = Field(
        default=900, description="RMS below which audio is silence", json_schema_extra=_range(1, 32767)
    )
    language: Language = Field(default=None, description="Language code hint for ASR, as in `en`")
    temperature: Annotated[float, _within(0, 1)] = Field(
        default=0.0, description="ASR decoding temperature", json_schema_extra=_range(0, 1)
    )
    analyzer_url: Text | None = Field(default=None, description="Transcription endpoint; without one, this server")
    rag_url: Text | None = Field(default=None, description="RAG query endpoint; without one, this server")
    tts_url: Text | None = Field(default=None, description="TTS speech endpoint; without one, this server")
    tts_model: Text = Field(default="qwen-tts", description="Model name for `tts_url`")
    tts_voice: Text | None = Field(default=None, description="Voice name for TTS")
    tts_language: Text | None = Field(default="English", description="Language hint for `tts_url`")
    tts_instructions: Text | None = Field(default=None, description="Style instructions for `tts_url`")

    def to_wish(self) -> Wish:
        """Give what the service needs."""
        return Wish(
            language=self.language or "auto",
            temperature=self.temperature,
            chunk_seconds=self.chunk_seconds,
            silence_seconds=self.silence_timeout_seconds,
            longest=self.max_session_seconds,
            silence_threshold=self.silence_threshold,
            analyzer_url=self.analyzer_url or None,
            rag_url=self.rag_url or None,
            tts_url=self.tts_url or None,
            tts_model=self.tts_model,
            tts_voice=self.tts_voice or None,
            tts_language=self.tts_language,
            tts_instructions=self.tts_instructions,
        )


class StartMicrophoneRequest(StartRequest):
    """How a session with a microphone of this server is to be led."""

    device: int | Text | None = Field(default=None, description="Input device index or name; the system's default")


class StartFileRequest(StartRequest):
    """How a session with a recording is to be led; there is no device."""

    realtime_factor: Annotated[float, _within(0, 100)] = Field(
        default=1.0,
        description="Multiple of its own pace; 0: at once",
        json_schema_extra=_range(0, 100),
    )


class DeviceResponse(BaseModel):
    """A microphone of the server."""

    index: int
    name: str
    channels: int
    sample_rate: int


class DevicesResponse(BaseModel):
    """The microphones of the server."""

    devices: list[DeviceResponse]

    @classmethod
    def of(cls, devices: tuple[Device, ...]) -> Self:
        """Write them."""
        return cls(devices=[DeviceResponse.model_validate(each, from_attributes=True) for each in devices])


class HealthResponse(BaseModel):
    """Whether the service works."""

    status: Literal["ok", "degraded", "unhealthy"]


class AudioSegment(BaseModel):
    """A sentence that was spoken."""

    index: int = Field(description="Counts from 1")
    text: str
    audio_file: str = Field(description="Absolute path of the WAV file on the server")
    audio_url: str = Field(description="Ours: where the WAV file is served")


class CitationResponse(BaseModel):
    """Ours: a source of the answer; `[rank]` in it marks what rests on it."""

    rank: int
    title: str
    url: str


class TimelineEntry(BaseModel):
    """Ours: a step that has ended; seconds since the session started."""

    step: Literal["listening", "recognising", "thinking", "writing", "speaking"]
    sentence: int | None
    start: float
    end: float


class SessionSnapshot(BaseModel):
    """What has become of a session so far."""

    session_id: str
    source_kind: SourceKind
    status: Status
    created_at: str
    started_at: str | None
    completed_at: str | None
    stop_requested_at: str | None
    end_reason: EndReason | None
    error: str | None
    speech_started: bool
    captured_audio_seconds: float
    transcript: str
    partial_transcript: str
    response: str
    tts_audio_segments: list[AudioSegment]
    tts_errors: list[str]
    citations: list[CitationResponse]
    timeline: list[TimelineEntry]


class SessionsResponse(BaseModel):
    """The account's sessions, the newest first."""

    sessions: list[SessionSnapshot]


class StopResponse(BaseModel):
    """A session that is to end."""

    session_id: str
    status: Status
    stop_requested_at: str


class ErrorResponse(BaseModel):
    """What was wrong."""

    detail: str | list[dict[str, object]]


def snapshot(session: Session, base_url: str) -> SessionSnapshot:
    """Write a session; `base_url` is where the dialect's paths begin."""
    sounds = f"{base_url}/api/v1/sessions/{session.uid}/audio"
    return SessionSnapshot(
        session_id=session.uid,
        source_kind=session.source_kind,
        status=session.status,
        created_at=iso_utc(session.created_at, "milliseconds"),
        started_at=iso_utc(session.started_at, "milliseconds"),
        completed_at=iso_utc(session.completed_at, "milliseconds"),
        stop_requested_at=iso_utc(session.stop_requested_at, "milliseconds"),
        end_reason=session.end_reason,
        error=session.error,
        speech_started=session.speech_started,
        captured_audio_seconds=session.captured_seconds,
        transcript=session.transcript,
        partial_transcript=session.transcript,
        response=session.response,
        tts_audio_segments=[
            AudioSegment(index=each.index, text=each.text, audio_file=each.file, audio_url=f"{sounds}/{each.index}")
            for each in session.clips
        ],
        tts_errors=list(session.tts_errors),
        citations=[CitationResponse(rank=each.rank, title=each.title, url=each.url) for each in session.citations],
        timeline=[
            TimelineEntry(step=each.step, sentence=each.sentence, start=round(each.began, 3), end=round(each.ended, 3))
            for each in session.timeline
        ],
    )
