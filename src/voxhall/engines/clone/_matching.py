"""Brings a voice near to another: pitch and its swing are measured, the vocal tract is searched for, tone equalised.

The embedding alone would now and then give a woman a giant's throat, so that the tract is drawn towards the length
that goes with the pitch. This is matching, not cloning: what is left of the base is its way of speaking.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.voice import Shape
from voxhall.engines.pitch import median_of
from voxhall.engines.protocols import SAMPLE_RATE, Match, Samples
from voxhall.engines.speaker import Embedder
from voxhall.engines.vocoder import TONE_TOP, Frames, analyse, changed, synthesise
from voxhall.errors import UnusableClip

Floats = NDArray[np.float64]

LISTENED = 15 * SAMPLE_RATE
"""Samples of a reference that are listened to."""
TRIED = 4 * SAMPLE_RATE
"""Samples of a base on which shapes are tried."""
VOICED = 100
"""Frames with a voice, half a second, that a reference must have."""
TRACTS = (0.85, 1.3)
RANGES = (0.7, 1.5)
HIGH = 165.0
"""Hertz of pitch from which a voice is taken for a woman's: halfway, in octaves, between 120 and 220."""
TOLD = 0.2
"""Power of the ratio of two people's pitch that their tracts' ratio usually is."""
TRUST = 1.5
"""What leaving that by a natural logarithm of one costs in similarity, squared."""
BANDS = 8
EVENED, LOUDEST = 0.7, 6.0
"""Share of a difference in tone that is taken over, and at most how many decibels of it."""
SIMPLER = 0.02
"""Similarity that evening the tone may cost."""

_COARSE, _FINE = 0.08, 0.04
"""Steps of the search, of the tract's natural logarithm."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """What is known of a voice."""

    frames: Frames
    centre: float
    """Hertz."""
    swing: float
    """Octaves between which the middle four fifths of its pitch lie."""


class Matching:
    """The engine; fulfils `Cloner`."""

    def __init__(self) -> None:
        self._embedder = Embedder()

    def match(self, reference: Samples, bases: tuple[Samples, ...]) -> Match:
        """Choose a base and its shape; raises UnusableClip where nobody speaks in the reference."""
        wanted = _described(reference[:LISTENED])
        if wanted is None:
            raise UnusableClip("nobody is heard speaking in the clip; half a second of clear voice is needed")
        aim = self._embedder.embed(reference[:LISTENED])
        tried = [(number, _described(base[:TRIED])) for number, base in enumerate(bases)]
        voices = {number: voice for number, voice in tried if voice is not None}
        guesses = {number: _guess(voice, wanted) for number, voice in voices.items()}
        likeness = {number: self._likeness(voices[number], guess, aim) for number, guess in guesses.items()}
        base = max(likeness, key=likeness.__getitem__)
        shape, similarity = self._refined(voices[base], wanted, guesses[base], aim)
        return Match(base, shape, similarity, feminine=wanted.centre > HIGH)

    def _likeness(self, voice: _Voice, shape: Shape, aim: NDArray[np.float32]) -> float:
        """Say how near the voice comes with a shape."""
        return float(self._embedder.embed(synthesise(changed(voice.frames, shape))) @ aim)

    def _refined(self, voice: _Voice, wanted: _Voice, guess: Shape, aim: NDArray[np.float32]) -> tuple[Shape, float]:
        """Search for the tract, first in wide steps, then even the tone."""
        known: dict[float, float] = {}

        def worth(tract: float) -> float:
            if tract not in known:
                known[tract] = self._likeness(voice, replace(guess, tract=tract), aim)
            return known[tract] - TRUST * math.log(tract / guess.tract) ** 2

        wide = guess.tract * np.exp(_COARSE * np.arange(-3, 4))
        best = max((_within(float(tract), TRACTS) for tract in wide), key=worth)
        near = best * np.exp(_FINE * np.array([-1, 0, 1]))
        best = max((_within(float(tract), TRACTS) for tract in near), key=worth)
        shape = replace(guess, tract=round(best, 3))
        toned = replace(shape, tone=_tone(voice, wanted, shape))
        similarity = self._likeness(voice, toned, aim)
        return (toned, similarity) if similarity > known[best] - SIMPLER else (shape, known[best])


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _described(samples: Samples) -> _Voice | None:
    """Take a voice apart; None where there is too little of it."""
    centre = median_of(samples, SAMPLE_RATE)
    if not centre:
        return None
    frames = analyse(samples, SAMPLE_RATE, centre)
    voiced = frames.pitch[frames.pitch > 0]
    if len(voiced) < VOICED:
        return None
    low, high = np.percentile(np.log2(voiced), [10, 90])
    return _Voice(frames, centre, float(high - low))


def _guess(voice: _Voice, wanted: _Voice) -> Shape:
    """Give the shape that pitch alone tells."""
    higher = wanted.centre / voice.centre
    return Shape(
        centre=round(voice.centre, 1),
        pitch=round(higher, 3),
        range=round(_within(wanted.swing / max(voice.swing, 0.01), RANGES), 2),
        tract=_within(higher**TOLD, TRACTS),
    )


def _tone(voice: _Voice, wanted: _Voice, shape: Shape) -> tuple[float, ...]:
    """Give the gains that bring the average spectrum of vowels near to the wanted one."""
    difference = _spectrum(wanted.frames) - _spectrum(changed(voice.frames, shape))
    gains = np.clip(EVENED * (difference - difference.mean()), -LOUDEST, LOUDEST)
    return tuple(round(float(gain), 1) for gain in gains)


def _spectrum(frames: Frames) -> Floats:
    """Give the average level of each band in voiced frames, in decibels."""
    envelope = 10 * np.log10(frames.envelope[frames.pitch > 0] + 1e-14).mean(axis=0)
    mel = np.log1p(np.linspace(0, SAMPLE_RATE / 2, len(envelope)) / 700)
    bands = np.minimum(BANDS * mel / np.log1p(TONE_TOP / 700), BANDS - 1).astype(int)
    return np.array([envelope[bands == band].mean() for band in range(BANDS)])
