"""Recordings sent ahead of their transcription: kept for a day, and used by their `lesan://` address."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import uuid4

from voxhall.audio.measure import measure
from voxhall.domain.record import Caller
from voxhall.domain.transcription import Received, Upload
from voxhall.errors import Conflict, InvalidInput, NotFound
from voxhall.services.receiving import receive
from voxhall.stores import uploads as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

SCHEME = "lesan://uploads/"
"""What the addresses of uploads begin with."""
KEPT_SECONDS = 24 * 3600.0


class Uploads:
    """The service that API handlers ask."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def receive(self, caller: Caller, chunks: AsyncIterator[bytes]) -> AbstractAsyncContextManager[Received]:
        """Store a recording while it arrives; it is removed again if the block that uses it fails.

        Raises EmptyBody, StorageFull, and whatever `chunks` raises.
        """
        return receive(self._objects, "uploads", caller, chunks)

    async def keep(self, caller: Caller, received: Received, *, filename: str, content_type: str) -> Upload:
        """Record an upload that has arrived, and how long it says it is; raises BrokenMedia for no recording."""
        with tempfile.TemporaryDirectory(prefix="voxhall-") as folder:
            path = self._objects.local_path(received.key) or Path(folder) / "upload"
            if not path.exists():
                await self._objects.fetch(received.key, path)
            duration = await asyncio.to_thread(measure, path)
        return await self._insert(caller, received.key, filename, content_type, received.size, duration)

    async def promise(self, caller: Caller, *, filename: str, content_type: str) -> Upload:
        """Make room for an upload that will be sent to the storage itself."""
        key = f"uploads/{caller.account_id}/{uuid4().hex}"
        return await self._insert(caller, key, filename, content_type, None, None)

    async def arrived(self, key: str, size: int) -> None:
        """Record that what was promised is there."""
        async with self._database.write() as connection:
            await table.set_size(connection, key, size)

    async def take(self, caller: Caller, address: str) -> tuple[Received, str]:
        """Give a copy of an upload, to be transcribed, and its filename.

        Raises InvalidInput for what is no such address, NotFound, and Conflict while nothing has arrived.
        """
        if not address.startswith(SCHEME):
            raise InvalidInput(f"{address[:100]!r} should be like {SCHEME}ID", param="audio_url")
        async with self._database.read() as connection:
            found = await table.find(connection, caller.account_id, address.removeprefix(SCHEME))
        if found is None:
            raise NotFound(f"there is no upload {address[:100]!r}", param="audio_url")
        size = found.size if found.size is not None else await self._objects.size(found.key)
        if size is None:
            raise Conflict("nothing has been sent to this upload yet", param="audio_url")
        key = f"recordings/{caller.account_id}/{uuid4().hex}"
        sha256 = await self._objects.copy(found.key, key)
        return Received(key, sha256, size), found.filename

    async def sweep(self) -> None:
        """Remove uploads that have expired."""
        async with self._database.read() as connection:
            overdue = await table.expired_before(connection, time.time())
        for upload in overdue:
            await self._objects.delete(upload.key)
            async with self._database.write() as connection:
                await table.remove(connection, upload.uid)

    async def _insert(  # noqa: PLR0913, PLR0917 - the columns
        self,
        caller: Caller,
        key: str,
        filename: str,
        content_type: str,
        size: int | None,
        duration: float | None,
    ) -> Upload:
        now = time.time()
        uid = str(uuid4())
        upload = Upload(uid, caller.account_id, filename, content_type, key, size, duration, now, now + KEPT_SECONDS)
        async with self._database.write() as connection:
            await table.insert_row(connection, upload)
        return upload
