"""Who speaks, turn by turn, while nobody knows yet how many there will be."""

import numpy as np

from voxhall.engines.protocols import Samples

ALIKE = 0.35
"""Cosine from which a turn is by a voice known already: as the diarizer tells people apart, at a distance of 0.65."""
TELLING = 1.0
"""Seconds of speech below which an embedding says too little to make a new acquaintance."""
AT_MOST = 32
"""Voices that are told apart."""


class Voices:
    """The voices of one stream."""

    def __init__(self) -> None:
        self._sums: list[Samples] = []
        self._latest = 0

    def whose(self, heard: Samples) -> int:
        """Give the number of the voice, in order of first speech.

        `heard` is the embedding of a turn, as long as the turn lasts in seconds. A turn too short to tell belongs to
        whoever is most like it, or spoke last.
        """
        seconds = float(np.linalg.norm(heard))
        likeness = [float(heard @ each) / max(seconds * float(np.linalg.norm(each)), 1e-9) for each in self._sums]
        telling = seconds >= TELLING
        if not likeness or (telling and max(likeness) < ALIKE and len(likeness) < AT_MOST):
            self._sums.append(heard)
            self._latest = len(likeness)
        elif seconds:
            self._latest = int(np.argmax(likeness))
            if telling:
                self._sums[self._latest] = self._sums[self._latest] + heard
        return self._latest
