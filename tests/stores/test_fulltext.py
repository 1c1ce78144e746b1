"""Words found in both databases; what other tests say through the service that searches is not said again here."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from voxhall.stores import fulltext
from voxhall.stores.database import Database, open_database
from voxhall.stores.migrate import FOLDER
from voxhall.text.terms import read_terms

BEFORE = (
    "insert into accounts (id, email, created_at) values (7, 'a@example.com', 0)",
    """
    insert into documents (id, uid, account_id, kind, origin, title, state, passages, created_at)
    values (1, 'own', 7, 'file', 'o', 't', 'ready', 1, 0), (2, 'shared', null, 'file', 's', 't', 'ready', 1, 0)
    """,
    "insert into passages (id, document_id, title, text) values (1, 1, 't', 'The sun'), (2, 2, 't', 'The suns')",
    "insert into passages_fts (rowid, scope, key) values (1, 'a7', 'the sun'), (2, 'all', 'the suns')",
)


async def found(database: Database, *scopes: str) -> set[int]:
    """Give the passages that have the word."""
    async with database.read() as connection:
        return {passage for passage, _ in await fulltext.find(connection, scopes, read_terms("sun"), limit=9)}


async def test_an_index_of_an_earlier_version_finds_the_same(tmp_path: Path) -> None:
    """Each scope its own passages; and they leave it with their documents as ever."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    engine = create_engine(f"sqlite:///{tmp_path / 'voxhall.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        for statement in BEFORE:
            connection.execute(text(statement))
    engine.dispose()
    async with open_database(f"sqlite:///{tmp_path / 'voxhall.db'}") as database:
        assert await found(database, "a7") == {1}
        assert await found(database, "all") == {2}
        assert await found(database, "a7", "all") == {1, 2}
        assert await found(database, "a8") == set()
        async with database.write() as connection:
            await connection.execute(text("delete from documents where id = 2"))
        assert await found(database, "a7", "all") == {1}
