"""Sound that arrives message by message: every format with the same speech gives the same samples."""

import io
import struct
import wave
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from hearing import samples_of
from recordings import BECKETT
from streamed import empty_webm, opus_frames, wav_of, webm_of
from voxhall.audio.incoming import Incoming, OpusFrames, Pcm, Samples, Wav
from voxhall.audio.pcm import to_pcm
from voxhall.audio.resample import Resampler
from voxhall.audio.webm import Webm
from voxhall.errors import BrokenMedia

SPEECH = samples_of(BECKETT, 0.0, 4.0)


def at_48k(samples: Samples) -> bytes:
    """Give s16le at 48 kHz."""
    resampler = Resampler(16_000, 48_000, 1)
    return to_pcm(np.concatenate([resampler.push(samples[None]), resampler.finish()], axis=1))


def pieces(data: bytes, length: int) -> Iterator[bytes]:
    """Cut bytes into messages."""
    return (data[start : start + length] for start in range(0, len(data), length))


def read(incoming: Incoming, messages: Iterator[bytes] | list[bytes]) -> Samples:
    """Give all samples of a stream."""
    return np.concatenate([*(incoming.push(each) for each in messages), incoming.finish()])


def likeness(a: Samples, b: Samples) -> float:
    """Give the highest correlation within 20 ms: codecs delay."""
    length = min(len(a), len(b)) - 640
    return max(float(np.corrcoef(a[shift : shift + length], b[320 : 320 + length])[0, 1]) for shift in range(640))


WAYS: dict[str, Callable[[], tuple[Incoming, list[bytes]]]] = {
    "pcm_s16le": lambda: (Pcm(16_000), list(pieces(to_pcm(SPEECH[None]), 3200))),
    "pcm_s16le, cut within samples": lambda: (Pcm(16_000), list(pieces(to_pcm(SPEECH[None]), 1001))),
    "pcm_s16le_48k": lambda: (Pcm(48_000), list(pieces(at_48k(SPEECH), 9600))),
    "wav": lambda: (Wav(), list(pieces(wav_of(SPEECH), 3200))),
    "wav, its header cut": lambda: (Wav(), list(pieces(wav_of(SPEECH), 13))),
    "wav, a file a message": lambda: (Wav(), [wav_of(SPEECH[:32000]), wav_of(SPEECH[32000:])]),
    "webm_opus": lambda: (Webm(), list(pieces(webm_of(SPEECH), 1000))),
    "webm_opus, at once": lambda: (Webm(), [webm_of(SPEECH)]),
    "webm_opus, begun anew": lambda: (Webm(), [webm_of(SPEECH[:32000]), webm_of(SPEECH[32000:])]),
    "opus_raw_16k": lambda: (OpusFrames(), opus_frames(SPEECH)),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_format_gives_the_same_sound(way: str) -> None:
    """But for what Opus leaves out."""
    heard = read(*WAYS[way]())
    assert abs(len(heard) - len(SPEECH)) < 0.06 * 16_000
    # a recorder that is begun anew leaves out some milliseconds
    assert likeness(heard[:30_000], SPEECH[:30_000]) > (0.9 if "opus" in way else 0.99)


def test_webm_is_heard_as_it_comes() -> None:
    """Not only when it ends."""
    incoming, heard = Webm(), [0]
    for piece in pieces(webm_of(SPEECH), 500):
        heard.append(heard[-1] + len(incoming.push(piece)))
    assert heard[-1] > 3.5 * 16_000
    assert max(b - a for a, b in pairwise(heard)) < 16_000
    incoming.finish()


def test_a_wav_stream_may_have_two_channels_and_another_rate() -> None:
    """They are mixed."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(2)
        made.setsampwidth(2)
        made.setframerate(48_000)
        made.writeframes(np.repeat(np.frombuffer(at_48k(SPEECH), "<i2"), 2).tobytes())
    assert likeness(read(Wav(), list(pieces(file.getvalue(), 4096))), SPEECH) > 0.99


@pytest.mark.parametrize(
    ("incoming", "message", "named"),
    [
        (Wav(), b"OggS" + bytes(100), "RIFF"),
        (Wav(), b"RIFF" + bytes(5000), "WAV"),
        (Wav(), wav_of(SPEECH, width=1), "8 bits"),
        (Wav(), b"RIFF" + struct.pack("<I", 10**6) + b"WAVEjunk" + struct.pack("<I", 10**6) + bytes(5000), "header"),
        (Webm(), bytes(100), "EBML"),
        (Webm(), b"\x1a\x45\xdf\xa3" + bytes(5000), "WebM"),
        (OpusFrames(), b"", "0 bytes"),
        (OpusFrames(), bytes(5000), "5000 bytes"),
        (OpusFrames(), b"\xff" * 50, "Opus frame"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_what_is_no_such_sound_is_explained(incoming: Incoming, message: bytes, named: str) -> None:
    """With what would be right, at once or when the stream ends."""
    with pytest.raises(BrokenMedia, match=named):
        incoming.push(message)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF], ids=["none", "endless"])
def test_a_wav_stream_need_not_know_its_length(size: int) -> None:
    """Whoever cannot go back writes one of these for the file and for its sound; a note may say `data` before it."""
    whole = wav_of(SPEECH)
    note = b"LIST" + struct.pack("<I", 12) + b"INFOdata...."
    unknown = struct.pack("<I", size)
    stream = whole[:4] + unknown + whole[8:36] + note + whole[36:40] + unknown + whole[44:]
    for length in (13, 3200):
        assert likeness(read(Wav(), list(pieces(stream, length))), SPEECH) > 0.99


def test_a_webm_stream_of_notes_is_refused() -> None:
    """Whatever is no sound costs more the longer it is."""
    whole = webm_of(SPEECH)
    void = b"\xec\x01" + (10**6).to_bytes(7, "big") + bytes(10**6)
    incoming = Webm()
    with pytest.raises(BrokenMedia, match="no sound in 262144 bytes"):
        incoming.push(whole[: whole.index(b"\x1f\x43\xb6\x75")] + void)
    assert incoming._part
    incoming._part._thread.join()


def test_a_message_of_hours_is_refused() -> None:
    """Packets of a byte last an eighth of a second each."""
    incoming = Webm()
    with pytest.raises(BrokenMedia, match="more than 600 s"):
        incoming.push(empty_webm(700))


def test_a_webm_stream_that_breaks_off_leaves_no_thread() -> None:
    """A client may vanish anywhere."""
    incoming = Webm()
    incoming.push(webm_of(SPEECH)[:3000])
    part = incoming._part
    incoming.finish()
    assert part
    assert not part._thread.is_alive()
