"""The database: one writer and a pool of readers on SQLite, an ordinary pool on PostgreSQL; the same above both."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Double, Table, event, func, select, text, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from voxhall.errors import InvalidInput, Misconfigured, StorageFull
from voxhall.stores.migrate import upgrade

READERS = 4
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
"""The driver for each kind of database, whichever the operator names."""
DISK_FULL = "53100"
"""What PostgreSQL calls it; SQLite only says so."""
NO_TEXT = {"22021", "22P05"}
"""PostgreSQL's character_not_in_repertoire and untranslatable_character: it keeps no NUL."""
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON")


class Database:
    """Connections for reading and for writing; made by `open_database`."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, *, sqlite: bool) -> None:
        self._writer = writer
        self._reader = reader
        self.sqlite = sqlite
        # SQLite allows one writer: waiting here is fair and does not poll
        self._turn = asyncio.Lock() if sqlite else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection each of whose statements sees what is committed by then; raises InvalidInput."""
        with _explained():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction, committed when the block ends well; raises StorageFull, InvalidInput."""
        async with AsyncExitStack() as stack:
            if self._turn:
                await stack.enter_async_context(self._turn)
            with _explained():
                async with self._writer.begin() as connection:
                    yield connection

    def insert(self, table: Table) -> sqlite_dialect.Insert | postgresql.Insert:
        """Begin an insert that can say what happens when the row is there already."""
        return sqlite_dialect.insert(table) if self.sqlite else postgresql.insert(table)

    async def notify(self, connection: AsyncConnection, channel: str) -> None:
        """Tell all processes that listen, once the connection's transaction is committed; on SQLite nobody can."""
        if not self.sqlite:
            await connection.execute(select(func.pg_notify(channel, "")))

    async def listen(self, channel: str, heard: Callable[[], None]) -> None:
        """Call `heard` on each notification, and once when ready, until the connection breaks.

        On SQLite none ever comes.
        """
        broken = asyncio.Event()
        if self.sqlite:
            await broken.wait()
        async with self._reader.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: broken.set())
            await driver.add_listener(channel, lambda *_: heard())
            heard()
            try:
                await broken.wait()
            finally:
                await connection.invalidate()

    def now(self) -> ColumnElement[float]:
        """Give the database's own time, in seconds since 1970."""
        if self.sqlite:
            return type_coerce((func.julianday("now") - 2440587.5) * 86400.0, Double)
        return type_coerce(func.extract("epoch", func.clock_timestamp()), Double)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Connect, and bring the tables to the present version; raises Misconfigured."""
    address = _address(url)
    sqlite = address.get_backend_name() == "sqlite"
    writer = _sqlite(address, readers=0) if sqlite else _postgresql(address)
    reader = _sqlite(address, readers=READERS) if sqlite else writer
    try:
        try:
            if sqlite:
                await asyncio.to_thread(_check_file, Path(str(address.database)))
            async with writer.begin() as connection:
                await connection.run_sync(upgrade)
        except (OSError, sqlite3.Error, DBAPIError) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise Misconfigured(f"the database cannot be opened: {reason}") from error
        yield Database(writer, reader, sqlite=sqlite)
    finally:
        await reader.dispose()
        await writer.dispose()


def _address(url: str) -> URL:
    """Read a database's URL, which may hold a password: it is not repeated. Raises Misconfigured."""
    try:
        address = make_url(url)
        address = address.set(drivername=DRIVERS[address.drivername.partition("+")[0]])
    except (ArgumentError, KeyError):
        address = None
    if address is None or address.database in {None, "", ":memory:"}:
        raise Misconfigured("database_url should be like sqlite:////folder/voxhall.db or postgresql://user@host/name")
    return address


def _check_file(path: Path) -> None:
    """See that there can be a database; the driver's thread would tell an event loop that may have closed by then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma schema_version")


def _postgresql(url: URL) -> AsyncEngine:
    # asking first whether a connection still works costs a round trip, and saves a job after the database restarts
    return create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)


def _sqlite(url: URL, *, readers: int) -> AsyncEngine:
    """Open readers, each of whose statements sees what is committed, as PostgreSQL's do; or the one writer.

    A transaction around one statement would double what that costs: four more calls of the driver's thread.
    """
    if readers:
        alone = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        engine = create_async_engine(url, pool_size=readers, max_overflow=readers, **alone)
    else:
        engine = create_async_engine(url, poolclass=StaticPool)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # the driver's own transactions begin too late: a writer's begin with BEGIN IMMEDIATE below
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if not readers:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.execute(text("BEGIN IMMEDIATE"))

    return engine


@contextmanager
def _explained() -> Iterator[None]:
    """Say what a database means by an error; raises StorageFull, and InvalidInput for what is no text to PostgreSQL."""
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", None)
        if code == DISK_FULL or "database or disk is full" in str(error.orig):
            raise StorageFull("the database's disk is full; nothing was changed") from error
        if code in NO_TEXT:
            raise InvalidInput("a text holds a NUL character, which no text does") from error
        raise
