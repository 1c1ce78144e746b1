"""Takes recordings in: stored while they arrive, and gone again where nobody wants them."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from voxhall.domain.record import Caller
from voxhall.domain.transcription import Received
from voxhall.errors import EmptyBody
from voxhall.stores.objects import Objects


@asynccontextmanager
async def receive(
    objects: Objects, folder: str, caller: Caller, chunks: AsyncIterator[bytes]
) -> AsyncIterator[Received]:
    """Store a recording while it arrives; it is removed again if the block that uses it fails.

    Raises EmptyBody, StorageFull, and whatever `chunks` raises.
    """
    key = f"{folder}/{caller.account_id}/{uuid4().hex}"
    counted = _Counted(chunks)
    await objects.put(key, counted.stream())
    try:
        yield counted.received(key)
    except BaseException:
        await objects.delete(key)
        raise


class _Counted:
    """A stream of bytes that counts and hashes what passes."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.digest = hashlib.sha256()

    def received(self, key: str) -> Received:
        """Tell what has passed; raises EmptyBody when nothing has."""
        if self.size == 0:
            raise EmptyBody("the body is empty; send a recording")
        return Received(key, self.digest.hexdigest(), self.size)

    async def stream(self) -> AsyncIterator[bytes]:
        """Pass the bytes on."""
        async for chunk in self._chunks:
            self.size += len(chunk)
            self.digest.update(chunk)
            yield chunk
