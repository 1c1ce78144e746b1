"""Reads queued documents and indexes them: one by one, each whole in one transaction, so that any may be the last."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import PurePath

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import Passage, Source
from voxhall.domain.knowledge import Page
from voxhall.domain.speech import Transcript
from voxhall.engines import wire
from voxhall.engines.host import Host
from voxhall.engines.protocols import Embedder, Reader
from voxhall.engines.registry import Registry
from voxhall.errors import InvalidInput, NotFound, UnreadableDocument, VoxhallError
from voxhall.jobs.queue import Claimed, Commit
from voxhall.jobs.worker import JobJournal
from voxhall.net.pages import Fetched, Pages
from voxhall.net.sitemaps import Listed, read_sitemap
from voxhall.pipelines.extract import SECONDS, read_page
from voxhall.pipelines.passages import cut
from voxhall.stores import knowledge as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.vectors import pack
from voxhall.text.captions import transcript_text
from voxhall.text.terms import meant_for_latin

FORMAT = "1"
"""Another whenever texts are cut, folded or embedded otherwise: all documents count as new then."""
BATCH = 32
"""Passages embedded in one piece of work: a second or less."""
PAGES = 5000
"""Of a site that are read."""
RESUMED = 86400.0
"""Seconds for which a crawl that was interrupted can go on where it was; later it begins anew."""

OnStep = Callable[[int, int], None]
"""Told how many pieces are done, and of how many: passages of a document, documents of a collection."""


def stamp(data: bytes) -> str:
    """Identify a text as indexed in the present way."""
    return f"{FORMAT}:{hashlib.sha256(data).hexdigest()}"


class Indexing:
    """Handles jobs of the kinds `index` and `crawl`; the command line uses `index` itself."""

    def __init__(self, *, database: Database, objects: Objects, registry: Registry, host: Host, pages: Pages) -> None:
        self._database = database
        self._objects = objects
        self._registry = registry
        self._host = host
        self._pages = pages

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job from this thread; what is indexed stays, whatever becomes of the job."""

        def told(done: int, total: int) -> None:
            journal.progress("indexing", 100 * done / max(1, total), done, total)

        journal.await_unless_stopped(self._job(job, told))
        return _nothing

    async def _job(self, job: Claimed, on_step: OnStep) -> None:
        async with self._database.read() as connection:
            row = await table.find_by_job(connection, job.id)
        # otherwise it has been removed, or a later job reads it
        if row is not None:
            await self.index(row, on_step)

    async def index(self, row: table.Row, on_step: OnStep) -> None:
        """Read a document and index it if its text is new; raises what keeps it from being read."""
        match row.document.kind:
            # an attempt that has done it may have been cut off before it could say so
            case _ if row.document.state == "ready":
                pass
            case "sitemap":
                await self._site(row, on_step)
            case "transcripts":
                await self._transcripts(row, on_step)
            case "url":
                await self._fetched(row, await self._pages.fetch(row.document.origin), on_step)
            case _:
                await self._file(row, on_step)
        await self._discard(row)

    async def _file(self, row: table.Row, on_step: OnStep) -> None:
        if row.object_key is None:
            raise NotFound("the file is gone; add it again")
        data = await self._objects.get(row.object_key)
        page = await self._page(data, row.content_type, PurePath(row.document.origin).name, None)
        await self._put(row, page, stamp(data), on_step)

    async def _discard(self, row: table.Row) -> None:
        """Remove the file of a document that was read, or cannot be; its key goes last, so that it is never lost."""
        if row.object_key is not None:
            await self._objects.delete(row.object_key)
            async with self._database.write() as connection:
                await table.take_file(connection, row)

    async def sweep(self) -> None:
        """Remove files that nobody will read again."""
        async with self._database.read() as connection:
            left = await table.left_files(connection)
        for row in left:
            await self._discard(row)

    async def _fetched(self, row: table.Row, fetched: Fetched, on_step: OnStep, published: float | None = None) -> None:
        page = await self._page(fetched.data, fetched.content_type, fetched.name, fetched.url)
        if page.published is None and published is not None:
            page = Page(page.title, page.text, published, page.needs_javascript)
        # not its bytes, which differ with every visit
        digest = stamp(f"{page.title}\n{page.published}\n{page.text}".encode())
        if digest == row.sha256:
            async with self._database.write() as connection:
                await table.end(connection, row, "ready")
            return
        await self._put(row, page, digest, on_step)

    async def _page(self, data: bytes, content_type: str | None, name: str, url: str | None) -> Page:
        """Read a document in an engine process; raises UnreadableDocument where it says nothing."""

        def read() -> Page:
            with self._host.scope() as scope:
                reader = scope.engine(Reader, self._registry.choose("read"), deadline=SECONDS)
                return read_page(reader, data, content_type, name, url)

        page = await asyncio.to_thread(read)
        if not page.text:
            hint = ": its content is made by scripts in a browser" if page.needs_javascript else ""
            raise UnreadableDocument(f"there is no text in it{hint}")
        return page

    async def _put(self, row: table.Row, page: Page, digest: str, on_step: OnStep) -> None:
        passages = cut(page)
        vectors = await self._vectors(passages, on_step)
        pairs = list(zip(passages, vectors, strict=True))
        async with self._database.write() as connection:
            if await table.replace(self._database, connection, row, pairs, page=page, sha256=digest):
                await table.end(connection, row, "ready")

    async def _vectors(self, passages: Sequence[Passage], on_step: OnStep) -> list[bytes | None]:
        """Give each passage its vector, but for those in scripts that the model does not know."""
        vectors: list[bytes | None] = [None] * len(passages)
        engines = self._registry.usable("embed")
        places = [place for place, each in enumerate(passages) if engines and meant_for_latin(each.text)]
        for begin in range(0, len(places), BATCH):
            batch = places[begin : begin + BATCH]
            texts = tuple(f"{passages[place].title}\n{passages[place].text}" for place in batch)
            with self._host.scope() as scope:
                made = await asyncio.to_thread(scope.engine(Embedder, engines[0]).embed, texts)
            for place, vector in zip(batch, made, strict=True):
                vectors[place] = pack(vector)
            on_step(begin + len(batch), len(places))
        return vectors

    async def _site(self, row: table.Row, on_step: OnStep) -> None:
        """Index a site's pages one after another; one that cannot be read says so itself.

        Pages that were asked for before the crawl was interrupted are not asked for again.
        """
        begun = await self._begin(row)
        listed = await read_sitemap(self._pages, row.document.origin, most=PAGES)
        for number, each in enumerate(listed):
            child = await self._child(row, Source("url", each.url))
            if child is not None and not _known(child, each.changed, begun):
                await self._crawled(child, each)
            on_step(number + 1, len(listed))
        await self._done(row)

    async def _begin(self, row: table.Row) -> float:
        """Record that a crawl begins, and give when it did, earlier where it was interrupted."""
        now = time.time()
        begun = row.begun_at if now - (row.begun_at or 0) < RESUMED else None
        async with self._database.write() as connection:
            await table.change(connection, row.id, begun_at=begun or now)
        return begun or now

    async def _crawled(self, child: table.Row, listed: Listed) -> None:
        asked = time.time()
        try:
            await self._fetched(child, await self._pages.crawl(listed.url), _quiet, listed.changed)
        except VoxhallError as error:
            await self.failed(child, error)
        async with self._database.write() as connection:
            await table.change(connection, child.id, checked_at=asked)

    async def _transcripts(self, row: table.Row, on_step: OnStep) -> None:
        """Index an account's finished transcripts that are not yet; they leave the index when they are deleted."""
        if row.account_id is None:
            raise InvalidInput("transcripts belong to an account")
        async with self._database.read() as connection:
            waiting = await table.finished(connection, row.account_id)
        for number, each in enumerate(waiting):
            source = Source("transcript", f"transcription:{each.uid}")
            child = await self._child(row, source, title=each.filename, transcription_id=each.id)
            if child is not None:
                await self._transcript(child, each)
            on_step(number + 1, len(waiting))
        await self._done(row)

    async def _transcript(self, child: table.Row, finished: table.Finished) -> None:
        try:
            data = await self._objects.get(finished.key)
            text = transcript_text(wire.decode(data, Transcript), events=False)
        except NotFound as error:
            await self.failed(child, error)
            return
        page = Page(finished.filename, text.replace("\n", "\n\n"), finished.created_at)
        await self._put(child, page, stamp(data), _quiet)

    async def _child(
        self, row: table.Row, source: Source, *, title: str | None = None, transcription_id: int | None = None
    ) -> table.Row | None:
        """Give a collection's document its row; None where the collection has been removed meanwhile."""
        async with self._database.write() as connection:
            if await table.find_by_id(connection, row.id) is None:
                return None
            return await table.ensure_row(
                self._database,
                connection,
                row.account_id,
                source,
                title or source.origin,
                collection_id=row.id,
                transcription_id=transcription_id,
            )

    async def failed(self, row: table.Row, error: VoxhallError) -> None:
        """Record why a document could not be read."""
        async with self._database.write() as connection:
            await table.end(connection, row, "failed", error=error.message)
        await self._discard(row)

    async def _done(self, row: table.Row) -> None:
        async with self._database.write() as connection:
            await table.end(connection, row, "ready")
            await table.change(connection, row.id, begun_at=None)


def _known(page: table.Row, changed: float | None, begun: float) -> bool:
    """Tell whether a page was asked for since the crawl began, or since its site says that it was changed."""
    if page.checked_at is None:
        return False
    unchanged = changed is not None and page.checked_at > changed and page.document.state == "ready"
    return unchanged or page.checked_at >= begun


def _quiet(_done: int, _total: int) -> None:
    """A collection counts documents, not their passages."""


async def _nothing(_connection: AsyncConnection) -> None:
    """All has been written."""
