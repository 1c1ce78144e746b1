"""A local index to be filled and asked, with real engines and a web of this machine only."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from voxhall.domain.document import CRAWL, INDEX, Document, Source
from voxhall.domain.knowledge import Hit, Question
from voxhall.domain.record import Caller
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.jobs.queue import Ended, Queue
from voxhall.jobs.worker import Limits, Worker
from voxhall.net.guard import open_guarded
from voxhall.net.pages import Pages
from voxhall.services.indexing import Indexing
from voxhall.services.knowledge import Knowledge
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

HERE = "http://here"
LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index, and somebody who uses it."""

    knowledge: Knowledge
    indexing: Indexing
    queue: Queue
    caller: Caller

    async def add(self, source: Source, *, shared: bool = False, caller: Caller | None = None) -> Document:
        """Add a document and read it at once, as the command line does."""
        row, fresh = await self.knowledge.enter(caller or self.caller, source, shared=shared)
        if fresh:
            await self.indexing.index(row, lambda _done, _total: None)
        return await self.knowledge.find(caller or self.caller, row.document.id)

    async def write(self, name: str, text: str, *, shared: bool = False, caller: Caller | None = None) -> Document:
        """Add a text file."""
        return await self.add(Source("file", name, text.encode(), "text/plain"), shared=shared, caller=caller)

    async def ask(self, text: str, *, caller: Caller | None = None, **more: object) -> list[Hit]:
        """Search."""
        question = Question(text, **more)  # type: ignore[arg-type]  # by name
        return await self.knowledge.search(caller or self.caller, question, base_url=HERE)

    async def titles(self, text: str, **more: object) -> list[str]:
        """Give the titles of the documents that are found, without those of their parts."""
        hits = await self.ask(text, **more)  # type: ignore[arg-type]  # likewise
        return [hit.title.partition(" — ")[0] for hit in hits]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work as a server does on what is queued in the block, and wait until a document has been read."""
        ended = asyncio.Event()

        async def hear(_connection: object, jobs: Sequence[Ended]) -> None:
            if any(job.kind in {INDEX, CRAWL} for job in jobs):
                ended.set()

        self.queue.on_end.append(hear)
        async with Worker(self.queue, {INDEX: self.indexing, CRAWL: self.indexing}, Limits(1, 1, 10.0)).working():
            yield
            async with asyncio.timeout(60):
                await ended.wait()
        self.queue.on_end.remove(hear)


@asynccontextmanager
async def indexed(database: Database, objects: Objects, caller: Caller, host: Host) -> AsyncIterator[Indexed]:
    """Open an index on a database; `host` is where its engines run."""
    registry: Registry = host._registry
    queue = Queue(database)
    async with open_guarded(LOOPBACK) as guarded:
        knowledge = Knowledge(
            database=database, objects=objects, queue=queue, registry=registry, host=host, guarded=guarded
        )
        indexing = Indexing(database=database, objects=objects, registry=registry, host=host, pages=Pages(guarded))
        yield Indexed(knowledge, indexing, queue, caller)


def small_host(models: Path) -> Host:
    """Give a process for engines, whose models are built in a folder."""
    return Host(Registry(models), processes=1)
