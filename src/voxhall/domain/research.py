"""Research that an account keeps: conversations of questions and answers."""

from dataclasses import dataclass

from voxhall.domain.knowledge import Citation, Hit


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: tuple[Hit, ...]
    """The best first."""
    reranked: bool
    """Whether somebody judged them beside the question."""


@dataclass(frozen=True, slots=True)
class Message:
    """A question of a conversation, and what was answered."""

    uid: str
    query: str
    """As it was asked."""
    meant: str
    """As it makes sense alone."""
    answer: str
    citations: tuple[Citation, ...]
    results: tuple[Hit, ...]
    created_at: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that follow one another."""

    uid: str
    created_at: float
    """Unix seconds."""
    message_count: int
    messages: tuple[Message, ...] = ()
    """In order; empty in lists."""
