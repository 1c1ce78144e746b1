"""Samples, block by block, as a file that people play: Ogg Opus, WAV, FLAC, MP3."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from voxhall.audio.pcm import to_int16

Samples = NDArray[np.float32]
Format = Literal["opus", "wav", "flac", "mp3"]
Encode = Callable[[Samples], None]
"""Takes the next block, (channels, n) in -1..1; what is beyond is clipped."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a format is made."""

    container: str
    codec: str
    sample_format: str
    options: dict[str, str] = field(default_factory=dict)


RECIPES: dict[Format, _Recipe] = {
    # complexity 3 of 10 takes half the time of the default, `audio` a quarter of `voip`, which pays off below 24 kbit/s
    "opus": _Recipe("ogg", "libopus", "s16", {"compression_level": "3", "application": "audio", "vbr": "constrained"}),
    "wav": _Recipe("wav", "pcm_s16le", "s16"),
    "flac": _Recipe("flac", "flac", "s16", {"compression_level": "5"}),
    "mp3": _Recipe("mp3", "libmp3lame", "s16p"),
}


@contextmanager
def open_encoder(
    file: BinaryIO, form: Format, *, rate: int, channels: int = 1, bit_rate: int | None = None
) -> Iterator[Encode]:
    """Encode into an open file, which is complete when the context ends.

    Args:
        file: Written to as sound arrives; lengths in the header are filled in at the end where it can seek.
        form: The format.
        rate: Hertz; Opus knows 8000, 12000, 16000, 24000 and 48000.
        channels: 1 or 2; WAV and FLAC take up to 8.
        bit_rate: Bits per second, for Opus and MP3; None leaves it to the codec.
    """
    recipe = RECIPES[form]
    layout = av.AudioLayout(f"{channels}c")
    with av.open(file, "w", format=recipe.container) as container:
        added = container.add_stream(recipe.codec, rate=rate, layout=layout, options=recipe.options)
        stream = cast("AudioStream", added)
        stream.codec_context.format = recipe.sample_format
        if bit_rate:
            stream.bit_rate = bit_rate
        container.start_encoding()

        def encode(block: Samples) -> None:
            if block.shape[1]:
                frame = av.AudioFrame.from_ndarray(_packed(block, recipe.sample_format), recipe.sample_format, layout)
                frame.sample_rate = rate
                container.mux(stream.encode(frame))

        yield encode
        container.mux(stream.encode(None))


def encode(blocks: Iterable[Samples], file: BinaryIO, form: Format, *, rate: int, channels: int = 1) -> None:
    """Encode a whole stream of blocks into an open file; see `open_encoder`."""
    with open_encoder(file, form, rate=rate, channels=channels) as push:
        for block in blocks:
            push(block)


def _packed(block: Samples, sample_format: str) -> NDArray[np.int16]:
    integers = to_int16(block)
    return integers if sample_format.endswith("p") else integers.T.reshape(1, -1)
