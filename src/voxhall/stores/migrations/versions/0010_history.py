"""Keep voice conversations, one order over everything that is remembered, indexes of its words, and exports of it."""

import sqlalchemy as sa
from alembic import op

from voxhall.text.websearch import search_key

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXED = {"turns": "turns", "filenames": "transcriptions", "transcripts": "transcriptions"}
"""The table whose rows each index is of."""
BARE = {
    "sqlite": "substr({row}.voice || '.', 1, instr({row}.voice || '.', '.') - 1)",
    "postgresql": "split_part({row}.voice, '.', 1)",
}
"""A voice's name without its revision."""
ENDS = "('done', 'failed', 'cancelled')"
STATE = f"(select case when state in {ENDS} then state else '' end from jobs where id = {{row}}.job_id)"  # noqa: S608 - of constants
BEGUN = "(select created_at from jobs where id = {row}.job_id)"
COUNT = """
    insert into history_days (account_id, kind, tag, day, number)
    values (new.account_id, new.kind, new.tag, {day}, 1)
    on conflict (account_id, kind, tag, day) do update set number = history_days.number + 1
"""
UNCOUNT = """
    update history_days set number = number - 1
    where account_id = old.account_id and kind = old.kind and tag = old.tag and day = {day}
"""
DAY = {"sqlite": "cast({row}.created_at / 86400 as integer)", "postgresql": "floor({row}.created_at / 86400)::integer"}
ENDED = """
    update history set tag = new.state where kind = 'transcription'
    and item = (select id from transcriptions where job_id = new.id)
"""


def upgrade() -> None:
    """Apply."""
    dialect = op.get_bind().dialect.name
    op.add_column("transcriptions", sa.Column("cost", sa.Double(), nullable=True))
    _tables()
    _watch(dialect)
    for name, table in INDEXED.items():
        _fulltext(dialect, name, table)
    _fill(dialect)


def _account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id")
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name, ondelete="CASCADE")


def _conversation(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_conversation")
    return sa.ForeignKeyConstraint(["conversation"], ["conversations.uid"], name=name, ondelete="CASCADE")


def _tables() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.Column("turn_count", sa.Integer(), nullable=False),
        _account("conversations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("uid", name=op.f("uq_conversations_uid")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turns",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("latency", sa.Double(), nullable=True),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("audio_key", sa.String(), nullable=True),
        _conversation("turns"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_order", "turns", ["conversation", "id"])
    op.create_table(
        "tool_calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        _conversation("tool_calls"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tool_calls_order", "tool_calls", ["conversation", "id"])
    op.create_table(
        "history",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        _account("history"),
        sa.PrimaryKeyConstraint("kind", "item", name=op.f("pk_history")),
    )
    op.create_index("ix_history_feed", "history", ["account_id", "created_at", "kind", "item"])
    op.create_index("ix_history_kind", "history", ["account_id", "kind", "created_at", "item"])
    op.create_index("ix_history_tag", "history", ["account_id", "kind", "tag", "created_at", "item"])
    op.create_table(
        "history_days",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _account("history_days"),
        sa.PrimaryKeyConstraint("account_id", "kind", "tag", "day", name=op.f("pk_history_days")),
    )
    op.create_table(
        "exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        _account("exports"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_exports_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("job_id", name=op.f("uq_exports_job_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exports_account", "exports", ["account_id", "id"])


def _trigger(dialect: str, name: str, when: str, statement: str, condition: str = "") -> None:
    """Have a statement done for each row that something happens to."""
    if dialect == "sqlite":
        op.execute(f"create trigger {name} after {when} for each row {condition} begin {statement}; end")
        return
    op.execute(
        f"create function {name}() returns trigger language plpgsql as $$ begin {statement}; return null; end $$"
    )
    op.execute(f"create trigger {name} after {when} for each row {condition} execute function {name}()")


def _rows(dialect: str) -> dict[str, tuple[str, str, str]]:
    """Give kind, tag and moment of the rows of each table that is remembered."""
    return {
        "transcriptions": ("transcription", STATE, BEGUN),
        "renders": ("tts", BARE[dialect], "{row}.created_at"),
        "conversations": ("conversation", BARE[dialect], "{row}.started_at"),
    }


def _watch(dialect: str) -> None:
    for table, (kind, tag, moment) in _rows(dialect).items():
        values = f"'{kind}', {{row}}.id, {{row}}.account_id, {tag}, {moment}".format(row="new")
        added = f"insert into history (kind, item, account_id, tag, created_at) values ({values})"  # noqa: S608 - of constants
        _trigger(dialect, f"history_{table}_insert", f"insert on {table}", added)
        removed = f"delete from history where kind = '{kind}' and item = old.id"  # noqa: S608 - likewise
        _trigger(dialect, f"history_{table}_delete", f"delete on {table}", removed)
    states = f"when (new.state in {ENDS})"
    _trigger(dialect, "history_jobs_end", "update of state on jobs", ENDED, states)
    uncounted, counted = (
        UNCOUNT.format(day=DAY[dialect].format(row="old")),
        COUNT.format(day=DAY[dialect].format(row="new")),
    )
    _trigger(dialect, "history_days_insert", "insert on history", counted)
    _trigger(dialect, "history_days_delete", "delete on history", uncounted)
    _trigger(dialect, "history_days_update", "update of tag on history", f"{uncounted}; {counted}")


def _fulltext(dialect: str, name: str, table: str) -> None:
    if dialect == "sqlite":
        op.execute(
            f"create virtual table {name}_fts using fts5(scope, key, tokenize='porter unicode61 remove_diacritics 0')"
        )
        removed = f"delete from {name}_fts where rowid = old.id"  # noqa: S608 - of constants
        op.execute(f"create trigger {name}_fts_delete after delete on {table} begin {removed}; end")
        return
    op.execute(f"""
        create table {name}_fts (
            row_id bigint primary key references {table} (id) on delete cascade,
            scope text not null,
            terms tsvector not null
        )
    """)
    op.execute(f"create index ix_{name}_fts_terms on {name}_fts using gin (terms)")
    op.execute(f"create index ix_{name}_fts_scope on {name}_fts (scope, row_id)")


def _fill(dialect: str) -> None:
    """Remember what there is already; the words of earlier transcripts are in objects, and stay unindexed."""
    for table, (kind, tag, moment) in _rows(dialect).items():
        if table != "conversations":
            values = f"'{kind}', {{row}}.id, {{row}}.account_id, {tag}, {moment}".format(row=table)
            op.execute(f"insert into history (kind, item, account_id, tag, created_at) select {values} from {table}")  # noqa: S608 - of constants
    connection = op.get_bind()
    known = sa.table("transcriptions", sa.column("id"), sa.column("account_id"), sa.column("filename"))
    written = (
        "insert into filenames_fts (rowid, scope, key) values (:row, :scope, :key)"
        if dialect == "sqlite"
        else "insert into filenames_fts (row_id, scope, terms) values (:row, :scope, to_tsvector('english', :key))"
    )
    for row in connection.execute(sa.select(known)).all():
        indexed = {"row": row.id, "scope": f"a{row.account_id}", "key": search_key(row.filename)}
        connection.execute(sa.text(written), indexed)
