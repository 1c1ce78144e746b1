"""The exact JSON of the Fluxions dialect's history; what goes beyond its document is marked as ours."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, field_validator

from voxhall.api.fluxions.wire import STATUS, Status, timestamp
from voxhall.api.texts import PlainText
from voxhall.api.values import known_language, rounded
from voxhall.domain.conversation import Conversation, ToolCall, Turn
from voxhall.domain.history import KINDS, Export, Item, Kind, Wanted
from voxhall.domain.transcription import Record, State
from voxhall.domain.voice import Render, RenderState

Entry = TypeVar("Entry")

LATEST = 253_402_300_799.0
"""The last second of the year 9999, beyond which no calendar goes."""


def _moment(given: object) -> object:
    """Read ISO 8601, UTC where it names no zone, or seconds since 1970."""
    try:
        seconds = float(str(given))
    except ValueError:
        try:
            moment = datetime.fromisoformat(str(given))
        except ValueError:
            raise ValueError("it should be like 2026-06-29T10:35:00Z, or seconds since 1970") from None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds <= LATEST:
        raise ValueError("it should lie between the years 1970 and 9999")
    return seconds


Moment = Annotated[float, BeforeValidator(_moment, json_schema_input_type=str | float)]


class Paging(BaseModel):
    """Query parameters of every collection."""

    page: int = Field(default=1, ge=1, le=2**31, description="Page number, from 1")
    limit: int = Field(default=20, ge=1, le=100, description="Results per page")
    order: Literal["asc", "desc"] = Field(default="desc", description="Sort by time")
    since: Moment | None = Field(default=None, description="Only items at or after this time (ISO 8601 or epoch)")
    until: Moment | None = Field(default=None, description="Only items at or before this time (ISO 8601 or epoch)")

    @field_validator("until")
    @classmethod
    def _after_since(cls, until: float | None, info: ValidationInfo) -> float | None:
        since = info.data.get("since")
        if until is not None and since is not None and until < since:
            raise ValueError("it lies before since")
        return until

    @property
    def offset(self) -> int:
        """How many items lie before the page."""
        return (self.page - 1) * self.limit

    def wanted(self, *kinds: Kind, voice: str | None = None, states: tuple[State, ...] | None = None) -> Wanted:
        """Give what the service needs."""
        return Wanted(kinds, voice, states, self.since, self.until, newest_first=self.order == "desc")


class FeedPaging(Paging):
    """Those of the unified feed."""

    type: str | None = Field(default=None, description="`transcription`, `tts`, `conversation`; comma-separated")

    @field_validator("type")
    @classmethod
    def _known(cls, given: str | None) -> str | None:
        for kind in given.split(",") if given is not None else ():
            if kind.strip() not in KINDS:
                raise ValueError(f"it should be of {', '.join(KINDS)}, comma-separated")
        return given

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that are asked for."""
        named = {kind.strip() for kind in self.type.split(",")} if self.type is not None else set(KINDS)
        return tuple(kind for kind in KINDS if kind in named)


class TranscriptionPaging(Paging):
    """Those of transcriptions."""

    status: Status | None = Field(default=None, description="Filter by status")
    include_download_url: bool = Field(default=False, description="Include a signed audio URL per item")

    @property
    def states(self) -> tuple[State, ...] | None:
        """The states that read as this status."""
        return tuple(state for state, status in STATUS.items() if status == self.status) or None


class RenderPaging(Paging):
    """Those of renders."""

    voice: PlainText | None = Field(default=None, min_length=1, description="Filter by voice id")
    include_download_url: bool = Field(default=True, description="Include a signed Opus URL per item")


class ConversationPaging(Paging):
    """Those of conversations."""

    voice: PlainText | None = Field(default=None, min_length=1, description="Filter by voice id")


class WireItem(BaseModel):
    """What all items have."""

    object: Kind
    id: int | str
    created_at: str
    cost_usd: float | None


class FeedTranscription(WireItem):
    """A transcription in the feed."""

    status: Status
    filename: str
    audio_duration_secs: float | None
    audio_format: str | None
    language: str | None
    num_speakers: int | None
    num_segments: int | None


class ListedTranscription(FeedTranscription):
    """A transcription in a list."""

    download_url: str | None = None


class WireTranscription(ListedTranscription):
    """One transcription; beyond a list's fields, what is not a link is ours."""

    text_url: str | None
    segments_url: str | None
    original_audio_url: str | None
    updated_at: str
    processing_time: float | None
    num_chunks: int | None
    non_speech: bool
    error_message: str | None


class FeedRender(WireItem):
    """A render in the feed."""

    voice: str
    chars: int
    audio_secs: float
    status: RenderState = Field(description="Ours")


class ListedRender(FeedRender):
    """A render in a list."""

    download_url: str | None = None


class WireChunk(BaseModel):
    """A piece of a render's text as it was spoken; ours."""

    text: str
    start: float
    end: float
    takes: int
    verified: bool | None = Field(description="Whether it was heard as it is written; null where nobody listened")


class WireRender(ListedRender):
    """One render; its text and chunks are ours."""

    text: str
    chunks: list[WireChunk]


