"""A recording of any container and codec as a stream of bounded blocks of samples.

Nothing that the file claims is believed: every loop is bounded, by what has really been decoded, and by time.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from voxhall.audio.container import audio_stream, open_container
from voxhall.audio.resample import Resampler
from voxhall.errors import BrokenMedia, InvalidInput

Samples = NDArray[np.float32]

RATES = range(1_000, 768_001)
"""Hertz that a recording may have."""
CHANNELS = range(1, 65)
"""Channels that a recording may have."""
SPLIT = 8
"""Channels at most that can be kept apart."""
GATHER = 1 << 16
"""Values (samples of all channels together) decoded before they are worked on; two thirds of a second of CD sound."""
TOLERANCE = 50
"""Packets more than half of all that may be damaged before the rest is not tried."""
IDLE = 5_000
"""Packets in a row that may give no sound."""
PATIENCE = 60.0
"""CPU seconds that any recording may take, plus its own length."""
NOT_SAMPLES = {"s64", "s64p"}
"""Formats that no recorder writes and numpy is not given."""
LOUDEST = 1e6
"""A sample beyond it, or one that is no number, is damage and becomes silence."""

WEIGHTS = {"FC": 1.0, "FL": math.sqrt(0.5), "FR": math.sqrt(0.5), "LFE": 0.0, "LFE2": 0.0}
"""Shares of loudspeakers in a mono mix, ITU-R BS.775-4 annex 4; all others have half."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An opened recording, to be read once from beginning to end."""

    container: str
    """The demuxer's name."""
    codec: str
    channels: int
    """Channels of each block; 1 when they are mixed."""
    blocks: Iterator[Samples]
    """Samples (channels, n) at the rate asked for, about -1..1, never more than a second or so at once.

    Raises BrokenMedia when more is damaged than whole, InvalidInput after `longest` seconds.
    """


@dataclass(frozen=True, slots=True)
class _Piece:
    """Samples of which all have the same rate and channels."""

    samples: Samples
    """(channels, n)"""
    rate: int
    """Hertz."""
    weights: Samples
    """Share of each channel in the mix, (1, channels), summing to 1: a mix cannot clip."""


@contextmanager
def open_recording(
    source: Path | BinaryIO, *, rate: int, split: bool = False, longest: float = math.inf
) -> Iterator[Recording]:
    """Open a file or stream; raises BrokenMedia, and InvalidInput for more channels than can be kept apart.

    Args:
        source: A local file, or anything with `read` (and `seek`, if it can).
        rate: Hertz of the blocks.
        split: Keep the channels; otherwise they are mixed to one.
        longest: Seconds after which reading ends with InvalidInput.
    """
    with open_container(source) as container:
        stream = audio_stream(container)
        pieces = _pieces(_timely(_frames(container, stream), longest))
        first = next(pieces, None)
        if first is None and (container.duration or 0) > 0:
            raise BrokenMedia(f"this {container.format.name} file is cut off before its sound begins")
        channels = len(first.samples) if first and split else 1
        if channels > SPLIT:
            raise InvalidInput(f"the recording has {channels} channels; at most {SPLIT} can be kept apart")
        yield Recording(
            container=container.format.name,
            codec=stream.codec_context.codec.canonical_name,
            channels=channels,
            blocks=_rendered(chain([first], pieces), rate, channels if split else None) if first else iter(()),
        )


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """Decode as far as it goes, over damaged packets; raises BrokenMedia when more is damaged than whole."""
    whole = damaged = idle = 0
    packets = container.demux(stream)
    while damaged <= whole + TOLERANCE and idle < IDLE:
        try:
            packet = next(packets, None)
        except (FFmpegError, MemoryError):
            damaged += 1
            break
        if packet is None:
            break
        try:
            frames = packet.decode()
        except EOFError:
            break
        except (FFmpegError, MemoryError):
            damaged += 1
            continue
        idle = 0 if frames else idle + 1
        whole += bool(frames)
        yield from frames
    if damaged > whole or idle >= IDLE:
        raise BrokenMedia(f"the {stream.codec_context.name} audio in this {container.format.name} file is damaged")


def _timely(frames: Iterator[av.AudioFrame], longest: float) -> Iterator[av.AudioFrame]:
    """Pass frames on while they are plausible, not too many, and not decoded unbearably slowly."""
    seconds = 0.0
    started = time.thread_time()
    for frame in frames:
        rate, channels = frame.sample_rate, frame.layout.nb_channels
        if rate not in RATES or channels not in CHANNELS:
            raise BrokenMedia(f"the recording says that it has {channels} channels at {rate} Hz, which is not believed")
        if frame.format.name in NOT_SAMPLES:
            raise BrokenMedia(f"samples of the format {frame.format.name} are not read")
        seconds += frame.samples / rate
        if round(seconds - longest, 3) > 0:
            raise InvalidInput(f"the recording is longer than the {longest:g} seconds that are accepted")
        if time.thread_time() - started > PATIENCE + seconds:
            raise BrokenMedia("the recording takes longer to decode than to play, which no sound recording does")
        yield frame


def _pieces(frames: Iterator[av.AudioFrame]) -> Iterator[_Piece]:
    """Gather small frames of the same kind, since working on each costs more than decoding it."""
    gathered: list[av.AudioFrame] = []
    values = 0
    for frame in frames:
        if gathered and (_kind(frame) != _kind(gathered[0]) or values >= GATHER):
            yield _piece(gathered)
            gathered, values = [], 0
        gathered.append(frame)
        values += frame.samples * frame.layout.nb_channels
    if gathered:
        yield _piece(gathered)


def _kind(frame: av.AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _piece(frames: list[av.AudioFrame]) -> _Piece:
    first = frames[0]
    channels = first.layout.nb_channels
    raw = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    planes = raw if first.format.is_planar else raw.reshape(-1, channels).T
    shares = np.array([[WEIGHTS.get(channel.name, 0.5) for channel in first.layout.channels]], np.float32)
    shares = shares if shares.any() else np.ones_like(shares)
    return _Piece(_as_float(planes), first.sample_rate, shares / shares.sum())


def _as_float(samples: NDArray[np.generic]) -> Samples:
    """Scale integers to -1..1; floats stay, but for those that are no sound."""
    kind, bits = samples.dtype.kind, samples.dtype.itemsize * 8
    with np.errstate(over="ignore"):
        scaled = samples.astype(np.float32)
    if kind == "f":
        scaled[~(np.abs(scaled) < LOUDEST)] = 0.0
        return scaled
    scaled -= 2 ** (bits - 1) if kind == "u" else 0
    scaled *= 2.0 ** (1 - bits)
    return scaled


def _rendered(pieces: Iterator[_Piece], rate: int, channels: int | None) -> Iterator[Samples]:
    """Mix to one, or keep `channels`, and resample; a recording may change its kind on the way."""
    resampler: Resampler | None = None
    heard = 0
    for piece in pieces:
        if resampler and piece.rate != heard:
            yield resampler.finish()
            resampler = None
        heard = piece.rate
        resampler = resampler or Resampler(piece.rate, rate, channels or 1)
        yield resampler.push(_routed(piece, channels))
    if resampler:
        yield resampler.finish()


def _routed(piece: _Piece, channels: int | None) -> Samples:
    if channels == len(piece.samples):
        return piece.samples
    mixed = piece.weights @ piece.samples
    return np.repeat(mixed, channels, axis=0) if channels else mixed
