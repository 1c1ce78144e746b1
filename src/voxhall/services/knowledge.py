"""The local index: what an account has added to it, and what everybody shares; searched by words and by meaning."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import PurePath
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import CRAWL, INDEX, TRANSCRIPTS, Document, Period, Source
from voxhall.domain.knowledge import Hit, Question
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import TRANSCRIBE
from voxhall.engines.host import Host
from voxhall.engines.protocols import Embedder
from voxhall.engines.registry import Registry
from voxhall.errors import InvalidInput, NotFound, NotPermitted, VoxhallError
from voxhall.jobs.queue import Ended, Queue
from voxhall.log import logger
from voxhall.net.guard import Guarded
from voxhall.pipelines.extract import LONGEST
from voxhall.pipelines.passages import fuse
from voxhall.services.indexing import stamp
from voxhall.services.waiting import work_within
from voxhall.stores import fulltext
from voxhall.stores import knowledge as table
from voxhall.stores.counters import take_turn
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.scopes import scope_of
from voxhall.stores.vectors import Shelf, Vectors
from voxhall.text.terms import Terms, index_key, meant_for_latin, read_terms

log = logger(__name__)

CANDIDATES = 100
"""Passages looked at of those found in either way."""
EMBEDDING_SECONDS = 20.0
"""That a question's meaning may take, the wait for a free process and the engine's start included."""
NAME = 1000
"""Characters of a file's name."""


