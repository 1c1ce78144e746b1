"""English recognition by moonshine tiny, whose weights the moonshine-voice wheel carries."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, Field

from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.registry import Engine

if TYPE_CHECKING:
    from voxhall.engines.recognize._beam import Text


class MoonshineOptions(BaseModel, extra="forbid"):
    """How hard to search."""

    beam: int = Field(default=4, ge=1, le=16, description="texts tried side by side; 1 is fastest")


TOKENS_PER_SECOND = 8.0
"""English is spoken at up to six; more is a loop."""
SHORTEST = 0.1
"""Seconds below which nothing can be said."""
QUIET = 0.05
"""Peak below which samples are made louder: the model was not trained on whispers from far away."""
LEVEL = 0.3
"""Peak to which they are brought."""
EDGE, FAR_EDGE = 1600, (4800, 6400)
"""Silent samples put around a chunk, at the first look and at the second; errors fall with them (0.1 s against none:
19 to 15 words in a hundred in noise)."""
UNLIKELY = -0.2
"""Mean log-probability below which a second look is worth its cost; a fifth of all chunks."""
LOUDNESS = 0.06
"""Root mean square to which the second look brings them."""
TORN = -0.5
"""Mean log-probability of a text's tokens at which English is as likely as not to have been spoken.

On 162 English recordings the mean is -0.15, on 90 of a hundred above -0.3; on 20 recordings in seven other languages
all were below -0.6. Of the English ones, three with creaky or breathy voices or deep in noise were taken for foreign.
"""
STEEPNESS = 10.0
"""Growth of the log-odds of English with that mean; capped where the data end."""
CAP = 4.0
BRIEF = 2.1
"""Seconds below which a text that is no likelier than `TORN` is taken for a noise and left out."""
WISH = 0.05
"""What a keyword is worth, as mean log-probability: enough to choose among texts that are nearly as likely."""


class Moonshine:
    """One chunk in, words out; stateless."""

    def __init__(self, options: MoonshineOptions) -> None:
        from voxhall.engines.recognize import _beam, _moonshine_model, _moonshine_words  # noqa: PLC0415 - heavy

        self._search = _beam.search
        self._model = _moonshine_model.MoonshineModel(_moonshine_model.bundled_folder())
        self._vocabulary = _moonshine_words.Vocabulary(self._model.tokenizer)
        self._beam = options.beam

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:  # noqa: ARG002 - it knows one
        """Recognise one chunk; a caller's language changes nothing here, nor the honest probability of English."""
        duration = len(samples) / SAMPLE_RATE
        if duration < SHORTEST or not samples.any():
            return Recognition((), timed=False, language="en", language_probability=0.5)
        texts = self._texts(_audible(samples))
        best = max(texts, key=lambda text: text.mean + WISH * self._wishes(text, keywords))
        words = () if duration < BRIEF and best.mean < TORN else self._vocabulary.words(best.tokens, duration)
        return Recognition(words, timed=False, language="en", language_probability=_english(best.mean))

    def _texts(self, samples: Samples) -> list["Text"]:
        """Search, and where nothing likely is found, once more with the chunk louder and further from its edges."""
        search = partial(self._search, self._model, width=self._beam, tokens_per_second=TOKENS_PER_SECOND)
        texts: list[Text] = search(np.pad(samples, EDGE))
        if max(text.mean for text in texts) < UNLIKELY:
            loudness = float(np.sqrt(np.mean(samples**2)))
            texts += search(np.pad((samples * (LOUDNESS / loudness)).clip(-1, 1), FAR_EDGE))
        return texts

    def _wishes(self, text: "Text", keywords: tuple[str, ...]) -> int:
        """Count the keywords that a text has."""
        if not keywords:
            return 0
        written = " ".join(word.text for word in self._vocabulary.words(text.tokens, 1.0)).lower()
        return sum(keyword.lower() in written for keyword in keywords)


def _audible(samples: Samples) -> Samples:
    """Take away a constant offset, and make what is very quiet louder."""
    centred = samples - samples.mean()
    peak = float(abs(centred).max())
    return np.asarray(centred * (LEVEL / peak), np.float32) if 0 < peak < QUIET else centred


def _english(mean: float) -> float:
    """Give the probability that English was spoken, by the mean log-probability of what was written down."""
    return 1 / (1 + math.exp(-min(max(STEEPNESS * (mean - TORN), -CAP), CAP)))


def load(options: MoonshineOptions, _models: Path) -> Moonshine:
    """Load the weights; raises EngineUnavailable."""
    return Moonshine(options)


engine = Engine(
    name="moonshine",
    ability="recognize",
    summary="Moonshine tiny, English, small and fast",
    licence="MIT",
    load=load,
    options=MoonshineOptions,
    needs=("moonshine_voice", "onnxruntime", "pocketsphinx"),
    languages=frozenset({"en"}),
)
