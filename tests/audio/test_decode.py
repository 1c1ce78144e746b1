"""Any recording is read as bounded blocks; nothing it claims is believed."""

import io
import math
import struct
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray

from containers import packed, tone, wav
from hearing import samples_of
from recordings import BECKETT
from voxhall.audio.decode import open_recording
from voxhall.errors import BrokenMedia, InvalidInput

RATE = 16_000
CODECS = [
    ("wav", "pcm_s16le", 44_100),
    ("wav", "pcm_u8", 8_000),
    ("wav", "pcm_alaw", 8_000),
    ("wav", "pcm_f64le", 16_000),
    ("aiff", "pcm_s24be", 48_000),
    ("caf", "pcm_s32le", 96_000),
    ("au", "pcm_s16be", 22_050),
    ("flac", "flac", 44_100),
    ("mp3", "libmp3lame", 44_100),
    ("ogg", "libopus", 48_000),
    ("webm", "libopus", 48_000),
    ("mp4", "aac", 44_100),
    ("adts", "aac", 44_100),
    ("matroska", "aac", 48_000),
    ("mpegts", "mp2", 48_000),
    ("avi", "ac3", 48_000),
]


def read(source: Path | BinaryIO, *, split: bool = False, longest: float = math.inf) -> NDArray[np.float32]:
    """Read a recording whole, (channels, n)."""
    with open_recording(source, rate=RATE, split=split, longest=longest) as recording:
        return np.concatenate([np.zeros((recording.channels, 0), np.float32), *recording.blocks], axis=1)


@pytest.mark.parametrize(("form", "codec", "rate"), CODECS)
def test_a_codec_is_heard_as_it_sounded(form: str, codec: str, rate: int) -> None:
    """The loudness contour of speech survives, and so does its length."""
    speech = samples_of(BECKETT, 0.0, 4.0)
    heard = read(io.BytesIO(packed(resampled(speech, rate), rate, form, codec)))[0]
    assert len(heard) == pytest.approx(len(speech), abs=0.1 * RATE)
    assert best_match(contour(speech), contour(heard)) > 0.97


def resampled(speech: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Give speech at another rate, by straight lines between its samples."""
    times = np.arange(int(len(speech) * rate / RATE)) / rate
    return np.interp(times, np.arange(len(speech)) / RATE, speech).astype(np.float32)[None]


def contour(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the loudness of each hundredth of a second."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return np.sqrt(np.mean(frames**2, axis=1))


def best_match(expected: NDArray[np.float32], heard: NDArray[np.float32]) -> float:
    """Give the best correlation within the few hundredths by which codecs delay."""
    length = min(len(expected), len(heard)) - 12
    delays = (np.corrcoef(expected[:length], heard[late : late + length])[0, 1] for late in range(12))
    return float(max(delays))


def test_a_pipe_that_cannot_seek_is_read() -> None:
    """Sound may come from a stream."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert read(Pipe(packed(tone(1, RATE), RATE, "ogg", "libopus"))).shape[1] == pytest.approx(RATE, abs=400)


def test_blocks_are_bounded_at_any_rate_and_number_of_channels() -> None:
    """A second of 768 kHz in 64 channels does not come at once, and neither does an hour of speech."""
    many = wav(bytes(768_000 * 64 * 2), rate=768_000, channels=64)
    with open_recording(io.BytesIO(many), rate=RATE) as recording:
        assert max(block.shape[1] for block in recording.blocks) <= RATE


def test_a_mix_of_equals_is_as_loud_as_each_and_never_clips() -> None:
    """Full scale on all channels is full scale in the mix."""
    loud = np.repeat(tone(1, RATE, level=1.0), 6, axis=0)
    for channels in (1, 2, 6):
        assert np.abs(read(io.BytesIO(packed(loud[:channels], RATE, "wav", "pcm_s16le")))).max() == pytest.approx(
            1, abs=0.01
        )


def test_channels_are_kept_apart_on_request() -> None:
    """Each keeps its own sound, in order."""
    both = np.concatenate([tone(1, 44_100, level=0.2), tone(1, 44_100, level=0.8)])
    left, right = read(io.BytesIO(packed(both, 44_100, "flac", "flac")), split=True)
    assert np.abs(left).max() == pytest.approx(0.2, abs=0.01)
    assert np.abs(right).max() == pytest.approx(0.8, abs=0.01)


def test_too_many_channels_are_not_kept_apart() -> None:
    """Nine are refused by number; mixed they are fine."""
    nine = wav(bytes(9 * 2 * RATE), channels=9)
    assert read(io.BytesIO(nine)).shape == (1, RATE)
    with pytest.raises(InvalidInput, match="9 channels"):
        read(io.BytesIO(nine), split=True)


@pytest.mark.parametrize(("form", "codec"), [("adts", "aac"), ("mp3", "libmp3lame"), ("mpegts", "aac")])
def test_a_recording_that_changes_its_kind_on_the_way_keeps_its_time(form: str, codec: str) -> None:
    """Mono at 16 kHz, then stereo at 48 kHz, are one recording; the channels are those it began with."""
    first = packed(tone(2, 16_000), 16_000, form, codec)
    second = packed(np.repeat(tone(1, 48_000), 2, axis=0), 48_000, form, codec)
    assert read(io.BytesIO(first + second)).shape[1] == pytest.approx(3 * RATE, abs=0.15 * RATE)
    assert read(io.BytesIO(second + first), split=True).shape[0] == 2


def test_samples_that_are_no_numbers_become_silence() -> None:
    """NaN and infinity harm only themselves."""
    sound = tone(1, RATE)[0]
    sound[100], sound[200], sound[300] = math.nan, math.inf, -math.inf
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 64_036, b"WAVE", b"fmt ", 16, 3, 1, RATE, RATE * 4, 4, 32, b"data", 64_000
    )
    heard = read(io.BytesIO(header + sound.tobytes()))
    assert np.isfinite(heard).all()
    assert heard[0, [100, 200, 300]].tolist() == [0, 0, 0]
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("rate", "channels"), [(0, 1), (999, 1), (4_294_967_295, 1), (16_000, 0), (16_000, 65), (16_000, 65_535)]
)
def test_absurd_headers_are_refused(rate: int, channels: int) -> None:
    """Outside 1 kHz to 768 kHz and 1 to 64 channels there are no recordings."""
    block, second = channels * 2 & 0xFFFF, rate * channels * 2 & 0xFFFFFFFF
    form = struct.pack("<HHIIHH", 1, channels, rate, second, block, 16)
    file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + form + b"data\xff\xff\xff\xff" + bytes(320_000)
    with pytest.raises(BrokenMedia):
        read(io.BytesIO(file))


