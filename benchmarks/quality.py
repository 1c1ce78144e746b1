"""How well and at what cost recordings become transcripts: the whole pipeline, words and speakers included.

    python benchmarks/quality.py --data DIR --score DIR [--out DIR] [--only TASK ...]

DIR of --data holds `manifest.jsonl` and the recordings it names, DIR of --score the scorers `wer.py`, `der.py`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from voxhall import Transcript, open_engines
from voxhall.domain.transcription import Options
from voxhall.services.local import Engines

TASKS = (
    "asr",
    "asr_short",
    "asr_long",
    "asr_stereo",
    "diar",
    "nonspeech",
    "events_clip",
    "events_mix",
    "events_speech",
)


def hypothesis(row: dict[str, object], transcript: Transcript) -> dict[str, object]:
    """Write a transcript as the scorers want it."""
    segments = [
        {"speaker": str(s.speaker), "text": s.text, "start": s.start, "end": s.end} for s in transcript.segments
    ]
    said = " ".join(segment.text for segment in transcript.segments)
    channels: defaultdict[str, list[str]] = defaultdict(list)
    for segment in transcript.segments:
        channels[str(segment.speaker)].append(segment.text)
    events = [{"label": e.tag, "start": e.start, "end": e.end} for e in transcript.events]
    return {
        "id": row["id"],
        "text": said,
        "segments": segments,
        "channels": {name: " ".join(texts) for name, texts in channels.items()},
        "events": events,
        "labels": sorted({e.tag for e in transcript.events} - {"pause", "emphasis", "elongation"}),
        "language": transcript.language,
    }


def transcribed(engines: Engines, data: Path, rows: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    """Transcribe every row's recording."""
    made = {}
    for row in rows:
        options = Options(split=row["task"] == "asr_stereo", sounds=str(row["task"]).startswith("events"))
        made[str(row["id"])] = hypothesis(row, engines.transcribe(data / str(row["file"]), options))
    return made


def cpu_seconds() -> float:
    """CPU time of this process and of all its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Transcribe, score, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--score", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("quality.jsonl"))
    parser.add_argument("--only", nargs="*", default=TASKS)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in (arguments.data / "manifest.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["task"] in arguments.only]
    began = cpu_seconds(), time.monotonic()
    with open_engines() as engines:
        made = transcribed(engines, arguments.data, rows)
    seconds = sum(row["duration"] for row in rows)
    cpu, wall = cpu_seconds() - began[0], time.monotonic() - began[1]
    arguments.out.write_text("".join(json.dumps(each) + "\n" for each in made.values()))
    for scorer in ("wer.py", "der.py", "events.py"):
        print(f"== {scorer}", flush=True)
        command = [sys.executable, arguments.score / scorer, "--manifest", arguments.data / "manifest.jsonl"]
        subprocess.run([*command, "--hyp", arguments.out], check=True, env=os.environ)
    foreign = [row for row in rows if row.get("language", "en") != "en" and row["task"].startswith("asr")]
    invented = [row["id"] for row in foreign if made[row["id"]]["text"]]
    print(f"other languages: {len(foreign)} recordings, {len(invented)} of them with English words: {invented}")
    noise = [row for row in rows if row["task"] in {"nonspeech", "events_clip"}]
    words = sum(len(str(made[row["id"]]["text"]).split()) for row in noise)
    print(f"no speech: {len(noise)} recordings, {words} words invented")
    print(f"cost: {seconds:.0f} s of audio, {cpu / seconds:.4f} CPU s per audio s, {wall / seconds:.4f} s per audio s")


if __name__ == "__main__":
    main()
