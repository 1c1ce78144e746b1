"""Sounds that are not words, made of a voice's own vowel: its vocal tract, with another source and another course.

Each is a row of gestures. Where a gesture is voiced, it follows the voice's own pitch; breath is the vowel's envelope
blown through instead of sung.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxhall.engines.pitch import FRAME
from voxhall.engines.protocols import Samples
from voxhall.engines.vocoder import Frames, analyse, synthesise

Floats = NDArray[np.float64]
Course = tuple[tuple[float, float], ...]
"""Values at times from 0 to 1 of a gesture."""

USUAL_PITCH = 120.0
"""Hertz, of a vowel in which no pitch is found."""
LONGEST = 1.2
"""Seconds."""

_BLOWN: Course = ((0, 1),)


@dataclass(frozen=True, slots=True)
class Gesture:
    """One movement of the voice."""

    seconds: float
    loudness: Course
    pitch: Course = ()
    """Multiples of the voice's own; empty where it is unvoiced."""
    noise: Course = _BLOWN
    """Share of breath beyond the vowel's own."""
    flat: float = 0.0
    """How far the vowel's colour is taken away, 0 to 1."""
    tilt: float = 0.0
    """Decibels an octave above 1 kHz; below it nothing."""
    floor: float = 0.0
    """Hertz below which hardly anything is left."""


def _call(number: int) -> tuple[Gesture, Gesture]:
    """Give one "ha" of a laugh; each is lower and softer than the one before."""
    force = 0.88**number * (0.75 if number == 0 else 1)
    fall = 0.95**number
    return (
        Gesture(0.125 + 0.005 * number, ((0, 0.12 * force), (0.5, 0.18 * force), (1, 0.35 * force)), flat=0.3, tilt=3),
        Gesture(
            0.085 - 0.005 * number,
            ((0, 0.4 * force), (0.2, force), (0.7, 0.8 * force), (1, 0.2 * force)),
            pitch=((0, 1.5 * fall), (0.3, 1.75 * fall), (1, 1.35 * fall)),
            noise=((0, 0.5), (0.5, 0.3), (1, 0.6)),
            flat=0.25,
        ),
    )


def _bark(force: float, seconds: float) -> tuple[Gesture, ...]:
    """Give one cough: a burst, the rush of air after it, and the voice closing."""
    return (
        Gesture(0.12 * seconds, ((0, 0.1), (0.15, force), (1, 0.8 * force)), flat=0.5, tilt=2),
        Gesture(0.5 * seconds, ((0, 0.75 * force), (0.5, 0.35 * force), (1, 0.25 * force)), flat=0.4),
        Gesture(
            0.38 * seconds,
            ((0, 0.25 * force), (0.25, 0.4 * force), (0.6, 0.2 * force), (1, 0)),
            pitch=((0, 1.35), (1, 1.15)),
            noise=((0, 0.5), (1, 0.7)),
            flat=0.3,
        ),
    )


def _click(force: float) -> tuple[Gesture, Gesture]:
    """Give one click of the tongue behind the teeth, and the stillness after it."""
    return (
        Gesture(0.03, ((0, 0), (0.2, force), (0.5, 0.4 * force), (1, 0)), flat=0.7, tilt=6, floor=1500),
        Gesture(0.17, ((0, 0.03 * force), (0.2, 0)), flat=0.7, floor=1500),
    )


_INHALED: Course = ((0, 0), (0.2, 0.4), (0.6, 1), (0.9, 0.4), (1, 0))
_CAUGHT: Course = ((0, 0), (0.15, 0.2), (0.7, 1), (0.9, 0.5), (1, 0))
_SNIFFED: Course = ((0, 0), (0.3, 0.5), (0.8, 1), (1, 0))

