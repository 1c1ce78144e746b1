"""One database, SQLite or PostgreSQL, with the same tables and manners."""

import asyncio
import time

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select

from voxhall.errors import Misconfigured
from voxhall.stores.database import Database, open_database
from voxhall.stores.tables import accounts, metadata


async def test_migrations_make_exactly_the_tables(database: Database) -> None:
    """What the history of migrations leads to is what the code expects."""

    def difference(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with database.write() as connection:
        assert await connection.run_sync(difference) == []


async def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    """Migrations run once."""
    async with open_database(database_url) as first, first.write() as connection:
        await connection.execute(insert(accounts).values(email="a@example.com", created_at=first.now()))
    async with open_database(database_url) as second, second.read() as connection:
        assert (await connection.execute(select(accounts.c.email))).scalar_one() == "a@example.com"


async def test_the_databases_time_is_the_time(database: Database) -> None:
    """In seconds since 1970."""
    async with database.read() as connection:
        now = (await connection.execute(select(database.now()))).scalar_one()
    assert abs(now - time.time()) < 5


async def test_a_failed_block_writes_nothing(database: Database) -> None:
    """All or nothing."""

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(email="a@example.com", created_at=0.0))
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await fail()
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 0


async def test_many_writers_take_turns(database: Database) -> None:
    """None is refused, none is lost."""

    async def add(number: int) -> None:
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(email=f"{number}@example.com", created_at=0.0))

    await asyncio.gather(*(add(number) for number in range(50)))
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 50


@pytest.mark.parametrize("url", ["nonsense", "postgresql+asyncpg://nobody@127.0.0.1:1/none"])
async def test_an_address_that_leads_nowhere_is_explained(url: str) -> None:
    """Not with a trace, and without a password."""
    with pytest.raises(Misconfigured):
        async with open_database(url):
            pass


async def test_ids_are_never_used_again(database: Database) -> None:
    """A removed record's id does not come to mean another."""
    add = insert(accounts).returning(accounts.c.id)
    async with database.write() as connection:
        first = (await connection.execute(add.values(email="a@example.com", created_at=0.0))).scalar_one()
        await connection.execute(sqlalchemy.delete(accounts))
        second = (await connection.execute(add.values(email="b@example.com", created_at=0.0))).scalar_one()
    assert second > first
