"""One pass over a recording gives engines their PCM and people their Opus, whatever the recording tries."""

import resource
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from containers import packed, tone
from hearing import samples_of
from recordings import BECKETT, speech_of
from voxhall.audio.pcm import read_pcm
from voxhall.engines.decode._pyav import PyAvDecoder
from voxhall.engines.decode.pyav import Options
from voxhall.errors import BrokenMedia, InvalidInput, StorageFull

PEAK = """
import sys
from voxhall.engines.decode._pyav import PyAvDecoder
from voxhall.engines.decode.pyav import Options
PyAvDecoder(Options()).decode(*sys.argv[1:], split=False)
print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""
"""Prints a process's own peak memory; what `getrusage` tells includes the parent's at the moment of the fork."""


@pytest.fixture
def decoder() -> PyAvDecoder:
    """The decoder as it is installed."""
    return PyAvDecoder(Options())


def test_the_pcm_is_the_recording_sample_by_sample(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """What is 16 kHz mono already is copied exactly, and described truthfully."""
    pcm, opus = tmp_path / "audio.pcm", tmp_path / "audio.opus"
    found = decoder.decode(str(BECKETT), str(pcm), str(opus), split=False)
    speech = samples_of(BECKETT)
    assert (found.channels, found.container, found.codec) == (1, "wav", "pcm_s16le")
    assert found.duration == len(speech) / 16_000
    assert np.array_equal(read_pcm(pcm, 0.0, 60.0), speech)


def test_the_opus_sounds_like_the_recording_and_is_small(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """It lasts as long, at about 28 kbit/s, and any player's decoder gives it back."""
    pcm, opus = tmp_path / "audio.pcm", tmp_path / "audio.opus"
    found = decoder.decode(str(BECKETT), str(pcm), str(opus), split=False)
    assert opus.stat().st_size * 8 / found.duration < 36_000
    with av.open(str(opus)) as container:
        assert container.format.name == "ogg"
        assert sum(frame.samples for frame in container.decode(audio=0)) / 48_000 == pytest.approx(
            found.duration, abs=0.02
        )


def test_channels_kept_apart_are_interleaved_and_the_opus_is_their_mix(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """Each channel can be read alone afterwards."""
    source, pcm, opus = (str(tmp_path / name) for name in ("call.flac", "audio.pcm", "audio.opus"))
    both = np.concatenate([tone(1, 8_000, level=0.2), tone(1, 8_000, level=0.8)])
    Path(source).write_bytes(packed(both, 8_000, "flac", "flac"))
    assert decoder.decode(source, pcm, opus, split=True).channels == 2
    for channel, level in enumerate((0.2, 0.8)):
        heard = read_pcm(Path(pcm), 0.0, 1.0, channel=channel, channels=2)
        assert np.abs(heard).max() == pytest.approx(level, abs=0.02)
    with av.open(opus) as container:
        assert container.streams.audio[0].channels == 1


def test_a_recording_of_nothing_gives_empty_files(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """No sample is no error; it is for the caller to say what that means."""
    source, pcm, opus = (tmp_path / name for name in ("nothing.wav", "audio.pcm", "audio.opus"))
    source.write_bytes(speech_of(0.0))
    assert decoder.decode(str(source), str(pcm), str(opus), split=False).duration == 0
    assert pcm.read_bytes() == b""


def test_a_recording_longer_than_accepted_is_refused(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """The limit is on what is decoded, not on what a header says."""
    with pytest.raises(InvalidInput, match="5 seconds"):
        decoder.decode(str(BECKETT), str(tmp_path / "pcm"), str(tmp_path / "opus"), split=False, longest=5.0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is needed")
@pytest.mark.parametrize("full", ["pcm", "opus"])
def test_a_full_disk_is_called_so(full: str, decoder: PyAvDecoder, tmp_path: Path) -> None:
    """Whichever of the two files no longer fits."""
    places = {name: "/dev/full" if name == full else str(tmp_path / name) for name in ("pcm", "opus")}
    with pytest.raises(StorageFull):
        decoder.decode(str(BECKETT), places["pcm"], places["opus"], split=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_small_file_cannot_take_much_memory(decoder: PyAvDecoder, tmp_path: Path) -> None:
    """An ALAC header that asks for eight channels of sixteen million samples a frame gets none of it."""
    file = packed(tone(1, 16_000), 16_000, "mp4", "alac")
    cookie = file.index(b"alac", file.index(b"alac") + 4)
    bomb = bytearray(file)
    struct.pack_into(">I", bomb, cookie + 8, 4096 * 4096)
    bomb[cookie + 17] = 8
    (tmp_path / "bomb.m4a").write_bytes(bomb)
    limit = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(BrokenMedia):
        decoder.decode(str(tmp_path / "bomb.m4a"), str(tmp_path / "pcm"), str(tmp_path / "opus"), split=False)
    assert resource.getrlimit(resource.RLIMIT_DATA) == limit


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its own peak")
def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    """Ten minutes take what one minute takes."""
    peaks = []
    for minutes in (1, 10):
        source = tmp_path / "long.wav"
        source.write_bytes(packed(np.tile(tone(1, 16_000), 60 * minutes), 16_000, "wav", "pcm_s16le"))
        places = [str(source), str(tmp_path / "pcm"), str(tmp_path / "opus")]
        peaks.append(int(subprocess.check_output([sys.executable, "-c", PEAK, *places])))
    assert peaks[1] < 1.05 * peaks[0]
