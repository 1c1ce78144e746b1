"""Know documents by whose they are, their kind and their origin, and when pages of sites were last asked for.

Whatever removes documents, their account or their transcription included, says so to who remembers their vectors.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

SQLITE = (
    """
    create trigger documents_gone after delete on documents
    begin
        update scopes set revision = revision + 1
        where scope = case when old.account_id is null then 'all' else 'a' || old.account_id end;
    end
    """,
)
POSTGRESQL = (
    """
    create function documents_gone() returns trigger language plpgsql as $$
    begin
        update scopes set revision = revision + 1
        where scope in (select case when account_id is null then 'all' else 'a' || account_id end from gone);
        return null;
    end $$
    """,
    """
    create trigger documents_gone after delete on documents referencing old table as gone
    for each statement execute function documents_gone()
    """,
)


def upgrade() -> None:
    """Apply."""
    op.add_column("documents", sa.Column("identity", sa.String(), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("checked_at", sa.Double(), nullable=True))
    op.add_column("documents", sa.Column("begun_at", sa.Double(), nullable=True))
    op.execute("update documents set checked_at = indexed_at where kind = 'url'")
    _identify_rows()
    op.create_index("ix_documents_identity", "documents", ["identity"], unique=True)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _identify_rows() -> None:
    """Give every document that there is its identity; of several with the same the latest keeps it, none goes."""
    names = ("id", "uid", "account_id", "kind", "origin", "identity")
    documents = sa.table("documents", *map(sa.column, names))
    connection, known = op.get_bind(), set[str]()
    columns = [documents.c[name] for name in names[:-1]]
    for row in connection.execute(sa.select(*columns).order_by(documents.c.id.desc())).all():
        told = f"{row.account_id or 0}\n{row.kind}\n{row.origin}"
        told = f"{told}\n{row.uid}" if told in known else told
        known.add(told)
        identity = hashlib.sha256(told.encode()).hexdigest()
        connection.execute(sa.update(documents).where(documents.c.id == row.id).values(identity=identity))
