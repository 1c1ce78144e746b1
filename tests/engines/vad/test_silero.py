"""Silero tells speech from silence and noise, and its stream does not depend on how it was cut."""

from pathlib import Path

import numpy as np
import pytest

from hearing import noise, samples_of, silence
from recordings import BECKETT, TWO_CITIES
from voxhall.engines.registry import NoOptions
from voxhall.engines.vad import silero
from voxhall.errors import EngineUnavailable


@pytest.fixture(scope="module")
def vad() -> silero.Silero:
    """The engine, loaded once."""
    return silero.load(NoOptions(), Path())


def test_speech_is_likely_while_somebody_speaks_and_unlikely_before(vad: silero.Silero) -> None:
    """Speech after a second of silence raises the probability where it begins."""
    frames = vad.listen(np.concatenate([silence(1.024), samples_of(BECKETT)]), None)
    assert frames.probabilities[:30].max() < 0.3
    assert np.mean(frames.probabilities[40:200] > 0.5) > 0.5


@pytest.mark.parametrize("samples", [silence(5.0), noise(5.0)], ids=["silence", "noise"])
def test_silence_and_noise_are_no_speech(vad: silero.Silero, samples: np.ndarray) -> None:
    """Nothing that is not a voice is taken for one."""
    assert vad.listen(samples, None).probabilities.max() < 0.5


def test_a_stream_cut_into_blocks_is_judged_as_if_it_were_whole(vad: silero.Silero) -> None:
    """The state carries everything from block to block; only the last block is padded."""
    samples = samples_of(BECKETT, 0.0, 4.0)[:60_000]
    whole = vad.listen(samples, None)
    state, pieces = None, []
    for start in range(0, len(samples), 20 * silero.FRAME):
        frames = vad.listen(samples[start : start + 20 * silero.FRAME], state)
        state = frames.state
        pieces.append(frames.probabilities)
    np.testing.assert_allclose(np.concatenate(pieces), whole.probabilities, atol=1e-5)
    assert len(whole.probabilities) == -(-60_000 // silero.FRAME)


def test_who_speaks_after_a_rest_is_heard_as_if_nobody_had_spoken_before(vad: silero.Silero) -> None:
    """The network's memory of a loud voice would make it deaf to a softer one."""
    first, rest, second = samples_of(TWO_CITIES, 0.0, 10.24), silence(4.096), samples_of(BECKETT, 0.0, 4.0)
    alone = vad.listen(np.concatenate([rest, second]), None).probabilities
    after = vad.listen(np.concatenate([first, rest, second]), None).probabilities
    spoken = -(len(second) // silero.FRAME)
    np.testing.assert_allclose(after[spoken:], alone[spoken:], atol=1e-5)


def test_an_empty_block_changes_nothing(vad: silero.Silero) -> None:
    """The end of a stream may bring no samples."""
    before = vad.listen(noise(0.512), None)
    after = vad.listen(silence(0.0), before.state)
    assert len(after.probabilities) == 0
    assert after.state is before.state


def test_an_altered_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine says how to get the right file."""
    monkeypatch.setattr(silero, "MODEL_SHA256", "0" * 64)
    with pytest.raises(EngineUnavailable, match="pip install"):
        silero.load(NoOptions(), Path())
