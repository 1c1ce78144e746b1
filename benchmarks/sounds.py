"""Which sounds that are not words are found, and how often one is found in clean reading, where there are next to none.

    python benchmarks/sounds.py --data DIR --scorer FILE [--out FILE]

DIR holds `manifest.jsonl` and the recordings it names; FILE of --scorer compares hypotheses with it (`events.py`).
The words come from the whole pipeline, so what it mishears counts.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from voxhall import open_engines
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import Options

SCORED = ("events_clip", "events_mix", "events_speech", "nonspeech")
MARKS = {"emphasis", "elongation"}


def hypothesis(identity: str, transcript: Transcript) -> dict[str, object]:
    """Write what was found as the scorer wants it."""
    events = [{"label": e.tag, "start": e.start, "end": e.end} for e in transcript.events]
    return {"id": identity, "events": events, "labels": sorted({e.tag for e in transcript.events} - {"pause"} - MARKS)}


def main() -> None:
    """Tag, score, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("sounds.jsonl"))
    arguments = parser.parse_args()
    manifest = arguments.data / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text().splitlines()]
    reading = [row for row in rows if row["task"] == "asr" and row.get("subset") == "read"]
    scored = [row for row in rows if row["task"] in SCORED]
    options = Options(diarize=False, language="en", sounds=True)
    with open_engines() as engines:
        found = {row["id"]: engines.transcribe(arguments.data / row["file"], options) for row in (*scored, *reading)}
    arguments.out.write_text("".join(json.dumps(hypothesis(row["id"], found[row["id"]])) + "\n" for row in scored))
    subprocess.run([sys.executable, arguments.scorer, "--manifest", manifest, "--hyp", arguments.out], check=True)
    minutes = sum(row["duration"] for row in reading) / 60
    tags = Counter(event.tag for row in reading for event in found[row["id"]].events)
    print(f"{minutes:.1f} minutes of clean reading:", dict(tags) or "no tags")


if __name__ == "__main__":
    main()
