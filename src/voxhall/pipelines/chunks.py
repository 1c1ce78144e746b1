"""Where speech is, and how it is cut into pieces for the recogniser.

The rules are those of Silero's own post-processing (hysteresis, shortest speech, shortest silence, padding), over whole
arrays at once: ten hours are cut in a fraction of a second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import Span

FRAME = 0.032
"""Seconds that one probability stands for."""

Probabilities = NDArray[np.float32]
Frames = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as speech and where it may be cut."""

    onset: float = 0.4
    """Probability from which a frame begins speech."""
    offset: float = 0.3
    """Probability below which a frame ends speech."""
    shortest_speech: float = 0.06
    """Seconds; anything shorter is a click."""
    shortest_silence: float = 0.3
    """Seconds; anything shorter belongs to the speech around it."""
    padding: float = 0.3
    """Seconds kept before and after speech, for soft beginnings and endings."""
    longest: float = 15.0
    """Seconds of one chunk at most."""
    apart: float = 1.5
    """Seconds of silence that always end a chunk."""


DEFAULT = Rules()


def speech_spans(probabilities: Probabilities, rules: Rules = DEFAULT) -> tuple[Span, ...]:
    """Give the stretches of speech, padded, in order, never overlapping."""
    runs = _speech_runs(probabilities, rules)
    return tuple(Span(start * FRAME, end * FRAME) for start, end in _padded(runs, len(probabilities), rules).tolist())


def plan_chunks(probabilities: Probabilities, rules: Rules = DEFAULT) -> tuple[Span, ...]:
    """Give the pieces to recognise: neighbouring speech together, none longer than `rules.longest`.

    A piece is cut at the longest silence in its second half, or without one where speech is least likely.
    """
    runs = _padded(_speech_runs(probabilities, rules), len(probabilities), rules)
    frames = max(2, int(rules.longest / FRAME))
    chunks: list[tuple[int, int]] = []
    for group in _groups(runs, rules):
        chunks += _cut(group, probabilities, frames)
    return tuple(Span(start * FRAME, end * FRAME) for start, end in chunks)


def _speech_runs(probabilities: Probabilities, rules: Rules) -> Frames:
    """Rows of first frame and frame after the last, unpadded."""
    decisive = (probabilities >= rules.onset) | (probabilities < rules.offset)
    last_decisive = np.maximum.accumulate(np.where(decisive, np.arange(len(probabilities)), -1))
    speaking = (last_decisive >= 0) & (probabilities[last_decisive] >= rules.onset)
    edges = np.flatnonzero(np.diff(speaking, prepend=False, append=False))
    runs = _joined(edges.reshape(-1, 2), int(rules.shortest_silence / FRAME))
    return runs[runs[:, 1] - runs[:, 0] >= rules.shortest_speech / FRAME]


def _joined(runs: Frames, shortest_silence: int) -> Frames:
    """Bridge silences of fewer frames than `shortest_silence`."""
    wide = runs[1:, 0] - runs[:-1, 1] >= shortest_silence
    starts = np.append(runs[:1, 0], runs[1:, 0][wide])
    ends = np.append(runs[:-1, 1][wide], runs[-1:, 1])
    return np.stack([starts, ends], axis=1)


def _padded(runs: Frames, frames: int, rules: Rules) -> Frames:
    """Widen each run by the padding, but at most to the middle of a silence and to the edges of the recording."""
    padding = int(rules.padding / FRAME)
    middles = (runs[1:, 0] + runs[:-1, 1]) // 2
    starts = np.maximum(runs[:, 0] - padding, np.append(0, middles)[: len(runs)])
    ends = np.minimum(runs[:, 1] + padding, np.append(middles, frames)[-len(runs) :] if len(runs) else 0)
    return np.stack([starts, ends], axis=1)


def _groups(runs: Frames, rules: Rules) -> list[Frames]:
    """Divide runs at silences that always end a chunk."""
    if not len(runs):
        return []
    silences = runs[1:, 0] - runs[:-1, 1]
    return np.split(runs, np.flatnonzero(silences > rules.apart / FRAME) + 1)


def _cut(group: Frames, probabilities: Probabilities, longest: int) -> list[tuple[int, int]]:
    """Cut a group of runs into pieces of at most `longest` frames."""
    pieces: list[tuple[int, int]] = []
    start, end = int(group[0, 0]), int(group[-1, 1])
    ends, starts = group[:-1, 1], group[1:, 0]
    while end - start > longest:
        early, late = start + longest // 2, start + longest
        inside = np.flatnonzero((ends > early) & (ends <= late))
        if len(inside):
            best = inside[np.argmax((starts - ends)[inside])]
            stop, resume = int(ends[best]), int(starts[best])
        else:
            stop = resume = early + int(np.argmin(probabilities[early:late]))
        pieces.append((start, stop))
        start = resume
    return [*pieces, (start, end)]
