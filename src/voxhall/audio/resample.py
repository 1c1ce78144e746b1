"""A stream of samples at another rate, block by block."""

from collections.abc import Iterable, Iterator

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

Samples = NDArray[np.float32]


class Resampler:
    """Remembers what it has heard of one stream, so that its blocks join without a click."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        """Resample `channels` channels from `source` to `target` Hertz."""
        self._source = source
        self._same = source == target
        # one per channel: layouts that libswresample does not know need no care
        self._channels = [AudioResampler("flt", "mono", target) for _ in range(channels)]

    def push(self, block: Samples) -> Samples:
        """Resample the next block (channels, n); the result may lag behind by a few milliseconds."""
        if self._same or not block.shape[1]:
            return block
        return np.stack([self._run(one, row) for one, row in zip(self._channels, block, strict=True)])

    def finish(self) -> Samples:
        """Give what is still on its way, (channels, n)."""
        return np.stack([_joined(one.resample(None)) for one in self._channels])

    def _run(self, resampler: AudioResampler, row: Samples) -> Samples:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(row[None]), format="flt", layout="mono")
        frame.sample_rate = self._source
        return _joined(resampler.resample(frame))


def resampled(blocks: Iterable[Samples], source: int, target: int) -> Iterator[Samples]:
    """Resample a stream of one channel, (n,), block by block."""
    resampler = Resampler(source, target, 1)
    for block in blocks:
        yield resampler.push(block[None])[0]
    yield resampler.finish()[0]


def _joined(frames: list[av.AudioFrame]) -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *(frame.to_ndarray()[0] for frame in frames)])
