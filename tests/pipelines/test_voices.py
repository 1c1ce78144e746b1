"""Who speaks, turn by turn."""

import numpy as np

from hearing import samples_of
from recordings import BECKETT, TWO_CITIES, TWO_SPEAKERS
from voxhall.engines.protocols import Samples
from voxhall.engines.registry import Registry
from voxhall.pipelines.voices import AT_MOST, Voices


def along(axis: int, seconds: float = 3.0) -> Samples:
    """Give the embedding of a voice unlike those of other axes."""
    vector = np.zeros(256, np.float32)
    vector[axis] = seconds
    return vector


def test_people_are_numbered_as_they_come() -> None:
    """And known again."""
    voices = Voices()
    assert [voices.whose(along(axis)) for axis in (7, 7, 3, 7, 3, 9)] == [0, 0, 1, 0, 1, 2]


def test_who_says_too_little_is_nobody_new() -> None:
    """But whoever is most alike; where nothing can be told, whoever spoke last."""
    voices = Voices()
    assert [voices.whose(along(axis)) for axis in (7, 3)] == [0, 1]
    assert voices.whose(along(7, 0.5)) == 0
    assert voices.whose(along(9, 0.5)) in {0, 1}
    voices.whose(along(3))
    assert voices.whose(np.zeros(256, np.float32)) == 1


def test_there_are_only_so_many() -> None:
    """A stream that never ends keeps a bounded number of voices."""
    voices = Voices()
    assert max(voices.whose(along(axis)) for axis in range(100)) == AT_MOST - 1


def test_real_people_are_told_apart(registry: Registry) -> None:
    """A reader, somebody else, and the reader again in two recordings."""
    embedder = registry.load(registry.choose("identify"))
    voices = Voices()
    turns = [(TWO_CITIES, 1.0, 5.0), (TWO_SPEAKERS, 1.0, 5.0), (TWO_CITIES, 10.0, 15.0), (BECKETT, 0.0, 4.0)]
    heard = [4 * embedder.embed(samples_of(*turn)) for turn in turns]  # type: ignore[attr-defined]
    assert [voices.whose(each) for each in heard] == [0, 1, 0, 0]
