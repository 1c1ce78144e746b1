"""A voice conversation as its account remembers it: who said what, when, and what was asked of tools."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Source = Literal["agent", "realtime"]
"""Which part of the server led it."""
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a turn when it is written down."""

    role: Role
    text: str
    created_at: float
    """When it began, in seconds since 1970, as are all moments here."""
    seconds: float | None = None
    """Of sound; None where nothing was heard."""
    latency: float | None = None
    """Seconds from the end of what was said before to the first sound of this; None where nobody waited."""
    interrupted: bool = False
    """Whether the other one broke it off; then the text is what was heard of it."""
    audio_key: str | None = None
    """Where its sound is kept, below the conversation's folder; None where it is not."""


@dataclass(frozen=True, slots=True)
class Called:
    """What is known of a tool's call when it is written down."""

    tool: str
    args: Mapping[str, object]
    created_at: float
    result: str | None = None
    """What the tool gave; None where it never answered."""
    seconds: float | None = None
    """That the tool took."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of the two said without the other."""

    id: int
    conversation: str
    """The conversation's uid."""
    role: Role
    text: str
    created_at: float
    seconds: float | None = None
    latency: float | None = None
    interrupted: bool = False
    audio_key: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What was asked of a tool, and what it gave."""

    id: int
    conversation: str
    """The conversation's uid."""
    tool: str
    created_at: float
    args: Mapping[str, object] = field(default_factory=dict)
    result: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, without what was said."""

    id: int
    uid: str
    """Under which everybody knows it."""
    account_id: int
    source: Source
    voice: str
    """The id of the assistant's voice; empty where it has none of ours."""
    started_at: float
    ended_at: float | None = None
    """None while it goes on."""
    cost: float | None = None
    """US dollars, by the prices of the day; None until it has ended, or where nothing is charged for it."""
    turn_count: int = 0

    @property
    def seconds(self) -> float | None:
        """How long it lasted; None while it goes on."""
        return None if self.ended_at is None else self.ended_at - self.started_at
