"""Memory and time do not grow faster than they should: six minutes of audio against sixty, through the server.

PYTHONPATH=tests python benchmarks/length.py
"""

import tempfile
import threading
import time
from pathlib import Path
from typing import Self

import psutil

from recordings import speech_of
from serving import Server, serving

KEY = "benchmark"
MINUTES = (6, 60)


class PeakMemory:
    """Watches the memory of a server and its engine processes."""

    def __init__(self, server: Server) -> None:
        self._root = psutil.Process(server.process.pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.peak = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self.peak = max(self.peak, sum(_resident(p) for p in (self._root, *self._root.children(recursive=True))))


def _resident(process: psutil.Process) -> int:
    """Memory that is this process's own: pages of mapped files can be dropped at any time."""
    try:
        memory = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(memory.rss - memory.shared)


def main() -> None:
    """Transcribe both, each on a fresh server, and print the ratios."""
    figures = []
    for minutes in MINUTES:
        with tempfile.TemporaryDirectory() as name, serving(Path(name), admin_key=KEY) as server:
            recording = speech_of(minutes * 60)
            with PeakMemory(server) as memory:
                began = time.monotonic()
                job = server.post("/submit", data=recording).json()["id"]
                result = server.wait(f"/transcriptions/{job}", seconds=3600)
                figures.append((time.monotonic() - began, memory.peak))
            assert result["status"] == "completed"
            print(f"{minutes} minutes: {figures[-1][0]:.1f} s, peak {figures[-1][1] / 2**20:.0f} MiB", flush=True)
    (short, small), (long, large) = figures
    print(f"time: {long / short:.2f} x, peak memory: {large / small:.3f} x")


if __name__ == "__main__":
    main()
