"""When somebody begins and ends to speak, frame by frame while it happens.

The same hysteresis as for recordings (`pipelines.chunks`), decided as early as it can be.
"""

from dataclasses import dataclass
from enum import Enum, auto

from voxhall.pipelines.chunks import DEFAULT, FRAME


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as a turn, and how often it is looked at while it goes on."""

    onset: float = DEFAULT.onset
    """Probability from which a frame is speech."""
    offset: float = DEFAULT.offset
    """Probability below which a frame is not."""
    shortest_speech: float = 0.096
    """Seconds of speech that begin a turn; anything shorter is a click."""
    pause: float = 0.256
    """Seconds of silence after which the words so far are recognised, for the turn may have ended."""
    silence: float = 0.608
    """Seconds of silence that end a turn."""
    padding: float = 0.4
    """Seconds kept before speech, for soft beginnings."""
    settled: float = 6.0
    """Seconds of a turn from which a pause ends a chunk: what was said before it is not recognised again."""
    longest: float = 14.0
    """Seconds of one chunk at most."""
    interval: float = 0.5
    """Seconds between partial words."""


class Mark(Enum):
    """What a frame brings."""

    BEGAN = auto()
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()


class TurnFinder:
    """Judges one frame after another."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._onset = round(rules.shortest_speech / FRAME)
        self._pause = round(rules.pause / FRAME)
        self._silence = round(rules.silence / FRAME)
        self.frame = 0
        """Frames judged."""
        self.reset()

    def reset(self) -> None:
        """Wait for the next turn."""
        self.within = False
        """Whether a turn goes on."""
        self.began = self.frame
        """The first frame of speech of this or the latest turn."""
        self.spoke = self.frame
        """The frame after the latest with speech."""
        self._loud = False

    def push(self, probability: float) -> Mark | None:
        """Judge the next frame by its probability of speech."""
        self._loud = probability >= (self._rules.offset if self._loud else self._rules.onset)
        self.frame += 1
        return self._speech() if self._loud else self._quiet()

    def _speech(self) -> Mark | None:
        if not self.within and self.spoke != self.frame - 1:
            self.began = self.frame - 1
        silent = self.frame - 1 - self.spoke
        self.spoke = self.frame
        if not self.within and self.frame - self.began >= self._onset:
            self.within = True
            return Mark.BEGAN
        return Mark.RESUMED if self.within and silent >= self._pause else None

    def _quiet(self) -> Mark | None:
        silent = self.frame - self.spoke
        if not self.within:
            return None
        if silent == self._silence:
            self.within = False
            return Mark.ENDED
        return Mark.PAUSED if silent == self._pause else None
