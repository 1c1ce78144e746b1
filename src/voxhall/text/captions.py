"""Transcripts as text: speaker lines with sounds inline, SubRip and WebVTT captions."""

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word

LINE = 42
"""Characters of a caption's line, as broadcasters have it."""
LINES = 2
LONGEST = 7.0
"""Seconds that one caption stays."""
SHORT_LAUGH = 1.0
"""Seconds up to which laughter between words is written as `hahaha`."""
ELONGATION, EMPHASIS = "elongation", "emphasis"
"""Events that are marks on a word."""


def transcript_text(transcript: Transcript, *, events: bool) -> str:
    """Write one `SPEAKER_n: ...` line for consecutive segments of one speaker, on request with sounds inline."""
    sounds = _Sounds(transcript.events if events else ())
    lines = []
    for speaker, segments in groupby(transcript.segments, key=lambda segment: segment.speaker):
        said = [token for segment in segments for token in _tokens(segment, sounds)]
        lines.append([f"SPEAKER_{speaker}:", *said])
    rest = sounds.before(float("inf"))
    if rest and not lines:
        lines.append([])
    if rest:
        lines[-1] += rest
    return "\n".join(" ".join(line) for line in lines)


class _Sounds:
    """The events still to be written, in order of start."""

    def __init__(self, events: Sequence[SoundEvent]) -> None:
        self._marks = [event for event in events if event.tag in {ELONGATION, EMPHASIS}]
        self._waiting = [event for event in events if event.tag not in {ELONGATION, EMPHASIS}]

    def before(self, moment: float) -> list[str]:
        """Take what begins before a moment."""
        count = sum(event.start < moment for event in self._waiting)
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return [_tag(event, between_words=moment != float("inf")) for event in taken]

    def marked(self, word: Word) -> str:
        """Write a word with the marks that lie on it."""
        tags = {event.tag for event in self._marks if min(event.end, word.end) > max(event.start, word.start)}
        bare = word.text.rstrip(".,;:?!")
        tail = word.text[len(bare) :]
        text = f"*{bare}*" if EMPHASIS in tags else bare
        return f"{text}..." if ELONGATION in tags else text + tail


def _tag(event: SoundEvent, *, between_words: bool) -> str:
    if event.tag == "laugh" and between_words and event.end - event.start <= SHORT_LAUGH:
        return "hahaha"
    return f"[{event.tag}]"


def _tokens(segment: Segment, sounds: _Sounds) -> Iterator[str]:
    """Write a segment's words, each after the sounds that come before its middle."""
    if not segment.words:
        yield segment.text
    for word in segment.words:
        yield from sounds.before((word.start + word.end) / 2)
        yield sounds.marked(word)


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown at once."""

    start: float
    """Seconds."""
    end: float
    """Seconds."""
    speaker: int
    lines: tuple[str, ...]


def captions_of(transcript: Transcript) -> Iterator[Caption]:
    """Cut a transcript into captions of at most two lines and seven seconds."""
    for segment in transcript.segments:
        words = segment.words or (Word(segment.text, segment.start, segment.end, 1.0),)
        shown: list[Word] = []
        for word in words:
            if shown and (word.end - shown[0].start > LONGEST or len(_lines([*shown, word])) > LINES):
                yield _caption(segment.speaker, shown)
                shown = []
            shown.append(word)
        yield _caption(segment.speaker, shown)


def _lines(words: Sequence[Word]) -> list[str]:
    return textwrap.wrap(" ".join(word.text for word in words), LINE, break_long_words=False, break_on_hyphens=False)


def _caption(speaker: int, words: Sequence[Word]) -> Caption:
    return Caption(words[0].start, words[-1].end, speaker, tuple(_lines(words)))


def to_srt(transcript: Transcript) -> str:
    """Write SubRip captions; the speaker is named where there are several."""
    several = transcript.speakers > 1
    blocks = []
    for number, each in enumerate(captions_of(transcript), 1):
        name = f"SPEAKER_{each.speaker}: " if several else ""
        text = name + "\n".join(each.lines)
        blocks.append(f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n{text}\n")
    return "\n".join(blocks)


def to_vtt(transcript: Transcript) -> str:
    """Write WebVTT captions, the speaker as a voice span."""
    blocks = ["WEBVTT\n"]
    for each in captions_of(transcript):
        text = html.escape("\n".join(each.lines), quote=False)
        times = f"{_clock(each.start, '.')} --> {_clock(each.end, '.')}"
        blocks.append(f"{times}\n<v SPEAKER_{each.speaker}>{text}</v>\n")
    return "\n".join(blocks)


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{rest:03}"
