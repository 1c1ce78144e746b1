"""Words and speaker turns become segments: who said which utterance."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from voxhall.domain.speech import Segment, Turn, Word

PAUSE = 0.9
"""Seconds of silence between two words that end an utterance."""
LONGEST = 20.0
"""Seconds after which an utterance ends at its next word."""
SENTENCE_END = (".", "?", "!", "…", "\u3002", "\uff1f", "\uff01", "\u1362")
"""The last four: CJK full stop, question and exclamation mark; Ethiopic full stop."""
ABBREVIATIONS = {"mr.", "mrs.", "ms.", "dr.", "st.", "no.", "vs."}


def speakers_of(words: Sequence[Word], turns: Sequence[Turn]) -> list[int]:
    """Give each word the speaker whose turns cover most of it, else the one whose turn is nearest in time."""
    if not turns:
        return [0] * len(words)
    return [_speaker_of(word, turns) for word in words]


def _speaker_of(word: Word, turns: Sequence[Turn]) -> int:
    covered: dict[int, float] = {}
    for turn in turns:
        shared = min(word.end, turn.end) - max(word.start, turn.start)
        if shared > 0:
            covered[turn.speaker] = covered.get(turn.speaker, 0.0) + shared
    if covered:
        return max(covered, key=lambda speaker: (covered[speaker], -speaker))
    middle = (word.start + word.end) / 2
    return min(turns, key=lambda turn: max(turn.start - middle, middle - turn.end)).speaker


def segments_of(words: Sequence[Word], speakers: Sequence[int]) -> list[Segment]:
    """Cut words (in order of time) into utterances at speaker changes, sentence ends and pauses."""
    segments: list[Segment] = []
    said: list[Word] = []
    for index, word in enumerate(words):
        said.append(word)
        following = index + 1 < len(words)
        if following and speakers[index] == speakers[index + 1] and not _ends(said, words[index + 1]):
            continue
        segments.append(_segment(speakers[index], said))
        said = []
    return segments


def _ends(said: Sequence[Word], following: Word) -> bool:
    last = said[-1]
    if following.start - last.end >= PAUSE or following.end - said[0].start > LONGEST:
        return True
    return last.text.endswith(SENTENCE_END) and last.text.lower() not in ABBREVIATIONS


def _segment(speaker: int, said: Iterable[Word]) -> Segment:
    words = tuple(said)
    return Segment(
        speaker=speaker,
        text=" ".join(word.text for word in words),
        start=words[0].start,
        end=max(word.end for word in words),
        words=words,
    )


def numbered_by_first_speech(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Put segments in order of time and number their speakers 0, 1, ... by who spoke first."""
    ordered = sorted(segments, key=lambda segment: (segment.start, segment.end))
    order = {speaker: number for number, speaker in enumerate(dict.fromkeys(s.speaker for s in ordered))}
    return tuple(replace(segment, speaker=order[segment.speaker]) for segment in ordered)


def in_order(words: Iterable[Word], *, duration: float) -> list[Word]:
    """Put words into the recording: ordered by start, none beyond its end, none ending after the next one begins."""
    inside = (replace(w, start=min(max(w.start, 0.0), duration), end=min(max(w.end, w.start), duration)) for w in words)
    ordered = sorted(inside, key=lambda word: word.start)
    clipped = [replace(w, end=min(w.end, following.start)) for w, following in pairwise(ordered)]
    return [*clipped, *ordered[-1:]]
