"""One chunk of speech becomes words, each with its time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from voxhall.domain.speech import SoundEvent, Span, Word
from voxhall.engines.protocols import Aligner, Recognition, Recognizer, Samples

Timed = TypeVar("Timed", Word, SoundEvent)


def recognise(  # noqa: PLR0913 - the engines, and what they are asked
    samples: Samples,
    offset: float,
    recognizer: Recognizer,
    aligners: Sequence[Aligner],
    *,
    language: str,
    keywords: tuple[str, ...] = (),
) -> Recognition:
    """Recognise a chunk that begins at `offset` seconds; the words' times count from where the offset does."""
    found = recognizer.recognize(samples, language=language, keywords=keywords)
    words = found.words
    if not found.timed and (spans := _align(samples, tuple(word.text for word in words), aligners)):
        words = tuple(replace(word, start=s.start, end=s.end) for word, s in zip(words, spans, strict=True))
    return replace(found, words=tuple(moved(word, offset) for word in words), timed=True)


def moved(timed: Timed, seconds: float) -> Timed:
    """Give what was heard so many seconds later."""
    return replace(timed, start=timed.start + seconds, end=timed.end + seconds)


def _align(samples: Samples, words: tuple[str, ...], aligners: Sequence[Aligner]) -> tuple[Span, ...] | None:
    for aligner in aligners if words else ():
        if (spans := aligner.align(samples, words)) is not None:
            return spans
    return None
