"""Transcriptions that an account owns: taken in, worked on, read, listed, stopped and removed."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.accounts.limits import Quotas
from voxhall.domain.record import Caller
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import ENDED, Batch, Options, Received, Record, State, Submission
from voxhall.domain.work import TRANSCRIBE
from voxhall.engines import wire
from voxhall.errors import Conflict, NotFound
from voxhall.jobs.queue import Queue
from voxhall.services.receiving import receive
from voxhall.services.tools import Toolbox
from voxhall.stores import transcriptions as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

UNSTORED_SECONDS = 3600.0
"""How long a result that shall not be stored waits to be read."""

SHORTEST_WAIT, LONGEST_WAIT = 0.05, 1.0
"""Seconds between two looks at a transcription that somebody waits for: other processes may work on it."""
PUBLISHED = ".json"
"""What the key of a transcript for readers ends with."""

Tell = Callable[[Record, Transcript | None], dict[str, object]]
"""Writes a transcription for somebody."""


class Transcripts:
    """The service that API and command line ask."""

    def __init__(self, database: Database, objects: Objects, queue: Queue, toolbox: Toolbox, quotas: Quotas) -> None:
        self._database = database
        self._objects = objects
        self._queue = queue
        self._toolbox = toolbox
        self._quotas = quotas

    def receive(self, caller: Caller, chunks: AsyncIterator[bytes]) -> AbstractAsyncContextManager[Received]:
        """Store a recording while it arrives; it is removed again if the block that uses it fails.

        Raises EmptyBody, StorageFull, and whatever `chunks` raises.
        """
        return receive(self._objects, "recordings", caller, chunks)

    async def submit(self, caller: Caller, received: Received | None, submission: Submission) -> tuple[Record, bool]:
        """Queue a recording, or find the earlier result of an identical one; tell which.

        One that was not received is fetched by the job.
        Raises RateLimited, and EngineUnavailable for a language that none here knows.
        """
        self._toolbox.check(submission.options)
        fingerprint = _fingerprint(received, submission.options) if received else ""
        if submission.cache and received:
            async with self._database.read() as connection:
                earlier = await table.find_done(connection, caller.account_id, fingerprint)
            if earlier is not None:
                await self._objects.delete(received.key)
                return earlier, True
        async with self._database.write() as connection:
            record_id = await self._queue_one(connection, caller, received, submission, fingerprint)
        self._queue.wake()
        return await self.get(caller, record_id), False

    async def submit_batch(
        self, caller: Caller, given: Sequence[tuple[Received | None, Submission]], language: str
    ) -> Batch:
        """Queue several recordings together; all or none. Raises RateLimited, EngineUnavailable."""
        for _, submission in given:
            self._toolbox.check(submission.options)
        async with self._database.write() as connection:
            batch_id, uid = await table.insert_batch(connection, caller.account_id, language, time.time())
            for received, submission in given:
                fingerprint = _fingerprint(received, submission.options) if received else ""
                child = replace(submission, batch_id=batch_id)
                await self._queue_one(connection, caller, received, child, fingerprint)
        self._queue.wake()
        return await self.find_batch(caller, uid)

    async def _queue_one(
        self,
        connection: AsyncConnection,
        caller: Caller,
        received: Received | None,
        submission: Submission,
        fingerprint: str,
    ) -> int:
        await self._quotas.check_job(connection, caller)
        values = {
            "account_id": caller.account_id,
            "job_id": await self._queue.enqueue(connection, TRANSCRIBE, caller.account_id, key_id=caller.key_id),
            "original_key": received.key if received else None,
            "fingerprint": fingerprint,
        }
        return await table.insert_row(connection, values, submission)

    async def get(self, caller: Caller, record_id: int) -> Record:
        """Find one; raises NotFound for ids of other accounts too."""
        async with self._database.read() as connection:
            record = await table.find(connection, caller.account_id, record_id)
        if record is None:
            raise NotFound(f"there is no transcription {record_id}")
        return record

    async def find(self, caller: Caller, uid: str) -> Record:
        """Find one by the id that tells nothing; raises NotFound for those of other accounts too."""
        async with self._database.read() as connection:
            record = await table.find_by_uid(connection, caller.account_id, uid)
        if record is None:
            raise NotFound(f"there is no transcription {uid!r}")
        return record

    async def find_batch(self, caller: Caller, uid: str) -> Batch:
        """Find a batch; raises NotFound for those of other accounts too."""
        async with self._database.read() as connection:
            batch = await table.find_batch(connection, caller.account_id, uid)
        if batch is None:
            raise NotFound(f"there is no transcription {uid!r}")
        return batch

    async def delete_batch(self, caller: Caller, uid: str) -> None:
        """Remove a batch with everything that belongs to it; raises NotFound."""
        batch = await self.find_batch(caller, uid)
        for child in batch.children:
            await self._remove(child)
        async with self._database.write() as connection:
            await table.remove_batch(connection, batch.id)

    async def cancel_batch(self, caller: Caller, uid: str) -> Batch:
        """Stop whatever of a batch has not ended; raises NotFound, and Conflict where all has."""
        batch = await self.find_batch(caller, uid)
        if batch.state in ENDED:
            raise Conflict(f"batch {uid} has ended already")
        for child in batch.children:
            await self._queue.cancel(child.job_id)
        return await self.find_batch(caller, uid)

    async def scan(
        self, caller: Caller, *, state: State | None, source: str | None, before: int | None, limit: int
    ) -> tuple[int, list[Record]]:
        """Give how many the account has of a state and source, and those before an id, the newest first."""

        async def count() -> int:
            async with self._database.read() as connection:
                return await table.count(connection, caller.account_id, state=state, source=source)

        async def page() -> list[Record]:
            async with self._database.read() as connection:
                return await table.scan(
                    connection, caller.account_id, state=state, source=source, before=before, limit=limit
                )

        # side by side: counting many takes longer than reading a few
        return await asyncio.gather(count(), page())

    async def page(self, caller: Caller, *, limit: int, offset: int) -> tuple[int, list[Record]]:
        """Give how many the account has, and some of them, the newest first."""
        async with self._database.read() as connection:
            return await table.page(connection, caller.account_id, limit=limit, offset=offset)

    async def peek(self, record: Record) -> Transcript | None:
        """Give the result, None while there is none; one that shall not be stored waits for a reader of its own."""
        if record.transcript_key is None or not record.store:
            return None
        with suppress(NotFound):  # deleted in the meantime
            return await self._result(record.transcript_key)
        return None

    async def read(self, record: Record) -> Transcript | None:
        """Give the result, None while there is none; one that shall not be stored is removed by this."""
        if record.transcript_key is None:
            return None
        result = await self._result(record.transcript_key)
        if not record.store:
            await self._remove(record)
        return result

    def describer(self, tell: Tell) -> Callable[[AsyncConnection, int], Awaitable[dict[str, object] | None]]:
        """Give what writes what a job works on, and its result, which stays; it gives None once that is deleted."""

        async def describe(connection: AsyncConnection, job_id: int) -> dict[str, object] | None:
            record = await table.find_by_job(connection, job_id)
            if record is None:
                return None
            return tell(record, await self._result(record.transcript_key) if record.transcript_key else None)

        return describe

    async def _result(self, key: str) -> Transcript:
        return wire.decode(await self._objects.get(key), Transcript)

    async def follow(self, caller: Caller, record: Record) -> AsyncIterator[Record]:
        """Give a transcription as it is, and again whenever that has changed, up to its end; raises NotFound."""
        pause = SHORTEST_WAIT
        yield record
        while record.state not in ENDED:
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, LONGEST_WAIT)
            before, record = record, await self.get(caller, record.id)
            if record != before:
                yield record

    async def wait(self, caller: Caller, record: Record, seconds: float) -> Record:
        """Wait for the end of a transcription, but no longer than so many seconds; give what it is then."""
        latest = record
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for each in self.follow(caller, record):
                    latest = each
        return latest

    async def publish(self, record: Record, text: bytes, ending: str = PUBLISHED) -> str:
        """Store a transcript as its readers see it, until it is deleted; give its key."""
        key = f"{record.transcript_key}{ending}"
        await self._objects.put_bytes(key, text)
        return key

    async def published(self, record: Record, ending: str) -> str | None:
        """Give the key of what was published before with this ending."""
        key = f"{record.transcript_key}{ending}"
        return key if record.transcript_key and await self._objects.size(key) is not None else None

    async def cancel(self, caller: Caller, record_id: int) -> Record:
        """Stop one; raises Conflict when it has ended already."""
        record = await self.get(caller, record_id)
        if record.state in ENDED:
            raise Conflict(f"transcription {record_id} has ended already")
        await self._queue.cancel(record.job_id)
        return await self.get(caller, record_id)

    async def delete(self, caller: Caller, record_id: int) -> None:
        """Remove one with everything stored for it; one that is worked on is stopped by that."""
        record = await self.get(caller, record_id)
        await self._remove(record)

    async def sweep(self) -> None:
        """Remove results that were not to be stored and that nobody has read in time."""
        async with self._database.read() as connection:
            overdue = await table.unstored_ended_before(connection, time.time() - UNSTORED_SECONDS)
        for record in overdue:
            await self._remove(record)

    async def _remove(self, record: Record) -> None:
        async with self._database.write() as connection:
            original_key = await table.remove(connection, record)
        self._queue.wake()
        if original_key is not None:
            await self._objects.delete(original_key)
        await self._objects.delete_prefix(table.results_of(record.account_id, record.id))


def _fingerprint(received: Received, options: Options) -> str:
    """Identify a recording and what is wanted of it."""
    return hashlib.sha256(received.sha256.encode() + wire.encode(options)).hexdigest()
