"""The header of a WAV file of 16-bit mono samples, also of one whose length nobody knows yet."""

import struct

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
