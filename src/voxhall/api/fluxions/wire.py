"""The exact JSON of the Fluxions dialect's transcription part."""

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, Field

from voxhall.api.extras import Extras
from voxhall.api.texts import PlainText
from voxhall.api.values import known_language, rounded
from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word
from voxhall.domain.transcription import Options, Record, State
from voxhall.domain.work import Progress
from voxhall.text.captions import transcript_text
from voxhall.text.times import iso_utc

Status = Literal["submitted", "processing", "completed", "failed"]

STATUS: dict[State, Status] = {
    "queued": "submitted",
    "running": "processing",
    "done": "completed",
    "failed": "failed",
    "cancelled": "failed",
}


class SubmitOptions(Extras):
    """Query or form fields of a submission."""

    non_speech: bool = Field(default=False, description="Include non-speech sounds")
    filename: PlainText = Field(default="audio", min_length=1, max_length=255, description="Name for the uploaded file")
    cache: bool = Field(default=True, description="Use cached results for identical files")

    def to_options(self) -> Options:
        """Give what the pipeline needs."""
        return replace(super().to_options(), sounds=self.non_speech)


class QueryUrls(BaseModel):
    """Where to ask for a job."""

    get: str
    status: str


class Submitted(BaseModel):
    """Answer to a submission."""

    id: int
    status: Status
    created_at: str
    original_audio_url: str | None
    query_urls: QueryUrls
    cached: bool


class WireWord(BaseModel):
    """One word."""

    word: str
    start: float
    end: float
    confidence: float


class WireSegment(BaseModel):
    """One utterance."""

    speaker: str
    text: str
    start: float
    end: float
    segment_idx: int
    words: list[WireWord] = []


class WireEvent(BaseModel):
    """One sound that is not a word (an addition of ours)."""

    tag: str
    start: float
    end: float
    confidence: float


class WireProgress(BaseModel):
    """How far a job is (an addition of ours)."""

    stage: str
    percent: float
    done: int
    total: int


class Transcription(BaseModel):
    """One job with its results; null until known."""

    id: int
    status: Status
    created_at: str
    updated_at: str
    filename: str
    audio_duration: float | None
    audio_format: str | None
    processing_time: float | None
    language: str | None
    non_speech: bool
    num_chunks: int | None
    num_segments: int | None
    num_speakers: int | None
    text: str | None
    segments: list[WireSegment] | None
    audio_url: str | None
    original_audio_url: str | None
    cached: bool
    error_message: str | None
    events: list[WireEvent] | None
    notice: str | None
    progress: WireProgress | None


class ListedTranscription(BaseModel):
    """One job in a list."""

    id: int
    status: Status
    created_at: str
    filename: str
    audio_duration: float | None
    audio_format: str | None
    processing_time: float | None
    num_speakers: int | None
    num_segments: int | None
    original_audio_url: str | None
    language: str | None


class TranscriptionList(BaseModel):
    """A page of jobs."""

    total: int
    limit: int
    offset: int
    transcriptions: list[ListedTranscription]


class Health(BaseModel):
    """Whether the service works."""

    status: Literal["ok", "degraded", "unhealthy"]
    version: str
    model: str
    gateway: str


class Links(BaseModel):
    """Signed links to one job's audio."""

    audio: str | None
    original: str | None


def timestamp(seconds: float) -> str:
    """Write a time as ISO 8601 UTC with milliseconds."""
    return iso_utc(seconds, "milliseconds")


def submitted(record: Record, links: Links, query_url: str, *, cached: bool) -> Submitted:
    """Answer a submission."""
    return Submitted(
        id=record.id,
        status=STATUS[record.state],
        created_at=timestamp(record.created_at),
        original_audio_url=links.original,
        query_urls=QueryUrls(get=query_url, status=query_url),
        cached=cached,
    )


def listed(record: Record, links: Links) -> ListedTranscription:
    """Write one job of a list."""
    return ListedTranscription(
        id=record.id,
        status=STATUS[record.state],
        created_at=timestamp(record.created_at),
        filename=record.filename,
        audio_duration=rounded(record.duration),
        audio_format=record.audio_format,
        processing_time=rounded(record.processing_time),
        num_speakers=record.num_speakers,
        num_segments=record.num_segments,
        original_audio_url=links.original,
        language=known_language(record.language),
    )


def transcription(record: Record, result: Transcript | None, links: Links, *, words: bool) -> Transcription:
    """Write one job with what is known of it; `words` adds word times to the segments."""
    return Transcription(
        **listed(record, links).model_dump(),
        updated_at=timestamp(record.updated_at),
        non_speech=record.options.sounds,
        num_chunks=record.num_chunks,
        text=transcript_text(result, events=record.options.sounds) if result else None,
        segments=segments(result, words=words) if result else None,
        audio_url=links.audio,
        cached=record.cached,
        error_message=record.error_message,
        events=[_event(event) for event in result.events] if result and record.options.sounds else None,
        notice=record.notice,
        progress=_progress(record.progress) if record.progress else None,
    )


def segments(result: Transcript, *, words: bool) -> list[WireSegment]:
    """Write what was said, utterance by utterance; `words` adds their times."""
    return [_segment(segment, number, words=words) for number, segment in enumerate(result.segments)]


def _segment(segment: Segment, index: int, *, words: bool) -> WireSegment:
    made = WireSegment(
        speaker=str(segment.speaker),
        text=segment.text,
        start=round(segment.start, 3),
        end=round(segment.end, 3),
        segment_idx=index,
    )
    if words:
        made.words = [_word(word) for word in segment.words]
    return made


def _word(word: Word) -> WireWord:
    start, end = round(word.start, 3), round(word.end, 3)
    return WireWord(word=word.text, start=start, end=end, confidence=round(word.confidence, 3))


def _event(event: SoundEvent) -> WireEvent:
    start, end = round(event.start, 3), round(event.end, 3)
    return WireEvent(tag=event.tag, start=start, end=end, confidence=round(event.confidence, 3))


def _progress(progress: Progress) -> WireProgress:
    return WireProgress(
        stage=progress.stage, percent=round(progress.percent, 1), done=progress.done, total=progress.total
    )
