"""Sounds that are not words, by signal processing: what is heard where nobody speaks, told apart by its shape.

Rules, not a model: the shapes are those of the literature (laughter is a train of calls, four or five a second, partly
voiced, Bachorowski et al. 2001; a cough opens with an explosive burst of noise, Korpáš et al. 1996; breath is soft
smooth noise). The limits were set by hand on a few dozen labelled clips of laughter, breath, sneezes, cries, animals
and machines, and on twenty minutes of clean reading, in which next to nothing may be tagged. Rather silent than wrong.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import SoundEvent, Word
from voxhall.engines.protocols import Samples
from voxhall.engines.sounds._contour import FRAMES, LENGTH, Contour, Values, contour_of, runs
from voxhall.engines.sounds._marks import marks

PAUSE = 1.8
"""Seconds between two words that are noticeably long; readers rarely take more than 1.5 between sentences."""
MARGIN = 0.1
"""Seconds kept clear of words, whose edges are uncertain."""
AUDIBLE = 40.0
"""Decibels below the speech down to which anything is listened to."""
SOFT = 9.0
"""Decibels above the quiet from which a sound is one."""
GAP = 12
"""Frames of quiet within one sound."""
SHORTEST = 5
"""Frames of the shortest sound, a click of the tongue."""
FAR = 99.0
"""Seconds to a word that is not there."""
VOICED = 0.6
"""Likeness to itself from which a frame clearly has a voice."""
RISE, WITHIN = 4.0, 15
"""Decibels and frames of a rise that is a burst."""
BEATS = range(12, 40)
"""Frames between bursts that follow each other quickly: 0.12 to 0.4 s."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is measured of a sound; where frames are averaged, loud ones count more."""

    seconds: float
    peak: float
    """Decibels above the quiet."""
    beside: float
    """Decibels of its peak above (or, negative, below) the speech, 0 without any."""
    flatness: float
    """0 for a tone, about 0.5 for noise."""
    periodic: float
    """How much it repeats itself at a voice's rate, 0 to 1."""
    voiced: float
    """Share of clearly voiced frames."""
    centroid: float
    """Hertz."""
    change: float
    """How fast the spectrum changes, 0 to 1."""
    bursts: float
    """Rises of the level."""
    pace: float
    """Bursts a second."""
    rhythm: float
    """How evenly the bursts follow each other, up to 1."""
    attack: float
    """Seconds to the peak."""
    nearest: float
    """Seconds to the nearest word."""
    farther: float
    """Seconds to the nearest word on the other side."""


ANY = math.inf
BREATHY = {
    "voiced": (0, 0.05),
    "periodic": (0, 0.45),
    "flatness": (0.15, 1),
    "change": (0, 0.2),
    "bursts": (0, 3),
    "peak": (12, ANY),
    "beside": (-ANY, -5),
    "nearest": (0.05, 1.5),
}
"""Soft smooth noise near words, but clear of them: what touches a word is most likely a part of it."""
SHAPES: dict[str, dict[str, tuple[float, float]]] = {
    "laugh": {
        "seconds": (0.6, ANY),
        "bursts": (4, ANY),
        "pace": (2.5, 8),
        "rhythm": (-1, 0.7),
        "flatness": (0.035, 0.13),
        "centroid": (600, 1500),
        "periodic": (0.5, 1),
        "voiced": (0, 0.6),
        "peak": (25, ANY),
        "beside": (-12, ANY),
    },
    "cough": {
        "seconds": (0.15, 0.6),
        "attack": (0, 0.05),
        "flatness": (0.1, 0.35),
        "centroid": (700, 2500),
        "periodic": (0, 0.55),
        "peak": (30, ANY),
        "beside": (-10, ANY),
        "nearest": (0.15, ANY),
    },
    "sigh": BREATHY | {"seconds": (0.9, 2), "peak": (25, ANY), "centroid": (0, 1800)},
    "sniff": BREATHY | {"seconds": (0.1, 0.3), "centroid": (3000, ANY), "flatness": (0.3, 1)},
    "breath": BREATHY | {"seconds": (0.25, 1.3), "centroid": (1200, 3500)},
    "tut": {
        "seconds": (0, 0.09),
        "flatness": (0.25, 1),
        "centroid": (1500, ANY),
        "peak": (25, ANY),
        "nearest": (0.15, 1.5),
        "farther": (0.15, 1.5),
    },
    "hesitation": {
        "seconds": (0.25, 1),
        "voiced": (0.7, 1),
        "change": (0, 0.08),
        "bursts": (0, 1),
        "centroid": (0, 900),
        "beside": (-20, 3),
        "nearest": (0.1, 1.5),
        "farther": (0.1, 1.5),
    },
    "env": {"seconds": (0.5, ANY), "peak": (25, ANY), "beside": (-12, ANY), "nearest": (0.2, ANY)},
}
"""What a sound must measure to be named so; the first that fits wins."""


