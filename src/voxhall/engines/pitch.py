"""Fundamental frequency by autocorrelation, frame by frame.

Estimators that look for the fundamental itself, such as WORLD's DIO, answer an octave too high where a recording has
lost it, as those of the embedded English voice have: its first harmonic lies 30 dB under the second. Autocorrelation
hears the period all the same. Nothing here looks further than `REACH` to either side.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from voxhall.engines.protocols import Samples

Floats = NDArray[np.float64]

FRAME = 0.005
"""Seconds between frames."""
WINDOW = 0.045
"""Seconds of sound that a frame is judged by; two and a half periods of the lowest voices."""
NEIGHBOURS = 2
"""Frames to either side that a frame is compared with."""
REACH = WINDOW / 2 + NEIGHBOURS * FRAME
LOWEST, HIGHEST = 60.0, 400.0
"""Hertz, where nothing is known of a voice."""
BELOW, ABOVE = 0.6, 1.9
"""How far a voice swings at most, as multiples of its median."""

_COARSE = 5500
"""Hertz, at which periods are looked for."""
_PERIODIC = 0.45
"""Correlation from which a frame counts as voiced."""
_QUIET = 0.004
"""Amplitude below which it does not."""
_LONGER = 0.015
"""What each octave of a longer period costs in correlation, so that it is the shortest of equally good ones."""
_LEAP = 0.2
"""Octaves from its neighbours by which a frame counts as mistaken."""


def frames_of(length: int, rate: int) -> int:
    """Give the number of frames that so many samples have."""
    return int(length / rate / FRAME) + 1


def track(samples: Samples, rate: int, centre: float = 0.0) -> Floats:
    """Give the fundamental frequency of each frame in hertz, 0 where there is none.

    `centre` is the voice's median where it is known, which rules most mistakes out.
    """
    low, high = (BELOW * centre, ABOVE * centre) if centre else (LOWEST, HIGHEST)
    windows, coarse = _windows(samples, rate)
    correlation = _correlation(windows)
    first, last = int(coarse / high), min(int(np.ceil(coarse / low)), correlation.shape[1] - 2)
    lags = np.arange(first, last + 1)
    left, middle, right = (correlation[:, first + step : last + 1 + step] for step in (-1, 0, 1))
    peaks = (middle >= left) & (middle > right)
    best = np.where(peaks, middle - _LONGER * np.log2(lags / first), -1.0).argmax(axis=1)
    a, b, c = (np.take_along_axis(each, best[:, None], axis=1)[:, 0] for each in (left, middle, right))
    period = lags[best] + np.clip(0.5 * (a - c) / np.minimum(a - 2 * b + c, -1e-9), -0.5, 0.5)
    loud = np.sqrt(np.mean(windows**2, axis=1)) > _QUIET
    voiced = loud & (b > _PERIODIC) & np.take_along_axis(peaks, best[:, None], axis=1)[:, 0]
    return _steadied(np.where(voiced, coarse / period, 0.0))


def median_of(samples: Samples, rate: int) -> float:
    """Give a voice's median fundamental frequency in hertz; 0 where nothing is voiced."""
    centre = 0.0
    for _ in range(2):  # the second look knows where to look
        found = track(samples, rate, centre)
        if not np.any(found):
            break
        centre = float(np.median(found[found > 0]))
    return centre


def _windows(samples: Samples, rate: int) -> tuple[Floats, float]:
    """Cut the frames' windows, at a lower rate, out of a sound; each one's mean is taken away."""
    step = max(1, round(rate / _COARSE))
    coarse, length = rate / step, round(WINDOW * rate / step)
    low = resample_poly(samples.astype(np.float64), 1, step)
    centres = np.round(np.arange(frames_of(len(samples), rate)) * FRAME * coarse).astype(int)
    padded = np.pad(low, (length, 2 * length))
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[centres + length - length // 2]
    return windows - windows.mean(axis=1, keepdims=True), coarse


def _correlation(windows: Floats) -> Floats:
    """Give the autocorrelation at each lag, the taper's own taken out (Boersma 1993)."""
    length = windows.shape[1]
    taper = np.hanning(length)
    size = 1 << (2 * length - 1).bit_length()
    raw = np.fft.irfft(np.abs(np.fft.rfft(windows * taper, size)) ** 2, size)[:, : length // 2 + length // 4]
    own = np.fft.irfft(np.abs(np.fft.rfft(taper, size)) ** 2, size)[: raw.shape[1]]
    correlation: Floats = raw / (raw[:, :1] + 1e-9) / (own / own[0])
    return correlation


def _steadied(found: Floats) -> Floats:
    """Drop frames that are voiced among unvoiced ones, and mend leaps."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(found, NEIGHBOURS), 2 * NEIGHBOURS + 1)
    company = np.count_nonzero(around, axis=1)
    ranked = np.sort(around, axis=1)
    middle = np.take_along_axis(ranked, (around.shape[1] - 1 - company // 2)[:, None], axis=1)[:, 0]
    leaps = np.abs(np.log2(np.maximum(found, 1) / np.maximum(middle, 1))) > _LEAP
    return np.where((found > 0) & (company > NEIGHBOURS), np.where(leaps, middle, found), 0.0)