CUES: dict[str, tuple[float, tuple[Gesture, ...]]] = {
    "sigh": (
        0.085,
        (
            Gesture(0.5, ((0, 0), (0.15, 0.6), (0.4, 1), (1, 0.5)), flat=0.5, tilt=2, floor=450),
            Gesture(0.55, ((0, 0.5), (0.4, 0.3), (1, 0)), flat=0.4, floor=450),
        ),
    ),
    "laugh": (0.45, (*(part for number in range(4) for part in _call(number)), Gesture(0.15, ((0, 0.15), (1, 0))))),
    "gasp": (0.22, (Gesture(0.4, _CAUGHT, flat=0.45, tilt=3, floor=600),)),
    "sniff": (0.08, (Gesture(0.26, _SNIFFED, flat=0.7, tilt=4, floor=900),)),
    "cough": (0.5, (*_bark(1.0, 0.27), Gesture(0.05, ((0, 0),)), *_bark(0.75, 0.22))),
    "breath": (0.07, (Gesture(0.45, _INHALED, flat=0.45, tilt=3, floor=600),)),
    "tut": (0.3, (*_click(1.0), *_click(0.85))),
}
"""Each one's peak, and its gestures."""


@dataclass(frozen=True, slots=True)
class _Colour:
    """A voice, as its vowel tells of it."""

    pitch: float
    envelope: Floats
    breath: Floats
    rate: int


def cue(name: str, vowel: Samples, rate: int, seed: int) -> Samples:
    """Make a sound that is not a word, in the voice that says `vowel`; the same seed gives the same sound."""
    peak, gestures = CUES[name]
    random = np.random.default_rng(abs(seed))
    pace = random.uniform(0.9, min(1.1, LONGEST / sum(gesture.seconds for gesture in gestures)))
    colour = _colour(vowel, rate)
    height = colour.pitch * 2 ** random.uniform(-0.08, 0.08)
    parts = [_performed(gesture, colour, height, pace * random.uniform(0.95, 1.0)) for gesture in gestures]
    pitch, envelope, breath = (np.concatenate(each) for each in zip(*parts, strict=True))
    sound = synthesise(Frames(rate, pitch, envelope, breath))
    return (sound * (peak / max(float(np.abs(sound).max()), 1e-6))).astype(np.float32)


def _colour(vowel: Samples, rate: int) -> _Colour:
    """Average the loud half of a vowel's voiced frames."""
    frames = analyse(vowel, rate)
    power = frames.envelope.sum(axis=1)
    voiced = frames.pitch > 0
    chosen = voiced if voiced.any() else np.ones(len(power), bool)
    chosen = chosen & (power >= np.median(power[chosen]))
    envelope = np.exp(np.log(frames.envelope[chosen] + 1e-14).mean(axis=0))
    pitch = float(np.median(frames.pitch[voiced])) if voiced.any() else USUAL_PITCH
    return _Colour(pitch, envelope / envelope.sum() * 1e-3, frames.breath[chosen].mean(axis=0), rate)


def _performed(gesture: Gesture, colour: _Colour, height: float, pace: float) -> tuple[Floats, Floats, Floats]:
    """Give a gesture's pitch, envelope and breath, frame by frame."""
    count = max(2, round(gesture.seconds * pace / FRAME))
    loudness = _course(gesture.loudness, count)
    pitch = _course(gesture.pitch, count) * height if gesture.pitch else np.zeros(count)
    noise = _course(gesture.noise, count)[:, None]
    hertz = np.linspace(0, colour.rate / 2, len(colour.envelope))
    envelope = np.exp((1 - gesture.flat) * np.log(colour.envelope / colour.envelope.max() + 1e-9))
    envelope = envelope * 10 ** (gesture.tilt * np.log2(np.maximum(hertz, 1000) / 1000) / 10)
    envelope = envelope / (1 + (gesture.floor / np.maximum(hertz, 1)) ** 6)
    spectra = envelope / envelope.sum() * loudness[:, None] ** 2 + 1e-14
    return pitch, spectra, np.clip(noise + (1 - noise) * colour.breath, 0, 1)


def _course(points: Course, count: int) -> Floats:
    times, values = zip(*points, strict=True)
    course: Floats = np.interp(np.linspace(0, 1, count), times, values)
    return course
