"""A ten-minute job whose server and engine processes are killed at random moments, against an undisturbed one.

PYTHONPATH=tests python benchmarks/crashes.py [--kills 20]
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from recordings import speech_of
from serving import Server, serving, start

KEY = "benchmark"
SECONDS = 600.0
LEASE = 1
FIELDS = ("status", "text", "segments", "num_chunks", "num_speakers", "audio_duration", "language", "error_message")


def result_of(server: Server, job: int) -> dict[str, object]:
    """Wait for a job and give what must not differ."""
    done = server.wait(f"/transcriptions/{job}?word_level_timestamps=true", seconds=600)
    return {field: done[field] for field in FIELDS}


def ended(server: Server, job: int) -> bool:
    """Tell whether a job has ended, well or not."""
    return server.get(f"/transcriptions/{job}").json()["status"] in {"completed", "failed"}


def kill_engine(server: Server) -> bool:
    """Kill one engine process; False when there is none at this moment."""
    engines = [each for each in server.engines() if "voxhall.engines.child" in " ".join(each.cmdline())]
    if engines:
        random.choice(engines).kill()  # noqa: S311 - any will do
    return bool(engines)


def restarted(server: Server, data_dir: Path) -> Server:
    """Kill the server and start it again."""
    server.process.kill()
    server.process.wait()
    assert server.process.stdout
    server.process.stdout.close()
    return start(data_dir, admin_key=KEY, job_lease_seconds=LEASE)


def main() -> None:
    """Kill, compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    recording = speech_of(SECONDS)
    with tempfile.TemporaryDirectory() as name:
        with serving(Path(name) / "calm", admin_key=KEY) as server:
            began = time.monotonic()
            calm = result_of(server, server.post("/submit", data=recording).json()["id"])
            print(f"undisturbed: {time.monotonic() - began:.0f} s, {calm['num_chunks']} chunks", flush=True)
        folder = Path(name) / "disturbed"
        server = start(folder, admin_key=KEY, job_lease_seconds=LEASE)
        began, job = time.monotonic(), server.post("/submit", data=recording).json()["id"]
        counts = {"server": 0, "engine": 0}
        while sum(counts.values()) < kills and not ended(server, job):
            time.sleep(random.uniform(0.5, 4.0))  # noqa: S311 - any moment will do
            if sum(counts.values()) % 2:
                server = restarted(server, folder)
                counts["server"] += 1
            else:
                counts["engine"] += kill_engine(server)
        disturbed = result_of(server, job)
        listed = server.get("/transcriptions").json()["total"]
        print(f"killed {counts}: {time.monotonic() - began:.0f} s, same: {disturbed == calm}, listed: {listed}")
        server.process.terminate()
        server.process.wait()


if __name__ == "__main__":
    main()
