"""Written words are turned into what is said."""

import pytest

from voxhall.text.spoken import sounds, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dogs,", "dogs"),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", "don't"),
        ("well-known", "well known"),
        ("café", "cafe"),
        ("Mr.", "mister"),
        ("R&B", "r and b"),
        ("7", "seven"),
        ("1,250", "one thousand two hundred fifty"),
        ("3.05", "three point zero five"),
        ("1905", "nineteen oh five"),
        ("2012", "two thousand twelve"),
        ("21st", "twenty one"),
        ("007", "zero zero seven"),
        ("50%", "fifty percent"),
        ("—", ""),
    ],
)
def test_a_written_word_is_said(written: str, said: str) -> None:
    """Numbers, signs and abbreviations are spelled out; case and punctuation are dropped."""
    assert " ".join(spoken(written)) == said


def test_sounds_are_guessed_from_spelling() -> None:
    """Digraphs count as one sound, doubled letters once, a final e not at all."""
    assert sounds("shipple") == "SH IH P L EH"
    assert sounds("thrake") == "TH R AE K"
    assert sounds("ሰላም") == ""
