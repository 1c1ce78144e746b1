"""Sound that arrives message by message, in the formats of live clients, as samples at 16 kHz."""

import struct
from collections.abc import Iterator, Sequence
from typing import Protocol

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from voxhall.audio.pcm import BYTES, SAMPLE_RATE, from_pcm
from voxhall.audio.resample import Resampler
from voxhall.errors import BrokenMedia

Samples = NDArray[np.float32]

HEADER = 4096
"""Bytes after which a WAV header must have ended."""
OPUS_FRAME = 1275
"""Bytes of one Opus frame at most (RFC 6716, 3.2.1)."""
RATES = range(8_000, 96_001)
"""Hertz that a WAV stream may have."""
CHANNELS = (1, 2)
"""That a WAV stream may have."""
PCM, EXTENSIBLE = 0x0001, 0xFFFE
"""Kinds of samples in WAV; the latter is taken for the former."""


class Incoming(Protocol):
    """Reads one stream; for one caller at a time."""

    blocking: bool
    """Whether its methods are to be called in a thread."""

    def push(self, data: bytes) -> Samples:
        """Give the samples that became known with this message; raises BrokenMedia."""
        ...

    def finish(self) -> Samples:
        """Give what is still on its way, and let go of everything; raises BrokenMedia."""
        ...


class Pcm:
    """Bare s16le of one channel; messages may begin and end in the middle of a sample."""

    blocking = False

    def __init__(self, rate: int, channels: int = 1) -> None:
        self._resampler = Resampler(rate, SAMPLE_RATE, 1)
        self._channels = channels
        self._rest = b""

    def push(self, data: bytes) -> Samples:
        """Give the samples that became known with this message."""
        joined = self._rest + data
        whole = len(joined) // (BYTES * self._channels) * BYTES * self._channels
        self._rest = joined[whole:]
        mixed = from_pcm(joined[:whole]).reshape(-1, self._channels).mean(axis=1, dtype=np.float32)
        resampled: Samples = self._resampler.push(mixed[None])[0]
        return resampled

    def finish(self) -> Samples:
        """Give what is still on its way; half a sample is left out."""
        rest: Samples = self._resampler.finish()[0]
        return rest


class Wav:
    """WAV, as one endless file or as one file after another; 16 bits, any usual rate, mono or stereo."""

    blocking = False

    def __init__(self) -> None:
        self._head = b""
        self._pcm: Pcm | None = None

    def push(self, data: bytes) -> Samples:
        """Give the samples that became known with this message; raises BrokenMedia."""
        if self._pcm is None or data[:4] == b"RIFF":
            return self._begin(data)
        return self._pcm.push(data)

    def finish(self) -> Samples:
        """Give what is still on its way."""
        return self._pcm.finish() if self._pcm else np.zeros(0, np.float32)

    def _begin(self, data: bytes) -> Samples:
        before = self.finish()
        self._pcm = None
        self._head += data
        if not b"RIFF".startswith(self._head[:4]):
            raise BrokenMedia("a WAV stream begins with RIFF; FORMAT:pcm_s16le is for samples without a header")
        chunks = dict(_riff_chunks(self._head))
        if b"data" not in chunks:
            if len(self._head) > HEADER:
                raise BrokenMedia(f"the WAV header does not end within {HEADER} bytes")
            return before
        place = chunks[b"data"]
        try:
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", self._head[:place], chunks[b"fmt "])
        except (KeyError, struct.error):
            raise BrokenMedia("the WAV header does not say what its samples are") from None
        if kind not in (PCM, EXTENSIBLE) or bits != 8 * BYTES or channels not in CHANNELS or rate not in RATES:
            given = f"{bits} bits of kind {kind}, {channels} channels, {rate} Hz"
            raise BrokenMedia(f"the WAV stream has {given}; PCM of 16 bits, 1 or 2 channels, 8000 to 96000 Hz is read")
        self._pcm, rest, self._head = Pcm(rate, channels), self._head[place:], b""
        return np.concatenate([before, self._pcm.push(rest)])


class OpusFrames:
    """Bare Opus, one packet a message."""

    blocking = False

    def __init__(self) -> None:
        self._decoder = av.CodecContext.create("libopus", "r")
        self._resampler = AudioResampler("flt", "mono", SAMPLE_RATE)

    def push(self, data: bytes) -> Samples:
        """Give the samples of a packet; raises BrokenMedia for what is none."""
        if not 0 < len(data) <= OPUS_FRAME:
            raise BrokenMedia(f"the message has {len(data)} bytes, an Opus frame 1 to {OPUS_FRAME}")
        try:
            frames = self._decoder.decode(av.Packet(data))
        except FFmpegError:
            raise BrokenMedia("the message is no Opus frame; each message should be exactly one") from None
        return joined(self._resampler, frames)

    def finish(self) -> Samples:
        """Give what is still on its way."""
        return joined(self._resampler, [None])


def _riff_chunks(head: bytes) -> Iterator[tuple[bytes, int]]:
    """Give the names of a RIFF file's chunks and where what they hold begins, as far as `data`.

    The sizes of the file and of its sound are not read: whoever streams does not know them, and writes anything.
    """
    place = len(b"RIFFsizeWAVE")
    while place + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, place)
        yield name, place + 8
        if name == b"data":
            return
        place += 8 + size + size % 2


def joined(resampler: AudioResampler, frames: Sequence[av.AudioFrame | None]) -> Samples:
    """Resample frames of any kind to mono; None is the end of the stream."""
    made = [each.to_ndarray()[0] for frame in frames for each in resampler.resample(frame)]
    return np.concatenate([np.zeros(0, np.float32), *made])
