"""Keep more about keys, count what they do, and remember answers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.add_column("keys", sa.Column("description", sa.Text(), nullable=True))
    for name, default in (("key_type", "secret"), ("environment", "live")):
        op.add_column("keys", sa.Column(name, sa.String(), nullable=False, server_default=default))
    for name, default in (("allowed_ips", "[]"), ("rate_limits", "{}")):
        op.add_column("keys", sa.Column(name, sa.JSON(), nullable=False, server_default=default))
    op.add_column("keys", sa.Column("updated_at", sa.Double(), nullable=False, server_default="0"))
    op.add_column("keys", sa.Column("revoke_reason", sa.Text(), nullable=True))
    op.add_column("keys", sa.Column("successor", _id(), nullable=True))
    op.execute("update keys set updated_at = created_at")
    op.execute("update keys set key_type = 'admin' where cast(scopes as text) like '%admin%'")
    op.add_column("jobs", sa.Column("key_id", _id(), nullable=True))
    unfinished = sa.text("state in ('queued', 'running')")
    op.create_index("ix_jobs_unfinished", "jobs", ["account_id"], sqlite_where=unfinished, postgresql_where=unfinished)
    _counts()
    _ledger()


def _counts() -> None:
    op.create_table(
        "counters",
        sa.Column("account_id", _id(), autoincrement=False, nullable=False),
        sa.Column("key_id", _id(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.Double(), nullable=False),
        sa.Column("minute_count", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.Double(), nullable=False),
        sa.Column("hour_count", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Double(), nullable=False),
        sa.Column("day_count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key_id", name=op.f("pk_counters")),
    )
    op.create_table(
        "sockets",
        sa.Column("id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sockets_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sockets")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sockets_account", "sockets", ["account_id"])


def _ledger() -> None:
    op.create_table(
        "usage",
        sa.Column("id", _id(), nullable=False),
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("key_id", _id(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_usage_account", "usage", ["account_id", "kind", "created_at"])
    op.create_table(
        "answers",
        sa.Column("account_id", _id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_answers_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_age", "answers", ["created_at"])
