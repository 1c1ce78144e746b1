"""The exact JSON of the Lesan dialect's transcription part; what goes beyond its document is marked as ours."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from voxhall.api.extras import Extras
from voxhall.api.values import known_language, rounded
from voxhall.domain.speech import Segment, Transcript, Word
from voxhall.domain.transcription import ENDED, Batch, Options, Record, State
from voxhall.text.times import iso_utc

Status = Literal["queued", "processing", "completed", "failed", "cancelled"]

STATUS: dict[State, Status] = {
    "queued": "queued",
    "running": "processing",
    "done": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}
STATES: dict[str, State] = {status: state for state, status in STATUS.items()}
PREFIX = "txn_"
"""What the ids of transcriptions begin with."""
METADATA_AT_MOST = 50
BATCH_AT_MOST = 100
"""Recordings of one batch."""


def _small(metadata: dict[str, object]) -> dict[str, object]:
    if len(metadata) > METADATA_AT_MOST:
        raise ValueError(f"has {len(metadata)} entries, {METADATA_AT_MOST} are accepted")
    return metadata


Details = dict[str, object]


class Wish(Extras):
    """What is wanted of a recording, or of each of a batch."""

    model_config = ConfigDict(extra="ignore")

    mode: Literal["async", "sync"] = Field(default="async", description="`sync` waits for the result")
    diarize: bool = Field(default=False, description="Ours: tell speakers apart")
    word_timestamps: bool = Field(default=False, description="Ours: times of words")
    non_speech: bool = Field(default=False, description="Ours: sounds that are not words")
    webhook_url: str | None = Field(default=None, max_length=2048, description="Ours: told of the end")
    metadata: Annotated[dict[str, object], AfterValidator(_small)] = Field(default={}, description="Ours")

    def to_options(self) -> Options:
        """Give what the pipeline needs."""
        return replace(super().to_options(), diarize=self.diarize, sounds=self.non_speech, words=self.word_timestamps)


class Submission(Wish):
    """A JSON body of `POST /v1/transcriptions`."""

    audio_url: str = Field(min_length=1, max_length=15 * 2**20, description="http(s), `lesan://` or data URI")


class BatchSubmission(Wish):
    """A JSON body of `POST /v1/transcriptions/batch`."""

    audio_urls: list[str] = Field(min_length=1, max_length=BATCH_AT_MOST)


class WordResponse(BaseModel):
    """One word (ours)."""

    word: str
    start_ms: int
    end_ms: int
    confidence: float


class SegmentResponse(BaseModel):
    """Transcribed segment in response."""

    id: int
    start_ms: int
    end_ms: int
    duration_ms: int
    text: str
    speaker: str | None
    confidence: float | None
    words: list[WordResponse] | None = None


class SpeakerInfo(BaseModel):
    """Speaker information from diarization."""

    id: str
    label: str
    segments_count: int


class ProgressResponse(BaseModel):
    """Job progress information."""

    stage: str
    percent: int
    total_segments: int | None
    done_segments: int | None


class TranscriptionErrorInfo(BaseModel):
    """Error information for failed transcriptions."""

    code: str
    message: str


class TranscriptionResponse(BaseModel):
    """Unified transcription response, of one recording or of a batch."""

    id: str
    object: Literal["transcription"] = "transcription"
    status: Status
    language: str | None
    text: str | None = None
    segments: list[SegmentResponse] | None = None
    speakers: list[SpeakerInfo] | None = None
    progress: ProgressResponse | None = None
    duration_seconds: float | None = None
    processing_time_seconds: float | None = None
    error: TranscriptionErrorInfo | None = None
    metadata: Details | None = None
    created_at: str | None
    completed_at: str | None = None
    result_url: str | None = None
    audio_url: str | None = None
    audio_download_url: str | None = None
    url: str


class TranscriptionListResponse(BaseModel):
    """A page of transcriptions."""

    data: list[TranscriptionResponse]
    has_more: bool
    next_cursor: str | None
    total: int


class DeleteResponse(BaseModel):
    """Standard delete response."""

    id: str
    object: str = "transcription"
    deleted: bool = True


def name_of(uid: str) -> str:
    """Write an id."""
    return PREFIX + uid


def transcription(record: Record, result: Transcript | None, base: str) -> TranscriptionResponse:
    """Write one transcription with what is known of it."""
    url = f"/v1/transcriptions/{name_of(record.uid)}"
    ended = record.state in ENDED
    return TranscriptionResponse(
        id=name_of(record.uid),
        status=STATUS[record.state],
        language=known_language(record.language or record.options.language),
        text=" ".join(segment.text for segment in result.segments) if result else None,
        segments=[_segment(s, n, record.options) for n, s in enumerate(result.segments)] if result else None,
        speakers=_speakers(result) if result and record.options.diarize else None,
        progress=None if ended else _progress(record),
        duration_seconds=rounded(record.duration),
        processing_time_seconds=rounded(record.processing_time),
        error=_error(record),
        metadata=_metadata(record, result),
        created_at=iso_utc(record.created_at),
        completed_at=iso_utc(record.updated_at) if ended else None,
        result_url=f"{base}{url}/transcript" if record.transcript_key else None,
        audio_url=_reference(record),
        audio_download_url=f"{base}{url}/audio" if record.audio_key else None,
        url=url,
    )


def told(record: Record, result: Transcript | None, base: str) -> dict[str, object]:
    """Write one transcription as receivers of webhooks read it."""
    return transcription(record, result, base).model_dump(mode="json")


def batch(found: Batch, texts: Mapping[int, str]) -> TranscriptionResponse:
    """Write a batch with where each of its recordings is; `texts` by record id, of those that are done."""
    ended = found.state in ENDED
    done = sum(child.state in ENDED for child in found.children)
    total = len(found.children)
    jobs = [
        {
            "job_id": name_of(child.uid),
            "url": child.audio_url or child.filename,
            "status": STATUS[child.state],
            "text": texts.get(child.id),
        }
        for child in found.children
    ]
    progress = ProgressResponse(
        stage=STATUS[found.state], percent=100 * done // total if total else 0, total_segments=total, done_segments=done
    )
    return TranscriptionResponse(
        id=name_of(found.uid),
        status=STATUS[found.state],
        language=found.language,
        progress=None if ended or found.state == "queued" else progress,
        metadata={"batch_mode": True, "total_count": total, "completed_count": done, "jobs": jobs},
        created_at=iso_utc(found.created_at),
        completed_at=iso_utc(max(c.updated_at for c in found.children)) if ended and found.children else None,
        url=f"/v1/transcriptions/{name_of(found.uid)}",
    )


def _reference(record: Record) -> str | None:
    """Give the canonical address of the audio: as it was given, but for data, or its own here."""
    if record.audio_url and not record.audio_url.startswith("data:"):
        return record.audio_url
    return f"lesan://transcriptions/{record.uid}/audio" if record.audio_key else None


def _metadata(record: Record, result: Transcript | None) -> dict[str, object]:
    known: dict[str, object] = {**record.metadata, "filename": record.filename}
    if record.notice:
        known["notice"] = record.notice
    if result and record.options.sounds:
        known["events"] = [
            {"tag": e.tag, "start_ms": _ms(e.start), "end_ms": _ms(e.end), "confidence": round(e.confidence, 3)}
            for e in result.events
        ]
    return known


def _segment(segment: Segment, index: int, options: Options) -> SegmentResponse:
    start, end = _ms(segment.start), _ms(segment.end)
    sure = [word.confidence for word in segment.words]
    return SegmentResponse(
        id=index,
        start_ms=start,
        end_ms=end,
        duration_ms=end - start,
        text=segment.text,
        speaker=label_of(segment.speaker) if options.diarize else None,
        confidence=round(sum(sure) / len(sure), 3) if sure else None,
        words=[word_response(word) for word in segment.words] if options.words else None,
    )


def word_response(word: Word) -> WordResponse:
    """Write a word."""
    return WordResponse(
        word=word.text, start_ms=_ms(word.start), end_ms=_ms(word.end), confidence=round(word.confidence, 3)
    )


def label_of(speaker: int) -> str:
    """Write who speaks."""
    return f"Speaker {speaker + 1}"


def _speakers(result: Transcript) -> list[SpeakerInfo]:
    spoken = [segment.speaker for segment in result.segments]
    return [
        SpeakerInfo(id=f"speaker_{n}", label=label_of(n), segments_count=spoken.count(n)) for n in sorted(set(spoken))
    ]


def _progress(record: Record) -> ProgressResponse:
    if record.progress is None:
        return ProgressResponse(stage=STATUS[record.state], percent=0, total_segments=None, done_segments=None)
    return ProgressResponse(
        stage=record.progress.stage,
        percent=round(record.progress.percent),
        total_segments=record.progress.total or None,
        done_segments=record.progress.done if record.progress.total else None,
    )


def _error(record: Record) -> TranscriptionErrorInfo | None:
    if record.state not in {"failed", "cancelled"}:
        return None
    code, message = record.error_code or "internal_error", record.error_message or "The job ended without a result."
    return TranscriptionErrorInfo(code=code, message=message)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
