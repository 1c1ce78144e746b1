"""What history costs with a thousand and with a million records per account: feed, lists, searches, details, depth.

PYTHONPATH=tests python benchmarks/history.py [--records N]
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import requests

from serving import Server, serving

SMALL = 1000
ROUNDS = 100
YEAR = 365 * 86400.0
BEGAN = 1_735_689_600.0
"""2025-01-01."""
WORDS = [f"w{number}" for number in range(5000)]
WEIGHTS = [1 / (rank + 1) for rank in range(len(WORDS))]
"""As words of a language are: the commonest is in a tenth of all texts, most are in few."""
TURNS = 3
"""Of each conversation; a third of the records are conversations, so there are as many turns as records."""


def generate(database: Path, account: int, number: int) -> None:
    """Write an account's records straight into the database, whose triggers do the rest."""
    chosen = random.Random(account)  # noqa: S311 - nothing secret
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        connection.execute("pragma cache_size = -400000")
        first = connection.execute("select coalesce(max(id), 0) + 1 from jobs").fetchone()[0]
        third = number // 3
        moments = [BEGAN + YEAR * place / third for place in range(third)]
        connection.executemany(
            "insert into jobs (id, account_id, kind, state, priority, run_at, attempt, strikes, cancel_requested,"
            " created_at, updated_at) values (?, ?, 'transcribe', 'done', 0, 0, 1, 0, 0, ?, ?)",
            ((first + place, account, moment, moment) for place, moment in enumerate(moments)),
        )
        connection.executemany(
            "insert into transcriptions (account_id, job_id, filename, options, store, fingerprint, uid, source,"
            " duration, cost) values (?, ?, ?, '{}', 1, '', ?, 'batch', 60, 0.003)",
            ((account, first + each, f"talk {each}.mp3", f"{account}-{each}") for each in range(third)),
        )
        connection.executemany(
            "insert into renders (account_id, state, voice, text, options, created_at, characters, seconds, cost,"
            " chunks) values (?, 'done', ?, 'Good morning.', '{}', ?, 13, 1.5, 0.0001, '[]')",
            ((account, f"voice{place % 6}.h1", moment + 1) for place, moment in enumerate(moments)),
        )
        connection.executemany(
            "insert into conversations (uid, account_id, source, voice, started_at, ended_at, turn_count)"
            " values (?, ?, 'realtime', ?, ?, ?, 3)",
            ((f"s{account}-{n}", account, f"voice{n % 6}.h1", at + 2, at + 60) for n, at in enumerate(moments)),
        )
        begin = connection.execute("select coalesce(max(id), 0) + 1 from turns").fetchone()[0]
        connection.executemany(
            "insert into turns (id, conversation, account_id, role, text, created_at, interrupted)"
            " values (?, ?, ?, 'user', ?, ?, 0)",
            _turns(chosen, account, begin, moments),
        )
        connection.execute(
            "insert into turns_fts (rowid, scope, key) select id, ?, text from turns where account_id = ?",
            (f"a{account}", account),
        )
        connection.execute(
            "insert into filenames_fts (rowid, scope, key) select id, ?, replace(filename, '.', ' ')"
            " from transcriptions where account_id = ?",
            (f"a{account}", account),
        )


def _turns(
    chosen: random.Random, account: int, begin: int, moments: list[float]
) -> Iterator[tuple[int, str, int, str, float]]:
    for place, moment in enumerate(moments):
        words = chosen.choices(WORDS, WEIGHTS, k=8 * TURNS)
        for turn in range(TURNS):
            text = " ".join(words[8 * turn : 8 * turn + 8])
            yield begin + TURNS * place + turn, f"s{account}-{place}", account, text, moment + 2 + turn


def ask(server: Server, key: str, path: str) -> tuple[float, float]:
    """Give median and 95th percentile of the milliseconds of an answer."""
    taken = []
    with requests.Session() as session:
        session.headers["Authorization"] = key
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = session.get(server.url + path, timeout=60)
            taken.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.text
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    """Compare both accounts, request by request."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--records", type=int, default=1_000_000)
    large = reader.parse_args().records
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), job_slots=0, log_level="error") as server:
        keys = {each: server.new_key(f"{each}@example.com") for each in (SMALL, large)}
        for each, key in keys.items():
            began = time.perf_counter()
            [account] = _accounts(server, each)
            generate(server.data_dir / "voxhall.db", account, each)
            print(f"{each:,} records written in {time.perf_counter() - began:.0f} s")
            assert server.request("GET", "/history", headers={"Authorization": key}).json()["total"] == each // 3 * 3
        paths = {
            "feed": "/history",
            "feed, half a year": "/history?since=1751328000",
            "list": "/history/transcriptions",
            "list, one voice": "/history/tts?voice=voice3",
            "list, completed": "/history/transcriptions?status=completed",
            "search, two words": "/history/conversations/search?q=w40+w90",
            "search, a common word": "/history/conversations/search?q=w0",
            "search, everywhere": "/history/search?q=w300+or+talk",
        }
        for name, path in paths.items():
            (less, slow), (more, slower) = (ask(server, key, path) for key in keys.values())
            print(f"{name}: p50 {less:.1f} / {more:.1f} ms ({more / less:.2f} x), p95 {slow:.1f} / {slower:.1f} ms")
        for name, kind in (("render", "tts"), ("conversation", "conversations")):
            both = [ask(server, key, f"/history/{kind}/{_first(server, key, kind)}") for key in keys.values()]
            (less, slow), (more, slower) = both
            print(f"{name}: p50 {less:.1f} / {more:.1f} ms ({more / less:.2f} x), p95 {slow:.1f} / {slower:.1f} ms")
        for page in (1, 1000, large // 100):
            middle, slow = ask(server, keys[large], f"/history?limit=100&page={page}")
            print(f"feed of {large:,}, page {page:,} of 100: p50 {middle:.1f} ms, p95 {slow:.1f} ms")


def _accounts(server: Server, name: int) -> list[int]:
    with closing(sqlite3.connect(server.data_dir / "voxhall.db")) as connection:
        rows = connection.execute("select id from accounts where email = ?", (f"{name}@example.com",))
        return [row[0] for row in rows]


def _first(server: Server, key: str, kind: str) -> object:
    listed = server.request("GET", f"/history/{kind}?limit=1", headers={"Authorization": key}).json()
    return listed["data"][0]["id"]


if __name__ == "__main__":
    main()
