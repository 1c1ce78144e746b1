"""How long a recording says it is, read in a process of its own that may be stopped.

Nothing is decoded: what the container tells is believed, which takes milliseconds and may be wrong.
"""

import json
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from av.error import FFmpegError

from voxhall.audio.container import audio_stream, open_container
from voxhall.errors import BrokenMedia

CPU_SECONDS = 5
"""That any file may take; most take a tenth of one."""
WALL_SECONDS = 20
MEMORY = 512 << 20
"""Bytes that the process may allocate."""
MICROSECONDS = 1e6


def measure(path: Path) -> float | None:
    """Give seconds, None where the file does not tell; raises BrokenMedia."""
    command = [sys.executable, "-m", __name__, str(path)]
    output = b""
    with suppress(subprocess.TimeoutExpired):
        output = subprocess.run(  # noqa: S603 - ourselves
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=WALL_SECONDS,
        ).stdout
    if not output:
        raise BrokenMedia("the file is made so that reading it takes unbearably long, or crashes its reader")
    found = json.loads(output)
    if found["broken"]:
        raise BrokenMedia(found["broken"])
    seconds = found["seconds"]
    return float(seconds) if seconds else None


def main() -> None:
    """Look at one file."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    seconds, broken = None, None
    try:
        seconds = _told(Path(sys.argv[1]))
    except BrokenMedia as error:
        broken = error.message
    except (FFmpegError, MemoryError):
        broken = "the file is damaged"
    sys.stdout.write(json.dumps({"seconds": seconds, "broken": broken}))


def _told(path: Path) -> float | None:
    """Give what the sound's own track says, else what the whole file says."""
    with open_container(path) as container:
        stream = audio_stream(container)
        if stream.duration and stream.duration > 0 and stream.time_base:
            return float(stream.duration * stream.time_base)
        return container.duration / MICROSECONDS if container.duration and container.duration > 0 else None


if __name__ == "__main__":
    main()
