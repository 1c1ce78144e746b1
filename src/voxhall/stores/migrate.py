"""Brings a database's tables to the present version."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from voxhall.errors import Misconfigured

FOLDER = Path(__file__).parent / "migrations"
LOCK = 8012
"""Key of PostgreSQL's advisory lock: of several processes that start at once, one migrates."""


def upgrade(connection: Connection) -> None:
    """Apply the migrations that are missing, within the connection's transaction.

    Raises Misconfigured when the tables are from a later version.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    if _present(connection) != _newest():
        _migrate(connection)


def _present(connection: Connection) -> str | None:
    """Give the version that the tables are in."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
    return version


def _newest() -> str:
    """Give the version that the code expects: a migration's file begins with it."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a quarter of a second that an ordinary start does not need
    from alembic.config import Config  # noqa: PLC0415 - likewise
    from alembic.util import CommandError  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise Misconfigured("the database was made by a later version of Voxhall; install that one") from error
