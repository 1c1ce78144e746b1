"""How the decoder answers good, odd and broken recordings, and what decoding costs.

    python benchmarks/media.py --data DIR [--scorer FILE] [--out FILE]

DIR holds `manifest.jsonl` and the recordings it names; FILE of --scorer compares answers with it (`zoo.py`). The cost
is that of ten minutes of real speech, PCM and stored Opus included.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from voxhall.audio.decode import open_recording
from voxhall.audio.encode import RECIPES, Format, encode
from voxhall.engines.protocols import Decoder
from voxhall.engines.registry import Registry
from voxhall.errors import VoxhallError

AUDIBLE = 0.032
"""Seconds, one frame of voice activity detection: nothing shorter is ever heard."""
RATE = 48_000
MINUTES = 10


def answer(decoder: Decoder, source: Path, folder: Path) -> dict[str, object]:
    """Decode a recording; a crash ends the benchmark."""
    try:
        found = decoder.decode(str(source), str(folder / "pcm"), str(folder / "opus"), split=False, longest=24 * 3600)
    except VoxhallError as refusal:
        return {"status": "error", "duration": None, "said": refusal.message}
    status = "ok" if found.duration >= AUDIBLE else "empty"
    return {"status": status, "duration": found.duration, "said": f"{found.codec} in {found.container}"}


def zoo(decoder: Decoder, data: Path, out: Path, folder: Path) -> None:
    """Print how each file is answered, in which time, and how much memory the process has taken by then."""
    rows = [json.loads(line) for line in (data / "manifest.jsonl").read_text().splitlines()]
    with out.open("w") as file:
        for row in (row for row in rows if row["task"] == "zoo"):
            started = time.perf_counter()
            answered = answer(decoder, data / row["file"], folder)
            seconds = time.perf_counter() - started
            print(f"{row['id']:32} {row['expect']:20} {answered['status']:6} {seconds:5.2f} s  {answered['said']}")
            file.write(json.dumps({"id": row["id"], **answered}) + "\n")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def cost(decoder: Decoder, folder: Path) -> None:
    """Print the CPU seconds that a second of sound takes to decode and to store."""
    package = find_spec("moonshine_voice")
    assert package
    assert package.origin
    with open_recording(Path(package.origin).parent / "assets" / "two_cities.wav", rate=RATE) as recording:
        speech = np.concatenate(list(recording.blocks), axis=1)
    repeated = [speech] * (MINUTES * 60 * RATE // speech.shape[1])
    for form in RECIPES:
        print(f"{form:5} {RATE} Hz  {_cost_of(decoder, form, repeated, folder):.4f} CPU-s per second")


def _cost_of(decoder: Decoder, form: Format, blocks: list[np.ndarray], folder: Path) -> float:
    source = folder / form
    with source.open("wb") as file:
        encode(blocks, file, form, rate=RATE)
    started = time.process_time()
    found = decoder.decode(str(source), str(folder / "pcm"), str(folder / "opus"), split=False, longest=24 * 3600)
    return (time.process_time() - started) / found.duration


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--out", type=Path, default=Path("media.jsonl"))
    arguments = parser.parse_args()
    registry = Registry(Path())
    engine = registry.choose("decode")
    decoder = engine.load(registry.options_of(engine), Path())
    with tempfile.TemporaryDirectory() as folder:
        zoo(decoder, arguments.data, arguments.out, Path(folder))
        cost(decoder, Path(folder))
    if arguments.scorer:
        manifest = str(arguments.data / "manifest.jsonl")
        command = [sys.executable, str(arguments.scorer), "--manifest", manifest, "--hyp", str(arguments.out)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
