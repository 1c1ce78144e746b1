"""The tables, once for every database. Times are seconds since 1970."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows only for columns of exactly this type; with sqlite_autoincrement no id is ever used again
Id = BigInteger().with_variant(Integer, "sqlite")


def _account() -> Column[int]:
    return Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)


accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", String, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    # when a job of it was last begun
    Column("served_at", Double),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("name", String, nullable=False),
    Column("description", Text),
    Column("prefix", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    Column("key_type", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("allowed_ips", JSON, nullable=False),
    Column("allowed_origins", JSON, nullable=False),
    Column("rate_limits", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
    Column("revoke_reason", Text),
    # the key that it was rotated to
    Column("successor", Id),
    Column("last_used_at", Double),
    sqlite_autoincrement=True,
)

# one row for each key, and under key 0 for who came to the account without one; stays when the account is deleted
counters = Table(
    "counters",
    metadata,
    Column("account_id", Id, primary_key=True, autoincrement=False),
    Column("key_id", Id, primary_key=True, autoincrement=False),
    # when the present minute, hour and day began, and the requests in them
    Column("minute", Double, nullable=False),
    Column("minute_count", BigInteger, nullable=False),
    Column("hour", Double, nullable=False),
    Column("hour_count", BigInteger, nullable=False),
    Column("day", Double, nullable=False),
    Column("day_count", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
)

sockets = Table(
    "sockets",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    # the process that holds it open, which says so again and again
    Column("process", String, nullable=False),
    Column("lease_until", Double, nullable=False),
    Index("ix_sockets_account", "account_id"),
    sqlite_autoincrement=True,
)

# stays when what it counts is deleted, and the account with it
usage = Table(
    "usage",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, nullable=False),
    Column("key_id", Id),
    Column("kind", String, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("cost", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_usage_account", "account_id", "kind", "created_at"),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True),  # what the caller sent as Idempotency-Key
    # who works on the request, until when nobody else may; None once it is answered
    Column("worker", String),
    Column("lease_until", Double),
    Column("fingerprint", String),
    Column("status", Integer),
    Column("headers", JSON),
    # None where the answer was not kept
    Column("body", LargeBinary),
    Column("created_at", Double, nullable=False),
    Index("ix_answers_age", "created_at"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# written out, so that SQLite knows it for the index's own condition
UNFINISHED = text("state in ('queued', 'running')")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    # the key that asked for it
    Column("key_id", Id),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("run_at", Double, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("strikes", Integer, nullable=False),
    Column("worker", String),
    Column("lease_until", Double),
    Column("cancel_requested", Boolean, nullable=False),
    Column("progress", JSON),
    Column("error_code", String),
    Column("error_message", Text),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("updated_at", Double, nullable=False),
    Index(
        "ix_jobs_waiting",
        "priority",
        "run_at",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_jobs_running",
        "account_id",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index("ix_jobs_unfinished", "account_id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    sqlite_autoincrement=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

transcriptions = Table(
    "transcriptions",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False, unique=True),
    Column("filename", String, nullable=False),
    Column("options", JSON, nullable=False),
    Column("store", Boolean, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("original_key", String),
    Column("audio_key", String),
    Column("transcript_key", String),
    Column("duration", Double),
    Column("language", String),
    Column("num_chunks", Integer),
    Column("num_segments", Integer),
    Column("num_speakers", Integer),
    Column("notice", Text),
    Column("uid", String, nullable=False, server_default=""),
    Column("source", String, nullable=False, server_default="batch"),
    Column("audio_url", Text),
    Column("metadata", JSON),
    Column("webhook_url", Text),
    Column("batch_id", Id),
    Column("cost", Double),
    Index("ix_transcriptions_listing", "account_id", "id"),
    Index("ix_transcriptions_cache", "account_id", "fingerprint"),
    Index("ix_transcriptions_uid", "uid", unique=True),
    Index("ix_transcriptions_batch", "batch_id"),
    sqlite_autoincrement=True,
)

voices = Table(
    "voices",
    metadata,
    Column("id", String, primary_key=True),
    _account(),
    Column("name", String, nullable=False),
    # engine, base and shape
    Column("voice", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("similarity", Double, nullable=False),
    Column("fidelity", String, nullable=False),
    Column("clip_key", String, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_voices_listing", "account_id", "created_at"),
)

renders = Table(
    "renders",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    Column("state", String, nullable=False),
    Column("voice", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("cost", Double, nullable=False),
    Column("audio_key", String),
    # what was said when, and how it was verified
    Column("chunks", JSON, nullable=False),
    Index("ix_renders_listing", "account_id", "id"),
    sqlite_autoincrement=True,
)

pronunciations = Table(
    "pronunciations",
    metadata,
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("word", String, primary_key=True),
    Column("said", String, nullable=False),
)

phrases = Table(
    "phrases",
    metadata,
    Column("id", Id, primary_key=True),
    _account(),
    # glossary or memory
    Column("book", String, nullable=False),
    Column("source_language", String, nullable=False),
    Column("target_language", String, nullable=False),
    # of the source, which may be too long for an index
    Column("digest", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Index("ix_phrases_look_up", "account_id", "book", "source_language", "target_language", "digest", unique=True),
    Index("ix_phrases_length", "account_id", "book", "source_language", "target_language", "length"),
    sqlite_autoincrement=True,
)

batches = Table(
    "batches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", String, nullable=False, unique=True),
    _account(),
    Column("language", String, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_batches_listing", "account_id", "id"),
    sqlite_autoincrement=True,
)

uploads = Table(
    "uploads",
    metadata,
    Column("uid", String, primary_key=True),
    _account(),
    Column("filename", String, nullable=False),
    Column("content_type", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("size", BigInteger),
    Column("duration", Double),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("ix_uploads_expiry", "expires_at"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String, primary_key=True),
    _account(),
    Column("url", String, nullable=False),
    Column("events", JSON, nullable=False),
    Column("name", String),
    Column("description", Text),
    # sealed
    Column("secret", LargeBinary),
    Column("status", String, nullable=False),
    Column("successful", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("given_up", Integer, nullable=False),
    Column("last_delivery_at", Double),
    Column("last_failure_reason", Text),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double),
    Index("ix_webhooks_listing", "account_id", "created_at", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    _account(),
    # none for an address that was given with the job
    Column("webhook_id", String, ForeignKey("webhooks.id", ondelete="CASCADE")),
    Column("url", String),
    Column("event_id", String, nullable=False),
    Column("event", String, nullable=False),
    Column("event_at", Double, nullable=False),
    # a job that may be deleted meanwhile; its id is never used again
    Column("about", Id, nullable=False),
    # the job that is to deliver it
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="SET NULL"), unique=True),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("response_status", Integer),
    Column("response_body", Text),
    Column("error", Text),
    Column("duration_ms", Integer),
    Column("created_at", Double, nullable=False),
    Column("next_attempt_at", Double),
    Index("ix_deliveries_listing", "webhook_id", "created_at", "id"),
    Index("ix_deliveries_age", "created_at"),
)

# by whom an index of texts is searched: no account means everybody
