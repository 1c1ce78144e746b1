"""Measures the local index: what it finds, what it answers, and what it costs.

    python benchmarks/retrieval.py --data FOLDER [finding] [answering] [speed]

FOLDER has `<set>_corpus.jsonl` (`id`, `text`, perhaps `title`) and `<set>_queries.jsonl` (`query`, `answer`,
`relevant`, documents' ids with their grades) for each set. All goes through the service, as a server uses it.
"""

import argparse
import json
import random
import re
import resource
import statistics
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import log2
from pathlib import Path

import numpy as np
import uvloop

from indexed import Indexed, indexed
from voxhall.accounts.keys import Keys
from voxhall.domain.document import Passage, Source
from voxhall.domain.knowledge import Hit, Page
from voxhall.domain.record import Scope
from voxhall.engines.host import Host
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Registry
from voxhall.pipelines import passages as fusion
from voxhall.pipelines.answer import write_answer
from voxhall.services import knowledge as service
from voxhall.stores import knowledge as table
from voxhall.stores.database import open_database
from voxhall.stores.objects import open_objects
from voxhall.stores.vectors import pack

SAMPLE = 100
"""Questions of each set that are answered."""
SIZES = (1_000, 10_000, 100_000)
SEARCHES = 60
CITED = re.compile(r"\[(\d+)\]")
OFF_TOPIC = ("tuned", "unseen")
"""Lists of questions about other things: by the first the thresholds of answers were chosen, the other judges them."""


@dataclass(frozen=True)
class Set:
    """A corpus with questions."""

    name: str
    corpus: list[dict[str, str]]
    queries: list[dict[str, object]]


def sets(data: Path) -> Iterator[Set]:
    """Read what is there."""
    for corpus in sorted(data.glob("*_corpus.jsonl")):
        name = corpus.name.removesuffix("_corpus.jsonl")
        read = [
            [json.loads(line) for line in path.read_text().splitlines()]
            for path in (corpus, data / f"{name}_queries.jsonl")
        ]
        yield Set(name, *read)


@asynccontextmanager
async def library(models: Path, processes: int = 1) -> AsyncIterator[tuple[Indexed, Host]]:
    """Open an empty index on SQLite."""
    with tempfile.TemporaryDirectory() as folder, Host(Registry(models), processes=processes) as host:
        async with open_database(f"sqlite:///{folder}/voxhall.db") as database:
            keys = Keys(database)
            caller = await keys.authenticate(await keys.create("a@example.com", name="k", scopes=frozenset(Scope)))
            objects = open_objects((Path(folder) / "objects").as_uri())
            async with indexed(database, objects, caller, host) as opened:
                yield opened, host


async def fill(opened: Indexed, corpus: Sequence[Mapping[str, str]]) -> float:
    """Add every text; give passages per second."""
    began, count = time.perf_counter(), 0
    for each in corpus:
        text = f"{each.get('title', '')}\n\n{each['text']}".strip()
        count += (await opened.add(Source("file", f"{each['id']}.txt", text.encode()))).passages
    return count / (time.perf_counter() - began)


async def finding(data: Path, models: Path) -> None:
    """nDCG@10 and recall of documents: by words alone, by meaning alone, and by both; fused in two ways."""
    for each in sets(data):
        async with library(models) as (opened, _):
            rate = await fill(opened, each.corpus)
            print(f"{each.name}: {len(each.corpus)} documents, {rate:.1f} passages/s indexed")
            names = await documents(opened)
            for way, fuse in WAYS.items():
                service.fuse = fuse
                ranked = [await ranking(opened, str(query["query"]), names) for query in each.queries]
                print(f"  {way:18}", scores(each.queries, ranked))
            service.fuse = fusion.fuse


async def documents(opened: Indexed) -> dict[str, str]:
    """Give what each document is called in the corpus."""
    _, listed = await opened.knowledge.list(opened.caller, limit=10**6, offset=0)
    return {each.id: each.origin.removesuffix(".txt") for each in listed}


async def ranking(opened: Indexed, query: str, names: Mapping[str, str]) -> list[str]:
    """Give the documents found, each where its best passage stands."""
    hits = await opened.ask(query, limit=100)
    return list(dict.fromkeys(names[hit.id.partition(":")[0]] for hit in hits))


def ranks(by_words: Mapping[int, float], by_meaning: Mapping[int, float]) -> list[tuple[int, float]]:
    """Fuse by reciprocal ranks (k = 60), to be compared with."""
    scored: dict[int, float] = {}
    for found in (by_words, by_meaning):
        for rank, passage in enumerate(sorted(found, key=lambda each: -found[each])):
            scored[passage] = scored.get(passage, 0.0) + 1 / (61 + rank)
    return sorted(scored.items(), key=lambda pair: -pair[1])


WAYS = {
    "words alone": lambda words, _meaning: fusion.fuse(words, {}),
    "meaning alone": lambda _words, meaning: fusion.fuse({}, meaning),
    "reciprocal ranks": ranks,
    "scores (as built)": fusion.fuse,
}


def scores(queries: Sequence[Mapping[str, object]], ranked: Sequence[Sequence[str]]) -> str:
    """Average nDCG@10 and recall at 1, 10 and 100; every document with a grade above 0 is as good."""
    gains, recalls = [], {1: [], 10: [], 100: []}
    for query, found in zip(queries, ranked, strict=True):
        relevant = {name for name, grade in query["relevant"].items() if grade > 0}
        gain = sum(1 / log2(place + 2) for place, name in enumerate(found[:10]) if name in relevant)
        gains.append(gain / sum(1 / log2(place + 2) for place in range(min(10, len(relevant)))))
        for depth, values in recalls.items():
            values.append(len(relevant.intersection(found[:depth])) / len(relevant))
    recall = "  ".join(f"R@{depth} {statistics.mean(values):.3f}" for depth, values in recalls.items())
    return f"nDCG@10 {statistics.mean(gains):.4f}  {recall}"


