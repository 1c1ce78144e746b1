"""Work that runs later and survives crashes: how far it is, and the journal of what is done."""

from dataclasses import dataclass
from typing import Protocol

TRANSCRIBE = "transcribe"
"""The kind of job that transcribes a recording."""
LISTEN = "listen"
"""The kind of job that a live stream is."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is."""

    stage: str
    """queued, downloading, decoding, diarizing, transcribing, finalizing."""
    percent: float
    """0 to 100."""
    done: int
    """Pieces finished in this stage."""
    total: int
    """Pieces of this stage; 0 where there is nothing to count."""

    @property
    def step(self) -> tuple[str, int]:
        """Another with each stage and every ten percent: as fine as those want it who are told of it."""
        return self.stage, int(self.percent // 10)


class Journal(Protocol):
    """Keeps what a job has finished, so that it goes on there after a crash."""

    def get(self, name: str) -> bytes | None:
        """Give what was put under a name, by this attempt or an earlier one."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keep a finished piece; raises LeaseLost when another worker owns the job by now."""
        ...

    def progress(self, stage: str, percent: float, done: int, total: int) -> None:
        """Say how far the work is."""
        ...

    def check(self) -> None:
        """Raise Cancelled or LeaseLost when the work shall stop."""
        ...
