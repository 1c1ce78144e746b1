"""Recordings and results as objects: in a folder or in an S3 bucket, behind one small interface."""

import errno
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import anyio
import obstore
from obstore.exceptions import GenericError, NotFoundError
from obstore.store import LocalStore, S3Store

from voxhall.errors import Misconfigured, NotFound, StorageFull

PART_BYTES = 8 * 2**20
"""Bytes held in memory while an object is being written."""
OWNED = ("conversations", "exports", "knowledge", "recordings", "renders", "transcriptions", "uploads")
"""Folders that hold, under its number, what belongs to an account."""


class Objects:
    """One folder or bucket; made by `open_objects`. Keys are ours, never a caller's."""

    def __init__(self, store: LocalStore | S3Store, root: Path | None) -> None:
        self._store = store
        self._root = root

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Store a stream; nothing is to be seen of it before it is complete, nor when it fails.

        Raises StorageFull, and whatever `chunks` raises.
        """
        try:
            await obstore.put_async(self._store, key, _nonempty(chunks), chunk_size=PART_BYTES, max_concurrency=2)
        except (GenericError, OSError) as error:
            raise _explained(error) from error

    async def put_bytes(self, key: str, data: bytes) -> None:
        """Store a small object; raises StorageFull."""
        try:
            await obstore.put_async(self._store, key, data)
        except (GenericError, OSError) as error:
            raise _explained(error) from error

    async def put_file(self, key: str, path: Path) -> None:
        """Store a file; raises StorageFull."""
        await self.put(key, chunks_in(path))

    async def get(self, key: str) -> bytes:
        """Read a small object whole; raises NotFound."""
        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound("the stored object is gone") from error

    async def fetch(self, key: str, path: Path) -> None:
        """Copy an object into a file; raises NotFound, StorageFull."""
        try:
            async with await anyio.open_file(path, "wb") as file:
                async for chunk in self._chunks(key):
                    await file.write(chunk)
        except OSError as error:
            raise _explained(error) from error

    async def _chunks(self, key: str) -> AsyncIterator[bytes]:
        """Read an object piece by piece; raises NotFound."""
        try:
            found = await obstore.get_async(self._store, key)
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound("the stored object is gone") from error
        async for chunk in found.stream(min_chunk_size=2**20):
            yield bytes(chunk)

    async def size(self, key: str) -> int | None:
        """Give an object's length in bytes; None where there is none."""
        try:
            return int((await obstore.head_async(self._store, key))["size"])
        except (NotFoundError, FileNotFoundError):
            return None

    async def copy(self, source: str, key: str) -> str:
        """Copy an object, and give the SHA-256 of what it is; raises NotFound, StorageFull."""
        digest = hashlib.sha256()

        async def passing() -> AsyncIterator[bytes]:
            async for chunk in self._chunks(source):
                digest.update(chunk)
                yield chunk

        await self.put(key, passing())
        return digest.hexdigest()

    async def delete(self, key: str) -> None:
        """Remove an object; it may be gone already."""
        with suppress(NotFoundError, FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def delete_prefix(self, prefix: str) -> None:
        """Remove all objects in a folder; `a/b` holds `a/b/c`, not `a/bc`."""
        async for batch in obstore.list(self._store, prefix=prefix):
            for each in batch:
                # one by one: somebody else may be removing them too
                await self.delete(each["path"])

    async def delete_account(self, account_id: int) -> None:
        """Remove all objects of an account."""
        for folder in OWNED:
            await self.delete_prefix(f"{folder}/{account_id}")

    async def writable(self) -> bool:
        """Tell whether an object can be stored at this moment."""
        try:
            await obstore.put_async(self._store, "health", b"ok")
        except (GenericError, OSError):
            return False
        return True

    def local_path(self, key: str) -> Path | None:
        """Give the file that holds an object; None where objects are not files, or where the key leads elsewhere."""
        parts = PurePosixPath(key).parts
        return self._root / key if self._root and ".." not in parts and "/" not in parts else None

    @property
    def remote(self) -> S3Store | None:
        """The bucket, where objects are in one: it signs links itself."""
        return self._store if isinstance(self._store, S3Store) else None


async def _nonempty(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        if chunk:
            yield chunk


async def chunks_of(file: BinaryIO) -> AsyncIterator[bytes]:
    """Read what is in memory piece by piece."""
    while chunk := file.read(2**16):
        yield chunk


async def chunks_in(path: Path) -> AsyncIterator[bytes]:
    """Read a file piece by piece."""
    async with await anyio.open_file(path, "rb") as file:
        while chunk := await file.read(2**20):
            yield chunk


def _explained(error: Exception) -> Exception:
    """Recognise a full disk; the library reports it in words only."""
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if full or "No space left" in str(error) or "quota exceeded" in str(error).lower():
        return StorageFull("the storage is full; nothing was kept of this upload")
    return error


def open_objects(url: str) -> Objects:
    """Open `file:///folder` (made if need be) or `s3://bucket/prefix`, the latter set up by AWS_* variables.

    Raises Misconfigured.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        root = Path(unquote(parts.path))
        root.mkdir(parents=True, exist_ok=True)
        return Objects(LocalStore(root, mkdir=True, automatic_cleanup=True), root)
    if parts.scheme == "s3" and parts.netloc:
        return Objects(S3Store(parts.netloc, prefix=parts.path.strip("/") or None), None)
    raise Misconfigured(f"objects_url is {url!r}; it should be like file:///folder or s3://bucket/prefix")
