"""The sound of a live stream, kept while it goes on."""

import io
from collections.abc import Iterator

import numpy as np
import pytest

from hearing import noise
from voxhall.audio.decode import open_recording
from voxhall.audio.recorder import Recorder, Samples

TONE = np.sin(np.arange(16_000) * 0.3).astype(np.float32) / 2


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Nothing yet."""
    made = Recorder()
    yield made
    made.opus.close()


def kept(recorder: Recorder) -> Samples:
    """Complete the file and read it."""
    recorder.finish()
    recorder.opus.seek(0)
    with open_recording(io.BytesIO(recorder.opus.read()), rate=16_000) as recording:
        return np.concatenate(list(recording.blocks), axis=1)[0]


def test_what_is_kept_is_heard_and_what_is_discarded_is_silence(recorder: Recorder) -> None:
    """Of the same length, so that what follows keeps its time."""
    recorder.push(TONE)
    recorder.keep()
    recorder.push(noise(1.0, 0.3))
    recorder.discard()
    recorder.push(TONE)
    heard = kept(recorder)
    assert abs(len(heard) - 48_000) < 1600
    loud = [float(np.abs(heard[at : at + 8000]).mean()) for at in (4000, 20_000, 36_000)]
    assert loud[0] > 0.2
    assert loud[1] < 0.005
    assert loud[2] > 0.2


def test_what_is_written_can_be_saved_while_it_grows(recorder: Recorder) -> None:
    """The pieces together are the beginning of the file."""
    saved = b""
    for _ in range(60):
        recorder.push(TONE)
        recorder.keep()
        saved += recorder.taken()
    assert len(saved) > 100_000
    recorder.finish()
    recorder.opus.seek(0)
    assert recorder.opus.read().startswith(saved)
    with open_recording(io.BytesIO(saved), rate=16_000) as recording:
        assert sum(block.shape[1] for block in recording.blocks) > 40 * 16_000