class Acoustic:
    """The engine; fulfils `SoundTagger`."""

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Tag one stretch in which `words` were said."""
        if len(samples) < LENGTH:
            return ()
        contour = contour_of(samples)
        events = [*_sounds(contour, words)]
        events += [*_pauses(words, events), *marks(contour, words)]
        return tuple(sorted(events, key=lambda event: (event.start, event.end)))


def _pauses(words: Sequence[Word], events: Sequence[SoundEvent]) -> Iterator[SoundEvent]:
    """Give the long gaps between words in which nothing loud is heard either; breath does not end a pause."""
    loud = [(event.start, event.end) for event in events if event.tag in {"laugh", "cough", "env"}]
    filled = sorted([*((word.start, word.end) for word in words), *loud])
    for (_, end), (start, _) in pairwise(filled):
        if start - end >= PAUSE:
            yield SoundEvent("pause", end, start, 0.9)


def _sounds(contour: Contour, words: Sequence[Word]) -> Iterator[SoundEvent]:
    """Find and name what is heard where nobody says a word."""
    said = np.zeros(len(contour), np.bool_)
    for word in words:
        said[max(0, int((word.start - MARGIN) * FRAMES)) : int((word.end + MARGIN) * FRAMES)] = True
    speech = float(np.percentile(contour.level[said], 75)) if said.any() else None
    loud = float(np.percentile(contour.level, 95)) if speech is None else speech
    quiet = max(float(np.percentile(contour.level, 10)), loud - AUDIBLE)
    for start, end in _joined(runs((contour.level > quiet + SOFT) & ~said), said):
        sound = _measured(contour, (start, end), quiet, speech, said)
        if tag := _name(sound):
            yield SoundEvent(tag, start / FRAMES, end / FRAMES, 0.5)


def _joined(found: Sequence[tuple[int, int]], said: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Join what only moments of quiet separate, and leave out what is too short to be anything."""
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start - joined[-1][1] < GAP and not said[joined[-1][1] : start].any():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return ((start, end) for start, end in joined if end - start >= SHORTEST)


def _measured(
    contour: Contour, span: tuple[int, int], quiet: float, speech: float | None, said: NDArray[np.bool_]
) -> Sound:
    start, end = span
    level = contour.level[start:end]
    weights = 10 ** (level / 10)
    spoken = np.flatnonzero(said)
    at = int(np.searchsorted(spoken, start))
    before = (start - int(spoken[at - 1])) / FRAMES if at else FAR
    after = (int(spoken[at]) - end) / FRAMES if at < len(spoken) else FAR
    seconds, bursts = len(level) / FRAMES, _bursts(level)
    return Sound(
        seconds=seconds,
        peak=float(level.max()) - quiet,
        beside=float(level.max()) - speech if speech is not None else 0.0,
        flatness=float(np.average(contour.flatness[start:end], weights=weights)),
        periodic=float(np.average(contour.voicing[start:end], weights=weights)),
        voiced=float(np.mean(contour.voicing[start:end] > VOICED)),
        centroid=float(np.average(contour.centroid[start:end], weights=weights)),
        change=float(contour.change[start:end].mean()),
        bursts=bursts,
        pace=bursts / seconds,
        rhythm=_rhythm(level),
        attack=int(level.argmax()) / FRAMES,
        nearest=min(before, after),
        farther=max(before, after),
    )


def _bursts(level: Values) -> int:
    smooth = np.convolve(level, np.ones(5) / 5, "same")
    tops = np.flatnonzero((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:])) + 1
    return sum(bool(smooth[top] - smooth[max(0, top - WITHIN) : top + 1].min() > RISE) for top in tops)


def _rhythm(level: Values) -> float:
    """Give the best likeness of the level to itself a beat later, without its slow course."""
    if len(level) < FRAMES // 2:
        return 0.0
    half = FRAMES // 4
    course = np.convolve(np.pad(level, half, "edge"), np.ones(2 * half + 1) / (2 * half + 1), "valid")
    detail = level - course - np.mean(level - course)
    energy = float(detail @ detail) + 1e-9
    return max(float(detail[lag:] @ detail[:-lag]) / energy for lag in BEATS)


def _name(sound: Sound) -> str | None:
    """Give a sound its tag; None for what had better not be named."""
    for tag, shape in SHAPES.items():
        if all(least <= getattr(sound, measure) <= most for measure, (least, most) in shape.items()):
            return tag
    return None
