"""Make the table by which Amharic and Tigrinya are told apart, out of HornMT's sentences in both.

python scripts/ethiopic_table.py HORNMT.tsv    # tab-separated, with a head and columns `am` and `ti`
python scripts/ethiopic_table.py AMHARIC TIGRINYA    # HornMT's own files, one sentence on each line
"""

import csv
import math
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from voxhall.text.langid import TABLE, groups

HEAD = """\
# Groups of letters and hundredths of the log odds that they speak for Tigrinya rather than Amharic; _ ends a word.
# Counted in HornMT (https://github.com/asmelashteka/HornMT), CC BY 4.0, by scripts/ethiopic_table.py.
"""
SEEN = 2
"""A group counted less often tells nothing."""
SMOOTHING = 0.5
LEAST = 50
"""Hundredths below which a weight is left out."""


def read(paths: list[Path]) -> tuple[list[str], list[str]]:
    """Give the sentences in Amharic and in Tigrinya."""
    if len(paths) == 1:
        with paths[0].open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return [row["am"] for row in rows], [row["ti"] for row in rows]
    amharic, tigrinya = (path.read_text("utf-8").splitlines() for path in paths)
    return amharic, tigrinya


def weigh(amharic: Iterable[str], tigrinya: Iterable[str]) -> dict[str, int]:
    """Give each group's weight, by additive smoothing."""
    am, ti = (Counter(g for each in texts for g in groups(each)) for texts in (amharic, tigrinya))
    known = am.keys() | ti.keys()
    totals = [sum(counts.values()) + SMOOTHING * len(known) for counts in (am, ti)]

    def odds(group: str) -> float:
        return math.log((ti[group] + SMOOTHING) / totals[1]) - math.log((am[group] + SMOOTHING) / totals[0])

    weights = {group: round(100 * odds(group)) for group in sorted(known) if am[group] + ti[group] >= SEEN}
    return {group: weight for group, weight in weights.items() if abs(weight) >= LEAST}


def main() -> None:
    """Write the table into the package."""
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    weights = weigh(*read([Path(name) for name in sys.argv[1:]]))
    place = Path(__file__).parent.parent / "src" / "voxhall" / "text" / TABLE
    rows = (f"{group.replace(' ', '_')}\t{weight}\n" for group, weight in weights.items())
    place.write_text(HEAD + "".join(rows), encoding="utf-8")
    sys.stdout.write(f"{place.name}: {len(weights)} groups, {place.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
