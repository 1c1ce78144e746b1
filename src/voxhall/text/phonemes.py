"""Pronunciations in IPA, compared: how far apart two texts sound."""

import re

from rapidfuzz.distance import Levenshtein

FOLDED = (
    ("ɚ", "əɹ"), ("ɜ", "əɹ"), ("ɐ", "ə"), ("ʌ", "ə"), ("ᵻ", "ɪ"), ("ɾ", "t"), ("ɔ", "ɑ"), ("ɡ", "g"),
    ("oʊ", "o"), ("əl", "l"), ("ʔ", "t"), ("i", "ɪ"), ("əɹɹ", "əɹ"),
)  # fmt: skip
"""Sounds that a recogniser's spelling cannot keep apart, in order of folding."""
LAST_WORDS = 2
"""Words at the end that must have been said."""
LAST_FAR = 0.6
"""Distance from which the last words count as missing."""

_MARKS = re.compile(r"[ˈˌː\u0329\u032f\u0361\u200dʲ_-]")


def fold(phonemes: str) -> str:
    """Strip stress and length, and fold sounds that are often taken for each other; spaces stay."""
    plain = _MARKS.sub("", phonemes)
    for sound, same in FOLDED:
        plain = plain.replace(sound, same)
    return plain


def error_rate(expected: str, heard: str) -> float:
    """Give the share of expected phonemes that were heard otherwise, missed or added; may exceed 1.

    Unlike words, phonemes do not mind how numbers and names are spelled.
    """
    wanted, got = _joined(expected), _joined(heard)
    return Levenshtein.distance(wanted, got) / max(1, len(wanted))


def ends_alike(expected: str, heard: str) -> bool:
    """Tell whether the last words were said: a cut-off end hardly shows in the error rate of a long text."""
    last = "".join(fold(expected).split()[-LAST_WORDS:])
    end = _joined(heard)[-len(last) :]
    return Levenshtein.distance(last, end) <= LAST_FAR * len(last)


def _joined(phonemes: str) -> str:
    return "".join(fold(phonemes).split())
