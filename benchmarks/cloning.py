"""How near voice matching comes to real people, and what that costs in words.

    PYTHONPATH=tests python benchmarks/cloning.py --data DIR [--people N]

DIR holds `manifest.jsonl` and the recordings it names; of each of its English speakers ten seconds are the reference,
and as much of what is left is what the outcome is compared with (the reference itself, where nothing is left).
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from shaped import heard
from voices import embedded, misheard, shaped, spoken, tools
from voxhall.audio.decode import open_recording
from voxhall.engines.clone import matching
from voxhall.engines.protocols import SAMPLE_RATE, Cloner, Samples
from voxhall.engines.registry import NoOptions

REFERENCE = 10 * SAMPLE_RATE
LEAST = 4 * SAMPLE_RATE
"""Samples that a speaker must have."""
KINDS = {"read", "conversational", "historic", "multilingual", "voice_quality"}
"""Clean speech of one person."""


def samples_of(recording: Path) -> Samples:
    """Read a recording, mixed to one channel."""
    with open_recording(recording, rate=SAMPLE_RATE, split=False) as opened:
        return np.concatenate([np.zeros(0, np.float32), *(block[0] for block in opened.blocks)])


def people(data: Path) -> dict[str, Samples]:
    """Give each English speaker's speech, three times the reference at most."""
    rows = [json.loads(line) for line in (data / "manifest.jsonl").read_text().splitlines()]
    found: dict[str, list[Samples]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["file"]):
        one = row["task"] == "asr" and row.get("language") == "en" and len(row.get("speakers") or ()) == 1
        if one and row.get("subset") in KINDS and sum(map(len, found[row["speakers"][0]])) < 3 * REFERENCE:
            found[row["speakers"][0]].append(samples_of(data / row["file"]))
    whole = {name: np.concatenate(pieces) for name, pieces in found.items() if pieces}
    return {name: samples for name, samples in whole.items() if len(samples) >= LEAST}


def main() -> None:
    """Match everybody, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--people", type=int, default=14)
    arguments = parser.parse_args()
    cloner: Cloner = matching.engine.load(NoOptions(), Path())  # type: ignore[assignment]
    embed = tools()[2].embed
    base, plain = spoken(), embedded(spoken())
    clip = np.concatenate([heard(sound) for sound in base[-2:]])
    rows = []
    for name, samples in list(people(arguments.data).items())[: arguments.people]:
        rest = samples[REFERENCE : 3 * REFERENCE]
        target = embed(rest if len(rest) >= LEAST else samples)
        began = time.process_time()
        match = cloner.match(samples[:REFERENCE], (clip,))
        cost = time.process_time() - began
        sounds = shaped(base, match.shape)
        own = float(embed(samples[:REFERENCE]) @ target)
        rows.append((own, float(plain @ target), float(embedded(sounds) @ target), misheard(sounds)[0], cost))
        own, before, after, words, cost = rows[-1]
        print(
            f"{name:20} self {own:.2f}, base {before:5.2f}, matched {after:5.2f}, words {words:.1%}, {cost:.1f} CPU s"
        )
    own, before, after, words, cost = np.mean(rows, axis=0)
    print(f"{len(rows)} people: base {before:.3f}, matched {after:.3f}, self {own:.2f}, {cost:.1f} CPU s each")
    print(f"words misheard {misheard(base)[0]:.1%} before, {words:.1%} after")


if __name__ == "__main__":
    main()
