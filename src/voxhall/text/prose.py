"""Prose cut into paragraphs and sentences, nothing lost: the pieces joined are the text."""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Protocol

LANGUAGES = {
    "ar", "bg", "da", "de", "el", "en", "es", "fa", "fr", "hi", "hy", "it", "ja", "kk", "mr", "my", "nl", "pl", "ru",
    "sk", "ur", "zh",
}  # fmt: skip
"""ISO 639-1 codes of what pysbd cuts by rules of its own. It knows Amharic too, but runs on after an English word."""
BLOCK = 2000
"""Characters after which a paragraph is cut at its next sentence, before pysbd sees it, which takes their square."""

_LOCAL = "።፧፨।॥。？！｡؟۔։"
_CLOSERS = "\"'”’»›)]}」』）】"
_END = re.compile(
    rf"(?:[{_LOCAL}]|፡፡|(?<=[\u1200-\u135a])::)+[{re.escape(_CLOSERS)}]{{0,4}}\s*"
    rf"|[.?!…]{{1,8}}[{re.escape(_CLOSERS)}]{{0,4}}\s+"
)
_INITIAL = re.compile(r"(?:^|[\s.(])[^\W\d_]\Z|^\d{1,3}\Z")
_WORD = re.compile(r"[^\W_]")
_PARAGRAPH = re.compile(r".*?(?:\n[^\S\n]*(?:\n\s*|(?=[-*•–#>|]\s|\d{1,3}[.)]\s))|\Z)", re.DOTALL)


class _Span(Protocol):
    end: int


class _Splitter(Protocol):
    def segment(self, text: str) -> list[_Span]: ...


def paragraphs(text: str) -> list[str]:
    """Cut a text after its blank lines and before the items of a list; line ends stay with what they end."""
    return [match[0] for match in _PARAGRAPH.finditer(text) if match[0]]


def sentences(text: str, language: str) -> list[str]:
    """Cut a text into sentences, each with the space that follows it; those joined are the text.

    Languages (ISO 639-1) that pysbd knows are cut by its rules, Ethiopic and all others after the marks that end a
    sentence. A sentence may run over a line's end, never over a paragraph's.
    """
    return [piece for paragraph in paragraphs(text) for piece in _sentences(paragraph, language)]


def spans(text: str, language: str) -> list[tuple[int, int]]:
    """Give where each sentence begins and ends in a text, without the space around it."""
    found, begin = [], 0
    for piece in sentences(text, language):
        if bare := piece.strip():
            first = begin + piece.index(bare)
            found.append((first, first + len(bare)))
        begin += len(piece)
    return found


def _sentences(paragraph: str, language: str) -> list[str]:
    own = _cut(paragraph, [match.end() for match in _END.finditer(paragraph) if _is_end(match)])
    if language not in LANGUAGES:
        return own
    return [piece for block in _blocks(own) for piece in _cut(block, list(_ends(block, language)))]


def _is_end(match: re.Match[str]) -> bool:
    """Tell a sentence's end from an initial, the number of a list's item and a mark within a sentence."""
    if match[0][0] not in ".?!…":
        return True
    word = _WORD.search(match.string, match.end(), match.end() + 20)
    if word and word[0].islower():
        return False
    return match[0][0] != "." or not _INITIAL.search(match.string[max(0, match.start() - 4) : match.start()])


def _blocks(pieces: list[str]) -> Iterator[str]:
    """Give pieces together that are short enough for pysbd."""
    block = ""
    for piece in pieces:
        if block and len(block) + len(piece) > BLOCK:
            yield block
            block = ""
        block += piece
    yield block


def _ends(block: str, language: str) -> Iterator[int]:
    """Give where pysbd ends sentences, but for places inside a word, such as an address's question mark.

    A piece that is longer than a block has no sentence that could be told, and is left whole.
    """
    if len(block) > BLOCK:
        return
    for span in _splitter(language).segment(block.replace("\n", " ").replace("\r", " ")):
        before = block[: span.end]
        if before[-1:].isspace() or before.rstrip(_CLOSERS).endswith(tuple(_LOCAL)):
            yield span.end


def _cut(text: str, ends: list[int]) -> list[str]:
    return [text[begin:end] for begin, end in pairwise([0, *ends, len(text)]) if begin < end]


@cache
def _splitter(language: str) -> _Splitter:
    """Load the rules of a language; pysbd's patterns hold escapes that Python warns of when they are first compiled."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysbd import Segmenter  # noqa: PLC0415 - only where prose is cut

        splitter: _Splitter = Segmenter(language=language, clean=False, char_span=True)
    return splitter
