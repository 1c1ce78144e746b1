"""Counts of what accounts ask for, exact among any number of processes."""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, case, cast, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from voxhall.domain.record import UNLIMITED, Limits, Quota
from voxhall.stores.database import Database
from voxhall.stores.tables import UNFINISHED, accounts, counters, jobs, sockets

WINDOWS = {Quota.REQUESTS_MINUTE: 60, Quota.REQUESTS_HOUR: 3600, Quota.REQUESTS_DAY: 86400}
"""Seconds for which requests are counted; the columns of a window have the quota's last word for a name."""


Who = tuple[int, int]
"""An account, and the key with which it was used; 0 for none."""


class Window(NamedTuple):
    """The requests of one window."""

    begins: float
    """Seconds since 1970."""
    used: int


Requests = tuple[Window, ...]
"""The requests made with one key, as `WINDOWS` has them."""


def _columns() -> list[tuple[Quota, int, Any, Any]]:
    """Give each window with its seconds and its two columns."""
    names = {quota: quota.value.rpartition("_")[2] for quota in WINDOWS}
    return [(q, WINDOWS[q], counters.c[name], counters.c[f"{name}_count"]) for q, name in names.items()]


def _second(database: Database) -> ColumnElement[int]:
    """Give the database's own time in whole seconds; a cast of PostgreSQL's rounds."""
    return cast(database.now() - (0.0 if database.sqlite else 0.5), BigInteger)


def counting(database: Database) -> ReturningInsert[Any]:
    """Make the one statement that counts requests where all limits allow it; making it takes its time, too."""
    new, now, more = database.insert(counters), _second(database), bindparam("more", type_=BigInteger)
    first: dict[str, Any] = {"account_id": bindparam("account"), "key_id": bindparam("key"), "total": more}
    then: dict[str, Any] = {"total": counters.c.total + more}
    allowed = []
    for quota, seconds, begins, number in _columns():
        first |= {begins.name: now - now % seconds, number.name: more}
        # a clock that is behind begins no window anew
        present = begins >= new.excluded[begins.name]
        count = case((present, number + more), else_=more)
        then |= {begins.name: case((present, begins), else_=new.excluded[begins.name]), number.name: count}
        allowed.append(count <= bindparam(quota.value))
    change = new.values(first).on_conflict_do_update(
        index_elements=("account_id", "key_id"), set_=then, where=and_(*allowed)
    )
    return change.returning(counters)


async def count_requests(
    connection: AsyncConnection, counting: ReturningInsert[Any], who: Who, limits: Limits, more: int = 1
) -> Requests | None:
    """Count requests with the statement made for that, within every limit; None where one is used up.

    Then nothing is counted.
    """
    most = {quota.value: limits.get(quota, UNLIMITED) for quota in WINDOWS}
    if min(most.values()) < more:
        return None
    values = {"account": who[0], "key": who[1], "more": more, **most}
    row = (await connection.execute(counting, values)).mappings().one_or_none()
    if row is None:
        return None
    return tuple(Window(row[begins], row[number]) for _, _, begins, number in _columns())


async def requests_of(database: Database, connection: AsyncConnection, who: Who) -> Requests:
    """Tell what was asked for with a key in the present windows."""
    account_id, key_id = who
    second = (await connection.execute(select(_second(database)))).scalar_one()
    query = select(counters).where(counters.c.account_id == account_id, counters.c.key_id == key_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    windows = []
    for _, seconds, begins, number in _columns():
        began = float(second - second % seconds)
        windows.append(Window(began, row[number] if row and row[begins] >= began else 0))
    return tuple(windows)


async def take_turn(connection: AsyncConnection, account_id: int) -> None:
    """Wait until no other transaction counts what this account has open; on SQLite there is only one anyway."""
    # the weaker lock: rows that belong to the account may be added meanwhile
    await connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))


async def unfinished_jobs(connection: AsyncConnection, account_id: int, kind: str) -> int:
    """Count the jobs of a kind that an account has waiting or running."""
    mine = (jobs.c.account_id == account_id, jobs.c.kind == kind, UNFINISHED)
    return int((await connection.execute(select(func.count()).select_from(jobs).where(*mine))).scalar_one())


async def open_sockets(database: Database, connection: AsyncConnection, account_id: int) -> int:
    """Count the live sockets that an account has open."""
    held = (sockets.c.account_id == account_id, sockets.c.lease_until > database.now())
    return int((await connection.execute(select(func.count()).where(*held))).scalar_one())


async def add_socket(
    connection: AsyncConnection, account_id: int, process: str, lease_until: ColumnElement[float]
) -> int:
    """Record that a process opened a live socket; give its id."""
    new = insert(sockets).values(account_id=account_id, process=process, lease_until=lease_until)
    return int((await connection.execute(new.returning(sockets.c.id))).scalar_one())


async def remove_socket(connection: AsyncConnection, socket: int) -> None:
    """Record that a live socket was closed."""
    await connection.execute(delete(sockets).where(sockets.c.id == socket))


async def hold_sockets(
    connection: AsyncConnection,
    process: str,
    lease_until: ColumnElement[float],
    *,
    forgotten: ColumnElement[float],
) -> None:
    """Record that a process holds its live sockets still; drop those held by none since `forgotten`."""
    await connection.execute(update(sockets).where(sockets.c.process == process).values(lease_until=lease_until))
    await connection.execute(delete(sockets).where(sockets.c.lease_until < forgotten))
