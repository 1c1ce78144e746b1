"""What is known: pages that can be read, passages found in them, answers that cite them."""

from dataclasses import dataclass
from typing import Literal

Topic = Literal["general", "news"]


@dataclass(frozen=True, slots=True)
class Page:
    """What a document says, whatever form it came in."""

    title: str
    text: str
    """Paragraphs apart by blank lines, without markup."""
    published: float | None = None
    """Unix seconds; None where the document does not tell."""
    needs_javascript: bool = False
    """Whether the page shows its content only to browsers."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know."""

    text: str
    """At most 500 characters, as people ask."""
    limit: int = 10
    """Hits, at most."""
    topic: Topic = "general"
    days: int | None = None
    """Only what was published in the last so many days, where that is known."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found."""

    id: str
    """Of the passage; the same passage found again has the same."""
    url: str
    """Where people can read all of it."""
    title: str
    text: str
    """The passage as it stands there."""
    score: float
    """Comparable within one list only; more is better."""
    published: float | None = None
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that an answer names; `[rank]` in its text marks what rests on it."""

    title: str
    url: str
    score: float
    rank: int
    """Counts from 1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written for a question."""

    query: str
    text: str
    citations: tuple[Citation, ...]
    """None where nothing was found that answers."""
    model: str
    """What wrote it: `extractive-1`, or a language model's name."""
