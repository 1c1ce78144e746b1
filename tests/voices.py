"""Speech that is made rather than recorded, for tests: the embedded voice, as it is and shaped."""

from functools import cache
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from voxhall.domain.voice import Character
from voxhall.engines.protocols import Samples, Shaper, Style, Synthesizer
from voxhall.engines.registry import NoOptions
from voxhall.engines.shape import world
from voxhall.engines.speak import piper
from voxhall.engines.speak._roster import ROSTER

RATE = 22_050
"""Hertz."""
SENTENCE = "The salt breeze came across from the sea, and filled the whole house."
VOICES: dict[str, Character] = {character.name: character for character in ROSTER}


@cache
def synthesizer() -> Synthesizer:
    """Load the embedded voice."""
    voice: Synthesizer = piper.engine.load(NoOptions(), Path())  # type: ignore[assignment]
    return voice


@cache
def shaper() -> Shaper:
    """Load the shaper."""
    loaded: Shaper = world.engine.load(NoOptions(), Path())  # type: ignore[assignment]
    return loaded


@cache
def said(text: str = SENTENCE, speed: float = 1.0) -> Samples:
    """Speak with the base itself."""
    utterance = synthesizer().prepare(tuple(text.split()), "joe", "en", Style(speed=speed))
    return np.concatenate([synthesizer().render(piece) for piece in utterance.pieces])


def said_by(name: str, text: str = SENTENCE) -> Samples:
    """Speak with a voice of the roster."""
    return shaper().reshape(said(text, VOICES[name].speed), RATE, VOICES[name].shape)


def vowel_of(name: str) -> Samples:
    """Give a voice's "ah"."""
    return said_by(name, "ah,")


def heard(samples: Samples) -> Samples:
    """Give samples as engines that listen want them."""
    return resample_poly(samples, 320, 441).astype(np.float32)


def pitch_of(samples: Samples, around: float) -> float:
    """Measure a median pitch within an octave of `around` hertz by a plain autocorrelation of 60 ms."""
    length, found = round(0.06 * RATE), []
    shortest, longest = round(RATE / around / 2**0.5), round(RATE / around * 2**0.5)
    for start in range(0, len(samples) - 2 * length, length // 2):
        window = samples[start : start + length].astype(np.float64)
        if np.sqrt(np.mean(window**2)) < 0.03:
            continue
        lags = [float(window @ samples[start + lag : start + lag + length]) for lag in range(shortest, longest)]
        if max(lags) > 0.7 * float(window @ window):
            found.append(RATE / (shortest + int(np.argmax(lags))))
    return float(np.median(found))


def centroid_of(samples: Samples) -> float:
    """Measure where the middle of a sound's spectrum lies, in hertz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(np.average(np.fft.rfftfreq(len(samples), 1 / RATE), weights=power))
