"""Sounds that are not words, by signal processing: what is loud where nobody speaks, told apart by its shape.

Rules, not a model: the shapes are those that the literature gives (a cough is an explosive burst of broadband noise, a
laugh a train of voiced calls about five times a second, a breath soft noise without pitch); the limits were set on a
few dozen labelled recordings. Rather silent than wrong: what fits no shape is `env` where it is loud, else nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voxhall.domain.speech import SoundEvent, Span, Word
from voxhall.engines.protocols import SAMPLE_RATE, Samples
from voxhall.engines.registry import Engine, NoOptions

HOP = 160
"""Samples between frames: 10 ms."""
LENGTH = 512
"""Samples of a frame."""
PAUSE = 2.0
"""Seconds without a word that are noticeably long."""
MARGIN = 0.1
"""Seconds kept clear of words, whose edges are uncertain."""
SHORTEST = 0.12
"""Seconds below which nothing can be told apart."""
LOUD = 18.0
"""Decibels above the recording's floor from which a sound is an event, and not the room."""
SOFT = 9.0
"""Decibels above the floor from which a breath can be heard."""
GAP = 15
"""Frames of silence that end a sound."""

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is measured of a sound."""

    seconds: float
    peak: float
    """Decibels above the floor."""
    flatness: float
    """0 for a tone, 1 for white noise."""
    pitched: float
    """Share of frames with a pitch of a voice."""
    bursts: int
    """Separate rises of the level."""
    attack: float
    """Seconds from the beginning to the peak."""
    centroid: float
    """Hertz."""


class Acoustic:
    """The engine; fulfils `SoundTagger`."""

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Tag one stretch in which `words` were said."""
        if len(samples) < LENGTH:
            return ()
        frames = np.lib.stride_tricks.sliding_window_view(samples, LENGTH)[::HOP]
        levels = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10).astype(np.float32)
        floor = float(np.percentile(levels, 10))
        events = [*_sounds(frames, levels - max(floor, -75.0), _silences(words, len(samples) / SAMPLE_RATE))]
        events += _pauses(words, events)
        return tuple(sorted(events, key=lambda event: (event.start, event.end)))


def _silences(words: Sequence[Word], duration: float) -> Iterator[Span]:
    """Give where nobody says a word."""
    start = 0.0
    for word in words:
        if word.start - MARGIN > start:
            yield Span(start, word.start - MARGIN)
        start = max(start, word.end + MARGIN)
    if duration > start:
        yield Span(start, duration)


def _pauses(words: Sequence[Word], events: Sequence[SoundEvent]) -> Iterator[SoundEvent]:
    """Give the long gaps between words that nothing else fills."""
    for word, following in pairwise(words):
        filled = any(event.start < following.start and word.end < event.end for event in events)
        if following.start - word.end >= PAUSE and not filled:
            yield SoundEvent("pause", word.end, following.start, 0.9)


def _sounds(frames: Samples, levels: Levels, silences: Iterator[Span]) -> Iterator[SoundEvent]:
    """Find and name what is heard in the silences."""
    for silence in silences:
        first, after = int(silence.start * SAMPLE_RATE / HOP), int(silence.end * SAMPLE_RATE / HOP)
        for start, end in _runs(levels[first:after] >= SOFT):
            shape = _shape(frames[first + start : first + end], levels[first + start : first + end])
            named = _name(shape)
            if named:
                tag, confidence = named
                yield SoundEvent(
                    tag, (first + start) * HOP / SAMPLE_RATE, (first + end) * HOP / SAMPLE_RATE, confidence
                )


def _runs(on: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Give runs of at least `SHORTEST`, bridging gaps of fewer than `GAP` frames."""
    edges = np.flatnonzero(np.diff(on, prepend=False, append=False)).reshape(-1, 2)
    joined: list[list[int]] = []
    for start, end in edges.tolist():
        if joined and start - joined[-1][1] < GAP:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return ((start, end) for start, end in joined if (end - start) * HOP / SAMPLE_RATE >= SHORTEST)


def _shape(frames: Samples, levels: Levels) -> _Shape:
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(LENGTH), axis=1)) ** 2 + 1e-12
    voice_band = spectrum[:, 4:200]
    flatness = np.exp(np.log(voice_band).mean(axis=1)) / voice_band.mean(axis=1)
    weights = 10 ** (levels / 10)
    total = spectrum.mean(axis=0)
    smooth = np.convolve(levels, np.ones(5) / 5, "same")
    rises = np.flatnonzero((smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] >= smooth[2:])) + 1
    bursts = [rise for rise in rises if smooth[rise] - smooth[max(0, rise - 15) : rise + 1].min() > 4.0]  # noqa: PLR2004 - dB
    return _Shape(
        seconds=len(levels) * HOP / SAMPLE_RATE,
        peak=float(levels.max()),
        flatness=float(np.average(flatness, weights=weights)),
        pitched=float(np.average(_pitched(frames), weights=weights)),
        bursts=len(bursts),
        attack=int(levels.argmax()) * HOP / SAMPLE_RATE,
        centroid=float((total * np.arange(len(total))).sum() / total.sum() * SAMPLE_RATE / LENGTH),
    )


def _pitched(frames: Samples) -> NDArray[np.bool_]:
    """Tell which frames repeat themselves at the rate of a voice, 80 to 500 Hz."""
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(LENGTH), 2 * LENGTH, axis=1)) ** 2
    repeats = np.fft.irfft(spectrum, axis=1)
    best = repeats[:, SAMPLE_RATE // 500 : SAMPLE_RATE // 80].max(axis=1)
    clear: NDArray[np.bool_] = best > 0.5 * np.maximum(repeats[:, 0], 1e-12)
    return clear


def _name(shape: _Shape) -> tuple[str, float] | None:
    """Give a sound its tag and how sure that is; None for what had better not be named."""
    rate = shape.bursts / shape.seconds
    if shape.peak >= LOUD and shape.pitched > 0.4 and shape.bursts >= 3 and 2.5 <= rate <= 8.0:  # noqa: PLR2004 - see module
        return "laugh", 0.6
    if shape.peak >= LOUD + 6 and shape.pitched < 0.35 and shape.attack < 0.12 and shape.seconds <= 0.8:  # noqa: PLR2004
        return "cough", 0.6
    if shape.peak < LOUD + 6 and shape.pitched < 0.2 and shape.flatness > 0.25 and 0.2 <= shape.seconds <= 1.2:  # noqa: PLR2004
        return "breath", 0.5
    return ("env", 0.4) if shape.peak >= LOUD + 6 and shape.seconds >= 0.3 else None  # noqa: PLR2004 - see module


def _load(_options: NoOptions, _models: Path) -> Acoustic:
    return Acoustic()


engine = Engine(
    name="acoustic",
    ability="sounds",
    summary="pauses, laughter, coughs, breaths and noises by the shape of their sound",
    licence="Apache-2.0",
    load=_load,
    needs=("numpy",),
)
