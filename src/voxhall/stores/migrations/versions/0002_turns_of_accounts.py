"""Remember when each account had its last turn."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.add_column("accounts", sa.Column("served_at", sa.Double(), nullable=True))
