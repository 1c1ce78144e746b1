"""What each ability promises; pipelines know engines only through these.

Samples are float32 mono arrays at 16 kHz in -1..1. Every method is a pure function of its arguments, so that a piece
of work lost with its process can be done again. Arguments and results cross process boundaries: JSON-like values, the
dataclasses of `voxhall.domain` and of this file, and numpy arrays; nothing else.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.knowledge import Page
from voxhall.domain.speech import SoundEvent, Span, SpeakerCount, Turn, Word
from voxhall.domain.voice import Shape

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


@dataclass(frozen=True, slots=True)
class Style:
    """How a text shall be spoken."""

    temperature: float = 0.9
    """How much takes of one text differ, 0 (not at all) to 2."""
    speed: float = 1.0
    """A multiple of the voice's usual speed."""
    seed: tuple[int, ...] = (0,)
    """Decides what is left to chance: the same seed gives the same sound."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text that is about to be spoken."""

    rate: int
    """Hertz, of the samples that its pieces become."""
    pieces: tuple[Arrays, ...]
    """In order; each becomes the samples that follow those of the one before."""
    words: tuple[Span, ...] | None
    """When each word is said, from the beginning; None where only an aligner could tell."""


class Synthesizer(Protocol):
    """Turns words into a voice: first a plan of the whole utterance, then sound piece by piece."""

    def prepare(
        self, words: tuple[str, ...], voice: str, language: str, style: Style, reference: Samples | None
    ) -> Utterance:
        """Plan an utterance of words as they are said, punctuation attached; `[[...]]` is a word in IPA phonemes.

        A word may be several ("twenty-one euros,"). `voice` is one of the engine's own, or `feminine` or `masculine`
        for an engine that offers none by name; `reference` is a clip of the voice to be imitated, float32 mono at
        16 kHz, for engines that can. Raises InvalidInput.
        """
        ...

    def render(self, piece: Arrays) -> Samples:
        """Give the sound of a piece at the utterance's rate."""
        ...


class Phonemizer(Protocol):
    """Knows how texts are pronounced."""

    def phonemes(self, texts: tuple[str, ...], language: str) -> tuple[str, ...]:
        """Give the pronunciation of each text in IPA, words apart by spaces; raises InvalidInput.

        `[[...]]` in a text is a word that is in IPA already.
        """
        ...


MARGIN = 0.05
"""Seconds at the end of a shaped sound that what follows may still change."""


class Shaper(Protocol):
    """Makes other voices of a voice."""

    def reshape(self, samples: Samples, rate: int, shape: Shape) -> Samples:
        """Give the sound of a voice a shape; as many samples come back.

        What comes back of the beginning of a sound equals, but for its last `MARGIN`, what comes back of the whole.
        """
        ...

    def cue(self, name: str, vowel: Samples, rate: int, seed: int) -> Samples:
        """Make a sound that is not a word, 0.2 to 1.2 s, of the voice that says `vowel`, an "ah" of its own.

        `name` is sigh, laugh, gasp, sniff, cough, breath or tut; the same seed gives the same sound.
        """
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest that a voice was brought to another."""

    base: int
    """Which of the bases."""
    shape: Shape
    similarity: float
    """Cosine of the speaker embeddings of the reference and of the base so shaped; the same speaker is near 1."""
    feminine: bool
    """Whether the reference sounds like a woman."""


class Cloner(Protocol):
    """Finds out of which voice another can be made."""

    def match(self, reference: Samples, bases: tuple[Samples, ...]) -> Match:
        """Choose a base, given as its speech, and the shape that brings it nearest to the voice of a reference.

        Raises UnusableClip where nobody speaks in the reference.
        """
        ...


class SoundTagger(Protocol):
    """Finds sounds that are not words."""

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Tag one stretch of at most 60 s in which `words` were said; times from its beginning, in order of start."""
        ...


DocumentForm = Literal["html", "pdf", "docx", "markdown", "text"]
"""What a document claims to be."""


class Reader(Protocol):
    """Reads documents."""

    def read(self, data: bytes, form: DocumentForm, charset: str | None, url: str | None) -> Page:
        """Give what a document says: its text in paragraphs, without markup; an empty page where it says nothing.

        `form` and `charset` are what it is said to be; what the bytes are counts more. `url` is where it came from.
        Raises UnreadableDocument.
        """
        ...


class Embedder(Protocol):
    """Gives the meaning of texts as vectors: what is alike in meaning has a large dot product."""

    def embed(self, texts: tuple[str, ...]) -> NDArray[np.float32]:
        """Give a vector of length 1 for each text, (n, 384); of a long text its first 256 tokens count."""
        ...


class Reranker(Protocol):
    """Judges texts beside a question."""

    def rerank(self, query: str, texts: tuple[str, ...]) -> NDArray[np.float32]:
        """Give how well each text answers, (n,); more is better, and comparable within one call only."""
        ...
