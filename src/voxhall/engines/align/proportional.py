"""Word times by the energy of the sound, for any language: words share the loud stretches by their letters."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from voxhall.domain.speech import Span
from voxhall.engines.protocols import SAMPLE_RATE, Samples
from voxhall.engines.registry import Engine

FRAME = 0.02
"""Seconds whose energy is measured at once."""
LOUD = 0.35
"""A frame is speech above this share of the way, in decibels, from the quietest tenth to the loudest."""
FLAT = 6.0
"""Decibels between quiet and loud below which there are no pauses to be seen."""


class ProportionalAligner:
    """Always succeeds; right to within a word or so."""

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Give one span per word, in order."""
        duration = len(samples) / SAMPLE_RATE
        sounding = np.flatnonzero(_loud(samples)) * FRAME
        if not len(sounding):
            return tuple(Span(duration, duration) for _ in words)
        letters = np.array([1 + sum(map(str.isalnum, word)) for word in words], np.float64)
        shares = np.append(0.0, np.cumsum(letters)) / max(1.0, letters.sum()) * len(sounding)
        first = np.minimum(shares[:-1].astype(int), len(sounding) - 1)
        last = np.maximum(np.ceil(shares[1:]).astype(int) - 1, first)
        ends = np.minimum(sounding[last] + FRAME, duration)
        return tuple(map(Span, sounding[first].tolist(), ends.tolist()))


def _loud(samples: Samples) -> NDArray[np.bool_]:
    """Tell which frames carry speech; all of them where loudness hardly varies."""
    size = int(FRAME * SAMPLE_RATE)
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size).astype(np.float64)
    if not len(frames):
        return np.zeros(0, np.bool_)
    decibels = 10 * np.log10((frames - frames.mean()).var(axis=1) + 1e-10)
    quiet, peak = np.percentile(decibels, [10, 95])
    if peak - quiet < FLAT:
        return np.ones(len(frames), np.bool_)
    loud: NDArray[np.bool_] = decibels >= quiet + LOUD * (peak - quiet)
    return loud


def load(_options: BaseModel, _models: Path) -> ProportionalAligner:
    """Nothing to load."""
    return ProportionalAligner()


engine = Engine(
    name="proportional",
    ability="align",
    summary="Rough word times from loudness, any language",
    licence="Apache-2.0",
    load=load,
    rank=-1,
)
