"""The latest samples of a stream, read by their place in it."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class Tape:
    """Grows at its end and is forgotten from its beginning; places are numbers of samples since the stream began."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque()
        self._begin = 0
        self.end = 0
        """The place after the last sample."""

    def append(self, samples: Samples) -> None:
        """Add what comes next."""
        self._blocks.append(samples)
        self.end += len(samples)

    def read(self, start: int, end: int) -> Samples:
        """Give the samples from `start` up to `end`, as far as they are kept."""
        found, place = [np.zeros(0, np.float32)], self._begin
        for block in self._blocks:
            if place + len(block) > start and place < end:
                found.append(block[max(0, start - place) : end - place])
            place += len(block)
        return np.concatenate(found)

    def forget(self, before: int) -> None:
        """Let go of blocks that end before a place."""
        while self._blocks and self._begin + len(self._blocks[0]) <= before:
            self._begin += len(self._blocks.popleft())
