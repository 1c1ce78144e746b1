"""Words as the phonemes that a neural voice was trained on: those of espeak-ng, clause by clause, marks kept."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from voxhall.engines.espeak import Espeak
from voxhall.errors import InvalidInput

CLAUSE_MARKS = ".,;:!?"

_GIVEN = re.compile(r"\[\[(.*?)\]\](.*)")


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A text in phonemes, accents as characters of their own."""

    phonemes: str
    starts: tuple[int, ...]
    """For each word, the place of its first phoneme."""


def pronounce(espeak: Espeak, words: tuple[str, ...], language: str) -> Pronounced:
    """Give the phonemes of all words, clause by clause, so that they sound as they do in company.

    Raises InvalidInput where there is nothing to say.
    """
    text, starts = "", []
    for clause in _clauses(words):
        spoken, places = _pronounce_clause(espeak, clause, language)
        text += " " * bool(text)
        starts += [len(text) + place for place in places]
        text += spoken
    if not any(character.isalpha() for character in text):
        raise InvalidInput("there is nothing in the text that can be spoken", param="input")
    return Pronounced(text, tuple(starts))


def _pronounce_clause(espeak: Espeak, clause: tuple[str, ...], language: str) -> tuple[str, list[int]]:
    """Give the phonemes of a clause and where each word begins in them."""
    given = [_GIVEN.fullmatch(word) for word in clause]
    mark = clause[-1][-1:] if clause[-1].endswith(tuple(CLAUSE_MARKS)) else ""
    alone = [
        _decomposed(match[1] if match else _pronounce_word(espeak, word, language))
        for word, match in zip(clause, given, strict=True)
    ]
    together = " ".join(alone)
    if not any(given) and together.strip():
        together = _decomposed(espeak.phonemes(" ".join(clause), language))
    return together + mark, _places(alone, together)


def _pronounce_word(espeak: Espeak, word: str, language: str) -> str:
    """Give the phonemes of one word; of a mere mark, which the library would name, none."""
    return espeak.phonemes(word, language) if any(character.isalnum() for character in word) else ""


def _clauses(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Split after words that end with a mark."""
    clauses: list[list[str]] = [[]]
    for word in words:
        clauses[-1].append(word)
        if word[-1:] in CLAUSE_MARKS:
            clauses.append([])
    return [tuple(clause) for clause in clauses if clause]


def _places(alone: list[str], together: str) -> list[int]:
    """Find where each word begins in a clause's phonemes, by aligning them with the words' own.

    In company words change ("the apple") and join ("of the"), so that counting spaces would not do.
    """
    joined = " ".join(alone)
    codes = list(Levenshtein.opcodes(joined, together))
    if not codes:
        return [0] * len(alone)
    starts = list(accumulate((len(word) + 1 for word in alone[:-1]), initial=0))
    places = []
    for start in starts:
        code = next(c for c in codes if c.src_start <= start <= c.src_end)
        places.append(min(code.dest_start + start - code.src_start, code.dest_end, max(len(together) - 1, 0)))
    return places


def _decomposed(phonemes: str) -> str:
    """Write accents as characters of their own, as the voices' tables have them."""
    return unicodedata.normalize("NFD", phonemes)
