"""How written English is said: as dictionary words, and those letter by sound where a dictionary fails."""

import re
import unicodedata

from voxhall.text.english.numerals import ONES, cardinal, digits, pairs

SIGNS = {"%": "percent", "&": "and", "=": "equals", "+": "plus", "$": "dollars", "£": "pounds", "€": "euros"}
ABBREVIATIONS = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "vs": "versus", "etc": "et cetera"}

_PIECE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[%&=+$£€]")
_ORDINAL_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th|s)\b")


def spoken(word: str) -> tuple[str, ...]:
    """Give the lower-case words that are said for one written word; empty for mere punctuation."""
    plain = unicodedata.normalize("NFKC", word).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = _ORDINAL_ENDING.sub("", plain)
    said: list[str] = []
    for piece in _PIECE.findall(plain):
        said += _said(piece)
    return tuple(said)


def _said(piece: str) -> list[str]:
    if piece in SIGNS:
        return [SIGNS[piece]]
    if piece[0].isdigit():
        whole, _, fraction = piece.partition(".")
        return _number(whole) + (["point", *(ONES[int(digit)] for digit in fraction)] if fraction else [])
    lower = _without_accents(piece.lower())
    return ABBREVIATIONS.get(lower, lower).split()


def _number(written: str) -> list[str]:
    """Say a whole number as most people would: years in pairs, very long ones digit by digit."""
    plain = written.replace(",", "")
    value = int(plain)
    if len(plain) > 9 or (plain[0] == "0" and value):  # noqa: PLR2004 - telephone numbers and the like
        return digits(plain)
    hundreds, rest = divmod(value, 100)
    if rest and hundreds in range(11, 20) and plain == written:  # most often a year
        return pairs(value)
    return cardinal(value)


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


SOUNDS = {
    "tion": "SH AH N", "sion": "ZH AH N", "ough": "AO", "augh": "AO", "eigh": "EY", "igh": "AY", "tch": "CH",
    "sch": "S K", "dge": "JH", "eau": "OW", "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "gh": "G", "wh": "W",
    "ck": "K", "ng": "NG", "qu": "K W", "ce": "S EH", "ci": "S IH", "cy": "S IY", "ge": "JH EH", "gi": "JH IH",
    "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "oa": "OW", "oi": "OY", "oy": "OY", "ai": "EY",
    "ay": "EY", "au": "AO", "aw": "AO", "ei": "EY", "ey": "IY", "ie": "IY", "ue": "UW", "ui": "UW", "ew": "UW",
    "our": "AO R", "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K",
    "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V",
    "w": "W", "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
"""Spellings and their commonest sounds in ARPABET: enough to place a word in time, not to teach its pronunciation."""

_SPELLING = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
_DOUBLED = re.compile(r"([bcdfgjklmnprstvz])\1")
_SILENT_END = re.compile(r"(?<=[aeiouyr])([bcdfgklmnprstvz])e(s?)$")


def sounds(word: str) -> str:
    """Guess the phones of a word that no dictionary has; empty where no letter is known."""
    spelling = _SILENT_END.sub(r"\1\2", word.replace("'", "")) if len(word) > 3 else word  # noqa: PLR2004 - "the"
    return " ".join(SOUNDS[part] for part in _SPELLING.findall(_DOUBLED.sub(r"\1", spelling)))
