"""Passages found by their words: FTS5 on SQLite, tsvector and GIN on PostgreSQL, one interface for both.

What is written and what is looked for are keys of `voxhall.text.terms`: plain words and nothing else, so that no
question can mean anything in the database's own language of queries.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from math import log1p
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.document import Period
from voxhall.stores.scopes import account_of
from voxhall.text.terms import Terms

TABLE = "passages_fts"
"""Made by a migration; it is of another kind in each database. Rows leave it with their passages."""
SHIFT = 40
"""On SQLite a row's number is its account's (0 for what is shared) shifted by this, and its passage's: who looks
within a range of numbers steps over nobody else's, while a column of FTS5 would be searched like any word."""
CONFIGURATION = "english"
"""Of PostgreSQL; its stemmer is the later version of the one that FTS5 has, and leaves words of other scripts alone."""
RANKED = 2000
"""Passages that are ranked at most: ranking one takes microseconds, and common words stand in tens of thousands.
Where there are more, those with one of the rarest words are ranked, by all words; of these, the latest."""
COUNTED = 3 * RANKED
DAMPING = 1
"""PostgreSQL's ts_rank divides by 1 + the logarithm of a passage's length."""

ALWAYS = Period()
ALL = ""
"""Under which counts of words have that of all passages."""


async def add(connection: AsyncConnection, scope: str, keys: Mapping[int, str]) -> None:
    """Write the keys of passages, given by their ids."""
    if connection.dialect.name == "sqlite":
        statement = f"insert into passages_fts (rowid, key) values ((:account << {SHIFT}) | :passage, :key)"  # noqa: S608 - of a constant
        whose: dict[str, object] = {"account": account_of(scope) or 0}
    else:
        statement = (
            "insert into passages_fts (passage_id, scope, terms)"
            " values (:passage, :scope, to_tsvector('english', :key))"
        )
        whose = {"scope": scope}
    rows = [{"passage": passage, "key": key, **whose} for passage, key in keys.items()]
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
    sqlite = connection.dialect.name == "sqlite"
    counts = await (_counts_sqlite if sqlite else _counts_postgresql)(connection, scopes, words)
    words = sorted((word for word in words if counts[word]), key=lambda word: counts[word])
    rare = _rare(words, counts)
    if not rare:
        return []
    values: dict[str, object] = {"limit": limit, "ranked": RANKED, "since": period.since}
    narrowed = _narrowed(period)
    if sqlite:
        statement = _sqlite(narrowed, len(scopes))
        values |= {"match": _match(rare, words, terms), **_ranges(scopes)}
    else:
        statement = _postgresql(narrowed, len(words), terms)
        values |= {"scopes": list(scopes), **_lexemes(rare, words, terms)}
        values |= {f"weight{place}": _weight(counts[ALL], counts[word]) for place, word in enumerate(words)}
    rows = await _fetch(connection, statement, values)
    return [(int(row[0]), float(row[1])) for row in rows]


async def _fetch(connection: AsyncConnection, statement: str, values: Mapping[str, object]) -> Sequence[Any]:
    """Ask the database; SQLite's driver itself, whose thread is called once then, not four times."""
    if connection.dialect.name != "sqlite":
        return (await connection.execute(text(statement), values)).all()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return list(await driver.execute_fetchall(statement, values))


def _narrowed(period: Period) -> str:
    conditions = ["documents.published is not null"] if period.dated else []
    if period.since is not None:
        conditions.append("(documents.published is null or documents.published >= :since)")
    return " and ".join(conditions)


def _rare(words: Sequence[str], counts: Mapping[str, int]) -> list[str]:
    """Give as many words as passages can be ranked for; of words in order of their counts, at least the first."""
    sums = accumulate(counts[word] for word in words)
    return [word for place, (word, total) in enumerate(zip(words, sums, strict=True)) if not place or total <= RANKED]


