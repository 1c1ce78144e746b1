"""What is heard in a recording: words, speaker turns, sounds, and the transcript made of them."""

from dataclasses import dataclass

UNKNOWN_LANGUAGE = "und"
"""ISO 639-2 code for speech whose language no installed engine is sure of."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `start` <= `end`."""

    start: float
    """Seconds from the beginning of the recording."""
    end: float
    """Seconds from the beginning of the recording."""

    @property
    def seconds(self) -> float:
        """Length of the span."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word as it is written, punctuation attached."""

    text: str
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    confidence: float
    """Probability that the word is right, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """Something heard that is not a word."""

    tag: str
    """breath, laugh, hesitation, pause, env, tut, sigh, sniff, cough; or emphasis, elongation (marks on a word)."""
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one speaker talks; turns of different speakers may overlap."""

    speaker: int
    """0, 1, ... in order of first speech."""
    start: float
    """Seconds."""
    end: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Segment:
    """An utterance: consecutive words of one speaker."""

    speaker: int
    """0, 1, ... in order of first speech."""
    text: str
    """The words as one line, without event tags."""
    start: float
    """Seconds."""
    end: float
    """Seconds."""
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Who said what and when in one recording."""

    segments: tuple[Segment, ...]
    events: tuple[SoundEvent, ...]
    """In order of start; empty unless they were asked for."""
    language: str
    """ISO 639-1 code, or `und` when no installed engine knows the language spoken."""
    duration: float
    """Seconds of audio."""
    chunks: int
    """How many pieces the recogniser worked through."""
    notice: str | None = None
    """A sentence for people when something about the result needs saying."""

    @property
    def speakers(self) -> int:
        """Number of different speakers with at least one segment."""
        return len({segment.speaker for segment in self.segments})


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many speakers the caller says there are; None where the caller says nothing."""

    at_least: int | None = None
    at_most: int | None = None
