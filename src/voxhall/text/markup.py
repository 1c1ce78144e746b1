"""What a text may say beside its words: cues, breaks and paragraphs."""

import re
from dataclasses import dataclass

from voxhall.errors import InvalidInput

CUES = ("sigh", "laugh", "gasp", "sniff", "cough", "hesitate", "breath", "tut", "pause")
"""Names that stand in square brackets."""
ALIASES = {"hesitation": "hesitate"}
PAUSE = 0.6
"""Seconds of silence for `[pause]` and a break without a time."""
PARAGRAPH = 0.5
"""Seconds of silence for a blank line."""
LONGEST = 10.0
"""Seconds; a longer break is cut to this."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Words to be spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A sound that a person makes between words."""

    name: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    seconds: float


Part = Speech | Cue | Pause

_MARK = re.compile(
    r"\[\[(?P<phonemes>[^\[\]\n]{1,400})\]\]"
    r"|\[(?P<cue>[a-z]{1,40})\]"
    r"|\s?\[(?P<number>[0-9]{1,4})\]"
    r"|(?P<broken><\s{0,9}break\b[^<>]{0,200}>?)"
    r"|(?P<paragraph>\r?\n[^\S\n]*\n\s*)"
)
_BREAK = re.compile(
    r"""<break(?:\s+time\s?=\s?(["'])(?P<time>\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})(?P<unit>ms|s)\1)?\s*/>"""
)


def parse(text: str) -> tuple[Part, ...]:
    """Take a text apart at its marks; `[[phonemes]]` and brackets with other text stay where they are.

    Numbers in brackets are references and are dropped. Raises InvalidInput for an unknown cue and a malformed break.
    """
    parts: list[Part] = []
    words, position = "", 0
    text = text.strip()
    for mark in _MARK.finditer(text):
        words += text[position : mark.start()]
        position = mark.end()
        if mark["phonemes"]:
            words += mark[0]
        elif not mark["number"]:
            parts += [*_speech(words), _meant(mark)]
            words = ""
    return (*parts, *_speech(words + text[position:]))


def _speech(words: str) -> list[Part]:
    return [Speech(words.strip())] if words.strip() else []


def _meant(mark: re.Match[str]) -> Part:
    if mark["paragraph"]:
        return Pause(PARAGRAPH)
    if mark["broken"]:
        return _break(mark[0])
    name = ALIASES.get(mark["cue"], mark["cue"])
    if name == "pause":
        return Pause(PAUSE)
    if name not in CUES:
        raise InvalidInput(f"there is no cue [{name}]; known are {', '.join(CUES)}", param="input")
    return Cue(name)


def _break(written: str) -> Pause:
    found = _BREAK.fullmatch(written)
    if not found:
        raise InvalidInput(f'{written} is not a break; write <break time="500ms"/>', param="input")
    if not found["time"]:
        return Pause(PAUSE)
    return Pause(min(LONGEST, float(found["time"]) / (1000 if found["unit"] == "ms" else 1)))
