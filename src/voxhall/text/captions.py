"""Transcripts as text: speaker lines with sounds inline, SubRip and WebVTT captions."""

import html
import math
import textwrap
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from voxhall.domain.speech import Segment, SoundEvent, Transcript, Word

LINE = 42
"""Characters of a caption's line, as broadcasters have it."""
LINES = 2
LONGEST = 7.0
"""Seconds that one caption stays at most."""
SHORTEST = 0.2
"""Seconds that one caption stays at least; players refuse one of no length."""
SHORT_LAUGH = 1.0
"""Seconds up to which laughter between words is written as `hahaha`."""
ELONGATION, EMPHASIS = "elongation", "emphasis"
MARKS = {ELONGATION, EMPHASIS}
"""Events that are marks on a word."""


def transcript_text(transcript: Transcript, *, events: bool) -> str:
    """Write one `SPEAKER_n: ...` line for consecutive segments of one speaker, on request with sounds inline."""
    sounds = _Sounds(transcript.events if events else ())
    lines = []
    for speaker, segments in groupby(transcript.segments, key=lambda segment: segment.speaker):
        said = [token for segment in segments for token in _tokens(segment, sounds)]
        lines.append([f"SPEAKER_{speaker}:", *said])
    if rest := list(sounds.before(math.inf)):
        lines = lines or [[]]
        lines[-1] += rest
    return "\n".join(" ".join(line) for line in lines)


class _Sounds:
    """The events of a transcript, handed out as its words go by."""

    def __init__(self, events: Sequence[SoundEvent]) -> None:
        self._waiting = deque(event for event in events if event.tag not in MARKS)
        self._marks = sorted(((e.start + e.end) / 2, e.tag) for e in events if e.tag in MARKS)

    def before(self, moment: float) -> Iterator[str]:
        """Take what begins before a moment."""
        while self._waiting and self._waiting[0].start < moment:
            yield _tag(self._waiting.popleft(), between_words=moment != math.inf)

    def marked(self, word: Word) -> str:
        """Write a word with the marks whose middle lies in it."""
        first, last = (bisect_left(self._marks, (moment, "")) for moment in (word.start, word.end))
        tags = {tag for _, tag in self._marks[first:last]}
        bare = word.text.rstrip(".,;:?!")
        tail = word.text[len(bare) :]
        text = f"*{bare}*" if EMPHASIS in tags else bare
        return f"{text}..." if ELONGATION in tags else text + tail


def _tag(event: SoundEvent, *, between_words: bool) -> str:
    if event.tag == "laugh" and between_words and event.end - event.start <= SHORT_LAUGH:
        return "hahaha"
    return f"[{event.tag}]"


def _tokens(segment: Segment, sounds: _Sounds) -> Iterator[str]:
    """Write a segment's words, each after the sounds that begin before its middle."""
    if not segment.words:
        yield from sounds.before(segment.start)
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


def captions_of(transcript: Transcript, *, named: bool = False) -> Iterator[Caption]:
    """Cut a transcript into captions of at most two lines and seven seconds, on request with the speaker in front."""
    for segment in transcript.segments:
        name = f"SPEAKER_{segment.speaker}: " if named else ""
        shown: list[Word] = []
        for word in segment.words or _words_of(segment):
            if shown and (word.end - shown[0].start > LONGEST or len(_lines(name, [*shown, word])) > LINES):
                yield _caption(segment.speaker, name, shown)
                shown = []
            shown.append(word)
        yield _caption(segment.speaker, name, shown)


def _words_of(segment: Segment) -> Iterator[Word]:
    """Guess when the words of a segment without word times were said: each takes time by its letters."""
    words = segment.text.split() or [""]
    ends = list(accumulate(len(word) + 1 for word in words))
    pace = (segment.end - segment.start) / ends[-1]
    for word, end in zip(words, ends, strict=True):
        yield Word(word, segment.start + (end - len(word) - 1) * pace, segment.start + end * pace, 1.0)


def _lines(name: str, words: Sequence[Word]) -> list[str]:
    return textwrap.wrap(name + " ".join(word.text for word in words), LINE, break_on_hyphens=False)


def _caption(speaker: int, name: str, words: Sequence[Word]) -> Caption:
    start = words[0].start
    end = min(max(words[-1].end, start + SHORTEST), start + LONGEST)
    return Caption(start, end, speaker, tuple(_lines(name, words)))


def to_srt(transcript: Transcript) -> str:
    """Write SubRip captions; the speaker is named where there are several."""
    blocks = []
    for number, each in enumerate(captions_of(transcript, named=transcript.speakers > 1), 1):
        text = "\n".join(each.lines).replace("-->", "->")
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
