"""What the platform API costs beside a bare route, how lists grow, how soon a cancelled job's worker is free.

Also how flat memory stays under a large upload.

PYTHONPATH=tests python benchmarks/lesan.py
"""

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psutil
import requests

from recordings import BECKETT, speech_of
from serving import Server, serving, wait_for

ROUNDS = 300
UPLOAD = 400 * 2**20
BARE = """
import json, sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
body = json.loads(sys.stdin.read())
@app.get("/")
async def answer() -> dict[str, object]:
    return body
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


@contextmanager
def bare(body: object) -> Iterator[str]:
    """Serve one JSON by a route of FastAPI and nothing else."""
    command = [sys.executable, "-c", BARE, "8099"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdin
        process.stdin.write(json.dumps(body))
        process.stdin.close()
        url = "http://127.0.0.1:8099/"

        def up() -> bool | None:
            try:
                return requests.get(url, timeout=1).ok
            except requests.ConnectionError:
                return None

        wait_for(up, seconds=20)
        yield url
        process.terminate()


def timed(session: requests.Session, url: str) -> float:
    """Give the milliseconds of one answer."""
    began = time.perf_counter()
    assert session.get(url, timeout=30).status_code == 200
    return 1000 * (time.perf_counter() - began)


def overhead(server: Server) -> None:
    """Ask both in turn for the same answer."""
    wish = {"mode": "sync", "word_timestamps": "true"}
    done = server.post("/v1/transcriptions", files={"file": BECKETT.read_bytes()}, data=wish).json()
    session = requests.Session()
    session.headers["Authorization"] = server.key
    with bare(done) as plain:
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            times[0].append(timed(session, server.url + done["url"]))
            times[1].append(timed(session, plain))
    ours, theirs = (statistics.median(each[20:]) for each in times)
    print(
        f"GET /v1/transcriptions/ID: {ours:.2f} ms, bare route {theirs:.2f} ms, ratio {ours / theirs:.2f}", flush=True
    )


def fill(folder: Path, count: int) -> None:
    """Put finished jobs into the database."""
    now = time.time()
    with closing(sqlite3.connect(folder / "voxhall.db")) as connection, connection:
        (account,) = connection.execute("select min(id) from accounts").fetchone()
        (first,) = connection.execute("select coalesce(max(id), 0) + 1 from jobs").fetchone()
        jobs = (
            (n, account, "transcribe", "done", 0, now, 1, 0, False, now, now, now, now)
            for n in range(first, first + count)
        )
        connection.executemany(
            "insert into jobs (id, account_id, kind, state, priority, run_at, attempt, strikes, cancel_requested,"
            " created_at, started_at, finished_at, updated_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            jobs,
        )
        rows = ((account, n, "a.wav", "{}", True, "", str(uuid4()), "{}") for n in range(first, first + count))
        connection.executemany(
            "insert into transcriptions (account_id, job_id, filename, options, store, fingerprint, uid, metadata)"
            " values (?,?,?,?,?,?,?,?)",
            rows,
        )


def lists(server: Server) -> None:
    """Ask for a page of a thousand jobs and of a hundred thousand."""
    session = requests.Session()
    session.headers["Authorization"] = server.key
    medians = []
    for count in (1_000, 99_000):
        fill(server.data_dir, count)
        times = [timed(session, f"{server.url}/v1/transcriptions?limit=20") for _ in range(100)]
        medians.append(statistics.median(times[10:]))
    small, large = medians
    print(f"a page of 1,000 jobs: {small:.2f} ms, of 100,000: {large:.2f} ms, ratio {large / small:.2f}", flush=True)


def upload(server: Server) -> None:
    """Send a large file and watch the server's memory."""
    process = psutil.Process(server.process.pid)
    before, peak = process.memory_info().rss, 0

    def chunks() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(UPLOAD // 2**20):
            peak = max(peak, process.memory_info().rss)
            yield bytes(2**20)

    promised = server.get(f"/v1/uploads/signed-url?filename=a.wav&content_length={UPLOAD}").json()
    requests.put(promised["upload_url"], data=chunks(), timeout=300).raise_for_status()
    print(f"400 MB upload: {(peak - before) / 2**20:.0f} MiB more than before", flush=True)


def cancelling(server: Server) -> None:
    """Cancel a long job in its middle, again and again, and see how soon the one that waits behind it begins."""

    def submitted(seconds: float) -> str:
        return str(server.post("/v1/transcriptions", files={"file": speech_of(seconds)}).json()["url"])

    def working(url: str, percent: int) -> bool | None:
        state = server.get(url).json()
        return (state["status"] == "processing" and (state["progress"] or {}).get("percent", 0) >= percent) or None

    times = []
    for percent in range(0, 80, 8):
        long, short = submitted(600.0), submitted(3.0)
        wait_for(lambda url=long, percent=percent: working(url, percent), seconds=300)  # type: ignore[misc]
        began = time.monotonic()
        assert server.post(f"{long}/cancel").json()["status"] in {"processing", "cancelled"}
        wait_for(lambda url=short: working(url, 0), seconds=60)  # type: ignore[misc]
        times.append(time.monotonic() - began)
        for url in (long, short):
            server.request("DELETE", url)
    print(f"cancel to freed worker: {statistics.median(times):.2f} s, at most {max(times):.2f} s", flush=True)


def main() -> None:
    """Measure and print."""
    one = {"job_slots": 1, "engine_processes": 1, "log_level": "warning"}
    with tempfile.TemporaryDirectory() as name, serving(Path(name), **one) as server:
        cancelling(server)
    with tempfile.TemporaryDirectory() as name, serving(Path(name), log_level="warning") as server:
        overhead(server)
        lists(server)
        upload(server)


if __name__ == "__main__":
    main()
