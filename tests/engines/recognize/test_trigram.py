"""The trigram model prefers what people say."""

import pytest

from voxhall.engines.recognize._trigram import Trigram


@pytest.fixture(scope="module")
def trigram() -> Trigram:
    """The model, loaded once."""
    return Trigram()


def test_usual_word_order_is_likelier(trigram: Trigram) -> None:
    """The same words in another order are less likely."""
    usual, words = trigram.score("it was the best of times")
    assert words == 6
    assert usual > trigram.score("best it times of was the")[0] + 5


def test_an_unknown_word_is_unlikely_but_not_impossible(trigram: Trigram) -> None:
    """One strange name does not outweigh a sentence."""
    known, _ = trigram.score("we met john at the station")
    strange, _ = trigram.score("we met quxxon at the station")
    assert known - 30 < strange < known


def test_writing_does_not_matter(trigram: Trigram) -> None:
    """Case, punctuation and digits are read as they are spoken."""
    assert trigram.score("It was 5.") == trigram.score("it was five")
    assert trigram.score("") == trigram.score("...")
