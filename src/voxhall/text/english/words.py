"""What no rule knows: letters and digits and signs run together."""

import re
import unicodedata

from voxhall.text.english.abbreviations import BARE
from voxhall.text.english.acronyms import word_or_letters
from voxhall.text.english.numbers import decade
from voxhall.text.english.numerals import cardinal, digits, number, ordinal, pairs, year

LETTERS = {"²": " squared ", "³": " cubed ", "µ": "micro", "℃": "degrees Celsius", "Ω": "omega", "№": "number"}
SILENT = "\"'()[]{}<>*_~|\\^`«»“”„‹›"
SIGNS = {"&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "°": "degrees", "$": "dollars",
         "€": "euros",
         "£": "pounds", "#": "number", "×": "by", "§": "section", "√": "root", "∞": "infinity", "¢": "cents",
         "¥": "yen", "±": "plus or minus", "÷": "divided by"}  # fmt: skip

_PLAIN = re.compile(r"[A-Za-zÀ-ɏ][a-zß-ɏ]*(?:['-][A-Za-zÀ-ɏ]?[a-zß-ɏ]+)*-?")
_TO = re.compile(r"(?<=[a-z\d])–(?=[A-Z\d])")
_GREEK = re.compile("(?<![Ͱ-Ͽ])[Α-Ωα-ω](?![Ͱ-Ͽ])")
_PIECE = re.compile(
    r"(?<=\w)'s\b|(?:1\d|20)?\d0s\b|\d{1,9}(?:st|nd|rd|th)\b|\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]|.",
    re.DOTALL,
)


def word(written: str) -> str:
    """Say a word of any make, piece by piece; empty where nothing of it is heard."""
    if _PLAIN.fullmatch(written):
        return BARE.get(written) or written.rstrip("-")
    plain = _GREEK.sub(_greek, "".join(_folded(character) for character in written))
    pieces = _PIECE.findall(_TO.sub(" to ", plain))
    said = [_piece(piece, pieces[place - 1] if place else "") for place, piece in enumerate(pieces)]
    return " ".join(" ".join(each for each in said if each).split()).replace(" 's", "'s")


def _folded(character: str) -> str:
    """Give a letter in its plain form, another script's digit as ours."""
    if character.isascii() or (character.isalpha() and unicodedata.category(character) not in {"Lm", "Nl", "No"}):
        plain = LETTERS.get(character, character)
        return unicodedata.normalize("NFKC", plain) if "MATHEMATICAL" in unicodedata.name(character, "") else plain
    if character in LETTERS:
        return LETTERS[character]
    value = unicodedata.numeric(character, None)
    if value is not None and unicodedata.category(character) == "Nd":
        return str(int(value))
    if value is not None:
        return f" {number(f'{value:g}')} " if value >= 0 and value < 10**6 else ""
    return unicodedata.normalize("NFKC", character) if character.isalnum() else character


def _greek(match: re.Match[str]) -> str:
    """Name a Greek letter that is a symbol."""
    return f" {unicodedata.name(match[0]).split()[-1].lower()} "


def _piece(piece: str, before: str) -> str:
    if piece == "'s" or (piece in BARE and not piece.isalpha() and piece not in SILENT):
        return SIGNS.get(piece) or BARE.get(piece, piece)
    if piece[0].isdecimal() and piece[-1].isalpha():
        return decade(int(piece[:-1])) if piece[-1] == "s" else ordinal(int(piece[:-2]))
    if before == "-" and re.fullmatch(r"1[1-9]\d\d|20\d\d", piece):
        return year(int(piece))
    if piece[0].isdecimal():
        return _digits(piece, after_letters=before[:1].isalpha())
    if piece[0].isalpha():
        return _letters(piece)
    return SIGNS.get(piece, "") if unicodedata.category(piece[0])[0] in "SP" and piece not in SILENT else ""


def _letters(piece: str) -> str:
    if piece.isupper() and piece.isalpha():
        return word_or_letters(piece) if len(piece) <= 40 else piece.lower()  # noqa: PLR2004
    return piece


def _digits(piece: str, *, after_letters: bool) -> str:
    if re.fullmatch(r"[1-9]\d{2,3}", piece) and after_letters and int(piece) % 100:
        return " ".join(pairs(int(piece)))
    if len(piece) > 6 and piece.isdecimal():  # noqa: PLR2004
        return " ".join(digits(piece))
    return number(piece) if "." in piece or "," in piece or piece[0] == "0" else " ".join(cardinal(int(piece)))
