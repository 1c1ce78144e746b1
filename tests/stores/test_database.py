"""One database, SQLite or PostgreSQL, with the same tables and manners."""

import asyncio
import importlib
import pkgutil
import time
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.engine import make_url

from voxhall import stores
from voxhall.errors import InvalidInput, Misconfigured, StorageFull
from voxhall.stores.database import Database, open_database
from voxhall.stores.tables import accounts, metadata

OPTIONS = {"include_name": lambda name, kind, _parents: kind != "table" or "_fts" not in name}
"""Indexes of words are of another kind in each database, and no tables of either's library."""


async def test_migrations_make_exactly_the_tables(database: Database) -> None:
    """What the history of migrations leads to is what the code expects."""
    for module in pkgutil.iter_modules(stores.__path__):
        importlib.import_module(f"{stores.__name__}.{module.name}")

    def difference(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts=OPTIONS), metadata)

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


async def test_a_writer_that_is_cancelled_writes_nothing(database: Database) -> None:
    """And those after it have their turn."""
    writing = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(email="a@example.com", created_at=0.0))
            writing.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await writing.wait()
    task.cancel()
    await asyncio.wait([task])
    async with database.write() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 0


async def test_a_full_disk_is_explained(database: Database) -> None:
    """Nothing is written, and what is there can still be read."""

    async def fill() -> None:
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(email="a@example.com", created_at=0.0))
            if database.sqlite:
                await connection.execute(text("pragma max_page_count=1"))
                await connection.execute(insert(accounts).values(email="b" * 10**6, created_at=0.0))
            else:
                await connection.execute(text("do $$ begin raise exception using errcode = 'disk_full'; end $$"))

    with pytest.raises(StorageFull):
        await fill()
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 0


async def test_many_processes_may_open_it_at_once(database_url: str) -> None:
    """One of them makes the tables."""

    async def start() -> None:
        async with open_database(database_url) as opened, opened.read() as connection:
            await connection.execute(select(accounts))

    await asyncio.gather(*(start() for _ in range(4)))


async def test_the_driver_is_chosen_for_the_operator(database_url: str) -> None:
    """Whatever the address names, as long as it is the right kind of database."""
    address = make_url(database_url)
    plain = address.set(drivername=address.get_backend_name()).render_as_string(hide_password=False)
    async with open_database(plain) as opened, opened.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 0


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://user:password@127.0.0.1/none",
        "postgresql://user:password@127.0.0.1",
        "postgresql+asyncpg://nobody:password@127.0.0.1:1/none",
        "sqlite:////dev/null/voxhall.db",
    ],
)
async def test_an_address_that_leads_nowhere_is_explained(url: str) -> None:
    """Not with a trace, and without a password."""
    with pytest.raises(Misconfigured) as caught:
        async with open_database(url):
            pass
    assert "password" not in caught.value.message


async def test_a_database_that_does_not_exist_is_explained(database_url: str) -> None:
    """It is named."""
    address = make_url(database_url)
    other = address.set(database="nowhere" if address.get_backend_name() == "postgresql" else "/")
    with pytest.raises(Misconfigured, match=r"nowhere|unable to open"):
        async with open_database(other.render_as_string(hide_password=False)):
            pass


async def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    """It is left as it is."""
    file = tmp_path / "voxhall.db"
    file.write_bytes(b"something else" * 1000)
    with pytest.raises(Misconfigured, match="not a database"):
        async with open_database(f"sqlite:///{file}"):
            pass
    assert file.read_bytes() == b"something else" * 1000


async def test_tables_of_a_later_version_are_left_alone(database_url: str) -> None:
    """Going back is not possible; the message says what to do."""
    async with open_database(database_url) as opened, opened.write() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Misconfigured, match="later version"):
        async with open_database(database_url):
            pass


async def test_ids_are_never_used_again(database: Database) -> None:
    """A removed record's id does not come to mean another."""
    add = insert(accounts).returning(accounts.c.id)
    async with database.write() as connection:
        first = (await connection.execute(add.values(email="a@example.com", created_at=0.0))).scalar_one()
        await connection.execute(sqlalchemy.delete(accounts))
        second = (await connection.execute(add.values(email="b@example.com", created_at=0.0))).scalar_one()
    assert second > first


async def test_text_that_postgresql_refuses_is_the_callers_fault(database: Database) -> None:
    """Whether it is looked for or written; SQLite keeps it."""
    if database.sqlite:
        pytest.skip("SQLite keeps every text")
    with pytest.raises(InvalidInput, match="NUL"):
        async with database.read() as connection:
            await connection.execute(select(accounts.c.id).where(accounts.c.email == "a\0"))
    with pytest.raises(InvalidInput, match="NUL"):
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(email="a\0", created_at=0.0))
