"""Voice activity by loudness: what is well above the quietest of the last seconds is taken for speech."""

from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field

from voxhall.engines.protocols import Arrays, Samples, VadFrames
from voxhall.engines.registry import Engine

FRAME = 512
"""Samples judged at a time, 32 ms."""
STEEPNESS = 0.5
"""Per decibel: how fast the probability rises around the threshold."""
QUIETEST = -100.0
"""Decibels of full scale that silence is taken for."""
FALL, RISE = 0.5, 0.004
"""Share of the way that the floor goes towards a quieter or louder frame: at once down, in some 8 s up."""


class Options(BaseModel, extra="forbid"):
    """What counts as loud."""

    above_noise: float = Field(default=6.0, gt=0, description="decibels above the background")
    threshold: float = Field(default=-50.0, lt=0, description="decibels of full scale that speech always has")


class Energy:
    """Compares each frame with a floor that follows the background; all memory is in the caller's state."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def listen(self, samples: Samples, state: Arrays | None) -> VadFrames:
        """Judge one block of a stream; `state` is None for its first block."""
        frames = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME)
        power = np.mean(np.square(frames, dtype=np.float64), axis=1)
        levels = np.maximum(10.0 * np.log10(power + 1e-12), QUIETEST)
        floor = float(state["floor"]) if state else self._options.threshold - self._options.above_noise
        probabilities = np.zeros(len(levels), np.float32)
        for index, loudness in enumerate(levels.tolist()):
            over = loudness - max(floor + self._options.above_noise, self._options.threshold)
            probabilities[index] = 1.0 / (1.0 + np.exp(-STEEPNESS * over))
            floor += (FALL if loudness < floor else RISE) * (loudness - floor)
        return VadFrames(probabilities, {"floor": np.array(floor)})


def load(options: Options, _models: Path) -> Energy:
    """Make the detector."""
    return Energy(options)


engine = Engine(
    name="energy",
    ability="vad",
    summary="loudness above the background; nothing to load, but noise that comes and goes is speech to it",
    licence="Apache-2.0",
    load=load,
    options=Options,
    rank=-10,
)
