"""How likely English texts are, by the trigram model of the pocketsphinx wheel."""

from collections.abc import Sequence

from pocketsphinx import Config, LogMath, NGramModel, get_model_path

from voxhall.text.spoken import spoken

UNKNOWN = -14.0
"""Natural logarithm given to a word that the model does not know."""
IMPOSSIBLE = -1000.0
"""The model says less than this of unknown words."""


class Trigram:
    """Log-probabilities of word sequences."""

    def __init__(self) -> None:
        self._logarithm = LogMath()
        model = get_model_path("en-us/en-us.lm.bin")
        self._model = NGramModel(Config(lm=None, loglevel="FATAL"), self._logarithm, model)

    def score(self, text: str) -> tuple[float, int]:
        """Give the natural logarithm of a text's probability, its end included, and its number of words."""
        words = [said for written in text.split() for said in spoken(written)]
        padded = ["<s>", *words, "</s>"]
        return sum(self._next(padded[max(0, at - 2) : at + 1]) for at in range(1, len(padded))), len(words)

    def _next(self, words: Sequence[str]) -> float:
        """Give the log-probability of the last of up to three words, given those before it."""
        log_probability = float(self._logarithm.log_to_ln(self._model.prob(words[::-1])))
        return log_probability if log_probability > IMPOSSIBLE else UNKNOWN
