"""Keep documents, their passages, and an index of their words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = (
    "create virtual table passages_fts using fts5(scope, key, tokenize='porter unicode61 remove_diacritics 0')",
    """
    create trigger passages_fts_delete after delete on passages
    begin delete from passages_fts where rowid = old.id; end
    """,
)
POSTGRESQL = (
    """
    create table passages_fts (
        passage_id bigint primary key references passages (id) on delete cascade,
        scope text not null,
        terms tsvector not null
    )
    """,
    "create index ix_passages_fts_terms on passages_fts using gin (terms)",
    "create index ix_passages_fts_scope on passages_fts (scope)",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("collection_id", ID, nullable=True),
        sa.Column("transcription_id", ID, nullable=True),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("object_key", sa.String(), nullable=True),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("published", sa.Double(), nullable=True),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("indexed_at", sa.Double(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_documents_{column}"), ondelete=action)
            for column, table, action in (
                ("account_id", "accounts", "CASCADE"),
                ("collection_id", "documents", "CASCADE"),
                ("transcription_id", "transcriptions", "CASCADE"),
                ("job_id", "jobs", "SET NULL"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("uid", name=op.f("uq_documents_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_documents_listing", "documents", ["account_id", "id"])
    op.create_index("ix_documents_collection", "documents", ["collection_id"])
    op.create_index("ix_documents_transcription", "documents", ["transcription_id"])
    op.create_index("ix_documents_job", "documents", ["job_id"])
    op.create_table(
        "passages",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_passages_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_document", "passages", ["document_id", "id"])
    op.create_table(
        "scopes",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_scopes")),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
