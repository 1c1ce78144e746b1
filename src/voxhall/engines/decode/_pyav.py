"""Decoding with PyAV, which carries FFmpeg's libraries: any recording becomes PCM for engines and Opus for people."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from voxhall.audio.decode import open_recording
from voxhall.audio.disk import disk_may_fill
from voxhall.audio.encode import open_encoder
from voxhall.audio.pcm import to_pcm
from voxhall.audio.trial import try_container
from voxhall.engines.decode.pyav import Options
from voxhall.engines.memory import limited_memory
from voxhall.engines.protocols import SAMPLE_RATE, Decoded
from voxhall.errors import BrokenMedia


class PyAvDecoder:
    """Reads a recording once, writing both files as it goes."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def decode(self, source: str, pcm: str, opus: str, *, split: bool, longest: float = math.inf) -> Decoded:
        """Write `source` as 16 kHz s16le to `pcm` and, mixed to one channel, as Ogg Opus to `opus`.

        With `split` the PCM keeps up to eight channels, interleaved; otherwise they are mixed to one. Memory does
        not grow with length. Raises BrokenMedia, StorageFull, InvalidInput after more than `longest` seconds of audio.
        """
        samples = 0
        try_container(Path(source))
        with (
            disk_may_fill("there is no space left for the decoded recording"),
            _limited_memory(self._options.memory << 20),
            open_recording(Path(source), rate=SAMPLE_RATE, split=split, longest=longest) as recording,
            Path(pcm).open("wb") as plain,
            Path(opus).open("wb") as file,
            open_encoder(file, "opus", rate=SAMPLE_RATE, bit_rate=self._options.bit_rate) as encode,
        ):
            for block in recording.blocks:
                plain.write(to_pcm(block))
                encode(np.mean(block, axis=0, keepdims=True))
                samples += block.shape[1]
        return Decoded(
            duration=samples / SAMPLE_RATE,
            channels=recording.channels,
            container=recording.container,
            codec=recording.codec,
        )


@contextmanager
def _limited_memory(size: int) -> Iterator[None]:
    """Give up where a header of a few bytes asks for gigabytes."""
    try:
        with limited_memory(size):
            yield
    except MemoryError as error:
        raise BrokenMedia("the recording needs more memory to decode than any sound should") from error
