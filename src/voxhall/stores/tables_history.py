"""The tables of history, once for every database: conversations, and the order of everything that is remembered."""

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Index, Integer, String, Table, Text

from voxhall.stores.tables import Id, _account, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", String, nullable=False, unique=True),
    _account(),
    Column("source", String, nullable=False),
    Column("voice", String, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("cost", Double),
    Column("turn_count", Integer, nullable=False),
    sqlite_autoincrement=True,
)


def _conversation() -> Column[str]:
    return Column("conversation", String, ForeignKey("conversations.uid", ondelete="CASCADE"), nullable=False)


turns = Table(
    "turns",
    metadata,
    Column("id", Id, primary_key=True),
    _conversation(),
    Column("account_id", Id, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("seconds", Double),
    Column("latency", Double),
    Column("interrupted", Boolean, nullable=False),
    Column("audio_key", String),
    Index("ix_turns_order", "conversation", "id"),
    sqlite_autoincrement=True,
)

tool_calls = Table(
    "tool_calls",
    metadata,
    Column("id", Id, primary_key=True),
    _conversation(),
    Column("tool", String, nullable=False),
    Column("args", JSON, nullable=False),
    Column("result", Text),
    Column("seconds", Double),
    Column("created_at", Double, nullable=False),
    Index("ix_tool_calls_order", "conversation", "id"),
    sqlite_autoincrement=True,
)

# what there is of three kinds, in one order; triggers keep it in step with their tables
history = Table(
    "history",
    metadata,
    # transcription, tts, conversation
    Column("kind", String, primary_key=True),
    # the id of its row
    Column("item", Id, primary_key=True, autoincrement=False),
    _account(),
    # a bare voice's name, or how a transcription ended
    Column("tag", String, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_history_feed", "account_id", "created_at", "kind", "item"),
    Index("ix_history_kind", "account_id", "kind", "created_at", "item"),
    Index("ix_history_tag", "account_id", "kind", "tag", "created_at", "item"),
)

# how many there are of each day, so that nobody needs to count them; kept by triggers likewise
history_days = Table(
    "history_days",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("tag", String, primary_key=True),
    # since 1970, in UTC
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False, unique=True),
    Column("key", String),
    Index("ix_exports_account", "account_id", "id"),
    sqlite_autoincrement=True,
)
