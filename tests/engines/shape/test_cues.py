"""Cues are short, of the voice, without words, and the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest

from hearing import silence
from shaped import RATE, centroid_of, heard, said, shaper, vowel_of
from voxhall.domain.speech import Word
from voxhall.engines.protocols import Samples
from voxhall.engines.recognize import moonshine
from voxhall.engines.registry import NoOptions
from voxhall.engines.shape._cues import CUES
from voxhall.engines.sounds import acoustic
from voxhall.engines.vad import silero

NAMES = ["sigh", "laugh", "gasp", "sniff", "cough", "breath", "tut"]
EXCLAMATIONS = {"ah", "oh", "ha", "haha", "huh", "uh", "uh-huh", "hmm"}


def test_all_cues_are_known() -> None:
    """These and no others."""
    assert sorted(CUES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("voice", ["maeve", "harry"])
@pytest.mark.parametrize("seed", [0, 7, -3])
def test_a_cue_is_short_and_not_too_loud(name: str, voice: str, seed: int) -> None:
    """0.2 to 1.2 seconds of sound that is heard, and no louder than half of full scale."""
    sound = shaper().cue(name, vowel_of(voice), RATE, seed)
    assert sound.dtype == np.float32
    assert 0.2 <= len(sound) / RATE <= 1.2
    assert 0.05 <= np.abs(sound).max() <= 0.5001


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name: str) -> None:
    """The same seed gives the same sound, another one another."""
    vowel = vowel_of("maeve")
    first, again, other = (shaper().cue(name, vowel, RATE, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other)


@pytest.mark.parametrize("name", NAMES)
def test_a_cue_is_of_its_voice(name: str) -> None:
    """A small voice's is brighter than a large one's."""
    small, large = (shaper().cue(name, vowel_of(voice), RATE, 1) for voice in ("june", "abraham"))
    assert centroid_of(small) > 1.02 * centroid_of(large)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("voice", ["maeve", "abraham"])
def test_no_words_are_heard(name: str, voice: str) -> None:
    """It is not taken for speech, or what is recognised is an exclamation at most."""
    sound = np.concatenate([silence(0.5), heard(shaper().cue(name, vowel_of(voice), RATE, 1)), silence(0.5)])
    if silero.engine.load(NoOptions(), Path()).listen(sound, None).probabilities.max() < 0.5:  # type: ignore[attr-defined]
        return
    listener = moonshine.engine.load(moonshine.engine.options(), Path())
    words = listener.recognize(sound, language="en", keywords=()).words  # type: ignore[attr-defined]
    assert {word.text.strip(".,!?").lower() for word in words} <= EXCLAMATIONS


@pytest.mark.parametrize("name", ["laugh", "sniff", "cough", "breath", "tut"])
def test_it_is_heard_as_what_it_is(name: str) -> None:
    """Between two sentences the sound tagger, made for real recordings, calls it by its name."""
    assert name in _tags(heard(shaper().cue(name, vowel_of("maeve"), RATE, 1)))


def _tags(cue: Samples) -> set[str]:
    speech, hush = heard(said())[:32_000], np.random.default_rng(0).normal(0, 1e-4, 8000).astype(np.float32)
    sound = np.concatenate([hush, speech, hush[:4800], cue, hush[:4800], speech, hush])
    second = 0.5 + 2 + 0.6 + len(cue) / 16_000
    words = (Word("before", 0.5, 2.5, 1.0), Word("after", second, second + 2, 1.0))
    tagger = acoustic.engine.load(NoOptions(), Path())
    events = tagger.tag(sound, words)  # type: ignore[attr-defined]
    return {event.tag for event in events if event.end > 2.5 and event.start < second}


@pytest.mark.parametrize("vowel", [np.zeros(0, np.float32), np.zeros(RATE, np.float32)], ids=len)
def test_a_silent_vowel_still_makes_a_cue(vowel: Samples) -> None:
    """Where the voice gave nothing, the cue is made without its colour."""
    assert np.isfinite(shaper().cue("laugh", vowel, RATE, 1)).all()
    assert np.abs(shaper().cue("laugh", vowel, RATE, 1)).max() > 0.05
