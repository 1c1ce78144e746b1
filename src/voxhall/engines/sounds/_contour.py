"""What a stretch of sound is like every hundredth of a second: level, noisiness, pitch, brightness, change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import butter, sosfiltfilt

from voxhall.engines.protocols import SAMPLE_RATE, Samples

HOP = 160
"""Samples between frames: 10 ms."""
LENGTH = 512
"""Samples of a frame: 32 ms, two periods of the lowest voice."""
FRAMES = SAMPLE_RATE // HOP
"""Frames of a second."""
RUMBLE = 120.0
"""Hertz below which rooms and microphones rumble, and nothing is looked at."""
BAND = slice(10, 192)
"""Bins of 300 to 6000 Hz, where breath and speech are told apart."""
PERIODS = slice(SAMPLE_RATE // 400, SAMPLE_RATE // 70)
"""Samples of a voice's period, 70 to 400 Hz."""
QUIETEST = -75.0
"""Decibels of full scale below which all is silence."""

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Contour:
    """One value per frame."""

    level: Values
    """Decibels of full scale, without rumble."""
    flatness: Values
    """0 for a tone, about 0.56 for white noise (its spectrum is never quite flat)."""
    voicing: Values
    """How much the sound repeats itself at a voice's rate, 0 to 1."""
    pitch: Values
    """Hertz, of frames with voice."""
    centroid: Values
    """Hertz, the middle of the spectrum."""
    change: Values
    """How little the spectrum is like that of 50 ms ago, 0 to 1."""

    def __len__(self) -> int:
        """Frames."""
        return len(self.level)


def contour_of(samples: Samples) -> Contour:
    """Describe a stretch of at least `LENGTH` samples."""
    filtered = sosfiltfilt(butter(4, RUMBLE, "highpass", fs=SAMPLE_RATE, output="sos"), samples.astype(np.float64))
    windows = np.lib.stride_tricks.sliding_window_view(filtered.astype(np.float32), LENGTH)[::HOP]
    frames = windows * np.hanning(LENGTH).astype(np.float32)
    power = np.abs(rfft(frames, axis=1)) ** 2 + np.float32(1e-10)
    voicing, pitch = _voice(frames)
    band = np.log(power[:, BAND])
    return Contour(
        level=np.maximum(10 * np.log10(power.sum(axis=1) / (LENGTH * LENGTH * 3 / 16)), QUIETEST).astype(np.float32),
        flatness=np.exp(band.mean(axis=1) - np.log(power[:, BAND].mean(axis=1))).astype(np.float32),
        voicing=voicing,
        pitch=pitch,
        centroid=(power @ np.fft.rfftfreq(LENGTH, 1 / SAMPLE_RATE) / power.sum(axis=1)).astype(np.float32),
        change=_change(band),
    )


def runs(on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give where a condition begins to hold and where it ceases to, in frames."""
    edges = np.flatnonzero(np.diff(on, prepend=False, append=False)).reshape(-1, 2)
    return [(start, end) for start, end in edges.tolist()]


def _voice(frames: Values) -> tuple[Values, Values]:
    """Give how periodic each frame is and its rate, by autocorrelation corrected for the window (Boersma 1993)."""
    spectrum = np.abs(rfft(frames, LENGTH + PERIODS.stop, axis=1)) ** 2
    repeats = irfft(spectrum, axis=1)[:, : PERIODS.stop]
    window = np.correlate(np.hanning(LENGTH), np.hanning(LENGTH), "full")[LENGTH - 1 :][: PERIODS.stop]
    likeness = repeats / np.maximum(repeats[:, :1], 1e-9) / (window / window[0])
    best = likeness[:, PERIODS].argmax(axis=1) + PERIODS.start
    voicing = np.clip(likeness[np.arange(len(best)), best], 0, 1)
    return voicing.astype(np.float32), (SAMPLE_RATE / best).astype(np.float32)


def _change(band: Values) -> Values:
    """Compare the shape of each spectrum, in 26 bands, with that of 50 ms ago."""
    coarse = band[:, : 26 * 7].reshape(len(band), 26, 7).mean(axis=2)
    shape = coarse - coarse.mean(axis=1, keepdims=True)
    shape /= np.linalg.norm(shape, axis=1, keepdims=True) + 1e-9
    before = np.concatenate([shape[:1].repeat(5, axis=0), shape])[: len(shape)]
    likeness = (shape * before).sum(axis=1)
    change: Values = np.clip((1 - likeness) / 2, 0, 1).astype(np.float32)
    return change
