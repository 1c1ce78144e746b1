"""Speech by loudness alone: whatever is not below a threshold that the caller sets is speech."""

import numpy as np

from voxhall.audio.pcm import FULL_SCALE
from voxhall.engines.protocols import Arrays, Samples, VadFrames

FRAME = 512
"""Samples judged at a time, 32 ms."""


class Loudness:
    """A voice activity detector without memory; frames below the threshold are silence, all others speech."""

    def __init__(self, threshold: int) -> None:
        """`threshold` is a root mean square of 16-bit samples, 1 to 32767."""
        self._threshold = threshold

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream; a probability is one half at the threshold, so that quiet places can be told."""
        del state
        frames = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME)
        loudness = FULL_SCALE * np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1))
        return VadFrames((loudness / (loudness + self._threshold)).astype(np.float32), {})
