"""How well the articles of web pages are found, and how long that takes.

python benchmarks/extraction.py --data DIR --score DIR [--out FILE]
"""

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from voxhall.engines.host import Host
from voxhall.engines.protocols import Reader
from voxhall.engines.registry import Registry
from voxhall.pipelines.extract import read_page


def main() -> None:
    """Read, score, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--score", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("extraction.jsonl"))
    arguments = parser.parse_args()
    manifest = arguments.data / "manifest.jsonl"
    rows = [row for line in manifest.read_text().splitlines() if (row := json.loads(line))["task"] == "extract"]
    registry, lines, seconds = Registry(Path()), [], []
    with Host(registry, processes=1) as host, host.scope() as scope:
        host.load(registry.choose("read"))
        reader = scope.engine(Reader, registry.choose("read"))
        for row in rows:
            data = gzip.decompress((arguments.data / row["file"]).read_bytes())
            began = time.perf_counter()
            page = read_page(reader, data, "text/html", "page.html")
            seconds.append(time.perf_counter() - began)
            lines.append(json.dumps({"id": row["id"], "text": page.text}))
    arguments.out.write_text("\n".join(lines))
    scorer = arguments.score / "extract_f1.py"
    subprocess.run([sys.executable, scorer, "--manifest", manifest, "--hyp", arguments.out], check=True)
    print(f"a page: median {statistics.median(seconds) * 1000:.0f} ms, worst {max(seconds) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
