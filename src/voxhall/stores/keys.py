"""Rows of keys, joined with the accounts that own them."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Key
from voxhall.stores.rows import read
from voxhall.stores.tables import accounts, keys

COLUMNS = [accounts.c.email.label("account"), *(keys.c[each.name] for each in fields(Key) if each.name in keys.c)]


async def insert_row(connection: AsyncConnection, values: Mapping[str, object]) -> int:
    """Add a key; `values` are columns by name. Give its id."""
    row = await connection.execute(insert(keys).values(**values).returning(keys.c.id))
    return int(row.scalar_one())


async def select_keys(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Key]:
    """Find keys, the oldest first."""
    query = select(*COLUMNS).join(accounts, accounts.c.id == keys.c.account_id)
    rows = await connection.execute(query.where(*where).order_by(keys.c.id))
    return [read(Key, row) for row in rows]


async def change(
    connection: AsyncConnection, key_id: int, values: Mapping[str, object], *where: ColumnElement[bool]
) -> bool:
    """Change a key where it is as `where` says; tell whether it was."""
    done = await connection.execute(update(keys).where(keys.c.id == key_id, *where).values(**values))
    return done.rowcount > 0


def works(now: ColumnElement[float]) -> ColumnElement[bool]:
    """Whether a key can be used."""
    return keys.c.revoked_at.is_(None) & or_(keys.c.expires_at.is_(None), keys.c.expires_at > now)


async def count(connection: AsyncConnection, now: ColumnElement[float]) -> list[tuple[str, str, str, int]]:
    """Count keys by type, environment and state."""
    state = case((keys.c.revoked_at.is_not(None), "revoked"), (keys.c.expires_at <= now, "expired"), else_="active")
    groups = select(keys.c.key_type, keys.c.environment, state.label("state"), func.count())
    rows = await connection.execute(groups.group_by(keys.c.key_type, keys.c.environment, "state"))
    return [(row[0], row[1], row[2], row[3]) for row in rows]
