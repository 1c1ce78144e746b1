"""Rows of voice conversations, their turns and the calls of tools."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.conversation import Called, Conversation, Said, Source, ToolCall, Turn
from voxhall.stores import websearch
from voxhall.stores.rows import read
from voxhall.stores.tables_history import conversations, tool_calls, turns


async def insert_row(  # noqa: PLR0913 - each is a column
    connection: AsyncConnection, account_id: int, uid: str, *, source: Source, voice: str, started_at: float
) -> None:
    """Add a conversation that begins."""
    values = {
        "uid": uid,
        "account_id": account_id,
        "source": source,
        "voice": voice,
        "started_at": started_at,
        "turn_count": 0,
    }
    await connection.execute(insert(conversations).values(values))


async def add_turn(connection: AsyncConnection, uid: str, said: Said) -> None:
    """Add a turn and index its words, unless the conversation has been deleted."""
    counted = (
        update(conversations)
        .where(conversations.c.uid == uid)
        .values(turn_count=conversations.c.turn_count + 1)
        .returning(conversations.c.account_id)
    )
    account_id = (await connection.execute(counted)).scalar_one_or_none()
    if account_id is None:
        return
    values = {"conversation": uid, "account_id": account_id, **msgspec.to_builtins(said), "text": _kept(said.text)}
    row = await connection.execute(insert(turns).values(values).returning(turns.c.id))
    await websearch.index(connection, "turns", account_id, int(row.scalar_one()), said.text)


async def add_call(connection: AsyncConnection, uid: str, called: Called) -> int | None:
    """Add the call of a tool; give its id, None where the conversation has been deleted."""
    kept = await connection.execute(select(conversations.c.uid).where(conversations.c.uid == uid))
    if kept.one_or_none() is None:
        return None
    result = None if called.result is None else _kept(called.result)
    values = {"conversation": uid, **msgspec.to_builtins(called), "result": result}
    row = await connection.execute(insert(tool_calls).values(values).returning(tool_calls.c.id))
    return int(row.scalar_one())


async def end(connection: AsyncConnection, uid: str, ended_at: float, cost: float | None) -> None:
    """Record a conversation's end."""
    ended = update(conversations).where(conversations.c.uid == uid).values(ended_at=ended_at, cost=cost)
    await connection.execute(ended)


async def find(connection: AsyncConnection, account_id: int, uid: str) -> Conversation | None:
    """Find an account's conversation."""
    where = (conversations.c.account_id == account_id, conversations.c.uid == uid)
    row = (await connection.execute(select(conversations).where(*where))).one_or_none()
    return read(Conversation, row) if row else None


async def find_many(connection: AsyncConnection, account_id: int, ids: Sequence[int]) -> list[Conversation]:
    """Find those of an account's conversations that have these ids."""
    where = (conversations.c.account_id == account_id, conversations.c.id.in_(ids))
    return [read(Conversation, row) for row in await connection.execute(select(conversations).where(*where))]


async def find_turns(connection: AsyncConnection, account_id: int, ids: Sequence[int]) -> list[Turn]:
    """Find those of an account's turns that have these ids, the latest first."""
    where = (turns.c.account_id == account_id, turns.c.id.in_(ids))
    mine = select(*TURN).where(*where).order_by(turns.c.id.desc())
    return [read(Turn, row) for row in await connection.execute(mine)]


async def turns_of(connection: AsyncConnection, uid: str, limit: int) -> list[Turn]:
    """Give a conversation's first turns, in order."""
    mine = select(*TURN).where(turns.c.conversation == uid).order_by(turns.c.id).limit(limit)
    return [read(Turn, row) for row in await connection.execute(mine)]


async def calls_of(connection: AsyncConnection, uid: str) -> list[ToolCall]:
    """Give a conversation's calls of tools, in order."""
    mine = select(tool_calls).where(tool_calls.c.conversation == uid).order_by(tool_calls.c.id)
    return [read(ToolCall, row) for row in await connection.execute(mine)]


async def remove(connection: AsyncConnection, account_id: int, uid: str) -> None:
    """Remove a conversation with everything that was said in it."""
    where = (conversations.c.account_id == account_id, conversations.c.uid == uid)
    await connection.execute(delete(conversations).where(*where))


def sounds_of(account_id: int, uid: str) -> str:
    """Give the folder under which objects keep a conversation's sound; it goes with the conversation."""
    return f"conversations/{account_id}/{uid}"


def _kept(text: str) -> str:
    """Give a text as it can be kept: PostgreSQL keeps no zero characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


TURN = tuple(column for column in turns.c if column.name != "account_id")
