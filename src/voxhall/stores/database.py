"""The database: one writer and a pool of readers on SQLite, an ordinary pool on PostgreSQL; the same above both."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Double, event, func, text, type_coerce
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from voxhall.errors import Misconfigured, StorageFull
from voxhall.stores.migrate import upgrade

READERS = 4
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
        """Give a connection that sees what is committed."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a transaction, committed when the block ends well; raises StorageFull."""
        async with AsyncExitStack() as stack:
            if self._turn:
                await stack.enter_async_context(self._turn)
            try:
                async with self._writer.begin() as connection:
                    yield connection
            except DBAPIError as error:
                if _is_full(error):
                    raise StorageFull("the database's disk is full; nothing was changed") from error
                raise

    @property
    def url(self) -> str:
        """Where it is, with its password."""
        return self._writer.url.render_as_string(hide_password=False)

    def now(self) -> ColumnElement[float]:
        """Give the database's own time, in seconds since 1970."""
        if self.sqlite:
            return type_coerce((func.julianday("now") - 2440587.5) * 86400.0, Double)
        return type_coerce(func.extract("epoch", func.clock_timestamp()), Double)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Connect, and bring the tables to the present version; raises Misconfigured."""
    try:
        sqlite = make_url(url).get_backend_name() == "sqlite"
    except ArgumentError as error:
        raise Misconfigured(
            "database_url is not an SQLAlchemy URL such as postgresql+asyncpg://user@host/name"
        ) from error
    writer = _sqlite(url, readers=0) if sqlite else create_async_engine(url, pool_size=10, max_overflow=10)
    reader = _sqlite(url, readers=READERS) if sqlite else writer
    try:
        try:
            async with writer.begin() as connection:
                await connection.run_sync(upgrade)
        except (OSError, OperationalError) as error:
            raise Misconfigured(f"the database cannot be opened: {type(error).__name__}") from error
        yield Database(writer, reader, sqlite=sqlite)
    finally:
        await reader.dispose()
        await writer.dispose()


def _sqlite(url: str, *, readers: int) -> AsyncEngine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    pool = {"pool_size": readers, "max_overflow": readers} if readers else {"poolclass": StaticPool}
    engine = create_async_engine(url, **pool)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # the driver's own transactions begin too late: ours begin with BEGIN IMMEDIATE below
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.execute(text("BEGIN" if readers else "BEGIN IMMEDIATE"))

    return engine


def _is_full(error: DBAPIError) -> bool:
    """SQLITE_FULL, or PostgreSQL's disk_full (53100)."""
    code = getattr(error.orig, "sqlstate", None)
    return code == "53100" or "database or disk is full" in str(error.orig)
