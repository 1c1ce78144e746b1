"""Two promises of throughput: two jobs at once against one, and the server against the bare pipeline.

PYTHONPATH=tests python benchmarks/throughput.py
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from recordings import speech_of
from serving import Server, serving
from voxhall import open_engines
from voxhall.services.local import Engines

KEY = "benchmark"
FILES = 20
SECONDS = 30.0
ROUNDS = 3


def seconds_of(work: Callable[[], object]) -> float:
    """Time a piece of work."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def in_turn(engines: Engines, paths: Sequence[Path]) -> None:
    """Transcribe one after the other."""
    for path in paths:
        engines.transcribe(path)


def at_once(engines: Engines, paths: Sequence[Path], threads: int) -> None:
    """Transcribe several at a time."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(engines.transcribe, paths))


def through_server(server: Server, paths: Sequence[Path]) -> None:
    """Submit all, and wait for all."""
    jobs = [server.post("/submit?cache=false", data=path.read_bytes()).json()["id"] for path in paths]
    for job in jobs:
        server.wait(f"/transcriptions/{job}", seconds=600)


def main() -> None:
    """Measure in turns and print medians and ratios."""
    with (
        tempfile.TemporaryDirectory() as name,
        open_engines() as engines,
        serving(Path(name) / "server", admin_key=KEY) as server,
    ):
        paths = [Path(name) / f"{number}.wav" for number in range(FILES)]
        for number, path in enumerate(paths):
            path.write_bytes(speech_of(SECONDS + number / 10))
        at_once(engines, paths[:2], 2)
        through_server(server, paths[:2])
        two = [
            (seconds_of(lambda: in_turn(engines, paths[:4])), seconds_of(lambda: at_once(engines, paths[:4], 2)))
            for _ in range(ROUNDS)
        ]
        print(f"two jobs at once: {median(a / b for a, b in two):.2f} x the throughput of one")
        served = [
            (seconds_of(lambda: at_once(engines, paths, 2)), seconds_of(lambda: through_server(server, paths)))
            for _ in range(ROUNDS)
        ]
        print(f"server against bare pipeline, {FILES} files: {median(a / b for a, b in served):.2f}")


if __name__ == "__main__":
    main()
