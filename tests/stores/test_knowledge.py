"""Rows of documents, alike on both databases; what other tests say through the service is not said again here."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from voxhall.domain.document import Kind
from voxhall.stores import knowledge as table
from voxhall.stores.database import open_database
from voxhall.stores.migrate import FOLDER

BEFORE = (
    "insert into accounts (id, email, created_at) values (7, 'a@example.com', 0)",
    """
    insert into documents (id, uid, account_id, kind, origin, title, state, passages, created_at) values
    (1, 'once', 7, 'url', 'http://a', 't', 'ready', 1, 0),
    (2, 'again', 7, 'url', 'http://a', 't', 'ready', 1, 0),
    (3, 'shared', null, 'url', 'http://a', 't', 'ready', 1, 0),
    (4, 'site', 7, 'sitemap', 'http://a', 't', 'ready', 0, 0)
    """,
)


def _earlier(connection: Connection) -> None:
    """Make the tables of an earlier version, and some rows."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "0012")
    for statement in BEFORE:
        connection.execute(text(statement))


async def test_documents_of_an_earlier_version_are_found_by_their_origin(database_url: str) -> None:
    """Each kind of each account its own; of two that were the same the latest, and the other stays, too."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_earlier)
    await engine.dispose()
    asked: tuple[tuple[int | None, Kind, str | None], ...] = (
        (7, "url", "again"),
        (None, "url", "shared"),
        (7, "sitemap", "site"),
        (7, "file", None),
    )
    async with open_database(database_url) as database, database.read() as connection:
        for account_id, kind, uid in asked:
            row = await table.find_by_origin(connection, account_id, kind, "http://a")
            assert (row and row.document.id) == uid
        assert (await table.page(connection, 7, limit=9, offset=0))[0] == 4
