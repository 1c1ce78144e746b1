"""Passages found by their words: FTS5 on SQLite, tsvector and GIN on PostgreSQL, one interface for both.

What is written and what is looked for are keys of `voxhall.text.terms`: plain words and nothing else, so that no
question can mean anything in the database's own language of queries.
"""

from collections.abc import Collection, Mapping, Sequence
from math import log1p

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import Period
from voxhall.text.terms import Terms

TABLE = "passages_fts"
"""Made by a migration; it is of another kind in each database. Rows leave it with their passages."""
CONFIGURATION = "english"
"""Of PostgreSQL; its stemmer is the later version of the one that FTS5 has, and leaves words of other scripts alone."""
DAMPING = 1
"""PostgreSQL's ts_rank divides by 1 + the logarithm of a passage's length."""

ALWAYS = Period()


async def add(connection: AsyncConnection, scope: str, keys: Mapping[int, str]) -> None:
    """Write the keys of passages, given by their ids."""
    if connection.dialect.name == "sqlite":
        statement = "insert into passages_fts (rowid, scope, key) values (:passage, :scope, :key)"
    else:
        statement = (
            "insert into passages_fts (passage_id, scope, terms)"
            " values (:passage, :scope, to_tsvector('english', :key))"
        )
    rows = [{"passage": passage, "scope": scope, "key": key} for passage, key in keys.items()]
    if rows:
        await connection.execute(text(statement), rows)


async def find(
    connection: AsyncConnection,
    scopes: Sequence[str],
    terms: Terms,
    *,
    limit: int,
    period: Period = ALWAYS,
) -> list[tuple[int, float]]:
    """Give ids of passages that have any of the words and all of the phrases, and scores, the best first.

    The scores can be compared within one list.
    """
    words = list(dict.fromkeys([*terms.words, *(word for phrase in terms.phrases for word in phrase.split())]))
    if not words:
        return []
    values: dict[str, object] = {"limit": limit, "since": period.since}
    narrowed = _narrowed(period)
    if connection.dialect.name == "sqlite":
        statement = _sqlite(narrowed)
        values["match"] = _match(scopes, words, terms)
    else:
        weights = await _weights(connection, scopes, words)
        statement = _postgresql(narrowed, len(words), terms)
        values |= {"scopes": list(scopes), **_lexemes(words, terms)}
        values |= {f"weight{number}": weights[word] for number, word in enumerate(words)}
    rows = await connection.execute(text(statement), values)
    return [(int(row[0]), float(row[1])) for row in rows]


def _narrowed(period: Period) -> str:
    conditions = ["documents.published is not null"] if period.dated else []
    if period.since is not None:
        conditions.append("(documents.published is null or documents.published >= :since)")
    return " and ".join(conditions)


def _sqlite(narrowed: str) -> str:
    joined = (
        f"join passages on passages.id = {TABLE}.rowid join documents on documents.id = passages.document_id"
        if narrowed
        else ""
    )
    # the first column says only whose a passage is
    return (
        f"select {TABLE}.rowid, -bm25({TABLE}, 0.0, 1.0) as score from {TABLE} {joined}"  # noqa: S608 - of constants
        f" where {TABLE} match :match {'and ' + narrowed if narrowed else ''} order by score desc, 1 limit :limit"
    )


def _match(scopes: Collection[str], words: Sequence[str], terms: Terms) -> str:
    """Write a query of FTS5: quoted strings joined by operators of ours."""
    query = f"(scope : ({_any(scopes)})) AND (key : ({_any(words)}))"
    query += "".join(f' AND (key : "{phrase}")' for phrase in terms.phrases)
    return f"({query}) NOT (key : ({_any(terms.without)}))" if terms.without else query


def _any(terms: Collection[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def _postgresql(narrowed: str, words: int, terms: Terms) -> str:
    score = " + ".join(
        f"cast(:weight{number} as float8) * ts_rank({TABLE}.terms, {_query(f'word{number}')}, {DAMPING})"
        for number in range(words)
    )
    wanted = [f"{TABLE}.scope = any(:scopes)", f"{TABLE}.terms @@ {_query('any')}"]
    wanted += [f"{TABLE}.terms @@ {_query(f'phrase{number}')}" for number in range(len(terms.phrases))]
    wanted += [f"not {TABLE}.terms @@ {_query(f'without{number}')}" for number in range(len(terms.without))]
    joined = "join passages on passages.id = passage_id join documents on documents.id = document_id"
    return (
        f"select passage_id, {score} as score from {TABLE} {joined if narrowed else ''}"  # noqa: S608 - of constants
        f" where {' and '.join([*wanted, *([narrowed] if narrowed else [])])} order by score desc, 1 limit :limit"
    )


def _query(name: str) -> str:
    return f"websearch_to_tsquery('{CONFIGURATION}', :{name})"


def _lexemes(words: Sequence[str], terms: Terms) -> dict[str, str]:
    """Give queries of websearch_to_tsquery by name."""
    return {
        "any": " or ".join(words),
        **{f"word{number}": word for number, word in enumerate(words)},
        **{f"phrase{number}": f'"{phrase}"' for number, phrase in enumerate(terms.phrases)},
        **{f"without{number}": f'"{phrase}"' for number, phrase in enumerate(terms.without)},
    }


async def _weights(connection: AsyncConnection, scopes: Sequence[str], words: Sequence[str]) -> dict[str, float]:
    """Say how much each word tells, as BM25 does: the rarer, the more. PostgreSQL's own ranks know nothing of it."""
    counted = text(
        f"select word, (select count(*) from {TABLE}"  # noqa: S608 - of constants
        f" where scope = any(:scopes) and terms @@ websearch_to_tsquery('{CONFIGURATION}', word)),"
        f" (select count(*) from {TABLE} where scope = any(:scopes)) from unnest(cast(:words as text[])) as word"
    )
    rows = await connection.execute(counted, {"scopes": list(scopes), "words": list(words)})
    return {word: log1p((total - number + 0.5) / (number + 0.5)) for word, number, total in rows}
