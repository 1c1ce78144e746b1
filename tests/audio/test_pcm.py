"""Stretches of a PCM file are read exactly, wherever they lie."""

from pathlib import Path

import numpy as np
import pytest

from voxhall.audio.pcm import read_pcm, to_pcm


@pytest.fixture
def stereo(tmp_path: Path) -> Path:
    """One second in which the left channel counts up and the right one down."""
    file = tmp_path / "audio.pcm"
    left = np.arange(16_000)
    file.write_bytes(np.stack([left, -left]).T.astype("<i2").tobytes())
    return file


def test_a_stretch_begins_and_ends_at_its_samples(stereo: Path) -> None:
    """From start on, up to but without end."""
    samples = read_pcm(stereo, 0.25, 0.5, channel=0, channels=2)
    assert samples.dtype == np.float32
    assert np.array_equal(samples * 32768, np.arange(4000, 8000))


def test_a_channel_is_read_alone(stereo: Path) -> None:
    """The other channel is left out."""
    assert np.array_equal(read_pcm(stereo, 0.0, 1.0, channel=1, channels=2) * 32768, -np.arange(16_000))


@pytest.mark.parametrize(
    ("start", "end", "length"), [(0.9, 5.0, 1600), (2.0, 3.0, 0), (-1.0, 0.1, 1600), (0.5, 0.4, 0)]
)
def test_what_is_not_there_is_left_out(stereo: Path, start: float, end: float, length: int) -> None:
    """A stretch beyond the file, or one that ends before it begins, gives what there is."""
    assert len(read_pcm(stereo, start, end, channel=0, channels=2)) == length


def test_a_file_cut_off_within_a_sample_is_read_to_the_last_whole_one(stereo: Path) -> None:
    """A process killed while writing leaves no unreadable file."""
    stereo.write_bytes(stereo.read_bytes()[:-3])
    assert len(read_pcm(stereo, 0.0, 1.0, channel=0, channels=2)) == 15_999


def test_integers_survive_the_way_to_float_and_back(stereo: Path) -> None:
    """Every one of the 65536 values comes back unchanged."""
    every = np.arange(-32768, 32768).astype("<i2")
    stereo.write_bytes(every.tobytes())
    assert to_pcm(read_pcm(stereo, 0.0, 5.0)[None]) == every.tobytes()


def test_loud_samples_are_clipped() -> None:
    """They do not wrap around to the other sign."""
    assert np.frombuffer(to_pcm(np.array([[1.5, -1.5]], np.float32)), "<i2").tolist() == [32767, -32768]
