"""The latest samples of a stream, read by their place in it."""

import numpy as np

from voxhall.audio.tape import Tape


def test_samples_are_read_by_their_place() -> None:
    """Across the blocks in which they came."""
    tape = Tape()
    for start in range(0, 100, 7):
        tape.append(np.arange(start, min(start + 7, 100), dtype=np.float32))
    assert tape.end == 100
    np.testing.assert_array_equal(tape.read(5, 30), np.arange(5, 30))
    assert len(tape.read(100, 200)) == 0


def test_what_is_forgotten_is_gone_and_places_stay() -> None:
    """Whole blocks go, and none that is still needed."""
    tape = Tape()
    for start in range(0, 100, 10):
        tape.append(np.arange(start, start + 10, dtype=np.float32))
    tape.forget(45)
    np.testing.assert_array_equal(tape.read(0, 50), np.arange(40, 50))
    np.testing.assert_array_equal(tape.read(45, 100), np.arange(45, 100))
