"""The channels of a decoded recording, read in stretches and listened to for speech."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxhall.audio.pcm import read_pcm
from voxhall.domain.speech import Span
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Samples, Vad

VAD_BLOCK = 512 * 1875
"""Samples judged in one piece of work: a minute."""


@dataclass(frozen=True, slots=True)
class Track:
    """One channel of a decoded recording."""

    pcm: Path
    channel: int
    channels: int
    duration: float
    """Seconds."""

    def read(self, span: Span) -> Samples:
        """Read a stretch."""
        return read_pcm(self.pcm, span.start, span.end, channel=self.channel, channels=self.channels)

    def blocks(self, seconds: float) -> Iterator[Span]:
        """Divide it into stretches of `seconds`, the last one shorter."""
        for index in range(math.ceil(self.duration / seconds)):
            yield Span(index * seconds, min((index + 1) * seconds, self.duration))

    def speech(self, vad: Vad, check: Callable[[], None]) -> NDArray[np.float32]:
        """Give the probability of speech for each 32 ms; calls `check` now and then, which may raise."""
        state: Arrays | None = None
        found: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
        for span in self.blocks(VAD_BLOCK / SAMPLE_RATE):
            check()
            frames = vad.listen(self.read(span), state)
            found.append(frames.probabilities)
            state = frames.state
        return np.concatenate(found)
