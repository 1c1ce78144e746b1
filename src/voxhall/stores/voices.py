"""Rows of cloned voices, and of the words that accounts want said in their own way."""

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.voice import Clone
from voxhall.stores.database import Database
from voxhall.stores.rows import read
from voxhall.stores.tables import pronunciations, voices


async def insert_row(connection: AsyncConnection, clone: Clone) -> None:
    """Add a voice."""
    await connection.execute(insert(voices).values(msgspec.to_builtins(clone)))


async def find(connection: AsyncConnection, account_id: int, voice_id: str) -> Clone | None:
    """Find an account's voice."""
    where = (voices.c.account_id == account_id, voices.c.id == voice_id)
    row = (await connection.execute(select(voices).where(*where))).one_or_none()
    return read(Clone, row) if row else None


async def of_account(connection: AsyncConnection, account_id: int) -> list[Clone]:
    """Give an account's voices, the newest first."""
    mine = select(voices).where(voices.c.account_id == account_id)
    rows = await connection.execute(mine.order_by(voices.c.created_at.desc(), voices.c.id))
    return [read(Clone, row) for row in rows]


async def remove(connection: AsyncConnection, voice_id: str) -> None:
    """Remove a voice."""
    await connection.execute(delete(voices).where(voices.c.id == voice_id))


async def lexicon_of(connection: AsyncConnection, account_id: int) -> dict[str, str]:
    """Give an account's words and how they are to be said."""
    rows = await connection.execute(
        select(pronunciations.c.word, pronunciations.c.said)
        .where(pronunciations.c.account_id == account_id)
        .order_by(pronunciations.c.word)
    )
    return {row.word: row.said for row in rows}


async def set_pronunciation(
    database: Database, connection: AsyncConnection, account_id: int, word: str, said: str
) -> None:
    """Have a word said in a certain way from now on."""
    new = database.insert(pronunciations).values(account_id=account_id, word=word, said=said)
    key = (pronunciations.c.account_id, pronunciations.c.word)
    await connection.execute(new.on_conflict_do_update(index_elements=key, set_={"said": said}))


async def remove_pronunciation(connection: AsyncConnection, account_id: int, word: str) -> bool:
    """Have a word said as usual again; tell whether it was not."""
    where = (pronunciations.c.account_id == account_id, pronunciations.c.word == word)
    return bool((await connection.execute(delete(pronunciations).where(*where))).rowcount)
