"""How quickly the server answers: /health while every engine is busy against idle, and after a warm start.

PYTHONPATH=tests python benchmarks/responsiveness.py
"""

import tempfile
import time
from pathlib import Path
from statistics import quantiles

import requests

from recordings import speech_of
from serving import Server, serving, start

KEY = "benchmark"
REQUESTS = 1000
STARTS = 5


def p99(server: Server) -> float:
    """Ask for /health one thousand times; give the 99th percentile in milliseconds."""
    with requests.Session() as session:
        times = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            session.get(f"{server.url}/health", timeout=10).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.005)
    return quantiles(times, n=100)[98]


def first_health(data_dir: Path) -> float:
    """Start a server on data that is there; give the seconds until it answers."""
    began = time.monotonic()
    server = start(data_dir, admin_key=KEY)
    while True:
        try:
            requests.get(f"{server.url}/health", timeout=10).raise_for_status()
            break
        except requests.ConnectionError:
            time.sleep(0.01)
    took = time.monotonic() - began
    server.process.terminate()
    server.process.wait()
    return took


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        with serving(Path(name), admin_key=KEY) as server:
            server.get("/health")
            idle = p99(server)
            jobs = [server.post("/submit?cache=false", data=speech_of(300)).json()["id"] for _ in range(4)]
            while not any(server.get(f"/transcriptions/{jobs[1]}").json()["progress"] or ()):
                time.sleep(0.1)
            busy = p99(server)
            for job in jobs:
                server.request("DELETE", f"/transcriptions/{job}")
        print(f"/health p99: idle {idle:.1f} ms, every engine busy {busy:.1f} ms, ratio {busy / idle:.2f}")
        starts = sorted(first_health(Path(name)) for _ in range(STARTS))
        print(f"warm start to the first /health: median {starts[STARTS // 2]:.2f} s, worst {starts[-1]:.2f} s")


if __name__ == "__main__":
    main()