class Knowledge:
    """The service that API handlers and the command line ask."""

    def __init__(  # noqa: PLR0913 - what it stands on
        self,
        *,
        database: Database,
        objects: Objects,
        queue: Queue,
        registry: Registry,
        host: Host,
        guarded: Guarded,
    ) -> None:
        self._database = database
        self._objects = objects
        self._queue = queue
        self._registry = registry
        self._host = host
        self._guarded = guarded
        self._vectors = Vectors(database)
        queue.on_end.append(self._ended)

    async def search(self, caller: Caller, question: Question, *, base_url: str) -> list[Hit]:
        """Find passages of the account's documents and of the shared ones, the best first.

        A hit's `url` is `{base_url}/knowledge/{id of its document}`. What is in "quotes" a passage must have, and what
        has a minus before it must not. Where no engine knows meanings, words alone are looked for.
        """
        terms, period = read_terms(question.text), _period(question)
        scopes = (scope_of(caller.account_id), scope_of(None))
        # the meaning takes longer, in a process of its own: it begins first
        shelves, by_words = await asyncio.gather(
            self._by_meaning(scopes, question.text), self._by_words(scopes, terms, period)
        )
        by_meaning: dict[int, float] = {}
        for shelf, cosines in shelves:
            by_meaning |= shelf.nearest(cosines, limit=CANDIDATES, also=by_words, period=period)
        # what is found by its meaning may lack what the question demands of words
        best = fuse(by_words, by_meaning)[: max(CANDIDATES, question.limit) if terms.strict else question.limit]
        async with self._database.read() as connection:
            found = await table.take(connection, [passage for passage, _ in best])
        hits = [
            Hit(
                id=f"{each.document}:{each.id}",
                url=f"{base_url}/knowledge/{each.document}",
                title=each.title,
                text=each.text,
                score=score,
                published=each.published,
            )
            for passage, score in best
            if (each := found.get(passage))
            and (not terms.strict or terms.allow(index_key(f"{each.title}\n{each.text}")))
        ]
        return hits[: question.limit]

    async def add(self, caller: Caller, source: Source, *, shared: bool = False) -> Document:
        """Queue a document; the same origin again is read again, and indexed again only if its text is new.

        Raises InvalidInput, AddressRefused, NotPermitted where who is no admin adds for everybody, StorageFull.
        """
        row, fresh = await self.enter(caller, source, shared=shared, later=True)
        if fresh:
            self._queue.wake()
        return row.document

    async def enter(
        self, caller: Caller, source: Source, *, shared: bool = False, later: bool = False
    ) -> tuple[table.Row, bool]:
        """Give a source its row, and tell whether it is to be read, `later` by a job; raises what `add` does."""
        account_id = None if shared else caller.account_id
        if shared:
            _check_admin(caller)
        await self._check(source, shared=shared)
        title = PurePath(source.origin).name if source.kind == "file" else source.origin
        digest = stamp(source.data) if source.data is not None else None
        key = await self._keep(caller, source)
        async with self._database.write() as connection:
            await take_turn(connection, caller.account_id)
            row = await table.ensure_row(self._database, connection, account_id, source, title)
            fresh = row is not None and not (digest and row.sha256 == digest and row.document.state == "ready")
            if row and fresh:
                job_id = await self._enqueue(connection, caller, source) if later else None
                sent = {"object_key": key, "content_type": source.content_type}
                await table.change(connection, row.id, state="queued", error=None, job_id=job_id, **sent)
                old, row = row.object_key, await table.find_by_id(connection, row.id)
            else:
                old = key
        if old:
            await self._objects.delete(old)
        if row is None:
            raise NotFound("the document has been removed")
        return row, fresh

    async def _enqueue(self, connection: AsyncConnection, caller: Caller, source: Source) -> int:
        kind = CRAWL if source.kind == "sitemap" else INDEX
        return await self._queue.enqueue(connection, kind, caller.account_id, key_id=caller.key_id)

    async def list(self, caller: Caller, *, limit: int, offset: int) -> tuple[int, list[Document]]:
        """Give how many documents the caller sees, and some of them, the newest first."""
        async with self._database.read() as connection:
            return await table.page(connection, caller.account_id, limit=limit, offset=offset)

    async def find(self, caller: Caller, document_id: str) -> Document:
        """Find a document; raises NotFound for those of other accounts too."""
        return (await self._find(caller, document_id)).document

    async def read(self, caller: Caller, document_id: str) -> tuple[Document, str]:
        """Give a document and its text, paragraphs apart by blank lines; raises NotFound."""
        row = await self._find(caller, document_id)
        async with self._database.read() as connection:
            return row.document, await table.text_of(connection, row.id)

    async def remove(self, caller: Caller, document_id: str) -> None:
        """Remove a document, and with a collection all that it holds; raises NotFound, NotPermitted."""
        row = await self._find(caller, document_id)
        if row.account_id is None:
            _check_admin(caller)
        async with self._database.write() as connection:
            keys = await table.keys_under(connection, row)
            await table.remove(connection, row)
        for key in keys:
            await self._objects.delete(key)

    async def _find(self, caller: Caller, document_id: str) -> table.Row:
        async with self._database.read() as connection:
            row = await table.find(connection, caller.account_id, document_id)
        if row is None:
            raise NotFound(f"there is no document {document_id[:100]!r}")
        return row

    async def _check(self, source: Source, *, shared: bool) -> None:
        """Refuse at once what could never be read."""
        match source.kind:
            case "url" | "sitemap":
                await self._guarded.check(source.origin)
            case "file" if source.data is None or not source.origin.strip() or len(source.origin) > NAME:
                raise InvalidInput(f"a file needs its content and a name of at most {NAME} characters", param="file")
            case "file" if len(source.data or b"") > LONGEST:
                raise InvalidInput(f"a file may have {LONGEST >> 20} MiB at most", param="file")
            case "transcripts" if shared or source.origin != TRANSCRIPTS:
                raise InvalidInput("transcripts are indexed for their own account only", param="shared")
            case "transcript":
                raise InvalidInput("a single transcript cannot be added: add the account's transcripts", param="kind")

    async def _keep(self, caller: Caller, source: Source) -> str | None:
        if source.data is None:
            return None
        key = f"knowledge/{caller.account_id}/{uuid4().hex}"
        await self._objects.put_bytes(key, source.data)
        return key

    async def _by_words(self, scopes: Sequence[str], terms: Terms, period: Period) -> dict[int, float]:
        async with self._database.read() as connection:
            return dict(await fulltext.find(connection, scopes, terms, limit=CANDIDATES, period=period))

    async def _meaning(self, text: str) -> NDArray[np.float32] | None:
        """Give a question's vector; None where no model knows its script, or tells in time."""
        engines = self._registry.usable("embed")
        if not engines or not meant_for_latin(text):
            return None

        def embed(embedder: Embedder) -> NDArray[np.float32]:
            return np.asarray(embedder.embed((text,))[0], np.float32)

        try:
            return await work_within(EMBEDDING_SECONDS, self._host, Embedder, engines[0], embed)
        except VoxhallError as error:
            log.warning("searching by words alone", error=error.code)
            return None

    async def _by_meaning(self, scopes: Sequence[str], text: str) -> Sequence[tuple[Shelf, NDArray[np.float32]]]:
        """Give for each scope how near its passages are to a question."""
        vector, shelves = await asyncio.gather(self._meaning(text), self._vectors.shelves(scopes))
        if vector is None:
            return []
        return await asyncio.to_thread(lambda: [(shelf, shelf.cosines(vector)) for shelf in shelves])

    async def _ended(self, connection: AsyncConnection, ended: Sequence[Ended]) -> None:
        """Note what could not be read, and index new transcripts of accounts that want it."""
        lost = [each.id for each in ended if each.kind in {INDEX, CRAWL} and each.state != "done"]
        if lost:
            await table.fail_by_job(connection, lost)
        for account_id in {each.account_id for each in ended if each.kind == TRANSCRIBE and each.state == "done"}:
            collection = await table.transcripts_of(connection, account_id)
            if collection:
                job_id = await self._queue.enqueue(connection, INDEX, account_id)
                await table.change(connection, collection.id, state="queued", job_id=job_id)


def _period(question: Question) -> Period:
    return Period(question.since(time.time()), dated=question.topic == "news")


def _check_admin(caller: Caller) -> None:
    if Scope.ADMIN not in caller.scopes:
        raise NotPermitted("what everybody finds is an admin's to add and remove")
