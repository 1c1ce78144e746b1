"""Voices are found among embeddings, bounded in memory."""

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from voxhall.domain.speech import SpeakerCount
from voxhall.engines.diarize._cluster import find_voices, unit

FREE = SpeakerCount()


def people(number: int, pieces: int, spread: float = 0.6) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Make pieces of some people's voices; give them with who each is."""
    random = np.random.default_rng(1)
    centres = random.normal(size=(number, 256))
    who = np.arange(pieces) % number
    noise = random.normal(size=(pieces, 256)) * spread
    return (centres[who] + noise).astype(np.float32), who


@pytest.mark.parametrize("number", [1, 2, 5, 9])
def test_as_many_voices_as_people(number: int) -> None:
    """And each piece is nearest to its own."""
    vectors, who = people(number, 90)
    voices = find_voices(vectors, np.full(90, 1.5, np.float32), FREE)
    nearest = (vectors @ voices.T).argmax(axis=1)
    assert len(voices) == number
    assert all(len(set(nearest[who == person])) == 1 for person in range(number))


def test_a_short_outlier_is_nobody() -> None:
    """A second of something else is no speaker, unless that many are asked for."""
    vectors, _ = people(2, 40)
    stray = np.concatenate([vectors, np.random.default_rng(2).normal(size=(1, 256)).astype(np.float32)])
    seconds = np.full(41, 1.0, np.float32)
    assert len(find_voices(stray, seconds, FREE)) == 2
    assert len(find_voices(stray, seconds, SpeakerCount(3, 3))) == 3


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_given_count_takes_the_substantial_voices(count: int) -> None:
    """Outliers do not take a person's place."""
    vectors, _ = people(max(count, 2), 60)
    strays = unit(np.random.default_rng(3).normal(size=(2, 256)).astype(np.float32))
    seconds = np.concatenate([np.full(60, 2.0), np.full(2, 0.5)]).astype(np.float32)
    voices = find_voices(np.concatenate([vectors, strays]), seconds, SpeakerCount(count, count))
    assert len(voices) == count
    if count > 1:
        assert np.abs(voices @ strays.T).max() < 0.5


def test_one_piece_is_one_voice() -> None:
    """Even a short one."""
    assert find_voices(np.ones((1, 256), np.float32), np.ones(1, np.float32), FREE).shape == (1, 256)


def test_hours_of_pieces_fit_into_memory() -> None:
    """Twelve thousand runs, as four hours have."""
    vectors, _ = people(6, 12_000)
    tracemalloc.start()
    voices = find_voices(vectors, np.full(12_000, 1.5, np.float32), FREE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(voices) == 6
    assert peak < 80 * 2**20
