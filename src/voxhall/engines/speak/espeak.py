"""espeak-ng as a voice: robotic, but it knows over a hundred languages and answers at once."""

from pathlib import Path

import numpy as np

from voxhall.domain.speech import Span
from voxhall.engines.espeak import Said, languages, open_espeak
from voxhall.engines.protocols import Arrays, Samples, Style, Utterance
from voxhall.engines.registry import Engine, NoOptions

VARIANTS = {"feminine": "f3", "masculine": ""}
"""Its own names for voices of either kind; the empty one is its usual."""


class EspeakSynthesizer:
    """Speaks whole utterances.

    Temperature and seed change nothing; the library carries the phase of its waves from one utterance to the next, so
    that two of the same text differ by a few milliseconds.
    """

    def __init__(self) -> None:
        self._espeak = open_espeak()

    def prepare(
        self, words: tuple[str, ...], voice: str, language: str, style: Style, _reference: Samples | None = None
    ) -> Utterance:
        """Speak: the only piece is the sound itself. `voice` is `feminine` or `masculine`. Raises InvalidInput."""
        plain = tuple(word.strip("[]") for word in words)
        said = self._espeak.say(" ".join(plain), language, variant=VARIANTS[voice], speed=style.speed)
        return Utterance(said.rate, ({"samples": said.samples},), _spans(plain, said))

    def render(self, piece: Arrays) -> Samples:
        """Give the sound."""
        return piece["samples"].astype(np.float32)


def _spans(words: tuple[str, ...], said: Said) -> tuple[Span, ...]:
    """Place each word where the first word of the library's within it begins, up to the next word."""
    end = len(said.samples) / said.rate
    starts: list[float] = []
    position, given = 0, list(said.starts)
    for word in words:
        inside = [time for place, time in given if position <= place < position + len(word) + 1]
        starts.append(min(inside[0], end) if inside else (starts[-1] if starts else 0.0))
        position += len(word) + 1
    return tuple(Span(start, following) for start, following in zip(starts, [*starts[1:], end], strict=True))


def _load(_options: NoOptions, _models: Path) -> EspeakSynthesizer:
    return EspeakSynthesizer()


engine = Engine(
    name="espeak",
    ability="speak",
    summary="espeak-ng, robotic, over a hundred languages",
    licence="GPL-3.0-or-later",
    load=_load,
    needs=("espeakng_loader",),
    languages=languages(),
    rank=-10,
)
