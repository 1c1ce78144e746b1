"""What is known: pages that can be read, passages found in them, answers that cite them."""

from dataclasses import dataclass
from typing import Literal, get_args

from voxhall.errors import InvalidInput

Topic = Literal["general", "news"]

LONGEST = 500
"""Characters of a question."""
DAY = 86_400.0
"""Seconds."""
CENTURY = 36_500
"""Days; who asks for more is given as many."""


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
    """What somebody wants to know; raises InvalidInput for what nobody can answer, on whatever way it comes."""

    text: str
    """As people ask."""
    limit: int = 10
    """Hits, at most."""
    topic: Topic = "general"
    days: int | None = None
    """Only what was published in the last so many days, where that is known."""

    def __post_init__(self) -> None:
        """Look at every value."""
        if not self.text.strip() or "\x00" in self.text:
            raise InvalidInput("a question should be text, without zero bytes, and not empty", param="text")
        if len(self.text) > LONGEST:
            raise InvalidInput(f"a question may have {LONGEST} characters, not {len(self.text)}", param="text")
        if self.topic not in get_args(Topic):
            raise InvalidInput(f"the topic should be general or news, not {self.topic[:20]!r}", param="topic")
        for name, number in (("limit", self.limit), ("days", self.days)):
            if number is not None and number < 1:
                raise InvalidInput(f"{name} should be at least 1, not {number}", param=name)

    def since(self, now: float) -> float | None:
        """Give the moment, in seconds since 1970, before which it wants nothing."""
        return None if self.days is None else now - DAY * min(self.days, CENTURY)


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
