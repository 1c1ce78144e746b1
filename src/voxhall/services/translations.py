"""Translations for accounts: with what they want said in their own way, and counted."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from voxhall.domain.record import Caller, Usage
from voxhall.domain.translation import NONE, Guess, Route, Translation
from voxhall.engines.host import Scope
from voxhall.errors import InvalidInput, TooLarge
from voxhall.services.phrasebook import Phrasebook
from voxhall.services.tongues import Tongues, check_text, together
from voxhall.stores import ledger
from voxhall.stores.database import Database

Result = TypeVar("Result")

PRIORITY = 10
"""Somebody is waiting: translations go before recordings that wait to be transcribed."""
SLOTS = 16
"""Translations in progress at once; more wait their turn."""
TEXTS = 1000
"""Texts of one request at most."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a translation may be and costs."""

    longest: int
    """Characters of all texts of a request."""
    price: float
    """US dollars per million characters."""


class Translations:
    """The service that API and other services ask; close it at the end."""

    def __init__(self, database: Database, tongues: Tongues, phrasebook: Phrasebook, terms: Terms) -> None:
        self._database = database
        self._phrasebook = phrasebook
        self._terms = terms
        self._threads = ThreadPoolExecutor(SLOTS, thread_name_prefix="translate")
        self.tongues = tongues

    async def translate(self, caller: Caller, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate texts, each from the language `source`, which may be `auto`, and count them.

        Raises InvalidInput, TooLarge, UnsupportedPair, EngineUnavailable, EngineFailed, EngineLost.
        """
        self._check(texts)
        with self.tongues.host.scope(priority=PRIORITY) as scope:
            routes = await self._aside(partial(self.tongues.routes, texts, source, target, scope))
            found: dict[int, Translation] = {}
            for route, places in together(routes).items():
                made = await self._translate(caller, [texts[place] for place in places], route, scope)
                found.update(zip(places, made, strict=True))
        translations = [found[place] for place in range(len(texts))]
        await self._count(caller, texts, translations)
        return translations

    async def guess(self, texts: Sequence[str]) -> list[tuple[Guess, ...]]:
        """Tell the languages that texts may be in, the likeliest first; none for one without letters.

        Raises InvalidInput, TooLarge, EngineLost.
        """
        self._check(texts)
        with self.tongues.host.scope(priority=PRIORITY) as scope:
            return await self._aside(partial(self.tongues.guess, texts, scope))

    def close(self) -> None:
        """End its threads; translations in progress were cancelled with the engines, or end first."""
        self._threads.shutdown()

    async def _aside(self, work: Callable[[], Result]) -> Result:
        """Do what waits for engines in a thread of its own: others' threads are not held up."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _translate(self, caller: Caller, texts: list[str], route: Route, scope: Scope) -> list[Translation]:
        phrases = await self._phrasebook.of(caller, route, texts)
        return await self._aside(partial(self.tongues.translate, texts, route, scope, phrases))

    def _check(self, texts: Sequence[str]) -> None:
        if not texts or len(texts) > TEXTS:
            raise InvalidInput(f"there are {len(texts)} texts; 1 to {TEXTS} are accepted", param="texts")
        for text in texts:
            check_text(text)
        given = sum(map(len, texts))
        if given > self._terms.longest:
            most = self._terms.longest
            raise TooLarge(f"the text has {given} characters, {most} are accepted in one request", param="text")

    async def _count(self, caller: Caller, texts: Sequence[str], made: Sequence[Translation]) -> None:
        """Write down what was translated; what came back as it was is free."""
        characters = sum(len(text) for text, each in zip(texts, made, strict=True) if each.engine != NONE)
        if not characters:
            return
        used = Usage("translation", characters=characters, cost=characters * self._terms.price / 1e6)
        async with self._database.write() as connection:
            await ledger.record(connection, caller.account_id, caller.key_id, used, self._database.now())
