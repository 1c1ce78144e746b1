"""Log mel energies as the speaker embedding was trained on: Kaldi's fbank with WeSpeaker's settings."""

import numpy as np
from numpy.typing import NDArray

from voxhall.engines.protocols import SAMPLE_RATE, Samples

MELS = 80
LENGTH, SHIFT, FFT = 400, 160, 512
"""Samples of a frame, between frames, and of its transform: 25 ms, 10 ms, and the next power of two."""
LOWEST = 20.0
"""Hertz."""
PREEMPHASIS = 0.97
FLOOR = float(np.finfo(np.float32).eps)


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(hertz / 700.0)


def _filters() -> NDArray[np.float32]:
    """Triangles on the mel scale; [FFT / 2 + 1, MELS]."""
    low, high = _mel(np.array([LOWEST, SAMPLE_RATE / 2]))
    edges = np.linspace(low, high, MELS + 2)
    bins = _mel(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters: NDArray[np.float32] = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    return filters


FILTERS = _filters()
WINDOW = np.hamming(LENGTH).astype(np.float32)


def log_mel(samples: Samples) -> NDArray[np.float32]:
    """Give [frames, MELS], each mel's mean over the samples taken away; at least `LENGTH` samples."""
    frames = np.lib.stride_tricks.sliding_window_view(samples * np.float32(32768), LENGTH)[::SHIFT]
    frames = frames - frames.mean(axis=1, keepdims=True)
    previous = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.abs(np.fft.rfft((frames - PREEMPHASIS * previous) * WINDOW, FFT)).astype(np.float32) ** 2
    energies: NDArray[np.float32] = np.log(np.maximum(spectrum @ FILTERS, FLOOR))
    energies -= energies.mean(axis=0)
    return energies
