"""Rows of webhooks, and of what was delivered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Row, Table, case, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.webhook import Attempt, Delivery, Webhook
from voxhall.stores.rows import read
from voxhall.stores.tables import deliveries, jobs, webhooks

Place = tuple[float, str]
"""When something in a list was made, and its id."""


async def insert_row(connection: AsyncConnection, webhook: Webhook) -> None:
    """Add a webhook."""
    await connection.execute(insert(webhooks).values(asdict(webhook)))


async def find(connection: AsyncConnection, account_id: int, webhook_id: str) -> Webhook | None:
    """Find an account's webhook."""
    where = (webhooks.c.account_id == account_id, webhooks.c.id == webhook_id)
    row = (await connection.execute(select(webhooks).where(*where))).one_or_none()
    return read(Webhook, row) if row else None


async def of_account(connection: AsyncConnection, account_id: int) -> list[Webhook]:
    """Give an account's webhooks, none of which can be removed before the transaction ends."""
    mine = select(webhooks).where(webhooks.c.account_id == account_id)
    rows = await connection.execute(mine.with_for_update(read=True, key_share=True))
    return [read(Webhook, row) for row in rows]


async def page(  # noqa: PLR0913 - what is asked for, and where in it
    connection: AsyncConnection, account_id: int, *, status: str | None, limit: int, offset: int, after: Place | None
) -> tuple[int, list[Webhook]]:
    """Give how many an account has, and some of them, the newest first."""
    where = [webhooks.c.account_id == account_id]
    if status is not None:
        where.append(webhooks.c.status == status)
    total, rows = await _page(connection, webhooks, where, limit=limit, offset=offset, after=after)
    return total, [read(Webhook, row) for row in rows]


async def _page(  # noqa: PLR0913 - likewise
    connection: AsyncConnection,
    table: Table,
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    offset: int,
    after: Place | None,
) -> tuple[int, Sequence[Row[tuple[object, ...]]]]:
    total = (await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one()
    rows = select(table).where(*where).order_by(table.c.created_at.desc(), table.c.id.desc())
    if after is not None:
        rows = rows.where(tuple_(table.c.created_at, table.c.id) < tuple_(*after))
    return int(total), (await connection.execute(rows.limit(limit).offset(offset))).all()


async def change(connection: AsyncConnection, webhook_id: str, values: Mapping[str, object]) -> None:
    """Change what is kept of a webhook."""
    await connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


async def remove(connection: AsyncConnection, webhook_id: str) -> None:
    """Remove a webhook, its log and what was on its way."""
    mine = select(deliveries.c.job_id).where(deliveries.c.webhook_id == webhook_id)
    waiting = delete(jobs).where(jobs.c.id.in_(mine), jobs.c.state == "queued")
    # the webhook first, as whoever records an attempt does, so that neither waits for the other for ever
    await connection.execute(select(webhooks.c.id).where(webhooks.c.id == webhook_id).with_for_update())
    await connection.execute(waiting)
    await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))


async def count(  # noqa: PLR0913 - what happened, and what follows of it
    connection: AsyncConnection, webhook_id: str, attempt: Attempt, now: float, *, given_up: bool, patience: int
) -> None:
    """Count an attempt; a webhook is paused with so many deliveries given up in a row."""
    status = webhooks.c.status
    values: dict[str, object] = {"last_delivery_at": now}
    if attempt.error is None:
        recovered = case((status == "failed", "active"), else_=status)
        values |= {"successful": webhooks.c.successful + 1, "given_up": 0, "status": recovered}
    else:
        values |= {"failed": webhooks.c.failed + 1, "last_failure_reason": attempt.error}
    if given_up:
        hopeless = or_(status == "paused", webhooks.c.given_up + 1 >= patience)
        values |= {"given_up": webhooks.c.given_up + 1, "status": case((hopeless, "paused"), else_="failed")}
    await change(connection, webhook_id, values)


async def insert_delivery(connection: AsyncConnection, delivery: Delivery) -> None:
    """Add a delivery."""
    await connection.execute(insert(deliveries).values(asdict(delivery)))


async def find_delivery(connection: AsyncConnection, webhook_id: str, delivery_id: str) -> Delivery | None:
    """Find a delivery of a webhook."""
    where = (deliveries.c.webhook_id == webhook_id, deliveries.c.id == delivery_id)
    row = (await connection.execute(select(deliveries).where(*where))).one_or_none()
    return read(Delivery, row) if row else None


async def find_by_job(connection: AsyncConnection, job_id: int) -> Delivery | None:
    """Find what a job is to deliver."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.job_id == job_id))).one_or_none()
    return read(Delivery, row) if row else None


async def log_page(  # noqa: PLR0913 - what is asked for, and where in it
    connection: AsyncConnection, webhook_id: str, *, status: str | None, limit: int, offset: int, after: Place | None
) -> tuple[int, list[Delivery]]:
    """Give how many deliveries a webhook has, and some of them, the newest first."""
    where = [deliveries.c.webhook_id == webhook_id]
    if status is not None:
        where.append(deliveries.c.status == status)
    total, rows = await _page(connection, deliveries, where, limit=limit, offset=offset, after=after)
    return total, [read(Delivery, row) for row in rows]


async def record(connection: AsyncConnection, delivery_id: str, values: Mapping[str, object]) -> None:
    """Record how a delivery went."""
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


async def give_up(connection: AsyncConnection, job_ids: Sequence[int], error: str) -> None:
    """Record that deliveries failed for reasons of ours."""
    lost = update(deliveries).where(deliveries.c.job_id.in_(job_ids))
    await connection.execute(lost.values(status="failed", error=error, next_attempt_at=None, job_id=None))


async def remove_job(connection: AsyncConnection, job_id: int) -> None:
    """Remove a job that has delivered: the log of deliveries tells the rest."""
    await connection.execute(delete(jobs).where(jobs.c.id == job_id))


async def forget_before(connection: AsyncConnection, moment: float) -> None:
    """Remove what was made before a moment from the log."""
    old = deliveries.c.created_at < moment
    await connection.execute(delete(deliveries).where(old, deliveries.c.status != "pending"))
