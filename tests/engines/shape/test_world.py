"""A shaped voice is as high, as small and as breathy as its shape says, and its beginning does not wait for its end."""

from dataclasses import replace

import numpy as np
import pytest

from shaped import RATE, VOICES, centroid_of, pitch_of, said, shaper
from voxhall.domain.voice import Shape
from voxhall.engines.protocols import MARGIN

CENTRE = VOICES["maeve"].shape.centre
PLAIN = Shape(centre=CENTRE)


def test_no_shape_changes_nothing() -> None:
    """The default shape gives the same samples."""
    np.testing.assert_array_equal(shaper().reshape(said(), RATE, Shape()), said())


def test_taken_apart_and_put_together_it_is_the_same_voice() -> None:
    """A change too small to hear leaves the spectrum where it was, within 4 dB in each third of an octave."""
    sound = shaper().reshape(said(), RATE, replace(PLAIN, pitch=1.0001))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    before, after = (np.abs(np.fft.rfft(each)) ** 2 for each in (said(), sound))
    for low in 100 * 2 ** np.arange(0, 6, 1 / 3):
        band = (hertz >= low) & (hertz < low * 2 ** (1 / 3))
        assert abs(10 * np.log10(after[band].sum() / before[band].sum())) < 4


@pytest.mark.parametrize("factor", [0.85, 1.5, 2.0])
def test_pitch_is_multiplied(factor: float) -> None:
    """The median of the fundamental, measured by other means, is the base's times `pitch`."""
    sound = shaper().reshape(said(), RATE, replace(PLAIN, pitch=factor))
    base = pitch_of(said(), CENTRE)
    assert pitch_of(sound, CENTRE * factor) == pytest.approx(base * factor, rel=0.05)


def test_the_base_is_as_low_as_the_roster_says() -> None:
    """The centre is the base's own median, not the octave above, where its first strong harmonic lies."""
    assert pitch_of(said(), CENTRE) == pytest.approx(CENTRE, rel=0.15)


def test_a_shorter_tract_sounds_brighter() -> None:
    """Formants move with `tract`, and pitch does not."""
    small = shaper().reshape(said(), RATE, replace(PLAIN, tract=1.2))
    large = shaper().reshape(said(), RATE, replace(PLAIN, tract=0.85))
    assert centroid_of(large) < 0.95 * centroid_of(said()) < centroid_of(said()) < 0.95 * centroid_of(small)
    assert pitch_of(small, CENTRE) == pytest.approx(pitch_of(said(), CENTRE), rel=0.05)


def test_tone_raises_its_band_only() -> None:
    """A gain of 6 dB in one band of eight is heard there."""
    bands = [0.0] * 8
    bands[4] = 6.0
    hertz = np.fft.rfftfreq(len(said()), 1 / RATE)
    plain, toned = (
        np.abs(np.fft.rfft(shaper().reshape(said(), RATE, replace(PLAIN, pitch=1.001, tone=tone)))) ** 2
        for tone in ((), tuple(bands))
    )

    def gain(low: float, high: float) -> float:
        inside = (hertz >= low) & (hertz < high)
        return float(10 * np.log10(toned[inside].sum() / plain[inside].sum()))

    assert gain(2050, 2330) == pytest.approx(6, abs=1)
    assert abs(gain(100, 1000)) < 0.5


def test_breath_is_noise() -> None:
    """With breath a vowel repeats itself less from period to period."""
    vowel = said("ah,", 0.7)
    period = round(RATE / 170)

    def repeats(samples: np.ndarray) -> float:
        high = np.diff(samples[len(samples) // 4 : len(samples) // 2])
        return max(float(np.corrcoef(high[:-lag], high[lag:])[0, 1]) for lag in range(period - 30, period + 30))

    clear, breathy = (shaper().reshape(vowel, RATE, Shape(CENTRE, 2.0, 0.0, 1.0, breath)) for breath in (0.0, 0.8))
    assert repeats(breathy) < repeats(clear) - 0.1


@pytest.mark.parametrize("name", ["maeve", "abraham", "june"])
@pytest.mark.parametrize("seconds", [0.23, 0.5, 1.3])
def test_a_beginning_sounds_like_the_whole(name: str, seconds: float) -> None:
    """But for its last moments, what is made of the beginning is what is made of all."""
    shape = VOICES[name].shape
    sound, length = said(), round(seconds * RATE)
    settled = length - round(MARGIN * RATE)
    whole = shaper().reshape(sound, RATE, shape)
    beginning = shaper().reshape(sound[:length], RATE, shape)
    assert len(whole) == len(sound)
    assert len(beginning) == length
    np.testing.assert_allclose(beginning[:settled], whole[:settled], atol=2e-3)


@pytest.mark.parametrize("length", [0, 1, 100, 3000])
def test_any_length_comes_back(length: int) -> None:
    """Even of next to nothing, and of silence."""
    shape = VOICES["maeve"].shape
    assert len(shaper().reshape(said()[:length], RATE, shape)) == length
    assert np.abs(shaper().reshape(np.zeros(length, np.float32), RATE, shape)).max(initial=0) < 1e-3
