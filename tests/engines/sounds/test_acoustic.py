"""Sounds between words are named when their shape is clear, and fluent speech gets no tags."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from hearing import noise, samples_of, silence
from recordings import TWO_CITIES
from voxhall.domain.speech import Word
from voxhall.engines.protocols import SAMPLE_RATE, Samples
from voxhall.engines.sounds._acoustic import Acoustic

SPEECH = samples_of(TWO_CITIES, 0.0, 3.0)
"""One man reads without a break."""


def tags(*pieces: Samples, spoken: tuple[int, ...] = (0, 2)) -> list[str]:
    """Tag pieces one after the other, of which some are spoken, each as one long word, over a faint room."""
    words, start = [], 0.0
    for number, piece in enumerate(pieces):
        end = start + len(piece) / SAMPLE_RATE
        if number in spoken:
            words.append(Word("word", start, end, 1.0))
        start = end
    heard = np.concatenate(pieces)
    return [e.tag for e in Acoustic().tag(heard + noise(len(heard) / SAMPLE_RATE, 1e-4), tuple(words))]


def colored(seconds: float, low: float, high: float, level: float) -> Samples:
    """Give noise of a band, its loudness a root mean square."""
    heard = sosfilt(butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos"), noise(seconds, 1.0))
    return (heard / np.sqrt(np.mean(heard**2)) * level).astype(np.float32)


def shaped(sound: Samples, rise: float, fall: float) -> Samples:
    """Let a sound begin and end within so many seconds."""
    begin, end = int(rise * SAMPLE_RATE), int(fall * SAMPLE_RATE)
    shape = np.ones(len(sound), np.float32)
    shape[:begin] = np.linspace(0, 1, begin)
    shape[len(sound) - end :] = np.linspace(1, 0, end)
    return sound * shape


def between(sound: Samples, quiet: float = 0.4) -> Samples:
    """Put a sound between two moments of silence."""
    return np.concatenate([silence(quiet), sound, silence(quiet)])


def laughter() -> Samples:
    """Give eight calls, five a second: a vowel with much breath, each of its own pitch, getting weaker."""
    calls = []
    for number in range(8):
        time = np.arange(int(0.11 * SAMPLE_RATE)) / SAMPLE_RATE
        pitch = 210 - 8 * number
        voice = sum(np.sin(2 * np.pi * pitch * k * time) / (1 + abs(k * pitch - 800) / 300) for k in range(1, 20))
        call = 0.05 * np.asarray(voice) + colored(0.11, 500, 2500, 0.03)
        calls += [shaped((call * 0.9**number).astype(np.float32), 0.02, 0.06), silence(0.06 + 0.025 * (number % 3))]
    return np.concatenate(calls)


def test_fluent_speech_has_no_tags() -> None:
    """Where words are, nothing else is looked for."""
    assert tags(samples_of(TWO_CITIES), spoken=(0,)) == []


def test_a_long_silence_between_words_is_a_pause() -> None:
    """Two seconds are, the second that readers take between sentences is not."""
    assert tags(SPEECH, silence(2.0), SPEECH) == ["pause"]
    assert tags(SPEECH, silence(1.2), SPEECH) == []


def test_silence_at_the_ends_is_no_pause() -> None:
    """A pause has a word before and after it."""
    assert tags(silence(5.0), SPEECH, silence(5.0), spoken=(1,)) == []


def test_laughter_is_a_train_of_breathy_calls() -> None:
    """Between words and where nobody speaks."""
    assert tags(SPEECH, between(laughter()), SPEECH) == ["laugh"]
    assert tags(between(laughter()), spoken=()) == ["laugh"]


def test_a_breath_is_soft_smooth_noise_near_words() -> None:
    """The same noise where nobody speaks is the wind."""
    breath = shaped(colored(0.5, 1000, 4500, 0.003), 0.15, 0.15)
    assert tags(SPEECH, between(breath, 0.2), SPEECH) == ["breath"]
    assert tags(between(breath, 3.0), spoken=()) == []


def test_a_cough_is_an_explosion_of_noise() -> None:
    """Loud at once, over soon."""
    cough = shaped(colored(0.3, 500, 2500, 0.25), 0.005, 0.27)
    assert tags(SPEECH, between(cough), SPEECH) == ["cough"]


def test_a_loud_sound_of_no_known_shape_is_of_the_environment() -> None:
    """An engine, a phone, a bird."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    ring = (0.2 * np.sin(2 * np.pi * 1400 * time)).astype(np.float32)
    assert tags(SPEECH, between(ring), SPEECH) == ["env"]


def test_the_rumble_of_a_room_is_not_heard() -> None:
    """Below the lowest voice there is nothing to tag."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    rumble = (0.3 * np.sin(2 * np.pi * 40 * time)).astype(np.float32)
    assert tags(SPEECH, shaped(rumble, 0.3, 0.3)[: int(1.5 * SAMPLE_RATE)], SPEECH) == []


def test_a_vowel_held_long_is_an_elongated_word() -> None:
    """A word twice as long with a vowel that stays is; a slow word is not."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    vowel = sum(np.sin(2 * np.pi * 120 * k * time) / (1 + abs(k * 120 - 500) / 200) for k in range(1, 30))
    assert tags(shaped(0.05 * np.asarray(vowel, np.float32), 0.05, 0.05), spoken=(0,)) == ["elongation"]


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05, 1.0])
def test_short_and_silent_stretches_are_fine(seconds: float) -> None:
    """Nothing is found in nothing."""
    assert Acoustic().tag(silence(seconds), ()) == ()


def test_events_come_in_order_and_lie_within_the_stretch() -> None:
    """Whatever is heard."""
    pieces = [SPEECH, between(laughter()), SPEECH, silence(3.0), SPEECH]
    heard = np.concatenate(pieces)
    events = Acoustic().tag(heard, (Word("a", 0.0, 3.0, 1.0), Word("b", 5.0, 8.0, 1.0), Word("c", 11.0, 14.0, 1.0)))
    assert [event.start for event in events] == sorted(event.start for event in events)
    assert all(0 <= event.start < event.end <= len(heard) / SAMPLE_RATE for event in events)
