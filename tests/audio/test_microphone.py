"""Microphones: a recording that ALSA plays as if somebody spoke, and a machine where there is none."""

import ctypes.util
import sys
from pathlib import Path

import numpy as np
import pytest

from hearing import samples_of
from microphones import VOICE, plugged_in
from recordings import BECKETT
from voxhall.audio import microphone
from voxhall.audio.microphone import devices, open_microphone
from voxhall.audio.pcm import SAMPLE_RATE
from voxhall.errors import MicrophoneUnavailable

needs_portaudio = pytest.mark.skipif(
    not (sys.platform == "linux" and ctypes.util.find_library("portaudio")), reason="PortAudio with ALSA is missing"
)


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """What the microphone of this machine hears."""
    samples = samples_of(BECKETT)
    monkeypatch.setenv("ALSA_CONFIG_PATH", plugged_in(tmp_path, samples))
    return samples


@needs_portaudio
async def test_microphones_are_listed_with_what_they_can(heard: np.ndarray) -> None:
    """By the numbers and names that PortAudio gives."""
    found = await devices()
    assert found
    [voice] = [each for each in found if each.name == VOICE]
    assert voice.channels > 0
    assert voice.sample_rate > 0
    assert sum(each.default for each in found) == 1


@needs_portaudio
@pytest.mark.parametrize("rate", [16_000, 48_000, 8_000])
async def test_what_a_microphone_hears_comes_as_16_khz_samples(heard: np.ndarray, rate: int) -> None:
    """Whatever rate it is asked for, as long as anybody listens."""
    index = next(each.index for each in await devices() or () if each.name == VOICE)
    blocks, count = [np.zeros(0, np.float32)], 0
    async with open_microphone(index, rate) as recorded:
        async for block in recorded:
            blocks.append(block)
            count += len(block)
            if count >= 3 * SAMPLE_RATE:
                break
    got = np.concatenate(blocks)[: 2 * SAMPLE_RATE]
    if rate == SAMPLE_RATE:
        np.testing.assert_allclose(got, heard[: len(got)], atol=2e-4)
    assert np.abs(got).max() > 0.01


@needs_portaudio
async def test_a_device_that_is_not_there_cannot_be_opened(heard: np.ndarray) -> None:
    """The driver's own words say why."""
    with pytest.raises(MicrophoneUnavailable, match="cannot be opened"):
        async with open_microphone(999, 16_000):
            pass


async def test_without_portaudio_there_are_no_microphones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listing gives none, and opening says what installs it."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert await devices() is None
    with pytest.raises(MicrophoneUnavailable, match="make system"):
        async with open_microphone(None, 16_000):
            pass


async def test_a_driver_that_crashes_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes only its own process with it."""
    fake = tmp_path / "sounddevice.py"
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    fake.write_text("import os; os.abort()")
    assert await devices() == ()
    with pytest.raises(MicrophoneUnavailable, match="its driver crashed"):
        async with open_microphone(None, 16_000):
            pass
    fake.write_text("import signal; signal.pause()")
    monkeypatch.setattr(microphone, "SECONDS", 0.5)
    with pytest.raises(MicrophoneUnavailable, match="does not answer"):
        async with open_microphone(None, 16_000):
            pass


async def test_a_microphone_that_is_pulled_out_ends_what_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error comes after all that was heard."""
    fake = """
import sys
class PortAudioError(Exception): pass
def query_devices(*_): return {"default_samplerate": 16000.0}
class RawInputStream:
    def __init__(self, *_, **__): self.left = 2
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def read(self, frames):
        self.left -= 1
        if self.left < 0: raise PortAudioError("unplugged")
        return bytes(2 * frames), False
"""
    (tmp_path / "sounddevice.py").write_text(fake)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with open_microphone(None, 16_000) as recorded:
        heard = [len(await anext(recorded)) for _ in range(2)]
        with pytest.raises(MicrophoneUnavailable, match="disconnected"):
            await anext(recorded)
    assert heard == [1600, 1600]
