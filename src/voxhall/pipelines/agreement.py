"""Words that stay while a sentence grows: those on which two decodings in a row agree.

D. Liu, G. Spanakis, J. Niehues: Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial
Hypothesis Selection, Interspeech 2020 (local agreement).
"""

from collections.abc import Sequence


class Agreement:
    """The growing words of one chunk."""

    def __init__(self) -> None:
        self._latest: tuple[str, ...] = ()
        self._stable: tuple[str, ...] = ()

    @property
    def stable(self) -> int:
        """How many of the words will stay."""
        return len(self._stable)

    @property
    def words(self) -> tuple[str, ...]:
        """All words, those that stay first."""
        return (*self._stable, *self._latest[len(self._stable) :])

    def push(self, words: Sequence[str]) -> None:
        """Take another decoding of the chunk, which is longer by now."""
        agreed = 0
        for before, now in zip(self._latest, words, strict=False):
            if _bare(before) != _bare(now):
                break
            agreed += 1
        self._latest = tuple(words)
        if agreed > self.stable:
            self._stable += self._latest[self.stable : agreed]

    def settle(self, words: Sequence[str]) -> None:
        """Take the last decoding: all of it stays, but for what was said to stay before."""
        self._latest = tuple(words)
        self._stable = self.words


def _bare(word: str) -> str:
    """Give a word without case and punctuation, which change as the sentence goes on."""
    return "".join(filter(str.isalnum, word)).casefold()
