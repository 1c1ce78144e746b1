"""Whether what was recognised was really said: words of a language that nobody spoke are left out."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voxhall.domain.speech import UNKNOWN_LANGUAGE, Span, Word
from voxhall.engines.protocols import Recognition

FOREIGN = 0.05
"""A chunk less likely than this to be in its language keeps no words, in a recording that is otherwise understood."""
CLIP = 0.01
"""No chunk is trusted further than this from 0 or 1, so that one outlier does not decide a recording."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was recognised in one chunk of one track."""

    channel: int
    chunk: Span
    recognition: Recognition
    """Word times count from the beginning of the recording."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of a recording, and in which language it is."""

    heard: tuple[Heard, ...]
    """The chunks that keep their words."""
    language: str
    """ISO 639-1 code, or `und`."""
    notice: str | None

    def words(self, channel: int) -> Iterator[Word]:
        """Give the words kept of one track."""
        return (word for heard in self.heard if heard.channel == channel for word in heard.recognition.words)


def judge_language(heard: Sequence[Heard], asked: str) -> Judged:
    """Decide by all chunks together, each weighing as much as it lasts.

    A caller who names the language is believed: then everything is kept.
    """
    said = [h for h in heard if h.recognition.words]
    if asked != "auto":
        return Judged(tuple(said), asked, None)
    if not said:
        return Judged((), UNKNOWN_LANGUAGE, None)
    if sum(h.chunk.seconds * _log_odds(h.recognition.language_probability) for h in said) < 0:
        guess = _most_heard(said)
        return Judged((), UNKNOWN_LANGUAGE, f"The speech does not sound like {guess!r}, {_ADVICE}")
    kept = tuple(h for h in said if h.recognition.language_probability >= FOREIGN)
    left_out = len(said) - len(kept)
    language = _most_heard(kept or said)
    notice = f"{left_out} of {len(heard)} chunks do not sound like {language!r}, {_ADVICE}" if left_out else None
    return Judged(kept, language, notice)


_ADVICE = (
    "so the words recognised there were left out. Name the language to keep them, "
    "or see `voxhall models list` for recognisers of other languages."
)


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, CLIP), 1 - CLIP)
    return math.log(clipped / (1 - clipped))


def _most_heard(heard: Sequence[Heard]) -> str:
    seconds: defaultdict[str, float] = defaultdict(float)
    for one in heard:
        seconds[one.recognition.language] += one.chunk.seconds
    return max(seconds, key=lambda language: seconds[language])
