"""Word times by forced alignment with the English acoustic model of the pocketsphinx wheel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from voxhall.domain.speech import Span
from voxhall.engines.protocols import Samples
from voxhall.engines.registry import Engine
from voxhall.text.spoken import sounds, spoken

FRAME = 0.01
"""Seconds per frame of the acoustic model."""
STATES = 3
"""Frames that a phone lasts at least."""
MOST_SQUEEZED = 0.5
"""Share of words that may be as short as the model allows; with more, the text was not said."""

_FILLER = re.compile(r"[<\[(]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A dictionary word and its frames, the end excluded."""

    word: str
    start: int
    end: int


class PocketsphinxAligner:
    """Keeps nothing between calls but the pronunciations of words it met, which depend on their spelling only."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder  # noqa: PLC0415 - heavy, and only needed once chosen

        # cmn=batch: normalised over each chunk alone, so that no chunk influences the next
        self._decoder = Decoder(lm=None, cmn="batch", loglevel="FATAL")

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Give one span per word; None where the text does not fit the sound."""
        said = [spoken(word) for word in words]
        flat = [part for parts in said for part in parts]
        if not flat or not len(samples) or not all(map(self._known, flat)):
            return None
        placed = self._search(samples, flat)
        if placed is None or self._squeezed(placed) > MOST_SQUEEZED:
            return None
        return _spans(said, placed)

    def _known(self, word: str) -> bool:
        """Make sure that the dictionary has a word; a spelling without any known letter cannot be added."""
        if self._decoder.lookup_word(word) is None and (phones := sounds(word)):
            self._decoder.add_word(word, phones, False)
        return self._decoder.lookup_word(word) is not None

    def _search(self, samples: Samples, words: Sequence[str]) -> list[Placed] | None:
        """Find each word's frames; None when no path through all of them survives."""
        pcm = (np.clip(samples, -1.0, 1.0) * np.float32(32767)).astype("<i2").tobytes()
        self._decoder.set_align_text(" ".join(words))
        self._decoder.reinit_feat()  # forgets the noise of what was heard before
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        found = [segment for segment in self._decoder.seg() or () if not _FILLER.match(segment.word)]
        if len(found) != len(words):
            return None
        return [Placed(segment.word, segment.start_frame, segment.end_frame + 1) for segment in found]

    def _squeezed(self, placed: Sequence[Placed]) -> float:
        """Give the share of words that are no longer than they have to be."""
        shortest = [STATES * len(self._decoder.lookup_word(one.word).split()) for one in placed]
        squeezed = sum(one.end - one.start <= least for one, least in zip(placed, shortest, strict=True))
        return squeezed / len(placed)


def _spans(said: Sequence[Sequence[str]], placed: Sequence[Placed]) -> tuple[Span, ...]:
    """Join the parts of each written word; one of which nothing is said takes no time after the word before it."""
    spans: list[Span] = []
    at, now = 0, placed[0].start
    for parts in said:
        mine = placed[at : at + len(parts)]
        at += len(parts)
        start = mine[0].start if mine else now
        now = mine[-1].end if mine else now
        spans.append(Span(start * FRAME, now * FRAME))
    return tuple(spans)


def load(_options: BaseModel, _models: Path) -> PocketsphinxAligner:
    """Load the acoustic model and the dictionary."""
    return PocketsphinxAligner()


engine = Engine(
    name="pocketsphinx",
    ability="align",
    summary="Forced alignment with CMU Sphinx, English",
    licence="BSD-2-Clause",
    load=load,
    needs=("pocketsphinx",),
    languages=frozenset({"en"}),
)
