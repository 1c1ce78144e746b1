"""Rows of research conversations and their messages."""

from dataclasses import asdict
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.research import Conversation, Message
from voxhall.stores.rows import read
from voxhall.stores.tables_research import research_conversations, research_messages

_COUNT = (
    select(func.count())
    .where(research_messages.c.conversation == research_conversations.c.uid)
    .correlate(research_conversations)
    .scalar_subquery()
    .label("message_count")
)
_COLUMNS: tuple[ColumnElement[Any], ...] = (research_conversations.c.uid, research_conversations.c.created_at, _COUNT)


async def insert_row(connection: AsyncConnection, account_id: int, created_at: float) -> Conversation:
    """Begin a conversation."""
    uid = str(uuid4())
    values = {"uid": uid, "account_id": account_id, "created_at": created_at}
    await connection.execute(insert(research_conversations).values(values))
    return Conversation(uid, created_at, 0)


async def page(
    connection: AsyncConnection, account_id: int, *, limit: int, offset: int
) -> tuple[int, list[Conversation]]:
    """Give how many an account has, and some of them, the newest first."""
    mine = research_conversations.c.account_id == account_id
    total = await connection.execute(select(func.count()).select_from(research_conversations).where(mine))
    order = (research_conversations.c.created_at.desc(), research_conversations.c.uid)
    rows = await connection.execute(select(*_COLUMNS).where(mine).order_by(*order).limit(limit).offset(offset))
    return int(total.scalar_one()), [read(Conversation, row) for row in rows]


async def find(connection: AsyncConnection, account_id: int, uid: str) -> Conversation | None:
    """Find an account's conversation, without its messages."""
    where = (research_conversations.c.account_id == account_id, research_conversations.c.uid == uid)
    row = (await connection.execute(select(*_COLUMNS).where(*where))).one_or_none()
    return read(Conversation, row) if row else None


async def hold(connection: AsyncConnection, account_id: int, uid: str) -> bool:
    """Tell whether an account has a conversation, which then stays until the transaction ends."""
    where = (research_conversations.c.account_id == account_id, research_conversations.c.uid == uid)
    row = await connection.execute(select(research_conversations.c.uid).where(*where).with_for_update(key_share=True))
    return row.one_or_none() is not None


async def messages_of(connection: AsyncConnection, uid: str, *, last: int | None = None) -> tuple[Message, ...]:
    """Give a conversation's messages in order; only the last so many."""
    mine = select(research_messages).where(research_messages.c.conversation == uid)
    rows = await connection.execute(mine.order_by(research_messages.c.id.desc()).limit(last))
    return tuple(_message(row) for row in rows)[::-1]


async def insert_message(connection: AsyncConnection, conversation: str, message: Message) -> None:
    """Add a message to a conversation."""
    values = {**asdict(message), "conversation": conversation}
    values |= {name: msgspec.to_builtins(getattr(message, name)) for name in ("citations", "results")}
    await connection.execute(insert(research_messages).values(values))


async def remove(connection: AsyncConnection, account_id: int, uid: str) -> bool:
    """Remove an account's conversation with its messages; tell whether there was one."""
    where = (research_conversations.c.account_id == account_id, research_conversations.c.uid == uid)
    return (await connection.execute(delete(research_conversations).where(*where))).rowcount > 0


def _message(row: Row[tuple[object, ...]]) -> Message:
    return read(Message, row)
