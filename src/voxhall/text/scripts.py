"""A text cut where its script changes, so that each piece meets a voice that can read it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

LANGUAGES = {
    "ETHIOPIC": "am", "CYRILLIC": "ru", "ARABIC": "ar", "HEBREW": "he", "GREEK": "el", "DEVANAGARI": "hi",
    "CJK": "zh", "HANGUL": "ko", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "TAMIL": "ta", "BENGALI": "bn",
    "TELUGU": "te", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si",
    "MYANMAR": "my", "KHMER": "km", "LAO": "lo", "TIBETAN": "bo", "LATIN": "en",
}  # fmt: skip
"""Scripts, as Unicode names them, and the language that is taken for each where nothing tells otherwise."""
ALSO = {
    "ETHIOPIC": {"am", "ti"},
    "CYRILLIC": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt", "ba", "cv"},
    "ARABIC": {"ar", "fa", "ur", "ps", "sd", "ug"},
    "HEBREW": {"he", "yi"},
    "DEVANAGARI": {"hi", "mr", "ne", "sa"},
    "CJK": {"zh", "ja", "ko", "yue"},
    "BENGALI": {"bn", "as"},
    "LATIN": {"sr", "kk", "az", "uz"},
}
"""Languages that are written in a script, where there are several; Latin is that of every language not named here."""
TELLTALES = (
    ("ETHIOPIC", "ti", re.compile(r"[ቐ-ቝኣሓኽኾኻ]|\b(?:እ[ዩያቲታዚ]|እዮም|ከም|ናይ|ድማ|ናብ|ምስ|ካብ|ነቲ|ብዙሕ|ኢዩ|ንሕና)\b")),
    ("CYRILLIC", "uk", re.compile("[іїєґІЇЄҐ]")),
    ("ARABIC", "fa", re.compile("[پچژگکی]")),
    ("CJK", "ja", re.compile(r"[\u3040-\u30ff]")),
    ("CJK", "ko", re.compile(r"[\uac00-\ud7af]")),
)
"""Letters and words that tell one language of a script from another."""

_SAME = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
_PIECE = re.compile(r"\[\[[^\[\]\n]{1,400}\]\]|[^\W\d_]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text in one language."""

    text: str
    language: str
    """ISO 639-1 code."""


def runs(text: str, language: str) -> list[Run]:
    """Cut a text where its script cannot be of the language; the pieces joined are the text.

    Digits, signs and spaces go with the letters before them. One Greek letter alone is a symbol, not a word.
    """
    own = _scripts(language)
    found: list[tuple[str, list[str]]] = []
    before = ""
    for script, piece in _pieces(text):
        if not script or (found and script == found[-1][0]) or (script == "GREEK" and len(piece) == 1):
            if found:
                found[-1][1].append(piece)
            else:
                before += piece
        elif found and script in own and found[-1][0] in own:
            found[-1][1].append(piece)
        else:
            found.append((script, [before, piece]))
            before = ""
    if not found:
        return [Run(text, language)] if text else []
    return [Run("".join(pieces), _language(script, "".join(pieces), language)) for script, pieces in found]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Give letters of one script together, everything else alone and without a script."""
    for match in _PIECE.finditer(text):
        if match[0][0].isalpha():
            for script, letters in groupby(match[0], script_of):
                yield script, "".join(letters)
        else:
            yield "", match[0]


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """Name a letter's script by its Unicode name; empty for signs that belong to none."""
    words = [word for word in unicodedata.name(letter, "").split() if word not in {"HALFWIDTH", "FULLWIDTH"}]
    first = words[0].partition("-")[0] if words else ""
    script = _SAME.get(first, first)
    return script if script in LANGUAGES and "SIGN" not in words else ""


def _scripts(language: str) -> set[str]:
    named = {script for script, its in LANGUAGES.items() if its == language and script != "LATIN"}
    named |= {script for script, its in ALSO.items() if language in its}
    return named or {"LATIN"}


def _language(script: str, text: str, language: str) -> str:
    if script in _scripts(language):
        return language
    for telling, its, letters in TELLTALES:
        if telling == script and letters.search(text):
            return its
    return LANGUAGES[script]
