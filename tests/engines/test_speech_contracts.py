"""What every engine that speaks promises, run against all that are usable here."""

from itertools import pairwise

import numpy as np
import pytest

from hearing import silence
from lending import Lender, every
from voxhall.domain.voice import Shape
from voxhall.engines.protocols import (
    MARGIN,
    Cloner,
    Phonemizer,
    Samples,
    Shaper,
    Style,
    Synthesizer,
)
from voxhall.errors import InvalidInput

WORDS = ("The", "birch", "canoe", "slid", "on", "the", "smooth", "planks.")
CUES = ("sigh", "laugh", "gasp", "sniff", "cough", "breath", "tut")


def voice_of(lender: Lender) -> str:
    """Give the name of one of the engine's voices."""
    characters = lender.engine.characters(lender.engine.options())
    return characters[0].base if characters else "feminine"


def spoken(lender: Lender, words: tuple[str, ...], style: Style) -> tuple[int, Samples]:
    """Give the rate and the sound of an utterance."""
    synthesizer = lender.lend(Synthesizer)
    utterance = synthesizer.prepare(words, voice_of(lender), "en", style, None)
    return utterance.rate, np.concatenate([synthesizer.render(piece) for piece in utterance.pieces])


def contour(sound: Samples) -> Samples:
    """Give how loud each hundredth of a sound is."""
    return np.array([np.sqrt(np.mean(part**2)) for part in np.array_split(sound, 100)], np.float32)


@every("speak")
class TestSynthesizer:
    """Turns words into sound."""

    def test_sound_of_words(self, lender: Lender) -> None:
        """Some seconds, audible, within full scale."""
        rate, sound = spoken(lender, WORDS, Style())
        assert 8000 <= rate <= 48000
        assert 0.5 < len(sound) / rate < 10
        assert 0.01 < np.abs(sound).max() <= 1
        assert sound.dtype == np.float32

    def test_the_same_seed_gives_the_same_sound(self, lender: Lender) -> None:
        """Whatever was spoken in between."""
        _, first = spoken(lender, WORDS, Style(seed=(1, 2)))
        spoken(lender, WORDS[:3], Style(seed=(3,)))
        _, again = spoken(lender, WORDS, Style(seed=(1, 2)))
        assert len(again) == pytest.approx(len(first), rel=0.01)
        assert np.corrcoef(contour(first), contour(again))[0, 1] > 0.95

    def test_words_are_placed_in_order_within_the_sound(self, lender: Lender) -> None:
        """One span for each, by engines that can tell."""
        synthesizer = lender.lend(Synthesizer)
        utterance = synthesizer.prepare(WORDS, voice_of(lender), "en", Style(), None)
        if utterance.words is None:
            pytest.skip(f"{lender.engine.name} does not tell when it says what")
        seconds = sum(len(synthesizer.render(piece)) for piece in utterance.pieces) / utterance.rate
        assert len(utterance.words) == len(WORDS)
        assert all(span.start <= span.end <= seconds + 0.05 for span in utterance.words)
        assert all(a.start <= b.start for a, b in pairwise(utterance.words))

    def test_several_words_in_one_and_phonemes(self, lender: Lender) -> None:
        """An expression that is said as several words, and a word in IPA."""
        _, sound = spoken(lender, ("It", "costs", "twenty-one euros,", "[[hɛlˈoʊ]]!"), Style())
        assert np.abs(sound).max() > 0.01

    def test_voices_are_described(self, lender: Lender) -> None:
        """By names of their own, with a sentence each."""
        characters = lender.engine.characters(lender.engine.options())
        assert len({each.name for each in characters}) == len(characters)
        assert all(each.name.isalnum() and each.name.islower() for each in characters)
        assert all(len(each.preview) > 10 for each in characters)


@every("phonemize")
class TestPhonemizer:
    """Knows how texts are pronounced."""

    def test_homophones_are_one_and_given_phonemes_are_kept(self, lender: Lender) -> None:
        """One answer for each text."""
        phonemizer = lender.lend(Phonemizer)
        here, hear, given, nothing = phonemizer.phonemes(("here", "hear", "[[hɪɹ]]", ""), "en")
        assert here == hear != ""
        assert given.strip() == "hɪɹ"
        assert nothing == ""

    def test_an_unknown_language_is_named(self, lender: Lender) -> None:
        """As wrong input."""
        with pytest.raises(InvalidInput, match="xx"):
            lender.lend(Phonemizer).phonemes(("hello",), "xx")


@pytest.fixture(scope="module")
def vowel() -> Samples:
    """A hum with the formants of an open vowel, at 22.05 kHz."""
    time = np.arange(22050) / 22050
    partials = [np.sin(2 * np.pi * 120 * n * time) / (1 + ((120 * n - 750) / 300) ** 2) for n in range(1, 40)]
    return (0.1 * np.sum(partials, axis=0)).astype(np.float32)


@every("shape")
class TestShaper:
    """Makes other voices of a voice."""

    def test_as_long_as_it_was(self, vowel: Samples, lender: Lender) -> None:
        """Whatever the shape; silence stays silence."""
        shaper = lender.lend(Shaper)
        shape = Shape(centre=120, pitch=1.5, range=1.2, tract=1.1, breath=0.2, tone=(1.0, 0.0, -1.0))
        assert shaper.reshape(vowel, 22050, shape).shape == vowel.shape
        assert np.abs(shaper.reshape(silence(1), 16000, shape)).max() < 0.001

    def test_a_beginning_is_the_beginning_of_the_whole(self, vowel: Samples, lender: Lender) -> None:
        """But for the margin."""
        shaper, shape = lender.lend(Shaper), Shape(centre=120, pitch=1.4, tract=1.1)
        whole = shaper.reshape(vowel, 22050, shape)
        settled = 11025 - round(MARGIN * 22050)
        np.testing.assert_allclose(shaper.reshape(vowel[:11025], 22050, shape)[:settled], whole[:settled], atol=0.02)

    @pytest.mark.parametrize("name", CUES)
    def test_a_cue(self, name: str, vowel: Samples, lender: Lender) -> None:
        """Short, audible, not too loud, the same for the same seed."""
        shaper = lender.lend(Shaper)
        one, same, other = (shaper.cue(name, vowel, 22050, seed) for seed in (1, 1, 2))
        assert 0.2 <= len(one) / 22050 <= 1.2
        assert 0.01 < np.abs(one).max() <= 0.5
        np.testing.assert_array_equal(one, same)
        assert len(one) != len(other) or np.abs(one - other).max() > 0.001


@every("clone")
class TestCloner:
    """Finds out of which voice another can be made."""

    def test_a_voice_is_nearest_to_itself(self, readings: tuple[Samples, Samples], lender: Lender) -> None:
        """Of two bases the one that is the reference, at other moments, is chosen."""
        one, other = readings
        half = len(one) // 2
        match = lender.lend(Cloner).match(one[:half], (other, one[half:]))
        assert match.base == 1
        assert 0.5 < match.similarity <= 1
        assert match.feminine is False