class FeedConversation(WireItem):
    """A conversation in the feed."""

    voice: str | None
    duration_secs: float | None
    turn_count: int


class ListedConversation(FeedConversation):
    """A conversation in a list."""

    started_at: str
    ended_at: str | None
    source: Literal["agent", "realtime"] = Field(description="Ours: what led it")


class WireTurn(BaseModel):
    """What one of the two said."""

    object: Literal["conversation_turn"] = "conversation_turn"
    id: int
    session_id: str
    role: Literal["user", "assistant"]
    text: str
    created_at: str
    audio_secs: float | None = Field(description="Ours")
    latency_secs: float | None = Field(description="Ours: from the end of what was said before to its first sound")
    interrupted: bool = Field(description="Ours: broken off by the other one")
    download_url: str | None = Field(default=None, description="Ours: its sound, where it is kept")


class WireToolCall(BaseModel):
    """A call of a tool."""

    object: Literal["tool_call"] = "tool_call"
    id: int
    tool: str
    args: dict[str, Any]
    result: str | None
    created_at: str
    duration_secs: float | None = Field(description="Ours")


class WireConversation(ListedConversation):
    """One conversation with what was asked for."""

    turns: list[WireTurn] = []
    tool_calls: list[WireToolCall] = []


class Page(BaseModel, Generic[Entry]):
    """A page of items."""

    object: Literal["list"] = "list"
    page: int
    limit: int
    total: int
    has_more: bool
    data: list[Entry]


class Found(BaseModel, Generic[Entry]):
    """What was found."""

    object: Literal["list"] = "list"
    query: str
    data: list[Entry]


class WireExport(BaseModel):
    """An export of everything; ours."""

    object: Literal["export"] = "export"
    id: int
    status: Status
    created_at: str
    download_url: str | None
    error_message: str | None


def page(asked: Paging, total: int, data: list[Entry]) -> Page[Entry]:
    """Write a page."""
    has_more = asked.offset + asked.limit < total
    return Page(object="list", page=asked.page, limit=asked.limit, total=total, has_more=has_more, data=data)


def fed(item: Item) -> FeedTranscription | FeedRender | FeedConversation:
    """Write an item of the feed."""
    match item:
        case Record():
            return transcription(item)
        case Render():
            return render(item)
        case Conversation():
            return conversation(item)


def transcription(record: Record) -> FeedTranscription:
    """Write a transcription."""
    return FeedTranscription(
        object="transcription",
        id=record.id,
        created_at=timestamp(record.created_at),
        cost_usd=rounded(record.cost, 6),
        status=STATUS[record.state],
        filename=record.filename,
        audio_duration_secs=rounded(record.duration),
        audio_format=record.audio_format,
        language=known_language(record.language),
        num_speakers=record.num_speakers,
        num_segments=record.num_segments,
    )


def render(made: Render) -> FeedRender:
    """Write a render."""
    return FeedRender(
        object="tts",
        id=made.id,
        created_at=timestamp(made.created_at),
        cost_usd=rounded(made.cost, 6),
        voice=made.voice,
        chars=made.characters,
        audio_secs=round(made.seconds, 3),
        status=made.state,
    )


def chunks(made: Render) -> list[WireChunk]:
    """Write what was said when."""
    return [
        WireChunk(
            text=each.text,
            start=round(each.start, 3),
            end=round(each.end, 3),
            takes=each.takes,
            verified=each.verified,
        )
        for each in made.chunks
    ]


def conversation(led: Conversation) -> FeedConversation:
    """Write a conversation of the feed."""
    return FeedConversation(
        object="conversation",
        id=led.uid,
        created_at=timestamp(led.started_at),
        cost_usd=rounded(led.cost, 6),
        voice=led.voice or None,
        duration_secs=rounded(led.seconds),
        turn_count=led.turn_count,
    )


def listed_conversation(led: Conversation) -> ListedConversation:
    """Write a conversation of a list."""
    return ListedConversation(
        **conversation(led).model_dump(),
        started_at=timestamp(led.started_at),
        ended_at=None if led.ended_at is None else timestamp(led.ended_at),
        source=led.source,
    )


def turn(said: Turn) -> WireTurn:
    """Write a turn, without a link to its sound."""
    return WireTurn(
        object="conversation_turn",
        id=said.id,
        session_id=said.conversation,
        role=said.role,
        text=said.text,
        created_at=timestamp(said.created_at),
        audio_secs=rounded(said.seconds),
        latency_secs=rounded(said.latency),
        interrupted=said.interrupted,
    )


def tool_call(called: ToolCall) -> WireToolCall:
    """Write a call of a tool."""
    return WireToolCall(
        object="tool_call",
        id=called.id,
        tool=called.tool,
        args=dict(called.args),
        result=called.result,
        created_at=timestamp(called.created_at),
        duration_secs=rounded(called.seconds),
    )


def export(made: Export, link: str | None) -> WireExport:
    """Write an export."""
    return WireExport(
        id=made.id,
        status=STATUS[made.state],
        created_at=timestamp(made.created_at),
        download_url=link,
        error_message=made.error_message,
    )
