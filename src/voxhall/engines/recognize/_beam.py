"""Beam search over moonshine's decoder: several texts grow side by side, the likeliest survive."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from voxhall.engines.recognize._moonshine_model import END, Hearing, Logits, MoonshineModel, Step
from voxhall.engines.recognize._moonshine_words import Token


@dataclass(frozen=True, slots=True)
class Text:
    """A text tried on a chunk."""

    tokens: tuple[Token, ...]
    """Without the begin token."""
    log_probability: float

    @property
    def complete(self) -> bool:
        """Whether the end token was reached."""
        return bool(self.tokens) and self.tokens[-1].id == END

    @property
    def mean(self) -> float:
        """Log-probability per token, which does not favour short texts."""
        return self.log_probability / max(1, len(self.tokens))

    def extended(self, token: int, log_probability: float) -> "Text":
        """Append a token."""
        return Text((*self.tokens, Token(token, log_probability)), self.log_probability + log_probability)


def search(model: MoonshineModel, hearing: Hearing, step: Step, *, width: int, longest: int) -> list[Text]:
    """Give the likeliest texts of at most `longest` tokens, best first; a width of 1 is greedy."""
    live, done = [Text((), 0.0)], list[Text]()
    for _ in range(longest):
        live, rows, finished = _grow(live, step.logits, width)
        done += finished
        if _settled(live, done, width):
            break
        kept = step.picked(rows) if rows != list(range(len(step.logits))) else step
        step = model.step(hearing, [text.tokens[-1].id for text in live], kept.memory)
    return sorted(done or live, key=lambda text: -text.mean)


def _grow(live: list[Text], logits: Logits, width: int) -> tuple[list[Text], list[int], list[Text]]:
    """Extend the live texts by their likeliest tokens: those that go on, the rows they grew from, those that ended."""
    growing, rows, finished = list[Text](), list[int](), list[Text]()
    for rank, (row, token, log_probability) in enumerate(_likeliest(live, logits, 2 * width)):
        text = live[row].extended(token, log_probability)
        if token != END:
            growing.append(text)
            rows.append(row)
        elif rank < width:
            finished.append(text)
        if len(growing) == width:
            break
    return growing, rows, finished


def _likeliest(live: list[Text], logits: Logits, count: int) -> Iterator[tuple[int, int, float]]:
    """Give row, token and its log-probability of the best continuations over all rows."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    scores = (log_probabilities + np.array([[text.log_probability] for text in live])).ravel()
    best = np.argpartition(scores, -count)[-count:]
    for at in best[np.argsort(-scores[best])].tolist():
        row, token = divmod(at, logits.shape[1])
        yield row, token, float(log_probabilities[row, token])


def _settled(live: list[Text], done: list[Text], width: int) -> bool:
    """Whether enough texts have ended and none that goes on is better."""
    return len(done) >= width and max(text.mean for text in live) <= max(text.mean for text in done)
