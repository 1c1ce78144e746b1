"""Transcriptions that an account owns: taken in, worked on, read, listed, stopped and removed."""

import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from voxhall.accounts.limits import Quotas
from voxhall.domain.record import Caller
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import ENDED, Options, Received, Record
from voxhall.domain.work import TRANSCRIBE
from voxhall.engines import wire
from voxhall.errors import Conflict, NotFound
from voxhall.jobs.queue import Queue
from voxhall.services.receiving import receive
from voxhall.services.tools import Toolbox
from voxhall.stores import transcriptions as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

KIND = TRANSCRIBE
UNSTORED_SECONDS = 3600.0
"""How long a result that shall not be stored waits to be read."""


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

    async def submit(  # noqa: PLR0913 - each says something else about the submission
        self, caller: Caller, received: Received, *, filename: str, options: Options, cache: bool, store: bool
    ) -> tuple[Record, bool]:
        """Queue a recording, or find the earlier result of an identical one; tell which.

        Raises RateLimited, and EngineUnavailable when no engine here knows the language.
        """
        self._toolbox.check(options)
        fingerprint = _fingerprint(received, options)
        if cache:
            async with self._database.read() as connection:
                earlier = await table.find_done(connection, caller.account_id, fingerprint)
            if earlier is not None:
                await self._objects.delete(received.key)
                return earlier, True
        async with self._database.write() as connection:
            await self._quotas.check_job(connection, caller)
            values = {
                "account_id": caller.account_id,
                "job_id": await self._queue.enqueue(connection, KIND, caller.account_id, key_id=caller.key_id),
                "filename": filename,
                "store": store,
                "original_key": received.key,
                "fingerprint": fingerprint,
            }
            record_id = await table.insert_row(connection, values, options)
        self._queue.wake()
        return await self.get(caller, record_id), False

    async def get(self, caller: Caller, record_id: int) -> Record:
        """Find one; raises NotFound for ids of other accounts too."""
        async with self._database.read() as connection:
            record = await table.find(connection, caller.account_id, record_id)
        if record is None:
            raise NotFound(f"there is no transcription {record_id}")
        return record

    async def page(self, caller: Caller, *, limit: int, offset: int) -> tuple[int, list[Record]]:
        """Give how many the account has, and some of them, the newest first."""
        async with self._database.read() as connection:
            return await table.page(connection, caller.account_id, limit=limit, offset=offset)

    async def read(self, record: Record) -> Transcript | None:
        """Give the result, None while there is none; one that shall not be stored is removed by this."""
        if record.transcript_key is None:
            return None
        result = wire.decode(await self._objects.get(record.transcript_key), Transcript)
        if not record.store:
            await self._remove(record)
        return result

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
            await table.remove(connection, record)
        self._queue.wake()
        for key in (record.original_key, record.audio_key, record.transcript_key):
            if key is not None:
                await self._objects.delete(key)


def _fingerprint(received: Received, options: Options) -> str:
    """Identify a recording and what is wanted of it."""
    return hashlib.sha256(received.sha256.encode() + wire.encode(options)).hexdigest()
