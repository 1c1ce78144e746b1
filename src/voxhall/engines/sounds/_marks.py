"""Words said with emphasis or drawn out, by how they stand out from the words around them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import SoundEvent, Word
from voxhall.engines.sounds._contour import FRAMES, Contour, runs

AROUND = 8
"""Words before and after that a word is compared with."""
LOUDER, HIGHER, SLOWER = 6.0, 1.4, 1.4
"""Decibels, and ratios of pitch and of seconds per letter, by which an emphasised word stands out in all three: found
once in three minutes of read speech."""
VOICED = 0.7
"""Likeness to itself from which a frame surely has a voice."""
UNCHANGED = 0.06
"""Change of the spectrum within one vowel."""
FADED = 12.0
"""Decibels below its loudest moment at which a vowel has ended."""
TOO_FEW = 5
"""Voiced frames that do not yet tell a word's pitch."""
HELD = 0.4
"""Seconds that one vowel is held unchanged in a word drawn out; three times the longest of fluent reading."""


def marks(contour: Contour, words: Sequence[Word]) -> Iterator[SoundEvent]:
    """Give an event over each marked word."""
    pieces = [_frames_of(word, len(contour)) for word in words]
    for word, piece in zip(words, pieces, strict=True):
        if _longest_vowel(contour, piece) >= HELD:
            yield SoundEvent("elongation", word.start, word.end, 0.6)
    for word, stands_out in zip(words, _emphasised(contour, words, pieces), strict=True):
        if stands_out:
            yield SoundEvent("emphasis", word.start, word.end, 0.5)


def _frames_of(word: Word, count: int) -> slice:
    first = min(int(word.start * FRAMES), count - 1)
    return slice(first, max(first + 1, min(int(word.end * FRAMES), count)))


def _longest_vowel(contour: Contour, piece: slice) -> float:
    """Give for how many seconds voice goes on with an unchanging spectrum."""
    level = contour.level[piece]
    voiced, unchanged = contour.voicing[piece] > VOICED, contour.change[piece] < UNCHANGED
    steady = voiced & unchanged & (level > level.max() - FADED)
    return max((end - start for start, end in runs(steady)), default=0) / FRAMES


def _emphasised(contour: Contour, words: Sequence[Word], pieces: Sequence[slice]) -> NDArray[np.bool_]:
    level = np.array([np.percentile(contour.level[piece], 80) for piece in pieces])
    pitch = np.array([_pitch_of(contour, piece) for piece in pieces])
    pace = np.array([(word.end - word.start) / (len(word.text) + 2) for word in words])
    found = np.zeros(len(words), np.bool_)
    for index in range(len(words)):
        near = slice(max(0, index - AROUND), index + AROUND + 1)
        voiced = pitch[near][pitch[near] > 0]
        if len(voiced) > AROUND and pitch[index] > 0:
            found[index] = (
                level[index] - np.median(level[near]) >= LOUDER
                and pitch[index] >= HIGHER * np.median(voiced)
                and pace[index] >= SLOWER * np.median(pace[near])
            )
    return found


def _pitch_of(contour: Contour, piece: slice) -> float:
    """Give the median pitch in Hertz, 0 where there is too little voice to tell."""
    voiced = contour.pitch[piece][contour.voicing[piece] > VOICED]
    return float(np.median(voiced)) if len(voiced) > TOO_FEW else 0.0
