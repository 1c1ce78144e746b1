"""An engine that does what engines should not: die, hang, fail; and tells about its process."""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from voxhall.engines.registry import Engine
from voxhall.errors import BrokenMedia, VoxhallError


class Troubled(Protocol):
    """What the tests of the host ask for."""

    def pid(self) -> int:
        """Give the id of the process."""
        ...

    def surroundings(self) -> dict[str, int]:
        """Tell how the process was set up."""
        ...

    def hold(self, arrived: str, leave: str) -> int:
        """Write the pid into one named pipe, wait for the end of another, give the pid."""
        ...

    def freeze(self, arrived: str) -> None:
        """Write the pid into a named pipe, then hold Python's lock in native code for a quarter of an hour."""
        ...

    def die(self, tally: str) -> None:
        """Add a line to a file, then end as the kernel ends a process that takes too much memory."""
        ...

    def refuse(self, tally: str) -> None:
        """Add a line to a file, then raise an error of ours."""
        ...

    def fail(self, tally: str, speech: str) -> None:
        """Add a line to a file, then raise an error that quotes what was said."""
        ...

    def lie(self) -> int:
        """Give text where a number was promised."""
        ...


class Trouble:
    """Keeps the promises of `Troubled`."""

    def __init__(self, options: BaseModel, models: Path) -> None:
        del options, models

    def pid(self) -> int:
        """Give the id of the process."""
        return os.getpid()

    def surroundings(self) -> dict[str, int]:
        """Tell how the process was set up."""
        return {
            "leads its own session": int(os.getsid(0) == os.getpid()),
            "niceness": os.nice(0),
            "threads": int(os.environ["OMP_NUM_THREADS"]),
            "bytes on standard input": len(sys.stdin.read()),
        }

    def hold(self, arrived: str, leave: str) -> int:
        """Write the pid into one named pipe, wait for the end of another, give the pid."""
        Path(arrived).write_text(str(os.getpid()))
        Path(leave).read_text()
        return os.getpid()

    def freeze(self, arrived: str) -> None:
        """Hold Python's lock, as `PyDLL` does and some native libraries do."""
        Path(arrived).write_text(str(os.getpid()))
        ctypes.PyDLL(None).sleep(900)

    def die(self, tally: str) -> None:
        """Count, and die."""
        count(tally)
        os.kill(os.getpid(), signal.SIGKILL)

    def refuse(self, tally: str) -> None:
        """Count, and raise an error of ours."""
        count(tally)
        raise BrokenMedia("this is not audio", param="file")

    def fail(self, tally: str, speech: str) -> None:
        """Count, and raise an error that quotes what was said."""
        count(tally)
        raise LookupError(f"no phonemes for {speech}")

    def lie(self) -> str:
        """Give text where a number was promised."""
        return "seven"


def count(tally: str) -> None:
    """Add a line to a file."""
    with Path(tally).open("a") as file:
        file.write("tried\n")


def no_engine(options: BaseModel, models: Path) -> object:
    """Fail to load."""
    del options, models
    raise VoxhallError("it cannot be loaded")


engine = Engine(name="trouble", ability="vad", summary="Trouble", licence="Apache-2.0", load=Trouble)
twin = Engine(name="twin", ability="vad", summary="Trouble again", licence="Apache-2.0", load=Trouble)
stillborn = Engine(name="stillborn", ability="vad", summary="Never loads", licence="Apache-2.0", load=no_engine)
