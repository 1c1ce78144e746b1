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
    """What is pushed waits until it is known whether it is kept; what is discarded becomes silence.

    Its methods work with files, one after another, so call them in threads.
    """

    def __init__(self) -> None:
        self.samples = 0
        """How many have been pushed."""
        self._encoded = 0
        """How many of them are kept or discarded."""
        self._forgotten = 0
        """Where the file of those that wait begins."""
        self.opus = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - lives as long as the stream
        self._pending = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - likewise
        self._closing = ExitStack()
        self._encode = self._closing.enter_context(open_encoder(self.opus, "opus", rate=SAMPLE_RATE, bit_rate=BIT_RATE))
        self._taken = 0
        self._busy = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many samples are neither kept nor discarded."""
        return self.samples - self._encoded

    def push(self, samples: Samples) -> None:
        """Add what was heard, at 16 kHz."""
        with self._busy:
            self._pending.seek(0, 2)
            self._pending.write(to_pcm(samples[None]))
            self.samples += len(samples)

    def keep(self, until: int | None = None) -> None:
        """Encode what waits, all of it or what came before the sample `until`."""
        with self._busy:
            self._drain(until, silent=False)

    def discard(self) -> None:
        """Put silence where all that waits was, so that what follows keeps its time."""
        with self._busy:
            self._drain(None, silent=True)

    def taken(self) -> bytes:
        """Give what has been written to the Opus file since the last time."""
        with self._busy:
            self.opus.seek(self._taken)
            piece = self.opus.read()
            self._taken += len(piece)
            self.opus.seek(0, 2)
        return piece

    def finish(self) -> None:
        """Encode what waits, and complete the file."""
        with self._busy:
            self._drain(None, silent=False)
            self._closing.close()
            self._pending.close()

    def _drain(self, until: int | None, *, silent: bool) -> None:
        end = self.samples if until is None else min(until, self.samples)
        self._pending.seek((self._encoded - self._forgotten) * BYTES)
        while self._encoded < end:
            samples = from_pcm(self._pending.read(min(BLOCK, end - self._encoded) * BYTES))[None]
            self._encode(np.zeros_like(samples) if silent else samples)
            self._encoded += samples.shape[1]
        if not self.waiting:
            self._pending.seek(0)
            self._pending.truncate()
            self._forgotten = self._encoded
