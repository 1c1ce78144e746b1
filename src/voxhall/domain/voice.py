"""What is spoken with: voices, how they differ from the voice they are made of, and what they said."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shape:
    """How a voice differs from the base that it is made of; the defaults change nothing."""

    centre: float = 0.0
    """Hertz: the base's median fundamental frequency, around which `range` stretches; 0 where `range` is 1."""
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