async def answering(data: Path, models: Path) -> None:
    """Share of answers whose cited sentences hold the true answer; off-topic questions; whether markers are right."""
    strangers = {name: Path(__file__).with_name(f"off_topic_{name}.txt").read_text().splitlines() for name in OFF_TOPIC}
    for each in sets(data):
        async with library(models) as (opened, host):
            await fill(opened, each.corpus)
            sample = random.Random(0).sample(each.queries, SAMPLE)  # noqa: S311 - the same sample each time
            with host.scope() as scope:
                embedder = scope.engine(Embedder, opened.indexing._registry.choose("embed"))
                told, valid, held, seconds = 0, 0, 0, []
                for query in sample:
                    hits = await opened.ask(str(query["query"]))
                    began = time.perf_counter()
                    answer = write_answer(str(query["query"]), hits, embedder)
                    seconds.append(time.perf_counter() - began)
                    told += bool(answer.citations)
                    valid += markers_right(answer.text, len(answer.citations), hits)
                    held += plain(str(query["answer"])) in plain(CITED.sub("", answer.text))
                abstained = {
                    name: [not write_answer(each, await opened.ask(each), embedder).citations for each in questions]
                    for name, questions in strangers.items()
                }
        print(
            f"{each.name}: answered {told}/{SAMPLE}, gold within {held / SAMPLE:.0%}, markers right {valid}/{SAMPLE},"
            f" median {1000 * statistics.median(seconds):.0f} ms"
        )
        for name, values in abstained.items():
            print(f"  off-topic, {name}: not found {statistics.mean(values):.1%} of {len(values)}")


def markers_right(text: str, citations: int, hits: Sequence[Hit]) -> bool:
    """Tell whether every sentence is cited, every citation used, and every sentence word for word in a source."""
    used = {int(number) for number in CITED.findall(text)}
    sentences = [part.strip() for part in re.split(r"(?:\s*\[\d+\])+", text) if part.strip()]
    # without references of the sources' own
    sources = [re.sub(r"\s*\[\d+(?:\s*[,;\u2013-]\s*\d+)*\]", "", " ".join(hit.text.split())) for hit in hits]
    there = all(any(sentence in source for source in sources) for sentence in sentences)
    return used == set(range(1, citations + 1)) and (not citations or there)


def plain(text: str) -> str:
    """Fold a text as the scorers of answers do."""
    return " ".join(re.sub(r"[^\w\s]", " ", unicodedata.normalize("NFKC", text).lower()).split())


async def speed(data: Path, models: Path) -> None:
    """Seconds per search at several sizes, warm, against the bare product of vectors; and what is kept in memory."""
    chosen = list(sets(data))
    texts = [sentence for each in chosen for row in each.corpus for sentence in re.split(r"(?<=[.!?])\s+", row["text"])]
    queries = [str(query["query"]) for each in chosen for query in each.queries]
    chance = random.Random(0)  # noqa: S311 - likewise
    with Host(Registry(models), processes=1) as host, host.scope() as scope:
        base = scope.engine(Embedder, host._registry.choose("embed")).embed(tuple(chance.sample(texts, 2000)))
    for size in SIZES:
        async with library(models) as (opened, _):
            await stock(opened, size, texts, base, chance)
            began = time.perf_counter()
            await opened.ask("warming up")
            cold = time.perf_counter() - began
            took = []
            for query in chance.sample(queries, SEARCHES):
                began = time.perf_counter()
                assert await opened.ask(query)
                took.append(1000 * (time.perf_counter() - began))
            p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{size} passages: p50 {p50:.1f} ms, p95 {p95:.1f} ms, first {cold:.1f} s, peak {memory:.0f} MiB")


async def stock(opened: Indexed, size: int, texts: Sequence[str], base: np.ndarray, chance: random.Random) -> None:
    """Put in passages made of real sentences; each has a vector between those of two sentences, as real ones lie."""
    database = opened.knowledge._database
    numbers = np.random.default_rng(0)
    for begin in range(0, size, 1000):
        row, _ = await opened.knowledge.enter(opened.caller, Source("file", f"{begin}.txt", b"-"))
        cut = [Passage(f"document {begin}", " ".join(chance.sample(texts, 3))[:500]) for _ in range(min(1000, size))]
        mixed = base[numbers.integers(len(base), size=(2, len(cut)))] * numbers.uniform(0.3, 1, (2, len(cut), 1))
        mixed = mixed.sum(axis=0)
        vectors = [pack(vector / np.linalg.norm(vector)) for vector in mixed]
        page = Page(f"document {begin}", "")
        async with database.write() as connection:
            pairs = list(zip(cut, vectors, strict=True))
            await table.replace(database, connection, row, pairs, page=page, sha256=str(begin))


MEASURES = {"finding": finding, "answering": answering, "speed": speed}


def main() -> None:
    """Measure what is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("measures", nargs="*", choices=MEASURES, default=list(MEASURES))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as models:
        for name in chosen.measures:
            uvloop.run(MEASURES[name](chosen.data, Path(models)))


if __name__ == "__main__":
    main()
