"""Whether a sentence says what its source says, told by its words: cheap, in any language, and no model's opinion."""

import re
import unicodedata
from itertools import pairwise

MEANINGFUL = 0.5
"""Share of a sentence's meaningful words that its sources must have; paraphrases keep about two thirds."""
PREFIX = 5
"""Letters by which two forms of one word are taken for the same."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Khmer, Japanese, Chinese."""
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][^\W\d_]{2,}")
STOP = frozenset(
    """
a about above according after again against all also although am among an and any are as at be became because been
before being below between both but by called came can could did do does doing down during each either else ever every
few for from further given had has have having he her here hers him his how however i if in into is it its itself just
know known let like made make many may me mentioned might more most much must my neither no nor not now of off often
on once one only or other our out over own per rather said same says shall she should since so some source sources
states such than that the their them then there therefore these they this those though through thus to too under until
up upon us use used using very was we well were what when where whether which while who whom whose why will with
within without would yes yet you your
""".split()  # noqa: SIM905 - 180 quotes would hide the words
)
"""English words that say nothing about what a text is about."""


def meaningful(text: str) -> set[str]:
    """Give the words that tell what a text is about, by their first letters, without accents and case."""
    found = [_folded(word) for word in _WORD.findall(text)]
    return {part for word in found if word not in STOP for part in _parts(word)}


def supported(sentence: str, source: str) -> bool:
    """Tell whether a source has a sentence's numbers and names, and enough of its other words.

    A sentence without any meaningful word claims nothing and is supported by nothing.
    """
    words, there = meaningful(sentence), meaningful(source)
    numbers = {_plain(number) for number in _NUMBER.findall(sentence)}
    if not words and not numbers:
        return False
    if not numbers <= {_plain(number) for number in _NUMBER.findall(source)}:
        return False
    if not {_folded(name)[:PREFIX] for name in _NAME.findall(sentence.strip())} - STOP <= there | _spelled(source):
        return False
    return not words or len(words & there) >= MEANINGFUL * len(words)


def _parts(word: str) -> set[str]:
    """Give what stands for a word: its beginning, or its pairs of letters where words are not set apart."""
    return {a + b for a, b in pairwise(word)} if _UNSPACED.search(word) else {word[:PREFIX]}


def _spelled(source: str) -> set[str]:
    """Stop words may be names as well: Will, May."""
    return {_folded(word)[:PREFIX] for word in _WORD.findall(source)}


def _plain(number: str) -> str:
    """Give a number without the commas and points that people write in it: 1,851.0 and 1851 differ by the point."""
    return number.replace(",", "").rstrip(".")


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return (
        "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        .partition("'")[0]
        .partition("’")[0]
    )
