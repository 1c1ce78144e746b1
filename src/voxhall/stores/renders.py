"""Rows of renders: texts that were spoken."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.voice import Order, Render, RenderState, Spoken
from voxhall.stores.rows import read
from voxhall.stores.tables import renders


async def insert_row(connection: AsyncConnection, account_id: int, order: Order, voice: str, now: float) -> int:
    """Add a render that begins; give its id."""
    values = {
        "account_id": account_id,
        "state": "rendering",
        "voice": voice,
        "text": order.text,
        "options": msgspec.to_builtins(
            {
                "temperature": order.temperature,
                "speed": order.speed,
                "longest": order.longest,
                "verify": order.verify,
                "seed": order.seed,
            }
        ),
        "created_at": now,
        "characters": len(order.text),
        "seconds": 0.0,
        "cost": 0.0,
        "chunks": [],
    }
    row = await connection.execute(insert(renders).values(**values).returning(renders.c.id))
    return int(row.scalar_one())


async def find(connection: AsyncConnection, account_id: int, render_id: int) -> Render | None:
    """Find an account's render."""
    where = (renders.c.account_id == account_id, renders.c.id == render_id)
    row = (await connection.execute(select(renders).where(*where))).one_or_none()
    return read(Render, row) if row else None


async def find_many(connection: AsyncConnection, account_id: int, ids: Sequence[int]) -> list[Render]:
    """Find those of an account's renders that have these ids."""
    where = (renders.c.account_id == account_id, renders.c.id.in_(ids))
    return [read(Render, row) for row in await connection.execute(select(renders).where(*where))]


async def remove(connection: AsyncConnection, render_id: int) -> None:
    """Remove a render."""
    await connection.execute(delete(renders).where(renders.c.id == render_id))


async def end(  # noqa: PLR0913 - each is a column
    connection: AsyncConnection,
    render_id: int,
    *,
    state: RenderState,
    characters: int,
    seconds: float,
    cost: float,
    audio_key: str | None,
    chunks: Sequence[Spoken],
) -> bool:
    """Record how a render ended; tell whether it is still there."""
    values = {
        "state": state,
        "characters": characters,
        "seconds": seconds,
        "cost": cost,
        "audio_key": audio_key,
        "chunks": msgspec.to_builtins(chunks),
    }
    made = await connection.execute(update(renders).where(renders.c.id == render_id).values(**values))
    return made.rowcount > 0


async def give_up_before(connection: AsyncConnection, moment: float) -> None:
    """Record that renders which began before a moment, and have not ended, were lost with their process."""
    lost = (renders.c.state == "rendering", renders.c.created_at < moment)
    await connection.execute(update(renders).where(*lost).values(state="failed"))
