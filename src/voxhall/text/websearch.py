"""Questions as people type them, with the meaning that PostgreSQL's websearch_to_tsquery gives them.

Words beside each other must all be there, "words in quotes" beside each other, `or` between two lets either do, and
a `-` before a word or quotes wants it absent. `or` binds less than standing beside. Nothing else has a meaning, so
that no question can be wrong.
"""

import re
from dataclasses import dataclass

from voxhall.text.terms import index_key

STOP_WORDS = frozenset({
    "i", "me", "my", "myself", "we", "our", "ours", "ourselves", "you", "your", "yours", "yourself", "yourselves",
    "he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself", "they", "them", "their",
    "theirs", "themselves", "what", "which", "who", "whom", "this", "that", "these", "those", "am", "is", "are",
    "was", "were", "be", "been", "being", "have", "has", "had", "having", "do", "does", "did", "doing", "a", "an",
    "the", "and", "but", "if", "or", "because", "as", "until", "while", "of", "at", "by", "for", "with", "about",
    "against", "between", "into", "through", "during", "before", "after", "above", "below", "to", "from", "up",
    "down", "in", "out", "on", "off", "over", "under", "again", "further", "then", "once", "here", "there", "when",
    "where", "why", "how", "all", "any", "both", "each", "few", "more", "most", "other", "some", "such", "no", "nor",
    "not", "only", "own", "same", "so", "than", "too", "very", "s", "t", "can", "will", "just", "don", "should",
    "now",
})  # fmt: skip
"""Those of PostgreSQL's English dictionary: neither indexed nor looked for."""

_PIECE = re.compile(r'(-*)"([^"]*)"?|(-*)([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Alternative:
    """What must and what must not be in a text; every phrase is words apart by single spaces, without any sign."""

    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def search_key(text: str) -> str:
    """Give the words of a text by which it is found: folded, apart by single spaces, without those in every text."""
    return " ".join(word for word in index_key(text).split() if word not in STOP_WORDS)


def read_question(question: str) -> tuple[Alternative, ...]:
    """Read a question; a text that one of the alternatives fits is wanted. None at all: nothing was asked for."""
    alternatives: list[tuple[list[str], list[str]]] = [([], [])]
    for match in _PIECE.finditer(question):
        quoted = match[2] is not None
        if not quoted and match[4].lower() == "or" and not match[3]:
            alternatives.append(([], []))
            continue
        phrase = search_key(match[2] if quoted else match[4])
        if phrase:
            alternatives[-1][1 if match[1] or match[3] else 0].append(phrase)
    return tuple(
        Alternative(tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(without)))
        for phrases, without in alternatives
        if phrases or without
    )
