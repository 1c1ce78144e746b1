"""How far apart two texts sound."""

import pytest

from voxhall.text.phonemes import ends_alike, error_rate, fold


def test_stress_and_length_do_not_count() -> None:
    """Nor do sounds that are often taken for each other."""
    assert fold("bˈɜːd") == fold("bˌəɹd")
    assert error_rate("sˈɛntɚ", "sɛnɾəɹ") <= 0.2


@pytest.mark.parametrize(
    ("expected", "heard", "rate"),
    [("kat", "kat", 0.0), ("kat", "kab", 1 / 3), ("kat", "", 1.0), ("kat", "kat kat", 1.0), ("", "", 0.0)],
)
def test_the_share_of_phonemes_heard_otherwise(expected: str, heard: str, rate: float) -> None:
    """Spaces do not count; what was added does."""
    assert error_rate(expected, heard) == pytest.approx(rate)


def test_a_lost_ending_is_noticed() -> None:
    """Though it hardly shows in the rate of a long text."""
    text = "ðə bɜːtʃ kənuː slɪd ɑːn ðə smuːð plæŋks ænd noʊbɑːdi sɔː ɪt æt ɔːl dʊɹɪŋ ðə nekst θɹiː wiːks"
    cut = text.rsplit(" ", 2)[0]
    assert error_rate(text, cut) < 0.2
    assert ends_alike(text, text)
    assert not ends_alike(text, cut)
