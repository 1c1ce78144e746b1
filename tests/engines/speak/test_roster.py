"""The roster offers different people."""

import re
from itertools import combinations

import numpy as np

from shaped import VOICES, heard, said, said_by
from voxhall.engines.registry import NoOptions
from voxhall.engines.speak import piper
from voxhall.engines.speak._roster import ROSTER
from voxhall.engines.speaker import Embedder


def test_six_people_half_of_them_women() -> None:
    """With short names to type, a language, and a sentence to show themselves."""
    assert len(VOICES) == 6
    assert {"maeve", "abraham", "harry"} < set(VOICES)
    assert sum(voice.feminine for voice in ROSTER) == 3
    assert all(re.fullmatch("[a-z]{3,8}", name) for name in VOICES)
    assert all(voice.language == "en" and voice.preview.endswith((".", "?")) for voice in ROSTER)
    assert len({voice.preview for voice in ROSTER}) == 6


def test_the_engine_offers_them() -> None:
    """It is the embedded voice's roster."""
    assert piper.engine.characters(NoOptions()) == ROSTER


def test_no_two_are_alike() -> None:
    """By the speaker embedding, of one sentence; one person's two sentences are above 0.9."""
    embedder = Embedder()
    vectors = {name: embedder.embed(heard(said_by(name))) for name in VOICES}
    pairs = {(one, two): float(vectors[one] @ vectors[two]) for one, two in combinations(VOICES, 2)}
    assert {pair: round(likeness, 2) for pair, likeness in pairs.items() if likeness > 0.85} == {}


def test_women_are_higher_than_men() -> None:
    """All women's voices lie above all men's, and harry's is the base's own."""
    pitch = {voice.name: (voice.shape.pitch, voice.feminine) for voice in ROSTER}
    assert min(p for p, feminine in pitch.values() if feminine) > max(
        p for p, feminine in pitch.values() if not feminine
    )
    np.testing.assert_array_equal(said_by("harry"), said())
