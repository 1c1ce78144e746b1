"""Resampling keeps the sound and its length, however it is cut into blocks."""

import numpy as np
import pytest

from containers import tone
from voxhall.audio.resample import Resampler


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_a_tone_stays_the_same_tone(rate: int) -> None:
    """A sine of 440 Hz is that sine at the other rate."""
    resampler = Resampler(rate, 16_000, 1)
    heard = np.concatenate([resampler.push(tone(1, rate)), resampler.finish()], axis=1)
    expected = tone(1, 16_000)
    assert heard.shape[1] == pytest.approx(16_000, abs=16)
    middle = slice(1_000, 15_000)
    assert np.abs(heard[:, middle] - expected[:, middle]).max() < 0.01


def test_blocks_join_without_a_seam() -> None:
    """Cut into pieces of any size, the result is the same as in one piece."""
    sound = np.concatenate([tone(1, 44_100), tone(1, 44_100, hertz=1_000)])
    whole = Resampler(44_100, 16_000, 2)
    pieces = Resampler(44_100, 16_000, 2)
    once = np.concatenate([whole.push(sound), whole.finish()], axis=1)
    cuts = np.split(sound, [1, 500, 501, 20_000], axis=1)
    often = np.concatenate([*(pieces.push(cut) for cut in cuts), pieces.finish()], axis=1)
    assert np.allclose(once, often, atol=1e-6)


def test_the_same_rate_changes_nothing() -> None:
    """Nothing is filtered where nothing is to be done."""
    sound = tone(1, 16_000)
    resampler = Resampler(16_000, 16_000, 1)
    assert np.array_equal(resampler.push(sound), sound)
    assert resampler.finish().shape == (1, 0)
