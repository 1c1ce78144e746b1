"""Sound as engines see it, for tests: 16 kHz mono samples of recordings, of noise and of silence."""

import wave
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from voxhall.engines.protocols import SAMPLE_RATE, Samples


def samples_of(recording: Path, start: float = 0.0, end: float | None = None) -> Samples:
    """Read a stretch, in seconds, of a mono WAV file."""
    with wave.open(str(recording)) as source:
        rate = source.getframerate()
        raw = np.frombuffer(source.readframes(source.getnframes()), "<i2")
    piece = raw[int(start * rate) : None if end is None else int(end * rate)] / 32768
    return resample_poly(piece, SAMPLE_RATE, rate).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Give digital silence."""
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def noise(seconds: float, level: float = 0.05) -> Samples:
    """Give white noise, the same at each call."""
    return np.random.default_rng(7).normal(0.0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)