def test_samples_of_64_bits_are_refused() -> None:
    """They cannot be read, and the sentence says so."""
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 8, 8, 64)
    file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + form + b"data\xff\xff\xff\xff" + bytes(80_000)
    with pytest.raises(BrokenMedia, match="s64"):
        read(io.BytesIO(file))


def test_a_header_that_promises_gigabytes_is_not_believed() -> None:
    """What is there is read, no more."""
    file = bytearray(wav(bytes(2 * RATE)))
    file[4:8] = file[40:44] = b"\xff\xff\xff\xff"
    assert read(io.BytesIO(bytes(file))).shape[1] == RATE


def test_a_recording_of_nothing_has_no_length() -> None:
    """A header without a sample is no error."""
    assert read(io.BytesIO(wav(b""))).shape == (1, 0)


def test_a_recording_cut_off_before_its_sound_is_refused() -> None:
    """A header that tells of sound which never comes is broken."""
    file = packed(tone(10, RATE), RATE, "matroska", "flac")
    with pytest.raises(BrokenMedia):
        read(io.BytesIO(file[: file.index(b"\x1f\x43\xb6\x75")]))


def test_some_damage_is_passed_over() -> None:
    """A hole in the middle costs what was in it."""
    file = bytearray(packed(samples_of(BECKETT)[None], RATE, "mp3", "libmp3lame"))
    middle = len(file) // 2
    file[middle : middle + 2_000] = bytes(2_000)
    heard = read(io.BytesIO(bytes(file)))
    assert heard.shape[1] / RATE == pytest.approx(10, abs=1)


def test_more_damage_than_sound_is_refused() -> None:
    """When most packets cannot be decoded, the recording is broken, and the codec is named."""
    file = bytearray(packed(samples_of(BECKETT)[None], RATE, "matroska", "aac"))
    rng = Random(1)
    for place in range(3_000, len(file), 50):
        file[place] ^= rng.randrange(1, 256)
    with pytest.raises(BrokenMedia, match="aac"):
        read(io.BytesIO(bytes(file)))


def test_a_recording_longer_than_accepted_is_refused() -> None:
    """The refusal comes once that much has been decoded."""
    file = packed(tone(3, RATE), RATE, "flac", "flac")
    assert read(io.BytesIO(file), longest=3.0).shape[1] == 3 * RATE
    with pytest.raises(InvalidInput, match="2 seconds"):
        read(io.BytesIO(file), longest=2.0)


@pytest.mark.parametrize(
    ("form", "codec"), [("mp4", "aac"), ("ogg", "libopus"), ("wav", "adpcm_ima_wav"), ("mp3", "libmp3lame")]
)
def test_damage_of_any_kind_ends_in_sound_or_a_refusal(form: str, codec: str) -> None:
    """Bits flipped, bytes overwritten and files cut off at random places never end in anything else."""
    whole = packed(samples_of(BECKETT, 0.0, 2.0)[None], RATE, form, codec)
    rng = Random(20)
    for _ in range(40):
        file = bytearray(whole)
        for _ in range(rng.choice([1, 10, 200])):
            file[rng.randrange(len(file))] ^= 1 << rng.randrange(8)
        start = rng.randrange(min(len(file), 1_000))
        file[start : start + 4] = rng.choice([b"\xff" * 4, b"\x7f\xff\xff\xff", bytes(4), file[start : start + 4]])
        end = rng.choice([len(file), rng.randrange(len(file))])
        with suppress(InvalidInput):
            assert np.isfinite(read(io.BytesIO(bytes(file[:end])), longest=60.0)).all()
