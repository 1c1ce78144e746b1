"""The tables of research, beside those of `tables`. Times are seconds since 1970."""

from sqlalchemy import JSON, BigInteger, Column, Double, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from voxhall.stores.tables import Id, metadata

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", String, nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("collection_id", Id, ForeignKey("documents.id", ondelete="CASCADE")),
    # whose transcript it is; gone with it
    Column("transcription_id", Id, ForeignKey("transcriptions.id", ondelete="CASCADE")),
    # the job that reads it, or has read it last
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("kind", String, nullable=False),
    Column("origin", Text, nullable=False),
    # a digest of account, kind and origin, which may be too long for an index
    Column("identity", String, nullable=False, server_default=""),
    # where a file's bytes wait for being read
    Column("object_key", String),
    Column("content_type", String),
    Column("title", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("error", Text),
    # of what was indexed last
    Column("sha256", String),
    Column("published", Double),
    Column("passages", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("indexed_at", Double),
    # when a crawl has last asked for a page
    Column("checked_at", Double),
    # when the crawl of a site began that goes on still
    Column("begun_at", Double),
    Index("ix_documents_identity", "identity", unique=True),
    Index("ix_documents_collection", "collection_id"),
    Index("ix_documents_transcription", "transcription_id"),
    Index("ix_documents_job", "job_id"),
    sqlite_autoincrement=True,
)
Index("ix_documents_listing", documents.c.account_id, documents.c.id)

passages = Table(
    "passages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("document_id", Id, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    # its meaning, 384 numbers of eight bits; none where the model knows nothing of the script
    Column("vector", LargeBinary),
    Index("ix_passages_document", "document_id", "id"),
    sqlite_autoincrement=True,
)

# counts what changes in the documents of a scope, so that processes know when what they remember of it is old
scopes = Table(
    "scopes",
    metadata,
    Column("scope", String, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

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
