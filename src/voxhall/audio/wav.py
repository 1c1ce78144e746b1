"""WAV files of 16-bit mono samples: the header, also where nobody knows the length yet, and reading one."""

import struct
import wave
from pathlib import Path

from voxhall.audio.pcm import Samples, from_pcm

OPEN_ENDED = 0xFFFFFFFF
"""A length that players take for 'until it ends'."""
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def header(rate: int, data_bytes: int | None) -> bytes:
    """Give the 44 bytes before the samples; `data_bytes` is None for a stream.

    (Microsoft, Multimedia Programming Interface and Data Specifications 1.0, 1991)
    """
    length = OPEN_ENDED if data_bytes is None else data_bytes
    whole = OPEN_ENDED if data_bytes is None else data_bytes + HEADER.size - 8
    return HEADER.pack(b"RIFF", whole, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", length)


def read(path: Path) -> tuple[int, Samples]:
    """Read a file of 16-bit mono samples: its rate in Hertz, and samples in -1..1."""
    with wave.open(str(path)) as file:
        return file.getframerate(), from_pcm(file.readframes(file.getnframes()))
