"""Engines that give back what they are given: no models, no chance, and answers that a test can foresee."""

from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel

from voxhall.domain.speech import SoundEvent, Span, SpeakerCount, Turn, Word
from voxhall.engines.protocols import SAMPLE_RATE, Arrays, Recognition, Samples, VadFrames
from voxhall.engines.registry import Engine, NoOptions

FRAME = 512
LOUD = 0.01
"""Amplitude from which sound is speech, -40 dBFS."""
WINDOW = 10.0
"""Seconds."""


def frames(samples: Samples, length: int) -> Samples:
    """Give rows of `length` samples, the last one padded with silence."""
    return np.pad(samples, (0, -len(samples) % length)).reshape(-1, length)


def level(samples: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


class EchoVad:
    """Whatever is louder than -40 dBFS is speech; its state counts the frames."""

    def __init__(self, options: BaseModel, models: Path) -> None:
        del options, models

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream."""
        rows = frames(samples, FRAME)
        loud = np.array([level(row) > LOUD for row in rows], np.float32)
        heard = int(state["frames"]) if state else 0
        return VadFrames(loud, {"frames": np.array(heard + len(rows))})


class EchoOptions(BaseModel, extra="forbid"):
    """What the recogniser pretends."""

    timed: bool = True
    """Whether its words have times."""
    spoken: Literal["en", "fr"] = "en"
    """The language it hears."""


class EchoRecognizer:
    """Hears a word a second, in seconds that are loud enough: their level in percent of full scale."""

    def __init__(self, options: EchoOptions, models: Path) -> None:
        del models
        self._options = options

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:
        """Hear keywords first, one each, then levels."""
        seconds = enumerate(frames(samples, SAMPLE_RATE))
        loud = [(n, level(second)) for n, second in seconds if level(second) > LOUD]
        texts = [*keywords, *(f"{loudness:.0%}" for _, loudness in loud[len(keywords) :])]
        end = len(samples) / SAMPLE_RATE
        words = tuple(Word(text, n, min(n + 0.5, end), 1.0) for text, (n, _) in zip(texts, loud, strict=False))
        spoken = self._options.spoken
        return Recognition(
            words=words,
            timed=self._options.timed,
            language=spoken if language == "auto" else language,
            language_probability=1.0 if language in {"auto", spoken} else 0.0,
        )


class EchoAligner:
    """Spreads the words evenly; cannot do it where there is no sound."""

    def __init__(self, options: BaseModel, models: Path) -> None:
        del options, models

    def align(self, samples: Samples, words: tuple[str, ...]) -> tuple[Span, ...] | None:
        """Give each word as much time as any other."""
        if level(samples) <= LOUD:
            return None
        edges = np.linspace(0, len(samples) / SAMPLE_RATE, len(words) + 1).tolist()
        return tuple(map(Span, edges[:-1], edges[1:]))


class EchoDiarizer:
    """Hears one person, wherever a window is loud."""

    def __init__(self, options: BaseModel, models: Path) -> None:
        del options, models

    def plan(self, duration: float, speech: tuple[Span, ...]) -> tuple[Span, ...]:
        """Look at every ten seconds in which there is speech."""
        windows = [Span(start, min(start + WINDOW, duration)) for start in np.arange(0, duration, WINDOW).tolist()]
        return tuple(w for w in windows if any(s.start < w.end and s.end > w.start for s in speech))

    def observe(self, samples: Samples) -> Arrays:
        """See how loud it is."""
        return {"level": np.array(level(samples))}

    def settle(
        self, windows: tuple[Span, ...], observations: tuple[Arrays, ...], speakers: SpeakerCount
    ) -> tuple[Turn, ...]:
        """Let speaker 0 have every loud window."""
        del speakers
        seen = zip(windows, observations, strict=True)
        return tuple(Turn(0, window.start, window.end) for window, each in seen if each["level"] > LOUD)


class EchoTagger:
    """Takes each pause of more than a second between two words for a pause."""

    def __init__(self, options: BaseModel, models: Path) -> None:
        del options, models

    def tag(self, samples: Samples, words: tuple[Word, ...]) -> tuple[SoundEvent, ...]:
        """Find the pauses."""
        del samples
        return tuple(SoundEvent("pause", a.end, b.start, 1.0) for a, b in pairwise(words) if b.start - a.end > 1)


def _engine(ability: str, load: type, options: type[BaseModel] = NoOptions) -> Engine:
    return Engine(
        name="echo",
        ability=ability,
        summary="Gives back what it is given",
        licence="Apache-2.0",
        load=load,
        options=options,
    )


vad = _engine("vad", EchoVad)
recognizer = _engine("recognize", EchoRecognizer, EchoOptions)
aligner = _engine("align", EchoAligner)
diarizer = _engine("diarize", EchoDiarizer)
tagger = _engine("sounds", EchoTagger)
ENGINES = (vad, recognizer, aligner, diarizer, tagger)
