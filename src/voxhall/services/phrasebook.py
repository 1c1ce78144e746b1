"""What accounts want translated in their own way: glossaries of terms, and memories of sentences."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from voxhall.domain.languages import NAMES
from voxhall.domain.record import Caller
from voxhall.domain.translation import Book, Phrase, Phrases, Route
from voxhall.errors import InvalidInput, NotFound
from voxhall.pipelines.translate import FUZZY, plainly, sentence_lengths
from voxhall.stores import phrases as table
from voxhall.stores.database import Database

MOST = {"glossary": 5_000, "memory": 500_000}
"""Phrases of one account at most."""
LONGEST = {"glossary": 200, "memory": 2_000}
"""Characters of a phrase."""


class Phrasebook:
    """The service that API and translations ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, caller: Caller, book: Book, entries: Sequence[Phrase]) -> int:
        """Add phrases, in the place of those with the same source; tell how many. Raises InvalidInput."""
        kept = [_checked(book, each) for each in entries]
        async with self._database.write() as connection:
            there = await table.count(connection, caller.account_id, book)
            if there + len(kept) > MOST[book]:
                raise InvalidInput(f"the {book} has {there} phrases, and can have {MOST[book]} at most")
            await table.put(self._database, connection, caller.account_id, book, kept)
        return len(kept)

    async def listed(self, caller: Caller, book: Book, route: Route | None = None) -> list[Phrase]:
        """Give a whole book, or what it says on one route."""
        async with self._database.read() as connection:
            return await table.listed(connection, caller.account_id, book, route)

    async def remove(self, caller: Caller, book: Book, route: Route | None, source: str | None) -> int:
        """Remove a phrase, all of a route, or all of a book; raises NotFound where a phrase is not there."""
        async with self._database.write() as connection:
            plain = None if source is None else plainly(source)
            removed = await table.remove(connection, caller.account_id, book, route, plain)
        if source is not None and not removed:
            raise NotFound(f"the {book} has no such phrase", param="source")
        return removed

    async def of(self, caller: Caller, route: Route, texts: Sequence[str]) -> Phrases:
        """Give the terms of a route, and of its memory what may be like sentences of these texts."""
        async with self._database.read() as connection:
            terms = await table.of_route(connection, caller.account_id, "glossary", route)
            if not await table.count(connection, caller.account_id, "memory"):
                return Phrases(terms, {})
        shortest, longest = await asyncio.to_thread(sentence_lengths, texts, route[0])
        # texts that are 90 % alike differ in length by less than a fifth
        alike = FUZZY / (200 - FUZZY)
        near = (int(shortest * alike), int(longest / alike) + 1)
        async with self._database.read() as connection:
            return Phrases(terms, await table.of_route(connection, caller.account_id, "memory", route, near))


def _checked(book: Book, phrase: Phrase) -> Phrase:
    for code, param in zip(phrase.route, ("src_lang", "tgt_lang"), strict=True):
        if code not in NAMES:
            raise InvalidInput(f"{code[:40]!r} is no language that is known here", param=param)
    if phrase.route[0] == phrase.route[1]:
        raise InvalidInput(f"a phrase leads from one language into another, not from {phrase.route[0]!r} into itself")
    made = replace(phrase, source=plainly(phrase.source), target=plainly(phrase.target))
    for text, param in ((made.source, "source"), (made.target, "target")):
        if not text or "\0" in text:
            raise InvalidInput(f"the {param} of a phrase should be text", param=param)
        if len(text) > LONGEST[book]:
            raise InvalidInput(f"a phrase of the {book} has {LONGEST[book]} characters at most", param=param)
    return made
