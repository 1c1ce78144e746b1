"""A clip becomes a voice: find the speech in it, read what is said, and match it with the voices there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxhall.audio.resample import resampled
from voxhall.domain.speech import Span
from voxhall.engines.protocols import (
    SAMPLE_RATE,
    Cloner,
    Decoder,
    Recognizer,
    Samples,
    Style,
    Vad,
)
from voxhall.errors import UnusableClip
from voxhall.pipelines.chunks import plan_chunks, speech_spans
from voxhall.pipelines.speak import Part
from voxhall.pipelines.tracks import Track

LONGEST = 600.0
"""Seconds of a clip that are accepted."""
ENOUGH = 30.0
"""Seconds of speech that are listened to; more of it tells nothing new."""
SHORTEST = 1.0
"""Seconds of speech without which nobody can be recognised."""
LIKELY = 0.5
"""Probability of the language from which words count as heard."""
SAMPLE_TEXTS = (
    ("The", "birch", "canoe", "slid", "on", "the", "smooth", "planks,", "while", "a", "large", "size", "in"),
    ("stockings", "is", "hard", "to", "sell,", "and", "a", "young", "child", "should", "not", "suffer", "fright."),
)
"""What a built-in voice says to be compared; Harvard sentences (IEEE 1969), rich in sounds."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines that cloning needs."""

    decoder: Decoder
    vad: Vad
    recognizer: Recognizer
    cloner: Cloner


@dataclass(frozen=True, slots=True)
class Clip:
    """A voice as a recording holds it."""

    speech: Samples
    """Nothing but speech, float32 mono at 16 kHz."""
    seconds: float
    """Length of the whole clip."""
    text: str
    """What is said in it, as far as it was understood or told."""


def hear(recording: Path, folder: Path, tools: Tools, text: str | None) -> Clip:
    """Read a clip, working in `folder`; without `text` its words are recognised.

    Raises BrokenMedia, InvalidInput, UnusableClip.
    """
    pcm = folder / "clip.pcm"
    decoded = tools.decoder.decode(str(recording), str(pcm), str(folder / "clip.opus"), split=False, longest=LONGEST)
    track = Track(pcm, 0, decoded.channels, decoded.duration)
    probabilities = track.speech(tools.vad, lambda: None)
    spans = speech_spans(probabilities)
    seconds = sum(min(span.end, track.duration) - span.start for span in spans)
    if seconds < SHORTEST:
        how = f"{seconds:.1f} s of speech" if seconds else "no speech"
        raise UnusableClip(
            f"the clip has {how}; a voice needs at least {SHORTEST:g} s, a few are better", param="audio"
        )
    speech = np.concatenate([track.read(span) for span in spans])[: round(ENOUGH * SAMPLE_RATE)]
    said = _recognised(track, plan_chunks(probabilities), tools.recognizer) if text is None else text
    return Clip(speech, track.duration, said)


def sample(part: Part) -> Samples:
    """Let a base voice speak for comparison, float32 mono at 16 kHz."""
    return np.concatenate(list(_sample(part)))


def _sample(part: Part) -> Iterator[Samples]:
    for words in SAMPLE_TEXTS:
        utterance = part.synthesizer.prepare(words, part.base, "en", Style(speed=part.speed), None)
        yield from resampled(map(part.synthesizer.render, utterance.pieces), utterance.rate, SAMPLE_RATE)


def _recognised(track: Track, chunks: Sequence[Span], recognizer: Recognizer) -> str:
    """Read what is said, of speech in a language that somebody here understands."""
    heard = (
        recognizer.recognize(
            track.read(Span(chunk.start, min(chunk.end, track.duration))), language="auto", keywords=()
        )
        for chunk in chunks
    )
    words = [word.text for each in heard if each.language_probability > LIKELY for word in each.words]
    return " ".join(words)
