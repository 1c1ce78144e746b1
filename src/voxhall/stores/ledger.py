"""The ledger: what was used, by whom and at what cost; it outlives whatever it counts."""

from typing import Literal

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Usage
from voxhall.stores.tables import usage


async def record(
    connection: AsyncConnection, account_id: int, key_id: int | None, used: Usage, now: ColumnElement[float]
) -> None:
    """Write down what was used, in the same transaction as that which used it."""
    await connection.execute(
        insert(usage).values(
            account_id=account_id,
            key_id=key_id,
            kind=used.kind,
            seconds=used.seconds,
            characters=used.characters,
            cost=used.cost,
            created_at=now,
        )
    )


async def total(
    connection: AsyncConnection,
    account_id: int,
    kind: Literal["transcription", "speech", "translation"],
    since: float = 0.0,
) -> Usage:
    """Give what an account used since a moment."""
    mine = (usage.c.account_id == account_id, usage.c.kind == kind, usage.c.created_at >= since)
    sums = (func.coalesce(func.sum(usage.c[name]), 0) for name in ("seconds", "characters", "cost"))
    row = (await connection.execute(select(func.count(), *sums).where(*mine))).one()
    return Usage(kind, int(row[0]), float(row[1]), int(row[2]), float(row[3]))
