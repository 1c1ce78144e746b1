"""A voice is brought nearer to another; who cannot be heard cannot be matched."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hearing import noise, samples_of, silence
from recordings import TWO_CITIES
from shaped import RATE, VOICES, heard, said, said_by, shaper
from voxhall.engines.clone import matching
from voxhall.engines.protocols import Cloner, Match, Samples
from voxhall.engines.registry import NoOptions
from voxhall.engines.speaker import Embedder
from voxhall.errors import InvalidInput

OTHER = "Please remember to lock the kitchen door, and to water the plants tomorrow."


@cache
def cloner() -> Cloner:
    """Load the engine."""
    loaded: Cloner = matching.engine.load(NoOptions(), Path())  # type: ignore[assignment]
    return loaded


@cache
def embedder() -> Embedder:
    """Load the embedding."""
    return Embedder()


def likeness(one: Samples, other: Samples) -> float:
    """Say how alike two voices are, heard as they are written to a file."""
    return float(embedder().embed(heard(one)) @ embedder().embed(heard(other)))


@cache
def found(name: str) -> Match:
    """Match a voice of the roster from another sentence than the base's."""
    return cloner().match(heard(said_by(name, OTHER)), (heard(said()),))


@pytest.mark.parametrize("name", ["maeve", "abraham"])
def test_a_shaped_voice_is_found_again(name: str) -> None:
    """What made the voice is measured and searched out of its sound."""
    made, shape = VOICES[name].shape, found(name).shape
    assert shape.pitch == pytest.approx(made.pitch, rel=0.12)
    assert shape.tract == pytest.approx(made.tract, rel=0.06)


@pytest.mark.parametrize("name", ["maeve", "abraham"])
def test_the_match_is_nearer_than_the_base(name: str) -> None:
    """In a sentence that was neither the reference's nor the base's."""
    text = "Four hours of steady work faced us."
    target, base = said_by(name, OTHER), said(text)
    matched = shaper().reshape(base, RATE, found(name).shape)
    assert likeness(matched, target) > likeness(base, target) + 0.2
    assert found(name).similarity == pytest.approx(likeness(matched, target), abs=0.2)


def test_a_real_person_is_come_nearer_to() -> None:
    """A man who was recorded, not made."""
    reader = samples_of(TWO_CITIES, 1.0, 12.0)
    base = heard(said())
    match = cloner().match(reader, (base,))
    assert match.similarity > float(embedder().embed(base) @ embedder().embed(reader))


def test_the_nearest_base_is_chosen() -> None:
    """Of a woman's and a man's voice, the one that the reference was made of."""
    bases = (heard(said_by("abraham")), heard(said_by("june")))
    assert cloner().match(heard(said_by("june", OTHER)), bases).base == 1
    assert cloner().match(heard(said_by("abraham", OTHER)), bases).base == 0


def test_the_same_again() -> None:
    """Nothing is left to chance."""
    reference = heard(said_by("maeve", OTHER))
    assert cloner().match(reference, (heard(said()),)) == found("maeve")


@pytest.mark.parametrize("reference", [silence(0), silence(3), noise(3), samples_of(TWO_CITIES, 0, 0.3)], ids=len)
def test_who_says_nothing_is_not_matched(reference: Samples) -> None:
    """The caller is told what is missing."""
    with pytest.raises(InvalidInput, match="half a second of clear voice"):
        cloner().match(reference.astype(np.float32), (heard(said()),))
