"""Who speaks when, on real voices."""

import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from recordings import TWO_CITIES, TWO_SPEAKERS
from voxhall.domain.speech import Span, SpeakerCount, Turn
from voxhall.engines.diarize._community import Community
from voxhall.engines.protocols import SAMPLE_RATE, Samples


@pytest.fixture(scope="module")
def diarizer() -> Community:
    """The engine, its models loaded."""
    return Community()


def samples_of(path: Path, seconds: float) -> Samples:
    """Read the beginning of a recording."""
    with wave.open(str(path)) as source:
        rate = source.getframerate()
        raw = np.frombuffer(source.readframes(int(seconds * rate)), "<i2")
    return resample_poly(raw / 32768, SAMPLE_RATE, rate).astype(np.float32)


def turns_of(diarizer: Community, samples: Samples, count: SpeakerCount | None = None) -> tuple[Turn, ...]:
    """Diarize as the pipeline does."""
    duration = len(samples) / SAMPLE_RATE
    windows = diarizer.plan(duration, (Span(0.0, duration),))
    seen = tuple(diarizer.observe(samples[int(w.start * SAMPLE_RATE) : int(w.end * SAMPLE_RATE)]) for w in windows)
    return diarizer.settle(windows, seen, count or SpeakerCount())


def speakers(turns: tuple[Turn, ...]) -> set[int]:
    """Give the speakers' numbers."""
    return {turn.speaker for turn in turns}


@pytest.fixture(scope="module")
def dialogue() -> Samples:
    """Two people talk."""
    return samples_of(TWO_SPEAKERS, 28)


@pytest.fixture(scope="module")
def reading() -> Samples:
    """One man reads, longer than one look."""
    return samples_of(TWO_CITIES, 36)


def test_two_people_are_told_apart(diarizer: Community, dialogue: Samples) -> None:
    """Numbered by who speaks first, in order of time, inside the recording."""
    turns = turns_of(diarizer, dialogue)
    assert speakers(turns) == {0, 1}
    assert turns[0].speaker == 0
    assert [t.start for t in turns] == sorted(t.start for t in turns)
    assert all(0 <= t.start < t.end <= 28.3 for t in turns)


def test_one_reader_is_one_speaker(diarizer: Community, reading: Samples) -> None:
    """Over several looks, too."""
    assert len(diarizer.plan(36.0, (Span(0.0, 36.0),))) == 2
    assert speakers(turns_of(diarizer, reading)) == {0}


def test_a_second_voice_in_a_later_look_is_a_second_speaker(
    diarizer: Community, dialogue: Samples, reading: Samples
) -> None:
    """And the first keeps his number when he comes back."""
    first, other = reading[: 20 * SAMPLE_RATE], dialogue[: 12 * SAMPLE_RATE]
    turns = turns_of(diarizer, np.concatenate([first, other, reading[20 * SAMPLE_RATE :]]))
    at = {moment: {t.speaker for t in turns if t.start <= moment <= t.end} for moment in np.arange(1.0, 48.0, 0.5)}
    early = set.union(*(found for moment, found in at.items() if moment < 19))
    late = set.union(*(found for moment, found in at.items() if moment > 34))
    between = set.union(*(found for moment, found in at.items() if 22 < moment < 31))
    assert early == late == {0}
    assert between - {0}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_given_number_of_speakers_is_kept_to(diarizer: Community, dialogue: Samples, count: int) -> None:
    """Where there is speech enough for it."""
    assert len(speakers(turns_of(diarizer, dialogue, SpeakerCount(count, count)))) == count


def test_a_range_leaves_the_choice(diarizer: Community, dialogue: Samples) -> None:
    """Within the range nothing changes."""
    assert turns_of(diarizer, dialogue, SpeakerCount(1, 4)) == turns_of(diarizer, dialogue)


def test_the_same_recording_gives_the_same_turns(diarizer: Community, dialogue: Samples) -> None:
    """To the last digit."""
    assert turns_of(diarizer, dialogue) == turns_of(diarizer, dialogue)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 5.0, 31.0])
def test_silence_is_nobody(diarizer: Community, seconds: float) -> None:
    """However short or long."""
    assert turns_of(diarizer, np.zeros(int(seconds * SAMPLE_RATE), np.float32)) == ()


def test_only_where_there_is_speech_is_looked(diarizer: Community) -> None:
    """Silent half minutes cost nothing."""
    looks = diarizer.plan(600.0, (Span(100.0, 101.0), Span(590.0, 600.0)))
    assert all(any(s <= look.end and look.start <= e for s, e in ((100, 101), (590, 600))) for look in looks)
    assert looks[-1].end == 600.0
    assert len(looks) <= 4


def test_a_look_is_kept_in_a_few_kilobytes(diarizer: Community, reading: Samples) -> None:
    """An hour's looks are checkpointed one by one."""
    seen = diarizer.observe(reading[: 30 * SAMPLE_RATE])
    assert sum(array.nbytes for array in seen.values()) < 40_000
