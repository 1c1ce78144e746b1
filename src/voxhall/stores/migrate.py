"""Brings a database's tables to the present version."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from voxhall.errors import Misconfigured

FOLDER = Path(__file__).parent / "migrations"
LOCK = 8012
"""Key of PostgreSQL's advisory lock: of several processes that start at once, one migrates."""


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


def upgrade(connection: Connection) -> None:
    """Apply the migrations that are missing, within the connection's transaction.

    Raises Misconfigured when the tables are from a later version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    if MigrationContext.configure(connection).get_current_revision() == _script().get_current_head():
        return
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Misconfigured("the database was made by a later version of Voxhall; install that one") from error
