"""A recording's container is read through once in a process that may be stopped, before it is trusted.

FFmpeg's libraries compare every tag with all others while they read a file and cannot be interrupted: four megabytes of
tags keep them busy for hours. Reading through without decoding costs a fiftieth of what decoding does.
"""

import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from av.error import FFmpegError

from voxhall.audio.container import audio_stream, open_container
from voxhall.errors import BrokenMedia

HARMLESS = 256 << 10
"""Bytes below which a file cannot hold anybody up for more than some seconds."""
SECONDS = 5
"""CPU seconds that any file may take; most take a tenth of one."""
PACE = 4 << 20
"""Bytes that must be read in each further CPU second; Ogg Opus, the slowest measured, gives twenty times that."""


def try_container(path: Path, *, seconds: int = SECONDS) -> None:
    """Raise BrokenMedia for a file that crashes its reader or takes it more than `seconds` and what its size allows."""
    size = path.stat().st_size
    if size < HARMLESS:
        return
    command = [sys.executable, "-m", __name__, str(path), str(seconds + size // PACE)]
    quiet = subprocess.DEVNULL
    tried = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False)  # noqa: S603 - ourselves
    if tried.returncode < 0:  # ended by a signal
        raise BrokenMedia("the file is made so that reading it takes unbearably long, or crashes its reader")


def main() -> None:
    """Read a file through, at most for so many seconds."""
    seconds = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    with suppress(BrokenMedia, FFmpegError, MemoryError), open_container(Path(sys.argv[1])) as container:
        for _ in container.demux(audio_stream(container)):
            pass


if __name__ == "__main__":
    main()
