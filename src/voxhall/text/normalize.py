"""Written text as the words that are said: numbers, dates, money, abbreviations and signs spelled out."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from voxhall.text import ethiopic, european
from voxhall.text.english.reader import READER as ENGLISH
from voxhall.text.rules import CLOSING, Reader, said

LOOKALIKES = str.maketrans(
    "‘’‚‛“”„‟‐‑‒―⁃－＂＇．（）％＋＝＄０１２３４５６７８９",
    "''''" + '""""' + "---—--" + "\"'.()%+=$0123456789",
)
"""Typographic and wide signs and the plain ones that rules know, one for one."""
MARKS = ("?", "!", "…", "...", ";", ":", ",", ".")
"""Marks that are kept at the end of a word, the strongest first."""
LOCAL = "።፧፣፤፥፦।॥。、？！，；：؟،؛"
"""Marks of other scripts."""
CLOSERS = CLOSING.replace("\\", "")
"""Marks that end a word without being heard."""

_SPACE = re.compile(r"\s*")
_PHONEMES = re.compile(r"\[\[[^\[\]\n]{1,400}\]\]")
_OPENING = re.compile(r"(?:[\"'({<«‹¿¡*_~>|`]|\[(?!\[)){1,20}")
_PLAIN = re.compile(r"[a-z]{2,40}(?=[,;!?]{0,3}(?:\s|\Z))")
_WORD = re.compile(rf"[^\s—…]{{1,200}}?(?=\s|—|…|--|\.\.\.|\Z|(?<=[{LOCAL}])[^{CLOSING}])|[^\s—…]{{1,200}}")
_TAIL = re.compile(f"[{CLOSING}]*")
_DASH = re.compile(r"(?:—|--|–(?=\s))[—-]*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")


@dataclass(frozen=True, slots=True)
class Token:
    """An expression as it is written and as it is said."""

    written: str
    spoken: str
    """Words, with the mark that ends them; empty for what is silent."""


def normalize(text: str, language: str) -> tuple[Token, ...]:
    """Say a text in a language (ISO 639-1); `[[phonemes]]` are left as they are.

    What is silent stays as a token that says nothing; its pause goes to the word before.
    """
    reader = _reader(language)
    source = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    found: list[Token] = []
    for token, pause in _tokens(source, source.translate(LOOKALIKES), reader):
        if found and pause and found[-1].spoken:
            found[-1] = replace(found[-1], spoken=_marked(found[-1].spoken, pause))
        found.append(token)
    return tuple(found)


@cache
def _reader(language: str) -> Reader:
    if language == "en":
        return ENGLISH
    return ethiopic.reader(language) if language in ethiopic.LANGUAGES else european.reader(language)


def _tokens(source: str, plain: str, reader: Reader) -> Iterator[tuple[Token, str]]:
    """Give tokens, and the mark that each lends to the word before it."""
    end = 0
    while (start := _after(_SPACE, plain, end)) < len(plain):
        begins_line = end == 0 or "\n" in plain[end:start]
        words, tail, opening = _expression(plain, start, reader)
        marked = _after(_TAIL, plain, tail)
        end = marked if words else max(start + 1, _after(_DASH, plain, marked))
        written = source[start:end]
        if words:
            mark = _mark(plain[tail:marked])
            if mark == ")":
                mark = "," if plain[end : end + 20].strip() else ""
            yield Token(written, _marked(words, mark)), "," if "(" in opening else ""
        else:
            yield Token(written, ""), _pause(plain[start:end], begins_line=begins_line)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _expression(plain: str, start: int, reader: Reader) -> tuple[str, int, str]:
    """Say the expression at a place; gives its words, where it ends, and the signs that open it."""
    if _DASH.match(plain, start):
        return "", start, ""
    ordinary = _PLAIN.match(plain, start)
    if ordinary:
        return reader.word(ordinary[0]), ordinary.end(), ""
    found = said(reader.rules, plain, start)
    if found:
        return *found, ""
    inside = _after(_OPENING, plain, start)
    opening = plain[start:inside]
    phonemes = _PHONEMES.match(plain, inside)
    if phonemes:
        return phonemes[0], phonemes.end(), opening
    found = said(reader.rules, plain, inside) if opening else None
    if found:
        return *found, opening
    word = _WORD.match(plain, inside)
    core = word[0].rstrip(CLOSERS) if word else ""
    return reader.word(core) if core else "", inside + len(core), opening


def _mark(tail: str) -> str:
    """Give the one mark that a voice needs of all that follow a word; `)` for a closing bracket."""
    for mark in MARKS:
        if mark in tail:
            return mark
    local = [character for character in tail if character in LOCAL]
    return local[0] if local else ")" if ")" in tail else ""


def _pause(silent: str, *, begins_line: bool) -> str:
    """Give the pause of a dash, a bullet or a mark that stands alone."""
    if silent[0] in "-–—•·▪◦‣|*":
        return "." if begins_line else "," if silent[0] != "*" else ""
    mark = _mark(silent)
    return "," if mark == ")" else mark


def _marked(words: str, mark: str) -> str:
    """Put a mark to words, unless they have one as strong."""
    if words[-1] in ",;:":
        return words[:-1] + (mark or words[-1])
    return words if not mark or words[-1] in f".?!…{LOCAL}" else words + mark
