"""Stretches of a 16 kHz s16le file, read without reading the rest."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Hertz."""
BYTES = 2
"""Per sample."""
FULL_SCALE = 32_768
"""What 1.0 is as an integer."""

Samples = NDArray[np.float32]


def read_pcm(path: Path, start: float, end: float, *, channel: int = 0, channels: int = 1) -> Samples:
    """Read one channel of an interleaved file from `start` to `end` seconds, as far as the file goes.

    Returns:
        Samples in -1..1.
    """
    first = max(0, round(start * SAMPLE_RATE))
    frames = max(0, round(end * SAMPLE_RATE) - first)
    with path.open("rb") as file:
        file.seek(first * channels * BYTES)
        data = file.read(frames * channels * BYTES)
    whole = len(data) // (channels * BYTES) * channels
    return from_pcm(data[: whole * BYTES]).reshape(-1, channels)[:, channel].copy()


def from_pcm(data: bytes) -> Samples:
    """Read s16le of one channel, or of several interleaved; an odd byte at the end is left out."""
    return np.frombuffer(data, "<i2", count=len(data) // BYTES).astype(np.float32) / np.float32(FULL_SCALE)


def to_pcm(block: Samples) -> bytes:
    """Interleave samples (channels, n) as s16le; what is beyond full scale is clipped.

    Integers survive the way to float and back unchanged.
    """
    return to_int16(block).T.tobytes()


def to_int16(block: Samples) -> NDArray[np.int16]:
    """Give samples as 16-bit integers, clipped at full scale."""
    return np.clip(np.rint(block * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype("<i2")
