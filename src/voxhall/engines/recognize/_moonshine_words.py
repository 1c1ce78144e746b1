"""From moonshine's tokens to words and back."""

from collections.abc import Sequence
from dataclasses import dataclass

from voxhall.domain.speech import Word
from voxhall.engines.recognize._belief import word_confidence

SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
"""Stands in a token for the space before a word."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text."""

    id: int
    log_probability: float
    """Natural logarithm, given all before it."""


class Vocabulary:
    """The tokens, read from a file of length-prefixed byte strings."""

    def __init__(self, content: bytes) -> None:
        self._pieces = list(_pieces(content))

    def text(self, tokens: Sequence[int]) -> str:
        """Join tokens; control tokens, written `<...>`, say nothing."""
        pieces = (self._pieces[token] for token in tokens)
        said = b"".join(piece for piece in pieces if not (piece[:1] == b"<" and piece[-1:] == b">" and len(piece) > 1))
        return said.decode(errors="ignore").replace(SPACE, " ")

    def words(self, tokens: Sequence[Token], duration: float) -> tuple[Word, ...]:
        """Give the words with their confidences, spread over `duration` seconds by length."""
        groups: list[list[Token]] = []
        for token in tokens:
            if self._begins_word(token.id) or not groups:
                groups.append([])
            groups[-1].append(token)
        texts = [self.text([token.id for token in group]).strip() for group in groups]
        said = [(text, group) for text, group in zip(texts, groups, strict=True) if any(map(str.isalnum, text))]
        letters = sum(len(text) for text, _ in said)
        words, start = [], 0.0
        for text, group in said:
            end = start + duration * len(text) / letters
            words.append(Word(text, start, end, word_confidence([token.log_probability for token in group])))
            start = end
        return tuple(words)

    def _begins_word(self, token: int) -> bool:
        return self._pieces[token].startswith(SPACE.encode())


def _pieces(content: bytes) -> list[bytes]:
    """Read the strings; a length of 128 or more takes two bytes, low seven bits first."""
    pieces, at = [], 0
    while at < len(content):
        length, at = content[at], at + 1
        if length >= 128:  # noqa: PLR2004 - the bit that says another byte follows
            length, at = length - 128 + 128 * content[at], at + 1
        pieces.append(content[at : at + length])
        at += length
    return pieces
