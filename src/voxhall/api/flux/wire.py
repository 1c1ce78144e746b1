"""The Flux dialect's JSON, exactly as its document has it; and back to our own words."""

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, field_validator

from voxhall.api.texts import PlainText
from voxhall.domain.knowledge import LONGEST, Answer, Citation, Hit, Question, Topic
from voxhall.domain.research import Conversation, Found, Message
from voxhall.errors import InvalidInput
from voxhall.services.contents import Content
from voxhall.text.times import iso_utc

URLS = 10
"""Addresses of one request at most."""
SNIPPET = 500
"""Characters of a passage that a result shows."""
_SEPARATOR = re.compile(r",(?=\s*[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)|,\s*$")
"""A comma between two addresses; others belong to an address."""


def _asked(text: str) -> str:
    try:
        return Question(text.strip()).text
    except InvalidInput as error:
        raise ValueError(error.message) from error


Query = Annotated[PlainText, Field(max_length=LONGEST, description="Natural language query"), AfterValidator(_asked)]


class AnswerQuery(BaseModel):
    """What can be said about an answer that is wanted."""

    q: Query
    topic: Topic = "general"
    days: Annotated[int, Field(ge=1)] | None = None

    def to_question(self) -> Question:
        """Give it in our own words."""
        return Question(self.q, topic=self.topic, days=self.days)


class SearchQuery(AnswerQuery):
    """What can be said about a search."""

    limit: Annotated[int, Field(ge=1, le=20)] = 10

    def to_question(self) -> Question:
        """Give it in our own words."""
        return Question(self.q, self.limit, self.topic, self.days)


class ContentsQuery(BaseModel):
    """Pages that are wanted."""

    urls: Annotated[str, Field(max_length=URLS * 2100, description="Comma-separated URLs (max 10)")]

    @field_validator("urls")
    @classmethod
    def _some(cls, value: str) -> str:
        if not _split(value):
            raise ValueError("should name at least one URL")
        if (count := len(_split(value))) > URLS:
            raise ValueError(f"should name at most {URLS} URLs, not {count}")
        return value

    def to_list(self) -> list[str]:
        """Give them one by one."""
        return _split(self.urls)


class PageQuery(BaseModel):
    """Which part of a list is wanted."""

    page: Annotated[int, Field(ge=1, le=2**31)] = 1
    page_size: Annotated[int, Field(ge=1, le=100)] = 20


class NewMessage(BaseModel):
    """A question of a conversation."""

    query: Query


class HealthResponse(BaseModel):
    """Whether the service works."""

    status: Literal["ok", "degraded", "unhealthy"]
    cohere_ready: bool
    tavily_ready: bool


class ResultResponse(BaseModel):
    """Something that was found."""

    id: str
    url: str
    title: str
    snippet: str
    score: float
    rank: int


class SearchResponse(BaseModel):
    """What was found for a query."""

    query: str
    results: list[ResultResponse]
    total: int
    reranked: bool


class CitationResponse(BaseModel):
    """A source of an answer; `[rank]` in its text leads here."""

    title: str
    url: str
    score: float
    rank: int


class AnswerResponse(BaseModel):
    """An answer with its sources."""

    query: str
    answer: str
    citations: list[CitationResponse]
    model: str


class DeltaEvent(BaseModel):
    """A sentence of an answer that is being written, with its markers."""

    text: str


class ContentResponse(BaseModel):
    """What a page says; `needs_javascript` and `error` are additions of ours."""

    url: str
    title: str
    content: str
    word_count: int
    success: bool
    needs_javascript: bool
    error: str | None


class ConversationSummary(BaseModel):
    """A conversation in a list."""

    id: UUID
    created_at: str
    message_count: int


class ConversationList(BaseModel):
    """A page of conversations."""

    conversations: list[ConversationSummary]
    total: int
    page: int
    page_size: int


class MessageResponse(BaseModel):
    """A question, its answer and what was found for it."""

    id: UUID
    query: str
    answer: str
    citations: list[CitationResponse]
    results: list[ResultResponse]
    created_at: str


class ConversationResponse(ConversationSummary):
    """A conversation with its messages."""

    messages: list[MessageResponse]


class ErrorResponse(BaseModel):
    """What went wrong."""

    error: str
    code: str


def search(query: str, found: Found) -> SearchResponse:
    """Write what was found."""
    rows = results(found.hits)
    return SearchResponse(query=query, results=rows, total=len(rows), reranked=found.reranked)


def results(hits: tuple[Hit, ...]) -> list[ResultResponse]:
    """Write hits, ranks from 1."""
    return [
        ResultResponse(
            id=hit.id, url=hit.url, title=hit.title, snippet=_snippet(hit.text), score=round(hit.score, 6), rank=rank
        )
        for rank, hit in enumerate(hits, start=1)
    ]


def answer(found: Answer) -> AnswerResponse:
    """Write an answer."""
    return AnswerResponse(query=found.query, answer=found.text, citations=citations(found.citations), model=found.model)


def citations(found: tuple[Citation, ...]) -> list[CitationResponse]:
    """Write the sources of an answer."""
    return [CitationResponse(title=c.title, url=c.url, score=round(c.score, 6), rank=c.rank) for c in found]


def content(found: Content) -> ContentResponse:
    """Write a page, or that it failed."""
    page = found.page
    return ContentResponse(
        url=found.url,
        title=page.title if page else "",
        content=page.text if page else "",
        word_count=len(page.text.split()) if page else 0,
        success=page is not None,
        needs_javascript=page is not None and page.needs_javascript,
        error=found.error,
    )


def summary(found: Conversation) -> ConversationSummary:
    """Write a conversation for a list."""
    return ConversationSummary(
        id=UUID(found.uid), created_at=iso_utc(found.created_at), message_count=found.message_count
    )


def conversation(found: Conversation) -> ConversationResponse:
    """Write a conversation with its messages."""
    return ConversationResponse(**summary(found).model_dump(), messages=[message(each) for each in found.messages])


def message(found: Message) -> MessageResponse:
    """Write a message."""
    return MessageResponse(
        id=UUID(found.uid),
        query=found.query,
        answer=found.answer,
        citations=citations(found.citations),
        results=results(found.results),
        created_at=iso_utc(found.created_at),
    )


def _snippet(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SNIPPET else f"{flat[:SNIPPET].rsplit(' ', 1)[0]} …"


def _split(value: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(value) if part.strip()]
