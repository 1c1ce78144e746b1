"""How many words the embedded recogniser gets wrong and invents, and what it costs: speech, chunks, words, language.

    python benchmarks/recognition.py --data DIR [--scorer FILE] [--out FILE]

DIR holds `manifest.jsonl` and the recordings it names; FILE of --scorer counts word errors of the file of --out.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voxhall.audio.decode import open_recording
from voxhall.domain.speech import Span
from voxhall.engines.align import pocketsphinx
from voxhall.engines.protocols import SAMPLE_RATE, Aligner, Recognizer, Samples, Vad
from voxhall.engines.recognize import moonshine
from voxhall.engines.registry import NoOptions
from voxhall.engines.vad import silero
from voxhall.pipelines.chunks import plan_chunks
from voxhall.pipelines.language import Heard, Judged, judge_language

TASKS = {"asr", "asr_short", "asr_long", "asr_stereo", "nonspeech", "events_clip", "events_mix"}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines that are measured."""

    vad: Vad
    recognizer: Recognizer
    aligner: Aligner


@dataclass(slots=True)
class Cost:
    """CPU seconds spent."""

    vad: float = 0.0
    recognition: float = 0.0
    alignment: float = 0.0
    audio: float = 0.0
    """Seconds of audio worked through."""


def channels_of(row: Row, data: Path) -> list[Samples]:
    """Read a recording; mixed to one channel but where channels are transcribed on their own."""
    with open_recording(data / row["file"], rate=SAMPLE_RATE, split=row["task"] == "asr_stereo") as recording:
        return list(np.concatenate([np.zeros((recording.channels, 0), np.float32), *recording.blocks], axis=1))


def chunks_of(samples: Samples, tools: Tools, cost: Cost) -> Iterator[tuple[Span, Samples]]:
    """Find what to recognise."""
    began = time.process_time()
    spans = plan_chunks(tools.vad.listen(samples, None).probabilities)
    cost.vad += time.process_time() - began
    cost.audio += len(samples) / SAMPLE_RATE
    for span in spans:
        yield span, samples[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]


def heard_in(samples: Samples, channel: int, tools: Tools, cost: Cost) -> Iterator[Heard]:
    """Recognise and align one channel."""
    for span, chunk in chunks_of(samples, tools, cost):
        began = time.process_time()
        found = tools.recognizer.recognize(chunk, language="auto", keywords=())
        recognised = time.process_time()
        tools.aligner.align(chunk, tuple(word.text for word in found.words))
        cost.recognition += recognised - began
        cost.alignment += time.process_time() - recognised
        yield Heard(channel, span, found)


def said(judged: Judged, channel: int) -> str:
    """Give the words kept of a channel as one line."""
    return " ".join(word.text for word in judged.words(channel))


def log_odds(heard: list[Heard]) -> float:
    """Give the mean over time of the log-odds of the chunks' language, as the pipeline sums them."""
    pairs = [(h.chunk.seconds, h.recognition.language_probability) for h in heard if h.recognition.words]
    seconds = sum(length for length, _ in pairs)
    return sum(length * np.log(p / (1 - p)) for length, p in pairs) / seconds if seconds else float("nan")


def report(rows: list[Row], made: dict[str, Row], cost: Cost) -> None:
    """Print what was invented, the languages, and the cost."""
    noise = [made[row["id"]] for row in rows if row["task"] in {"nonspeech", "events_clip"}]
    print(f"no speech: {len(noise)} recordings, {sum(len(each['text'].split()) for each in noise)} words invented")
    for row in rows:
        language, odds = row.get("language") or "en", made[row["id"]]["log_odds"]
        if row["task"].startswith("asr") and (language != "en" or not odds > 0):
            print(f"{language}  {row['id']:44} log-odds of English {odds:5.1f}, kept: {made[row['id']]['text'][:40]!r}")
    parts = [("vad", cost.vad), ("recognition", cost.recognition), ("alignment", cost.alignment)]
    each = ", ".join(f"{name} {seconds / cost.audio:.4f}" for name, seconds in parts)
    print(f"CPU seconds per second of {cost.audio:.0f} s of audio: {each}")


def main() -> None:
    """Recognise all, score, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--out", type=Path, default=Path("recognition.jsonl"))
    arguments = parser.parse_args()
    manifest = arguments.data / "manifest.jsonl"
    rows = [row for line in manifest.read_text().splitlines() if (row := json.loads(line))["task"] in TASKS]
    recognizer = moonshine.load(moonshine.MoonshineOptions(), Path())
    aligner = pocketsphinx.load(NoOptions(), Path())
    tools, cost, made = Tools(silero.load(NoOptions(), Path()), recognizer, aligner), Cost(), {}
    for row in rows:
        channels = channels_of(row, arguments.data)
        heard = [each for n, samples in enumerate(channels) for each in heard_in(samples, n, tools, cost)]
        judged = judge_language(heard, "auto")
        texts = {str(n): said(judged, n) for n in range(len(channels))}
        made[row["id"]] = {"id": row["id"], "text": " ".join(texts.values()), "channels": texts}
        made[row["id"]]["log_odds"] = log_odds(heard)
    arguments.out.write_text("".join(json.dumps(each) + "\n" for each in made.values()))
    report(rows, made, cost)
    if arguments.scorer:
        subprocess.run([sys.executable, arguments.scorer, "--manifest", manifest, "--hyp", arguments.out], check=True)


if __name__ == "__main__":
    main()
