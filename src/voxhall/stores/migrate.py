"""Brings a database's tables to the present version."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

FOLDER = Path(__file__).parent / "migrations"
LOCK = 8012
"""Key of PostgreSQL's advisory lock: of several processes that start at once, one migrates."""


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def upgrade(connection: Connection) -> None:
    """Apply the migrations that are missing, within the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    if MigrationContext.configure(connection).get_current_revision() == _script().get_current_head():
        return
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
