"""From the samples of one chunk to English words: level, search, weigh, doubt."""

from collections.abc import Sequence

import numpy as np

from voxhall.engines.protocols import SAMPLE_RATE, Recognition, Samples
from voxhall.engines.recognize._beam import Text, search
from voxhall.engines.recognize._belief import before_loop, clarity, english_probability, is_speech
from voxhall.engines.recognize._keywords import respelt
from voxhall.engines.recognize._moonshine_model import MoonshineModel
from voxhall.engines.recognize._moonshine_words import Vocabulary
from voxhall.engines.recognize._trigram import Trigram

TOKENS_PER_SECOND = 8
"""English is spoken at up to six; more is a loop."""
SHORTEST = 0.1
"""Seconds below which nothing can be said."""
BRIEF = 2.0
"""Seconds below which a chunk needs more silence around it, as the network was trained on longer ones."""
EDGE, BRIEF_EDGE = 0.1, 0.2
"""Seconds of silence put before and after a chunk; with none, a word in 100 more is wrong, and half of all digits."""
QUIETEST, LOUDEST = 0.01, 0.3
"""Root mean squares between which the level is left as it is: changing it changes words, but betters none."""
LEVEL = 0.06
"""Root mean square to which all others are brought."""
FLUENCY, WORD = 0.05, 0.4
"""What the trigram model's log-probability counts beside the network's, and what a word is worth to make up for it.

Chosen among a few pairs by word error rate, where the nearest ones hardly differ.
"""
WISH = 2.0
"""What a keyword is worth as log-probability: enough to choose among texts that are nearly as likely."""


class Moonshine:
    """One chunk in, words out; stateless."""

    def __init__(self, *, width: int) -> None:
        self._model = MoonshineModel()
        self._vocabulary = Vocabulary(self._model.tokenizer)
        self._trigram = Trigram()
        self._width = width

    def recognize(self, samples: Samples, *, language: str, keywords: tuple[str, ...]) -> Recognition:  # noqa: ARG002 - it knows one
        """Recognise one chunk; a caller's language changes nothing here, nor the honest probability of English."""
        duration = len(samples) / SAMPLE_RATE
        if duration < SHORTEST or not samples.any():
            return _nothing()
        hearing, step = self._model.listen(_between_silence(_levelled(samples)))
        longest = 8 + int(duration * TOKENS_PER_SECOND)
        texts = search(self._model, hearing, step, width=self._width, longest=longest)
        text = max(texts, key=lambda text: self._weight(text, keywords))
        novel = text.tokens[: before_loop([token.id for token in text.tokens])]
        log_probabilities = [token.log_probability for token in novel]
        if not is_speech(clarity(hearing.hidden), log_probabilities):
            return _nothing()
        words = self._vocabulary.words(text.tokens if text.complete else novel, duration)
        probability = english_probability(log_probabilities)
        return Recognition(respelt(words, keywords), timed=False, language="en", language_probability=probability)

    def _weight(self, text: Text, keywords: Sequence[str]) -> float:
        """Weigh what the network heard against what is English and what the caller expects."""
        written = self._vocabulary.text([token.id for token in text.tokens])
        fluency, words = self._trigram.score(written)
        wishes = sum(keyword.casefold() in written.casefold() for keyword in keywords)
        return text.log_probability + FLUENCY * fluency + WORD * words + WISH * wishes


def _nothing() -> Recognition:
    return Recognition((), timed=False, language="en", language_probability=0.5)


def _levelled(samples: Samples) -> Samples:
    """Take away an offset, and bring what is far too quiet or too loud to the level of ordinary speech."""
    offset = samples.mean()
    loudness = float(samples.std())
    if QUIETEST <= loudness <= LOUDEST and abs(offset) < loudness / 2:
        return samples
    return np.asarray((samples - offset) * (LEVEL / max(loudness, 1e-6)), np.float32)


def _between_silence(samples: Samples) -> Samples:
    edge = BRIEF_EDGE if len(samples) < BRIEF * SAMPLE_RATE else EDGE
    return np.pad(samples, int(edge * SAMPLE_RATE))
