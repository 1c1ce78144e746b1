"""Spellings that the caller expects, put where what was written sounds like them."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from voxhall.domain.speech import Word
from voxhall.text.spoken import sounds, spoken

ALIKE = 0.8
"""Likeness from which a doubtful word is taken for a keyword: of its sounds, where vowels alone differ by half."""
SURE = 0.9
"""Confidence from which a word is only respelt if it sounds just like the keyword."""
PUNCTUATION = ".,;:!?"


def respelt(words: Sequence[Word], keywords: Sequence[str]) -> tuple[Word, ...]:
    """Replace words that sound like a keyword by it; nothing else changes, and no word moves."""
    found = list(words)
    for keyword in keywords:
        for start, end in reversed(_places(found, keyword)):
            found[start:end] = _spelt(keyword, found[start:end])
    return tuple(found)


def _places(words: Sequence[Word], keyword: str) -> list[tuple[int, int]]:
    """Find where the keyword is likeliest meant, in order; an unknown name is often heard as one word more."""
    wanted, length = _sounds(keyword), len(keyword.split())
    windows = [(start, start + size) for start in range(len(words)) for size in (length, length + 1)]
    likeness = {(a, b): _alike(wanted, words[a:b]) for a, b in windows if wanted and b <= len(words)}
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(likeness, key=lambda window: -likeness[window]):
        if likeness[start, end] and all(end <= a or b <= start for a, b in chosen):
            chosen.append((start, end))
    return sorted(chosen)


def _alike(wanted: list[str], heard: Sequence[Word]) -> float:
    """Give the likeness of sounds to words; 0 where it is not enough."""
    got = _sounds(" ".join(word.text for word in heard))
    if got == wanted:
        return 1.0
    likeness = (_likeness(wanted, got) + _likeness(_without_vowels(wanted), _without_vowels(got))) / 2
    return likeness if likeness >= ALIKE and min(word.confidence for word in heard) < SURE else 0.0


def _likeness(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _without_vowels(phones: list[str]) -> list[str]:
    """Make all vowels one; ER is a vowel and an R."""
    split = " ".join(phones).replace("ER", "* R").split()
    return ["*" if phone[0] in "AEIOU" else phone for phone in split]


def _spelt(keyword: str, heard: Sequence[Word]) -> list[Word]:
    """Write the keyword over what was heard, with the time and the end punctuation of that."""
    texts = keyword.split()
    last = heard[-1].text
    texts[-1] += last[len(last.rstrip(PUNCTUATION)) :]
    start, seconds = heard[0].start, (heard[-1].end - heard[0].start) / len(texts)
    confidence = min(word.confidence for word in heard)
    return [Word(text, start + n * seconds, start + (n + 1) * seconds, confidence) for n, text in enumerate(texts)]


def _sounds(text: str) -> list[str]:
    return [sound for word in spoken(text) for sound in sounds(word).split()]
