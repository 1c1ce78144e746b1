"""Words as an index of texts wants them, and what a question asks of it: one way of folding for both sides."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

GRAM = 2
"""Letters of the pieces into which words are cut whose beginnings and ends vary, or that no space parts. An Ethiopic
letter is a syllable: many words have but two, and with an ending they would have no trigram in common."""
STOP_WORDS = frozenset({
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being",
    "but", "by", "can", "could", "did", "do", "does", "doing", "done", "for", "from", "had", "has", "have", "having",
    "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "many", "me",
    "more", "most", "much", "my", "no", "nor", "not", "of", "off", "on", "once", "only", "or", "other", "our", "ours",
    "out", "over", "own", "same", "she", "should", "so", "some", "such", "than", "that", "the", "their", "theirs",
    "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "us",
    "very", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will",
    "with", "would", "you", "your", "yours",
})  # fmt: skip
"""English words that stand in every text."""

_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_CUT = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1200-\u137f\u1380-\u139f\u1780-\u17ff\u2d80-\u2ddf\u3040-\u30ff\u3400-\u9fff"
    "\uab00-\uab2f\uf900-\ufaff]"
)
_ASKED = re.compile(r'(?<!\S)(-?)"([^"]*)"|(?<!\S)(-?)(\S+)')

# letters of Amharic that sound alike and are written for each other, by the first of their rows of seven or eight
_ROWS = {"ሐ": "ሀ", "ኀ": "ሀ", "ኸ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ጸ": "ፀ"}
_HOMOPHONES = str.maketrans(
    {chr(ord(written) + order): chr(ord(kept) + order) for written, kept in _ROWS.items() for order in range(7)}
    | {"ሃ": "ሀ", "ሓ": "ሀ", "ኃ": "ሀ", "ኻ": "ሀ", "ኣ": "አ", "ዓ": "አ"}
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a question asks of an index; every term is words apart by single spaces, without any sign."""

    words: tuple[str, ...] = ()
    """Any of them; those that say something."""
    phrases: tuple[str, ...] = ()
    """All of them, word beside word."""
    without: tuple[str, ...] = ()
    """None of them."""

    @property
    def strict(self) -> bool:
        """Whether some texts are not allowed."""
        return bool(self.phrases or self.without)

    def allow(self, key: str) -> bool:
        """Tell whether a text, given as `index_key` gives it, has all the phrases and nothing that is unwanted."""
        padded = f" {key} "
        return all(f" {phrase} " in padded for phrase in self.phrases) and not any(
            f" {term} " in padded for term in self.without
        )


def index_key(text: str) -> str:
    """Give a text's words, folded, apart by single spaces: what is looked for is found in this.

    Case and accents are gone; Ethiopic words are their pairs of letters, and letters that sound alike are one.
    """
    return " ".join(piece for word in _words(text) for piece in _pieces(word))


def read_terms(question: str) -> Terms:
    """Read a question as search engines do: words, "phrases" and -exclusions; nothing else has a meaning."""
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    for match in _ASKED.finditer(question):
        minus, key = match[1] or match[3], index_key(match[2] or match[4] or "")
        if not key:
            continue
        if minus:
            without.append(key)
        elif match[2] is not None:
            phrases.append(key)
        else:
            words += [word for word in key.split() if word not in STOP_WORDS]
    return Terms(*(tuple(dict.fromkeys(each)) for each in (words, phrases, without)))


def meant_for_latin(text: str) -> bool:
    """Tell whether most letters of a text are of a script that an English model has words for."""
    letters = [letter for letter in text if letter.isalpha()]
    return 2 * sum(letter < "\u0250" for letter in letters) > len(letters)


def _words(text: str) -> Iterator[str]:
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    # Hangul was taken apart, too
    return (match[0] for match in _WORD.finditer(unicodedata.normalize("NFC", folded)))


def _pieces(word: str) -> Iterator[str]:
    for cut, letters in groupby(word, lambda letter: bool(_CUT.match(letter))):
        part = "".join(letters).translate(_HOMOPHONES)
        size = GRAM if cut else len(part)
        yield from (part[begin : begin + size] for begin in range(max(1, len(part) - size + 1)))
