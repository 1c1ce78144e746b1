"""Texts found by questions as people type them: FTS5 on SQLite, tsvector on PostgreSQL, the same answers from both.

What is written and what is looked for are keys of `voxhall.text.websearch`: plain words and nothing else. Rows leave
an index with what they are of.
"""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.text.websearch import Alternative, search_key

Index = Literal["turns", "filenames", "transcripts"]
"""Of turns by their ids; of transcriptions, by theirs: what they are called, and what is said in them."""
LONGEST = 500_000
"""Characters of a text that are indexed: PostgreSQL takes a megabyte of words."""


async def index(connection: AsyncConnection, name: Index, account_id: int, row: int, content: str) -> None:
    """Write the words of a row, instead of those it had."""
    values = {"row": row, "scope": _scope(account_id), "key": search_key(content[:LONGEST])}
    if connection.dialect.name == "sqlite":
        await connection.execute(text(f"delete from {name}_fts where rowid = :row"), {"row": row})  # noqa: S608 - of constants
        statement = f"insert into {name}_fts (rowid, scope, key) values (:row, :scope, :key)"  # noqa: S608 - likewise
    else:
        statement = (
            f"insert into {name}_fts (row_id, scope, terms) values (:row, :scope, to_tsvector('english', :key))"  # noqa: S608 - likewise
            " on conflict (row_id) do update set terms = excluded.terms"
        )
    await connection.execute(text(statement), values)


async def find(
    connection: AsyncConnection, name: Index, account_id: int, wanted: Sequence[Alternative], limit: int
) -> list[int]:
    """Give ids of an account's rows that fit one of the alternatives, the latest first."""
    if not wanted:
        return []
    scope = _scope(account_id)
    if connection.dialect.name == "sqlite":
        statement = f"select rowid from {name}_fts where {name}_fts match :query order by rowid desc limit :limit"  # noqa: S608 - of constants
        values: dict[str, object] = {"query": _sqlite(scope, wanted), "limit": limit}
    else:
        statement = (
            f"select row_id from {name}_fts where scope = :scope"  # noqa: S608 - likewise
            " and terms @@ websearch_to_tsquery('english', :query) order by row_id desc limit :limit"
        )
        values = {"scope": scope, "query": _postgresql(wanted), "limit": limit}
    return [int(row[0]) for row in await connection.execute(text(statement), values)]


def _scope(account_id: int) -> str:
    """Give the word that all rows of an account have in common."""
    return f"a{account_id}"


def _sqlite(scope: str, wanted: Sequence[Alternative]) -> str:
    """Write a query of FTS5, quoted strings joined by operators of ours; each alternative begins with all there is."""
    mine = f'scope : "{scope}"'
    written = []
    for each in wanted:
        query = " AND ".join([f"({mine})", *(f'(key : "{phrase}")' for phrase in each.phrases)])
        unwanted = " OR ".join(f'"{phrase}"' for phrase in each.without)
        written.append(f"(({query}) NOT (key : ({unwanted})))" if unwanted else f"({query})")
    return " OR ".join(written)


def _postgresql(wanted: Sequence[Alternative]) -> str:
    """Write a question again, of quoted words only."""
    return " or ".join(
        " ".join([*(f'"{phrase}"' for phrase in each.phrases), *(f'-"{phrase}"' for phrase in each.without)])
        for each in wanted
    )
