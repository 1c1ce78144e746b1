"""What is heard while people speak: the events of a live stream, in the order in which they come.

Of each turn a listener first hears that it began, then partial words, then that it ended, and last its final words.
Turns are numbered 0, 1, ... and their finals come in that order. Times count from the beginning of the stream.
"""

from dataclasses import dataclass

from voxhall.domain.speech import Word


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody begins to speak."""

    turn: int
    start: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What is understood of a turn that goes on."""

    turn: int
    words: tuple[str, ...]
    """All of the turn so far."""
    stable: int
    """How many of them, from the first, no later partial will change; only the final may."""
    start: float
    """Seconds, the turn's beginning."""
    end: float
    """Seconds up to which was listened."""

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """Nobody has spoken for a while, or the turn was ended by whoever listens; its words follow."""

    turn: int
    start: float
    """Seconds."""
    end: float
    """Seconds; the silence after the turn is not part of it."""


@dataclass(frozen=True, slots=True)
class Final:
    """What was said in a turn."""

    turn: int
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    words: tuple[Word, ...]
    """Empty where there was sound but no speech that is understood here."""
    language: str
    """ISO 639-1 code, or `und`."""
    speaker: int
    """0, 1, ... in order of first speech; 0 for everybody where speakers are not told apart."""
    processing: float
    """Seconds that the recogniser worked on these words."""
    chunks: int
    """How many pieces the recogniser worked through."""

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(word.text for word in self.words)


Event = SpeechStarted | Partial | TurnEnded | Final
