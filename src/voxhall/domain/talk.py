"""What an agent does in a conversation: the events of thinking, writing and speaking, in the order in which they come.

They stand beside the events of listening (`domain.live`). Turns carry the numbers of what they answer; sentences of
an answer count from 1. Moments are seconds since the conversation began.
"""

from dataclasses import dataclass
from typing import Literal

from numpy import float32
from numpy.typing import NDArray

from voxhall.domain import live
from voxhall.domain.knowledge import Answer
from voxhall.errors import VoxhallError

Outcome = Literal["completed", "interrupted", "failed"]
Step = Literal["listening", "recognising", "thinking", "writing", "speaking"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said by both before."""

    question: str
    answer: str
    """As far as it was written when it ended."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """An answer is begun."""

    turn: int
    question: str


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the answer has been written."""

    turn: int
    text: str
    """All pieces joined are the answer."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """A piece of sound of a sentence."""

    turn: int
    sentence: int
    samples: NDArray[float32]
    """Mono, -1..1, at the speaker's rate."""


@dataclass(frozen=True, slots=True)
class Voiced:
    """All sound of a sentence has come."""

    turn: int
    sentence: int
    text: str
    """As it was spoken, without the numbers of its sources."""


@dataclass(frozen=True, slots=True)
class Unvoiced:
    """A sentence could not be spoken, or not to its end; the next ones still are."""

    turn: int
    sentence: int
    text: str
    error: VoxhallError


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer has ended, however it ended."""

    turn: int
    outcome: Outcome
    text: str
    """All that was written of it."""
    answer: Answer | None = None
    """With its sources, where the writer tells them."""
    error: VoxhallError | None = None
    """Why it failed."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A step that has ended; steps of one answer overlap where one works while another does."""

    step: Step
    turn: int
    began: float
    ended: float
    sentence: int | None = None
    """Which one was spoken."""


Event = live.Event | Thinking | Written | Sounding | Voiced | Unvoiced | Answered | Timed
