"""What is spoken with: voices, how they differ from the voice they are made of, and what they said."""

from dataclasses import dataclass, field
from typing import Literal

from voxhall.domain.speech import Word

RenderState = Literal["rendering", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a voice differs from the base that it is made of; the defaults change nothing."""

    centre: float = 0.0
    """Hertz: the base's median fundamental frequency, around which `range` stretches; 0 where it is not known."""
    pitch: float = 1.0
    """Fundamental frequency, as a multiple of the base's."""
    range: float = 1.0
    """How far pitch swings in octaves, as a multiple of the base's swings."""
    tract: float = 1.0
    """Formant frequencies, as a multiple of the base's; above 1 is a shorter vocal tract."""
    breath: float = 0.0
    """Added breathiness, 0 to 1."""
    tone: tuple[float, ...] = field(default=())
    """Gains in decibels of bands that are equally wide on the mel scale, from 0 to 8 kHz."""


@dataclass(frozen=True, slots=True)
class Character:
    """A voice that an engine offers to people."""

    name: str
    """Lower-case, as in `maeve`."""
    base: str
    """What the engine calls the voice that it is made of."""
    language: str
    """ISO 639-1 code."""
    feminine: bool
    preview: str
    """A sentence that shows what it is good for."""
    speed: float = 1.0
    """Its usual speed, as a multiple of the base's."""
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A chunk of text as it was spoken."""

    text: str
    """As it was written."""
    start: float
    """Seconds from the beginning of the render."""
    end: float
    """Seconds from the beginning of the render."""
    words: tuple[Word, ...]
    """As they were written; a word may be several that are said together, as in `$3 million`."""
    takes: int = 1
    """How often it was rendered."""
    error: float | None = None
    """Share of phonemes that were heard otherwise in the take that was kept; None where nobody listened."""
    verified: bool | None = None
    """Whether it was heard as it is written; None where nobody listened."""


@dataclass(frozen=True, slots=True)
class Order:
    """A text that somebody wants to hear."""

    voice: str
    """A voice's id, or the bare name of a built-in one."""
    text: str
    """As it is written, `[cues]` included."""
    temperature: float = 0.9
    """How much takes of one text differ, 0 (not at all) to 2."""
    speed: float = 1.0
    """A multiple of the voice's usual speed."""
    longest: float = 0.0
    """Seconds of sound after which the render ends; 0 leaves it to the length of the text."""
    verify: bool = True
    """Whether each chunk is listened to, and rendered again where it was misread."""
    seed: int = 0
    """Decides what is left to chance: the same seed gives the same sound."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that can be asked for."""

    id: str
    """`name.revision` of a built-in voice, `u-<account>-<hash>` of a cloned one."""
    engine: str
    """Name of the synthesizer."""
    base: str
    """The synthesizer's own name for the voice that it is made of."""
    language: str
    """ISO 639-1 code."""
    feminine: bool
    speed: float = 1.0
    """Its usual speed, as a multiple of the base's."""
    shape: Shape = field(default_factory=Shape)
    reference: str | None = None
    """Key of the stored clip that the synthesizer imitates; None where it needs none."""
    preview: str = ""
    """A sentence that shows what it is good for."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A voice that an account has made of a clip."""

    id: str
    account_id: int
    name: str
    """As its owner calls it."""
    voice: Voice
    text: str
    """What is said in the clip."""
    seconds: float
    """Length of the clip."""
    similarity: float
    """Of the voice to the clip by speaker embedding; 1 is the same speaker at the same moment."""
    fidelity: Literal["approximate", "cloned"]
    """Approximate: a built-in voice brought as near as possible; cloned: the engine imitates the clip itself."""
    clip_key: str
    """Where the clip is kept."""
    created_at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Render:
    """A text that was spoken for an account."""

    id: int
    account_id: int
    state: RenderState
    voice: str
    """The voice's id."""
    text: str
    created_at: float
    """Seconds since 1970."""
    characters: int
    """Charged for: all of the text, or what was spoken of it where its listener went away."""
    seconds: float = 0.0
    """Length of the sound."""
    cost: float = 0.0
    """US dollars."""
    audio_key: str | None = None
    """Where the sound is kept, as Ogg Opus."""
    chunks: tuple[Spoken, ...] = ()
