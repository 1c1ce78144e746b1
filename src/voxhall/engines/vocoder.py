"""Speech taken apart into pitch, spectral envelope and breath, changed, and put together again.

By WORLD (Morise, Yokomori, Ozawa 2016), but for the pitch, which `pitch` finds. Every step looks at most
`protocols.MARGIN` around it, so that the beginning of a sound can be shaped before its end is known.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyworld
from numpy.typing import NDArray

from voxhall.domain.voice import Shape
from voxhall.engines.pitch import FRAME, frames_of, track
from voxhall.engines.protocols import Samples

Floats = NDArray[np.float64]

TONE_TOP = 8000.0
"""Hertz, to which the bands of `Shape.tone` reach."""
PITCH_FLOOR, PITCH_CEILING = 40.0, 600.0
"""Hertz, between which a shaped voice stays."""

_SHARPEST = 71.0
"""Hertz: the pitch for which WORLD's transforms are long enough; half of it would double the work."""
_THIN = 2
"""Every how many frames breath is measured, which takes most of the time."""


@dataclass(frozen=True, slots=True)
class Frames:
    """What a voice does, each `pitch.FRAME` seconds."""

    rate: int
    """Hertz, of the samples they were made of."""
    pitch: Floats
    """Hertz; 0 where it is unvoiced."""
    envelope: Floats
    """Power at frequencies from 0 to half the rate; [frames, frequencies]."""
    breath: Floats
    """Share of it that is noise; [frames, frequencies]."""


def analyse(samples: Samples, rate: int, centre: float = 0.0) -> Frames:
    """Take speech apart; `centre` is the voice's median pitch in hertz where it is known."""
    sound = np.ascontiguousarray(samples, np.float64)
    pitch = track(samples, rate, centre)
    times = np.arange(len(pitch)) * FRAME
    size = pyworld.get_cheaptrick_fft_size(rate, _SHARPEST)
    lowest = pyworld.get_cheaptrick_f0_floor(rate, size) + 0.1  # below it a frame would be taken for unvoiced
    seen = np.where(pitch > 0, np.maximum(pitch, lowest), 0.0)
    envelope = pyworld.cheaptrick(sound, seen, times, rate, fft_size=size)
    seen, times = (np.ascontiguousarray(each[::_THIN]) for each in (seen, times))
    breath = np.repeat(pyworld.d4c(sound, seen, times, rate, fft_size=size), _THIN, axis=0)[: len(pitch)]
    return Frames(rate, pitch, envelope, breath)


def synthesise(frames: Frames) -> Samples:
    """Put speech together."""
    pitch, envelope, breath = (np.ascontiguousarray(part) for part in (frames.pitch, frames.envelope, frames.breath))
    sound: Floats = pyworld.synthesize(pitch, envelope, breath, frames.rate, FRAME * 1000)
    return np.clip(sound, -1.0, 1.0).astype(np.float32)


def changed(frames: Frames, shape: Shape) -> Frames:
    """Give a voice its shape."""
    envelope, breath = frames.envelope, frames.breath
    if shape.tract != 1:
        envelope, breath = np.exp(_warped(np.log(envelope + 1e-14), shape.tract)), _warped(breath, shape.tract)
    if shape.tone:
        envelope = envelope * 10 ** (_gains(shape.tone, envelope.shape[1], frames.rate) / 10)
    if shape.breath:
        rising = np.sqrt(np.linspace(0, 1, breath.shape[1]))
        breath = 1 - (1 - breath) * (1 - shape.breath * rising)
    return replace(frames, pitch=_moved(frames.pitch, shape), envelope=envelope, breath=np.clip(breath, 0, 1))


def reshape(samples: Samples, rate: int, shape: Shape) -> Samples:
    """Give the sound of a voice its shape."""
    if not frames_of(len(samples), rate) or shape == replace(Shape(), centre=shape.centre):
        return samples
    shaped = synthesise(changed(analyse(samples, rate, shape.centre), shape))
    return np.pad(shaped, (0, max(0, len(samples) - len(shaped))))[: len(samples)]


def _moved(pitch: Floats, shape: Shape) -> Floats:
    centre = shape.centre or 1.0
    swing = (np.maximum(pitch, 1e-3) / centre) ** (shape.range if shape.centre else 1.0)
    return np.where(pitch > 0, np.clip(centre * shape.pitch * swing, PITCH_FLOOR, PITCH_CEILING), 0.0)


def _warped(spectra: Floats, factor: float) -> Floats:
    """Move what lies at a frequency to `factor` times that frequency."""
    last = spectra.shape[1] - 1
    places = np.minimum(np.arange(last + 1) / factor, last)
    below = places.astype(int)
    part = places - below
    warped: Floats = spectra[:, below] * (1 - part) + spectra[:, np.minimum(below + 1, last)] * part
    return warped


def _gains(tone: tuple[float, ...], count: int, rate: int) -> Floats:
    """Give each frequency's gain in decibels, from the bands' gains."""
    mel = 1127 * np.log1p(np.linspace(0, rate / 2, count) / 700)
    centres = (np.arange(len(tone)) + 0.5) / len(tone) * 1127 * np.log1p(TONE_TOP / 700)
    gains: Floats = np.interp(mel, centres, tone)
    return gains
