"""What is improbable is not believed."""

import numpy as np

from voxhall.engines.recognize._belief import (
    before_loop,
    clarity,
    english_probability,
    is_speech,
    word_confidence,
)


def test_fluent_texts_are_english_and_stumbling_ones_are_not() -> None:
    """Tokens that the network was sure of speak for English, surprising ones against it."""
    assert english_probability([-0.02] * 20) > 0.95
    assert english_probability([-0.9] * 20) < 0.2


def test_a_short_text_says_little_about_its_language() -> None:
    """One word is given the benefit of the doubt, however it was understood."""
    assert 0.5 < english_probability([-0.6] * 3) < english_probability([-0.05] * 3) < 0.97


def test_unclear_sound_needs_a_likely_text_to_be_speech() -> None:
    """The same text is believed of clear sound and not of unclear sound."""
    assert is_speech(9.5, [-0.3] * 5)
    assert not is_speech(8.7, [-0.3] * 5)


def test_clarity_does_not_depend_on_length() -> None:
    """It is a quantile over positions."""
    hidden = np.random.default_rng(1).normal(size=(1, 50, 288)).astype(np.float32)
    assert abs(clarity(np.concatenate([hidden, hidden], axis=1)) - clarity(hidden)) < 0.1


def test_a_word_is_as_good_as_its_weakest_token() -> None:
    """Confidence falls with the least likely token, whatever the others are."""
    assert word_confidence([-0.01, -0.01]) > word_confidence([-0.01, -1.0]) == word_confidence([-1.0])


def test_a_loop_is_cut_after_its_first_turn() -> None:
    """Three turns make a loop; two may have been said."""
    assert before_loop([7, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1]) == 4
    assert before_loop([7, 1, 2, 3, 1, 2, 3, 9]) == 8
    assert before_loop([]) == 0
