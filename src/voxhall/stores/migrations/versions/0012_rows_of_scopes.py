"""Number rows of the index of words by whose they are, so that a search reads nobody else's.

A row's number is the account's (0 for what is shared) times 2^40, and the passage's. PostgreSQL's table stays.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

SQLITE = (
    "create virtual table passages_fts_new using fts5(key, tokenize='porter unicode61 remove_diacritics 0')",
    """
    insert into passages_fts_new (rowid, key)
    select (case scope when 'all' then 0 else cast(substr(scope, 2) as integer) end << 40) | rowid, key
    from passages_fts
    """,
    "drop trigger passages_fts_delete",
    "drop table passages_fts",
    "alter table passages_fts_new rename to passages_fts",
    """
    create trigger passages_fts_passage before delete on passages
    begin
        delete from passages_fts
        where rowid = (select coalesce(account_id, 0) << 40 from documents where id = old.document_id) | old.id;
    end
    """,
    # passages that go with their document go after it: whose they were is known no more
    """
    create trigger passages_fts_document before delete on documents
    begin
        delete from passages_fts
        where rowid in (select (coalesce(old.account_id, 0) << 40) | id from passages where document_id = old.id);
    end
    """,
)


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
