"""What each ability promises; pipelines know engines only through these.

Samples are float32 mono arrays at 16 kHz in -1..1. Every method is a pure function of its arguments, so that a piece
of work lost with its process can be done again. Arguments and results cross process boundaries: JSON-like values, the
dataclasses of `voxhall.domain` and of this file, and numpy arrays; nothing else.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import SoundEvent, Span, SpeakerCount, Turn, Word

SAMPLE_RATE = 16_000
"""Hertz, of all samples that engines see."""

Samples = NDArray[np.float32]
Arrays = dict[str, NDArray[np.generic]]
"""Named arrays that only the engine which made them understands."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was found in a recording."""

    duration: float
    """Seconds."""
    channels: int
    """Channels written to the PCM file."""
    container: str
    """The demuxer's name for the container."""
    codec: str


class Decoder(Protocol):
    """Reads a recording of any container and codec."""

    def decode(self, source: str, pcm: str, opus: str, *, split: bool, longest: float) -> Decoded:
        """Write `source` as 16 kHz s16le to the file `pcm` and as Ogg Opus to the file `opus`.

        With `split` the PCM keeps the recording's channels, interleaved; otherwise they are mixed to one.
        Memory does not grow with length. Raises BrokenMedia, InvalidInput after more than `longest` seconds of audio.
        """
        ...


@dataclass(frozen=True, slots=True)
class VadFrames:
    """How likely each frame is speech."""

    probabilities: NDArray[np.float32]
    """One per frame of 512 samples (32 ms), 0 to 1."""
    state: Arrays
    """To be handed in with the next block of the same stream."""


class Vad(Protocol):
    """Finds speech."""

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream; `state` is None for its first block.

        The block's length is a multiple of 512 samples, but for the last, whose rest is padded with silence.
        """
        ...


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was said in one chunk."""

    words: tuple[Word, ...]
    """Seconds from the beginning of the chunk."""
    timed: bool
    """False when the words' times are only guesses that an aligner should replace."""
    language: str
    """The language that the words are in."""
    language_probability: float
    """How likely it is that this language was spoken, 0 to 1; low means that the words are probably invented."""


class Recognizer(Protocol):
    """Turns speech into words."""

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Recognise one chunk of at most 30 s.

        `language` is an ISO 639-1 code or `auto`; `keywords` are spellings that the caller expects.
        """
        ...


class Aligner(Protocol):
    """Finds when each word of a known text was said."""

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Give one span per word, in order, from the beginning of the samples; None where it cannot be done."""
        ...


class Diarizer(Protocol):
    """Finds who speaks when: looks at windows one by one, then settles who is who over all of them."""

    def plan(self, duration: float, speech: tuple[Span, ...]) -> tuple[Span, ...]:
        """Choose the windows to look at in a recording of `duration` seconds with these speech spans."""
        ...

    def observe(self, samples: Samples) -> Arrays:
        """Describe one window."""
        ...

    def settle(
        self, windows: tuple[Span, ...], observations: tuple[Arrays, ...], speakers: SpeakerCount
    ) -> tuple[Turn, ...]:
        """Join what all windows showed into turns in order of start; speakers are numbered by first speech."""
        ...


class SoundTagger(Protocol):
    """Finds sounds that are not words."""

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Tag one stretch of at most 60 s in which `words` were said; times from its beginning, in order of start."""
        ...
