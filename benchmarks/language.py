"""How often the language of a text is told, by whole sentences and by three words.

python benchmarks/language.py --data FOLDER    # with hornmt.tsv (columns en am ti om so aa) and tico19.tsv (en am ti)

The table for Amharic and Tigrinya was counted in HornMT; its rows are therefore also judged by a table that is counted
in the other half of them. TICO-19 was never counted in.
"""

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.services.tongues import Tongues
from voxhall.text import langid

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import ethiopic_table

LENGTHS = {"whole": None, "three words": 3}


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a corpus."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Print a line for each corpus, length and language."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args().data
    registry = Registry(Path("nowhere"))
    with Host(registry, processes=1) as host, host.scope() as scope:
        tongues = Tongues(registry, host)
        for name in ("hornmt", "tico19"):
            rows = rows_of(folder / f"{name}.tsv")
            for language in [column for column in rows[0] if column != "id"]:
                for length, words in LENGTHS.items():
                    texts = [" ".join(row[language].split()[:words]) for row in rows]
                    told = Counter(guesses[0].language if guesses else "" for guesses in tongues.guess(texts, scope))
                    right = told.pop(language, 0) / len(texts)
                    print(f"{name} {language}, {length}: {right:.1%}, else {told.most_common(3)}", flush=True)
    unseen(rows_of(folder / "hornmt.tsv"))


def unseen(rows: list[dict[str, str]]) -> None:
    """Judge each half of HornMT by a table that is counted in the other."""
    right: Counter[tuple[str, str]] = Counter()
    for half in (0, 1):
        counted, judged = rows[half::2], rows[1 - half :: 2]
        weights = ethiopic_table.weigh([row["am"] for row in counted], [row["ti"] for row in counted])
        for language in ("am", "ti"):
            for length, words in LENGTHS.items():
                for row in judged:
                    text = " ".join(row[language].split()[:words])
                    odds = sum(weights.get(group, 0) for group in langid.groups(text))
                    right[language, length] += (odds > 0) == (language == "ti")
    for (language, length), number in right.items():
        print(f"hornmt {language}, {length}, rows that were not counted: {number / len(rows):.1%}")


if __name__ == "__main__":
    main()
