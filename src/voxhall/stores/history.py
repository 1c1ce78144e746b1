"""The one order over everything that an account has done: pages of it, exact and cheap at any depth.

Triggers keep `history` and, by days, the numbers of its rows. A page is found by its day and counted from there, so
that neither totals nor pages far back read what lies before them.
"""

from collections.abc import Sequence
from math import floor
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.history import Export, Item, Kind, Wanted
from voxhall.domain.transcription import ENDED
from voxhall.stores import renders, transcriptions, voice_conversations
from voxhall.stores.rows import read
from voxhall.stores.tables import UNFINISHED, jobs
from voxhall.stores.tables import transcriptions as transcribed
from voxhall.stores.tables_history import exports, history, history_days

DAY = 86400.0
Place = tuple[Kind, int]
"""A kind, and the id of a row of it."""


async def page(
    connection: AsyncConnection, account_id: int, wanted: Wanted, *, limit: int, offset: int
) -> tuple[int, list[Item]]:
    """Give how many there are of what is wanted, and some of them, in order of time."""
    if wanted.states and not set(wanted.states) <= ENDED:
        where = [*_where(account_id, wanted), _unfinished(account_id, wanted)]
        total = int((await connection.execute(select(func.count()).select_from(history).where(*where))).scalar_one())
        return total, await _items(connection, account_id, where, wanted, limit=limit, offset=offset)
    days = await _days(connection, account_id, wanted)
    total, before = sum(number for _, number in days), 0
    for day, number in days:
        if offset < before + number:
            where = [*_where(account_id, wanted), _from(day, wanted)]
            return total, await _items(connection, account_id, where, wanted, limit=limit, offset=offset - before)
        before += number
    return total, []


async def load(connection: AsyncConnection, account_id: int, places: Sequence[Place]) -> list[Item]:
    """Give items in the order in which they are named; those that are gone are left out."""
    found: dict[Place, Item] = {}
    for kind, table in (("transcription", transcriptions), ("tts", renders), ("conversation", voice_conversations)):
        ids = [item for each, item in places if each == kind]
        if ids:
            many = await table.find_many(connection, account_id, ids)
            found |= {(cast("Kind", kind), each.id): each for each in cast("list[Item]", many)}
    return [found[place] for place in places if place in found]


async def _days(connection: AsyncConnection, account_id: int, wanted: Wanted) -> list[tuple[int, int]]:
    """Give the days of which something is wanted, in order, and of how much."""
    number = func.sum(history_days.c.number)
    where = _narrowed(history_days, account_id, wanted)
    edges = {floor(each / DAY) for each in (wanted.since, wanted.until) if each is not None}
    if wanted.since is not None:
        where.append(history_days.c.day >= floor(wanted.since / DAY))
    if wanted.until is not None:
        where.append(history_days.c.day <= floor(wanted.until / DAY))
    rows = await connection.execute(
        select(history_days.c.day, number).where(*where).group_by(history_days.c.day).having(number > 0)
    )
    days = {int(day): int(number) for day, number in rows}
    # of the first day and the last one, a part may be wanted only
    for day in edges & set(days):
        part = [*_where(account_id, wanted), history.c.created_at >= day * DAY, history.c.created_at < (day + 1) * DAY]
        counted = await connection.execute(select(func.count()).select_from(history).where(*part))
        days[day] = int(counted.scalar_one())
    return sorted(days.items(), reverse=wanted.newest_first)


async def _items(  # noqa: PLR0913 - which ones
    connection: AsyncConnection,
    account_id: int,
    where: Sequence[ColumnElement[bool]],
    wanted: Wanted,
    *,
    limit: int,
    offset: int,
) -> list[Item]:
    order = (history.c.created_at, history.c.kind, history.c.item)
    placed = select(history.c.kind, history.c.item).where(*where).limit(limit).offset(offset)
    rows = await connection.execute(placed.order_by(*(each.desc() if wanted.newest_first else each for each in order)))
    return await load(connection, account_id, [(kind, item) for kind, item in rows])


def _where(account_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = _narrowed(history, account_id, wanted)
    if wanted.since is not None:
        where.append(history.c.created_at >= wanted.since)
    if wanted.until is not None:
        where.append(history.c.created_at <= wanted.until)
    return where


def _narrowed(table: Any, account_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [table.c.account_id == account_id]
    where.append(table.c.kind == wanted.kinds[0] if len(wanted.kinds) == 1 else table.c.kind.in_(wanted.kinds))
    if wanted.voice is not None:
        where.append(table.c.tag == wanted.voice)
    elif wanted.states:
        where.append(table.c.tag.in_([state if state in ENDED else "" for state in wanted.states]))
    return where


def _from(day: int, wanted: Wanted) -> ColumnElement[bool]:
    """Leave out the days before one, in the order that is wanted."""
    return history.c.created_at < (day + 1) * DAY if wanted.newest_first else history.c.created_at >= day * DAY


def _unfinished(account_id: int, wanted: Wanted) -> ColumnElement[bool]:
    """Choose the transcriptions of jobs that wait or run: few, whatever has ended."""
    mine = (jobs.c.account_id == account_id, UNFINISHED, jobs.c.state.in_(wanted.states or ()))
    going_on = select(transcribed.c.id).join(jobs, jobs.c.id == transcribed.c.job_id).where(*mine)
    return history.c.item.in_(going_on)


async def insert_export(connection: AsyncConnection, account_id: int, job_id: int) -> int:
    """Add an export that a job is to write; give its id."""
    made = insert(exports).values(account_id=account_id, job_id=job_id).returning(exports.c.id)
    return int((await connection.execute(made)).scalar_one())


async def find_export(connection: AsyncConnection, account_id: int, export_id: int | None = None) -> Export | None:
    """Find an account's export; its latest one where none is named."""
    where = [exports.c.account_id == account_id, *([exports.c.id == export_id] if export_id is not None else [])]
    columns: tuple[ColumnElement[Any], ...] = (
        exports.c.id,
        jobs.c.state,
        jobs.c.created_at,
        exports.c.key,
        jobs.c.error_message,
    )
    mine = select(*columns).join(jobs, jobs.c.id == exports.c.job_id).where(*where)
    row = (await connection.execute(mine.order_by(exports.c.id.desc()).limit(1))).one_or_none()
    return read(Export, row) if row else None


async def keep_export(connection: AsyncConnection, job_id: int, key: str) -> None:
    """Record where an export is kept."""
    await connection.execute(update(exports).where(exports.c.job_id == job_id).values(key=key))


async def remove_exports(connection: AsyncConnection, moment: float) -> list[str]:
    """Remove exports that ended before a moment; give their keys."""
    old = select(jobs.c.id).join(exports, exports.c.job_id == jobs.c.id).where(jobs.c.finished_at < moment)
    ended = list((await connection.execute(old)).scalars())
    gone = delete(exports).where(exports.c.job_id.in_(ended)).returning(exports.c.key)
    keys = [key for key in (await connection.execute(gone)).scalars() if key]
    await connection.execute(delete(jobs).where(jobs.c.id.in_(ended)))
    return keys
