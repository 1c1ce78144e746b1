"""What an account has done, in one order: transcriptions, renders and voice conversations."""

from dataclasses import dataclass
from typing import Literal

from voxhall.domain.conversation import Conversation
from voxhall.domain.transcription import Record, State
from voxhall.domain.voice import Render

Kind = Literal["transcription", "tts", "conversation"]
KINDS: tuple[Kind, ...] = ("transcription", "tts", "conversation")
Item = Record | Render | Conversation

EXPORT = "export"
"""The kind of job that exports an account's history."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of an account's history somebody wants to see; None leaves all in."""

    kinds: tuple[Kind, ...] = KINDS
    voice: str | None = None
    """An id, or a built-in voice's name; of built-in ones every revision counts."""
    states: tuple[State, ...] | None = None
    """Of transcriptions; either all of one that have ended, or one that has not."""
    since: float | None = None
    """Seconds since 1970; an item of this very moment is in."""
    until: float | None = None
    """Likewise."""
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class Export:
    """An account's whole history in one file, or the work on it."""

    id: int
    state: State
    created_at: float
    """Seconds since 1970."""
    key: str | None = None
    """Where the file is kept once it is written."""
    error_message: str | None = None
