"""Speaks with a Piper voice: phonemes by espeak-ng, their numbers, a plan, and sound piece by piece."""

from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from msgspec import json
from numpy.typing import NDArray

from voxhall.domain.speech import Span
from voxhall.engines.espeak import open_espeak
from voxhall.engines.protocols import Arrays, Samples, Style, Utterance
from voxhall.engines.speak._graph import HOP, REACH, Vits
from voxhall.engines.speak._phonemes import Pronounced, pronounce

FIRST_FRAMES = 20
"""Frames of the first piece, 0.23 s: as short as a player can bridge while the rest is made."""
USUAL_TEMPERATURE = 0.9
NOISE, RHYTHM = 0.5, 0.6
"""What the usual temperature means to the voice; its makers' own 0.667 and 0.8 are misheard more often."""
BEGIN, PAD, END = "^", "_", "$"


class Piper:
    """One voice."""

    def __init__(self, model: Path, config: Path) -> None:
        described = json.decode(config.read_bytes())
        self._numbers: dict[str, list[int]] = described["phoneme_id_map"]
        self._rate: int = described["audio"]["sample_rate"]
        self._vits = Vits(model)
        self._espeak = open_espeak()

    def prepare(
        self, words: tuple[str, ...], _voice: str, language: str, style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Plan an utterance; raises InvalidInput where there is nothing to say."""
        said = pronounce(self._espeak, words, language)
        ids = self._ids(said.phonemes)
        heat = style.temperature / USUAL_TEMPERATURE
        prior, frames = self._vits.plan(
            ids,
            np.random.default_rng(style.seed),
            length=1 / style.speed,
            noise=NOISE * heat,
            rhythm=RHYTHM * heat,
        )
        return Utterance(self._rate, _pieces(prior), self._spans(said, frames))

    def render(self, piece: Arrays) -> Samples:
        """Give the sound of a piece."""
        first, count = (int(number) for number in piece["frames"])
        return self._vits.sound(piece["prior"].astype(np.float32), first, count)

    def _ids(self, phonemes: str) -> NDArray[np.int64]:
        """Give the numbers of phonemes, each followed by a pad; those the voice does not know are left out."""
        ids = [*self._numbers[BEGIN], *self._numbers[PAD]]
        for phoneme in phonemes:
            ids += [*self._numbers.get(phoneme, []), *self._numbers[PAD]] if phoneme in self._numbers else []
        return np.array([*ids, *self._numbers[END]])

    def _spans(self, said: Pronounced, frames: NDArray[np.int64]) -> tuple[Span, ...]:
        """Place each word from its first phoneme to the next word's."""
        known = [phoneme in self._numbers for phoneme in said.phonemes]
        places = list(accumulate(known, initial=0))  # of each phoneme among those that are spoken
        ends = np.concatenate([[0], np.cumsum(frames)]) * (HOP / self._rate)
        starts = [float(ends[2 + 2 * places[start]]) for start in said.starts]  # after the mark of the beginning
        last = float(ends[-2])
        return tuple(Span(start, end) for start, end in zip(starts, [*starts[1:], last], strict=True))


def _pieces(prior: NDArray[np.float32]) -> tuple[Arrays, ...]:
    """Cut frames into a short first piece and the rest, each with what its sound depends on."""
    total = prior.shape[1]
    bounds = [0, FIRST_FRAMES, total] if total > 2 * FIRST_FRAMES else [0, total]
    return tuple(_piece(prior, start, end) for start, end in pairwise(bounds))


def _piece(prior: NDArray[np.float32], start: int, end: int) -> Arrays:
    first = max(0, start - REACH)
    return {
        "prior": np.ascontiguousarray(prior[:, first : end + REACH]),
        "frames": np.array([start - first, end - start]),
    }
