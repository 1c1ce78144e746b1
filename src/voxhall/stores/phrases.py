"""Rows of glossaries and translation memories."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.translation import Book, Phrase, Route
from voxhall.stores.database import Database
from voxhall.stores.tables import phrases

AT_ONCE = 500
"""Rows of one statement."""


async def put(
    database: Database, connection: AsyncConnection, account_id: int, book: Book, entries: Sequence[Phrase]
) -> None:
    """Add phrases, in the place of those with the same source."""
    rows = {(each.route, each.source): _row(account_id, book, each) for each in entries}
    values = list(rows.values())
    key = ("account_id", "book", "source_language", "target_language", "digest")
    for begin in range(0, len(values), AT_ONCE):
        new = database.insert(phrases).values(values[begin : begin + AT_ONCE])
        kept = new.on_conflict_do_update(
            index_elements=[phrases.c[name] for name in key], set_={"target": new.excluded.target}
        )
        await connection.execute(kept)


async def of_route(
    connection: AsyncConnection, account_id: int, book: Book, route: Route, lengths: tuple[int, int] | None = None
) -> dict[str, str]:
    """Give what a book says on a route, of sources whose length is between two, in the order in which they came."""
    where = _mine(account_id, book, route)
    if lengths:
        where.append(phrases.c.length.between(*lengths))
    rows = await connection.execute(select(phrases.c.source, phrases.c.target).where(*where).order_by(phrases.c.id))
    return {row.source: row.target for row in rows}


async def listed(connection: AsyncConnection, account_id: int, book: Book, route: Route | None) -> list[Phrase]:
    """Give a whole book, or what it says on one route, in the order in which it came."""
    rows = await connection.execute(select(phrases).where(*_mine(account_id, book, route)).order_by(phrases.c.id))
    return [Phrase((row.source_language, row.target_language), row.source, row.target) for row in rows]


async def count(connection: AsyncConnection, account_id: int, book: Book) -> int:
    """Tell how many phrases a book has."""
    found = await connection.execute(select(func.count()).where(*_mine(account_id, book, None)))
    return int(found.scalar_one())


async def remove(
    connection: AsyncConnection, account_id: int, book: Book, route: Route | None, source: str | None
) -> int:
    """Remove a phrase, all of a route, or all of a book; tell how many there were."""
    where = _mine(account_id, book, route)
    if source is not None:
        where.append(phrases.c.digest == _digest(source))
    return (await connection.execute(delete(phrases).where(*where))).rowcount


def _mine(account_id: int, book: Book, route: Route | None) -> list[ColumnElement[bool]]:
    where = [phrases.c.account_id == account_id, phrases.c.book == book]
    if route:
        where += [phrases.c.source_language == route[0], phrases.c.target_language == route[1]]
    return where


def _row(account_id: int, book: Book, phrase: Phrase) -> dict[str, object]:
    return {
        "account_id": account_id,
        "book": book,
        "source_language": phrase.route[0],
        "target_language": phrase.route[1],
        "digest": _digest(phrase.source),
        "source": phrase.source,
        "target": phrase.target,
        "length": len(phrase.source),
    }


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
