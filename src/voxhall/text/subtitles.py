"""Captions taken apart and put together: SubRip and WebVTT, of which only the words are changed."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from voxhall.errors import InvalidInput
from voxhall.text.captions import LINE

_TIMES = re.compile(r"^[^\S\n]*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}[^\S\n]*-->[^\n]*$", re.MULTILINE)
_SPEAKER_LINE = re.compile(r"^\s*[-–—]\s?\S")


@dataclass(frozen=True, slots=True)
class Captions:
    """A file of captions."""

    parts: tuple[str, ...]
    """What stands before, between and after the captions' words, as it is: one more than there are captions."""
    texts: tuple[str, ...]
    """The words of each caption; lines of one sentence are joined, those of several speakers stay lines."""
    lines: tuple[int, ...]
    """How many lines each had."""

    def put_together(self, texts: Sequence[str]) -> str:
        """Write the file with other words, on as many lines as before where they fit."""
        written = [self.parts[0]]
        for text, lines, after in zip(texts, self.lines, self.parts[1:], strict=True):
            written += [_wrapped(text, lines), after]
        return "".join(written)


def read_captions(document: str) -> Captions:
    """Take captions apart; raises InvalidInput where there are none."""
    document = document.replace("\r\n", "\n").removeprefix("\ufeff")
    parts, texts, lines, position = [], [], [], 0
    for times in _TIMES.finditer(document):
        begin = min(times.end() + 1, len(document))
        blank = document.find("\n\n", times.end())
        end = len(document.rstrip("\n")) if blank < 0 else blank
        if begin > end or times.start() < position:
            continue
        words = document[begin:end]
        parts.append(document[position:begin])
        texts.append(_joined(words))
        lines.append(words.count("\n") + 1)
        position = end
    if not texts:
        raise InvalidInput("the file has no captions: no line is like 00:00:01,000 --> 00:00:02,000")
    return Captions((*parts, document[position:]), tuple(texts), tuple(lines))


def _joined(words: str) -> str:
    lines = words.split("\n")
    return words if any(_SPEAKER_LINE.match(line) for line in lines[1:]) else " ".join(line.strip() for line in lines)


def _wrapped(text: str, lines: int) -> str:
    """Break a text into lines; it never holds a blank one, which would end the caption, nor an arrow."""
    text = re.sub(r"\n\s*\n+", "\n", text.replace("-->", "->")).strip("\n")
    if lines == 1 or "\n" in text:
        return text
    width = max(LINE, -(-len(text) // lines) + 8)
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)) or text
