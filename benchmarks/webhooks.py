"""How many events a second reach their receiver, by one process, the receiver's own work included.

PYTHONPATH=tests python benchmarks/webhooks.py [--database URL] [--events 500]
"""

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hooked import Hooked, hooked
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Scope
from voxhall.jobs.queue import Ended
from voxhall.jobs.webhooks import KIND
from voxhall.jobs.worker import Limits, Worker
from voxhall.stores.database import open_database

SLOTS = 16


async def delivered(bench: Hooked, events: int) -> float:
    """Deliver what waits; give how many seconds it took."""
    left, done = events, asyncio.Event()

    async def count(_: AsyncConnection, ended: Sequence[Ended]) -> None:
        nonlocal left
        left -= len(ended)
        if left == 0:
            done.set()

    bench.queue.on_end.append(count)
    began = time.perf_counter()
    async with Worker(bench.queue, {KIND: bench.delivering}, Limits(SLOTS, SLOTS, 10.0)).working():
        await done.wait()
        return time.perf_counter() - began


async def measure(database_url: str, events: int) -> None:
    """End so many jobs, deliver their events, and print both rates."""
    async with open_database(database_url) as database:
        keys = Keys(database)
        key = await keys.create("benchmark@localhost", name="benchmark", scopes=frozenset(Scope))
        async with hooked(database, await keys.authenticate(key)) as bench:
            await bench.register(secret=key)
            began = time.perf_counter()
            for _ in range(events):
                await bench.end()
            print(f"jobs queued, claimed, ended and told of: {events / (time.perf_counter() - began):.0f} per second")
            print(f"events delivered: {events / await delivered(bench, events):.0f} per second")


def main() -> None:
    """Measure on an empty database, SQLite if none is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default=None)
    parser.add_argument("--events", type=int, default=500)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.database or f"sqlite+aiosqlite:///{folder}/voxhall.db", given.events))


if __name__ == "__main__":
    main()
