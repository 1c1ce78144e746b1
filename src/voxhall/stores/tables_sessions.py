"""The table of sessions with the voice agent. Times are seconds since 1970."""

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Index, String, Table, Text

from voxhall.stores.tables import Id, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("uid", String, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    # the process that leads it, and until when that is believed
    Column("worker", String, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("source_kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("completed_at", Double),
    Column("stop_requested_at", Double),
    Column("end_reason", String),
    Column("error", Text),
    Column("speech_started", Boolean, nullable=False),
    Column("captured_seconds", Double, nullable=False),
    Column("transcript", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("clips", JSON, nullable=False),
    Column("tts_errors", JSON, nullable=False),
    Column("citations", JSON, nullable=False),
    Column("timeline", JSON, nullable=False),
    Index("ix_sessions_listing", "account_id", "created_at", "uid"),
    Index("ix_sessions_running", "status", "lease_until"),
)
