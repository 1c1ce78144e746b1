"""Give transcriptions ids that tell nothing, where they came from, batches; and keep uploads."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.add_column("transcriptions", sa.Column("uid", sa.String(), nullable=False, server_default=""))
    op.add_column("transcriptions", sa.Column("source", sa.String(), nullable=False, server_default="batch"))
    op.add_column("transcriptions", sa.Column("audio_url", sa.Text(), nullable=True))
    op.add_column("transcriptions", sa.Column("metadata", sa.JSON(), nullable=True))
    op.add_column("transcriptions", sa.Column("webhook_url", sa.Text(), nullable=True))
    op.add_column(
        "transcriptions", sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    _name_rows()
    op.create_index("ix_transcriptions_uid", "transcriptions", ["uid"], unique=True)
    op.create_index("ix_transcriptions_batch", "transcriptions", ["batch_id"])
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_batches_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("uid", name=op.f("uq_batches_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_listing", "batches", ["account_id", "id"])
    op.create_table(
        "uploads",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_uploads_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_uploads")),
        sa.UniqueConstraint("key", name=op.f("uq_uploads_key")),
    )
    op.create_index("ix_uploads_expiry", "uploads", ["expires_at"])


def _name_rows() -> None:
    """Give every transcription that there is an id that tells nothing."""
    transcriptions = sa.table("transcriptions", sa.column("id"), sa.column("uid"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(transcriptions.c.id)).all():
        named = sa.update(transcriptions).where(transcriptions.c.id == row.id).values(uid=str(uuid4()))
        connection.execute(named)
