"""How well the diarizer alone finds who speaks when, and at what cost.

python benchmarks/diarization.py --data DIR --score DIR [--out FILE]
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from voxhall.domain.speech import Span, SpeakerCount, Turn
from voxhall.engines.protocols import SAMPLE_RATE, Diarizer, Samples
from voxhall.engines.registry import NoOptions, Registry


def samples_of(path: Path) -> Samples:
    """Decode a recording whole."""
    resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)

    def blocks() -> Iterator[Samples]:
        with av.open(str(path)) as container:
            for frame in (*container.decode(audio=0), None):
                yield from (each.to_ndarray()[0] for each in resampler.resample(frame))

    return np.concatenate(list(blocks()))


def turns_of(diarizer: Diarizer, samples: Samples) -> tuple[Turn, ...]:
    """Diarize a recording as the pipeline does, taking all of it for speech."""
    duration = len(samples) / SAMPLE_RATE
    windows = diarizer.plan(duration, (Span(0.0, duration),))
    cut = (samples[int(w.start * SAMPLE_RATE) : int(w.end * SAMPLE_RATE)] for w in windows)
    return diarizer.settle(windows, tuple(diarizer.observe(each) for each in cut), SpeakerCount())


def main() -> None:
    """Diarize, score, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--score", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("diarization.jsonl"))
    arguments = parser.parse_args()
    manifest = arguments.data / "manifest.jsonl"
    rows = [row for line in manifest.read_text().splitlines() if (row := json.loads(line))["task"] == "diar"]
    diarizer = Registry(Path()).choose("diarize").load(NoOptions(), Path())
    cpu, lines = 0.0, []
    for row in rows:
        samples = samples_of(arguments.data / row["file"])
        began = time.process_time()
        turns = turns_of(diarizer, samples)  # type: ignore[arg-type]  # engines are known by their protocol
        cpu += time.process_time() - began
        segments = [{"speaker": str(t.speaker), "start": t.start, "end": t.end} for t in turns]
        lines.append(json.dumps({"id": row["id"], "segments": segments}))
    arguments.out.write_text("\n".join(lines))
    subprocess.run(
        [sys.executable, arguments.score / "der.py", "--manifest", manifest, "--hyp", arguments.out], check=True
    )
    print(f"cost: {cpu / sum(row['duration'] for row in rows):.4f} CPU s per audio s")


if __name__ == "__main__":
    main()
