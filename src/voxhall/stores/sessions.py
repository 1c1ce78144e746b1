"""Rows of sessions with the voice agent."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.session import ENDED, Session
from voxhall.stores.rows import read
from voxhall.stores.tables_sessions import sessions

_COLUMNS = [column for column in sessions.c if column.name not in {"worker", "lease_until"}]
_GOING_ON = sessions.c.status.not_in(sorted(ENDED))


async def insert_row(
    connection: AsyncConnection, session: Session, worker: str, lease_until: ColumnElement[float]
) -> None:
    """Add a session that a process leads."""
    await connection.execute(insert(sessions).values(**_values(session), worker=worker, lease_until=lease_until))


async def find(connection: AsyncConnection, account_id: int, uid: str) -> Session | None:
    """Find an account's session."""
    where = (sessions.c.account_id == account_id, sessions.c.uid == uid)
    row = (await connection.execute(select(*_COLUMNS).where(*where))).one_or_none()
    return read(Session, row) if row else None


async def newest(connection: AsyncConnection, account_id: int, limit: int) -> list[Session]:
    """Give an account's sessions, the newest first."""
    order = (sessions.c.created_at.desc(), sessions.c.uid)
    mine = select(*_COLUMNS).where(sessions.c.account_id == account_id)
    return [read(Session, row) for row in await connection.execute(mine.order_by(*order).limit(limit))]


async def save(connection: AsyncConnection, session: Session) -> bool:
    """Record what has become of a session, unless it has ended; tell whether it had not.

    Until it ends, its status is left to those who ask for its end.
    """
    fixed = {"uid", "account_id"} if session.ended else {"uid", "account_id", "status", "stop_requested_at"}
    values = {name: value for name, value in _values(session).items() if name not in fixed}
    where = (sessions.c.uid == session.uid, _GOING_ON)
    return (await connection.execute(update(sessions).where(*where).values(**values))).rowcount > 0


async def beat(connection: AsyncConnection, worker: str, lease_until: ColumnElement[float]) -> dict[str, float | None]:
    """Say that a process leads its sessions still; tell since when the end of each is asked for."""
    mine = (sessions.c.worker == worker, _GOING_ON)
    rows = await connection.execute(
        update(sessions)
        .where(*mine)
        .values(lease_until=lease_until)
        .returning(sessions.c.uid, sessions.c.stop_requested_at)
    )
    return {row.uid: row.stop_requested_at for row in rows}


async def request_stop(connection: AsyncConnection, account_id: int, uid: str, now: float) -> None:
    """Ask for the end of a session, unless that was done or it has ended."""
    where = (sessions.c.account_id == account_id, sessions.c.uid == uid, sessions.c.stop_requested_at.is_(None))
    values = {"status": "stopping", "stop_requested_at": now}
    await connection.execute(update(sessions).where(*where, _GOING_ON).values(**values))


async def workers(connection: AsyncConnection) -> set[str]:
    """Name the processes that lead sessions."""
    return set((await connection.execute(select(sessions.c.worker).where(_GOING_ON).distinct())).scalars())


async def running(connection: AsyncConnection) -> set[str]:
    """Name the sessions that go on."""
    return set((await connection.execute(select(sessions.c.uid).where(_GOING_ON))).scalars())


async def give_up(connection: AsyncConnection, lost: ColumnElement[bool], now: float, error: str) -> list[str]:
    """Record that sessions were lost with their process; name them."""
    values = {"status": "failed", "end_reason": "error", "error": error, "completed_at": now}
    rows = await connection.execute(update(sessions).where(lost, _GOING_ON).values(**values).returning(sessions.c.uid))
    return list(rows.scalars())


def of_worker(worker: str) -> ColumnElement[bool]:
    """Choose the sessions that a process leads."""
    return sessions.c.worker == worker


def overdue(now: ColumnElement[float]) -> ColumnElement[bool]:
    """Choose the sessions whose process has not been heard of."""
    return sessions.c.lease_until < now


def _values(session: Session) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(session)
    return values
