"""What translating through the engine processes costs beside bare CTranslate2, and what batches gain.

PYTHONPATH=tests python benchmarks/translation.py
PYTHONPATH=tests python benchmarks/translation.py --data FOLDER --scorer SCORE/chrf.py --models DATA_DIR/models

The first measures with a tiny model that is made on the spot. The second translates the English, Amharic and Tigrinya
of FOLDER/hornmt.tsv with the NLLB that is in the models folder, for chrF++; without one it says so and ends.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tiny_nllb import write_nllb
from voxhall.domain.translation import Phrases
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.engines.translate import _ctranslate, nllb
from voxhall.engines.translate._flores import CODES
from voxhall.pipelines.translate import BATCH
from voxhall.services.tongues import Tongues

ROUTE = ("en", "am")
WORDS = ("the cat sat on", "a mat and then", "hello world of", "many good things", "it went home at", "last with joy")
SENTENCES = [f"{WORDS[n % 6].capitalize()} {WORDS[(n * 5 + 2) % 6]} {n}." for n in range(4 * BATCH)]
ROUNDS = 7
PAIRS = (("en", "am"), ("am", "en"), ("en", "ti"), ("ti", "en"))
PUBLISHED = {("en", "am"): 34.6, ("am", "en"): 53.0, ("en", "ti"): 21.2, ("ti", "en"): 44.0}
"""chrF++ of the distilled model of 600 million parameters on FLORES-200 (NLLB Team): other sentences than these."""


def median(work: Callable[[], object]) -> float:
    """Give the seconds that a piece of work takes, the first time left out."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def overhead(models: Path) -> None:
    """Translate the same sentences by bare CTranslate2 and through everything."""
    write_nllb(models / nllb.SUGGESTED)
    model = _ctranslate.open_model(models / nllb.SUGGESTED, _ctranslate.Options())
    cut = [[CODES[ROUTE[0]], *pieces, "</s>"] for pieces in model.pieces.cut(SENTENCES)]
    longest = 2 * max(map(len, cut)) + 16

    def bare(size: int) -> list[str]:
        said: list[str] = []
        for begin in range(0, len(cut), size):
            batch = cut[begin : begin + size]
            results = model.translator.translate_batch(
                batch, target_prefix=[[CODES[ROUTE[1]]]] * len(batch), beam_size=model.beam_size,
                max_decoding_length=longest, disable_unk=True,
            )  # fmt: skip
            said += model.pieces.join([each.hypotheses[0][1:] for each in results])
        return said

    registry = Registry(models, engines=(nllb.engine,))
    with Host(registry, processes=1) as host, host.scope() as scope:
        tongues = Tongues(registry, host)

        def ours() -> list[str]:
            return [each.text for each in tongues.translate(SENTENCES, ROUTE, scope, Phrases({}, {}))]

        assert ours() == bare(BATCH) == SENTENCES
        times = {"bare": median(lambda: bare(BATCH)), "ours": median(ours), "one by one": median(lambda: bare(1))}
    print(f"{len(SENTENCES)} sentences: bare {times['bare']:.3f} s, through the engine process {times['ours']:.3f} s")
    print(f"throughput of bare CTranslate2's: {times['bare'] / times['ours']:.2f}")
    print(f"gain of batches of {BATCH}: {times['one by one'] / times['bare']:.2f} x")


def quality(data: Path, scorer: Path, models: Path) -> None:
    """Translate HornMT with the model that is here."""
    registry = Registry(models, engines=(nllb.engine,))
    if reason := registry.missing(nllb.engine):
        sys.exit(f"not measured: {reason}")
    with (data / "hornmt.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    with Host(registry) as host, host.scope() as scope, tempfile.TemporaryDirectory() as folder:
        tongues = Tongues(registry, host)
        for route in PAIRS:
            made = tongues.translate([row[route[0]] for row in rows], route, scope, Phrases({}, {}))
            place = Path(folder) / "said.jsonl"
            lines = (
                {"id": row["id"], "src": route[0], "tgt": route[1], "text": each.text}
                for row, each in zip(rows, made, strict=True)
            )
            place.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
            manifest = data.parent / "manifest.jsonl"
            command = [sys.executable, str(scorer), "--manifest", str(manifest), "--hyp", str(place)]
            print(f"{route[0]}-{route[1]} (published on FLORES-200: {PUBLISHED[route]})", flush=True)
            subprocess.run(command, check=True)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--models", type=Path)
    given = parser.parse_args()
    if given.data:
        quality(given.data, given.scorer, given.models)
        return
    with tempfile.TemporaryDirectory() as folder:
        overhead(Path(folder))


if __name__ == "__main__":
    main()
