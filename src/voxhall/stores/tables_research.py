"""The tables of research, beside those of `tables`. Times are seconds since 1970."""

from sqlalchemy import JSON, Column, Double, ForeignKey, Index, String, Table, Text

from voxhall.stores.tables import Id, metadata

research_conversations = Table(
    "research_conversations",
    metadata,
    Column("uid", String, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_research_conversations_listing", "account_id", "created_at", "uid"),
)

research_messages = Table(
    "research_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", String, nullable=False, unique=True),
    Column("conversation", String, ForeignKey("research_conversations.uid", ondelete="CASCADE"), nullable=False),
    Column("query", Text, nullable=False),
    Column("meant", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("citations", JSON, nullable=False),
    Column("results", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_research_messages_order", "conversation", "id"),
    sqlite_autoincrement=True,
)