def _sqlite(narrowed: str, scopes: int) -> str:
    passage = f"({TABLE}.rowid & {(1 << SHIFT) - 1})"
    joined = (
        f"join passages on passages.id = {passage} join documents on documents.id = passages.document_id"
        if narrowed
        else ""
    )
    ranked = " union all ".join(
        f"select * from (select {passage} as passage_id, -bm25({TABLE}) as score from {TABLE} {joined}"  # noqa: S608 - of constants
        f" where {TABLE} match :match and {_within(scope)} {'and ' + narrowed if narrowed else ''}"
        f" order by {TABLE}.rowid desc limit :ranked)"
        for scope in range(scopes)
    )
    return f"select passage_id, score from ({ranked}) order by score desc, passage_id limit :limit"  # noqa: S608 - likewise


def _within(scope: int) -> str:
    return f"{TABLE}.rowid between :first{scope} and :last{scope}"


def _ranges(scopes: Sequence[str]) -> dict[str, int]:
    """Give the numbers of rows of each scope, for `_within`."""
    accounts = [account_of(scope) or 0 for scope in scopes]
    return {
        **{f"first{place}": account << SHIFT for place, account in enumerate(accounts)},
        **{f"last{place}": ((account + 1) << SHIFT) - 1 for place, account in enumerate(accounts)},
    }


def _match(rare: Sequence[str], words: Sequence[str], terms: Terms) -> str:
    """Write a query of FTS5: quoted strings joined by operators of ours."""
    query = f"({_any(rare)})"
    if len(rare) < len(words):
        query += f" AND ({_any(words)})"
    query += "".join(f' AND "{phrase}"' for phrase in terms.phrases)
    return f"({query}) NOT ({_any(terms.without)})" if terms.without else query


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
    ranked = (
        f"select passage_id, terms from {TABLE} {joined if narrowed else ''}"  # noqa: S608 - of constants
        f" where {' and '.join([*wanted, *([narrowed] if narrowed else [])])} order by passage_id desc limit :ranked"
    )
    return (
        f"select passage_id, {score} as score from ({ranked}) as {TABLE}"  # noqa: S608 - likewise
        " order by score desc, passage_id limit :limit"
    )


def _query(name: str) -> str:
    return f"websearch_to_tsquery('{CONFIGURATION}', :{name})"


def _lexemes(rare: Sequence[str], words: Sequence[str], terms: Terms) -> dict[str, str]:
    """Give queries of websearch_to_tsquery by name."""
    return {
        "any": " or ".join(rare),
        **{f"word{number}": word for number, word in enumerate(words)},
        **{f"phrase{number}": f'"{phrase}"' for number, phrase in enumerate(terms.phrases)},
        **{f"without{number}": f'"{phrase}"' for number, phrase in enumerate(terms.without)},
    }


async def _counts_sqlite(connection: AsyncConnection, scopes: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """Count the passages that have each word, common ones only so far that they are known to be common."""
    counted = (
        " + ".join(
            f"(select count(*) from (select 1 from {TABLE}"  # noqa: S608 - of constants
            f" where {TABLE} match :word{place} and {_within(scope)} limit {COUNTED}))"
            for scope in range(len(scopes))
        )
        for place in range(len(words))
    )
    values = {**{f"word{place}": f'"{word}"' for place, word in enumerate(words)}, **_ranges(scopes)}
    [row] = await _fetch(connection, f"select {', '.join(counted)}", values)
    return dict(zip(words, (int(number) for number in row), strict=True))


async def _counts_postgresql(
    connection: AsyncConnection, scopes: Sequence[str], words: Sequence[str]
) -> dict[str, int]:
    """Likewise, and under `ALL` the number of all passages."""
    counted = (
        f"select word, (select count(*) from {TABLE}"  # noqa: S608 - of constants
        f" where scope = any(:scopes) and terms @@ websearch_to_tsquery('{CONFIGURATION}', word)),"
        f" (select count(*) from {TABLE} where scope = any(:scopes)) from unnest(cast(:words as text[])) as word"
    )
    rows = await _fetch(connection, counted, {"scopes": list(scopes), "words": list(words)})
    return {ALL: rows[0][2], **{word: number for word, number, _ in rows}}


def _weight(total: int, number: int) -> float:
    """Say how much a word tells, as BM25 does: the rarer, the more. PostgreSQL's own ranks know nothing of it."""
    return log1p((total - number + 0.5) / (number + 0.5))
