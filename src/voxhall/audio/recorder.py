"""Keeps the sound of a live stream as Ogg Opus, in a file that is written while the stream goes on."""

import threading
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from voxhall.audio.encode import open_encoder
from voxhall.audio.pcm import BYTES, SAMPLE_RATE, from_pcm, to_pcm

Samples = NDArray[np.float32]

BIT_RATE = 28_000
"""Bits per second, as for recordings that are sent as files."""
IN_MEMORY = 2**20
"""Bytes of each file before it is written to disk."""
BLOCK = 2**16
"""Bytes encoded at once."""


class Recorder:
    """What is pushed waits until it is known whether it is kept; what is discarded becomes silence."""

    def __init__(self) -> None:
        self.samples = 0
        """How many have been pushed."""
        self.waiting = 0
        """How many of them are neither kept nor discarded."""
        self.opus = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - lives as long as the stream
        self._pending = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - likewise
        self._closing = ExitStack()
        self._encode = self._closing.enter_context(open_encoder(self.opus, "opus", rate=SAMPLE_RATE, bit_rate=BIT_RATE))
        self._taken = 0
        self._writing = threading.Lock()

    def push(self, samples: Samples) -> None:
        """Add what was heard, at 16 kHz."""
        self.samples += len(samples)
        self.waiting += len(samples)
        self._pending.write(to_pcm(samples[None]))

    def keep(self) -> None:
        """Encode all that waits."""
        self._drain(silent=False)

    def discard(self) -> None:
        """Put silence where all that waits was, so that what follows keeps its time."""
        self._drain(silent=True)

    def taken(self) -> bytes:
        """Give what has been written to the Opus file since the last time; from any thread."""
        with self._writing:
            self.opus.seek(self._taken)
            piece = self.opus.read()
            self._taken += len(piece)
            self.opus.seek(0, 2)
        return piece

    def finish(self) -> None:
        """Encode what waits, and complete the file."""
        self.keep()
        with self._writing:
            self._closing.close()
        self._pending.close()

    def _drain(self, *, silent: bool) -> None:
        self._pending.seek(0)
        while block := self._pending.read(BLOCK * BYTES):
            samples = from_pcm(block)[None]
            with self._writing:
                self._encode(np.zeros_like(samples) if silent else samples)
        self._pending.seek(0)
        self._pending.truncate()
        self.waiting = 0
