"""Rows of uploads."""

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.transcription import Upload
from voxhall.stores.rows import read
from voxhall.stores.tables import uploads


async def insert_row(connection: AsyncConnection, upload: Upload) -> None:
    """Add an upload."""
    await connection.execute(insert(uploads).values(msgspec.to_builtins(upload)))


async def find(connection: AsyncConnection, account_id: int, uid: str) -> Upload | None:
    """Find an account's upload."""
    where = (uploads.c.account_id == account_id, uploads.c.uid == uid)
    row = (await connection.execute(select(uploads).where(*where))).one_or_none()
    return read(Upload, row) if row else None


async def set_size(connection: AsyncConnection, key: str, size: int) -> None:
    """Record that an upload has arrived."""
    await connection.execute(update(uploads).where(uploads.c.key == key).values(size=size))


async def expired_before(connection: AsyncConnection, moment: float) -> list[Upload]:
    """Find uploads that have expired before a moment."""
    rows = await connection.execute(select(uploads).where(uploads.c.expires_at < moment))
    return [read(Upload, row) for row in rows]


async def remove(connection: AsyncConnection, uid: str) -> None:
    """Remove an upload."""
    await connection.execute(delete(uploads).where(uploads.c.uid == uid))
