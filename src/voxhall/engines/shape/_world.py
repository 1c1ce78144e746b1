"""Makes other voices of a voice, and the sounds of those voices that are not words."""

from voxhall.domain.voice import Shape
from voxhall.engines.protocols import Samples
from voxhall.engines.shape._cues import cue
from voxhall.engines.vocoder import reshape


class World:
    """The engine; fulfils `Shaper`."""

    def reshape(self, samples: Samples, rate: int, shape: Shape) -> Samples:
        """Give the sound of a voice its shape."""
        return reshape(samples, rate, shape)

    def cue(self, name: str, vowel: Samples, rate: int, seed: int) -> Samples:
        """Make a sound that is not a word."""
        return cue(name, vowel, rate, seed)
