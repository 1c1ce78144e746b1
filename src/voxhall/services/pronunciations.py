"""How an account wants certain words said."""

from voxhall.domain.record import Caller
from voxhall.errors import InvalidInput, NotFound
from voxhall.stores import voices as table
from voxhall.stores.database import Database

WORDS = 1000
"""Words of one account at most."""


class Pronunciations:
    """The service that API and renders ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, caller: Caller) -> dict[str, str]:
        """Give the account's words, in lower case, and how they are said: as other words, or `[[phonemes]]`."""
        async with self._database.read() as connection:
            return await table.lexicon_of(connection, caller.account_id)

    async def set(self, caller: Caller, word: str, said: str) -> None:
        """Have a word said in a certain way from now on; raises InvalidInput."""
        if not word or word.split() != [word]:
            raise InvalidInput(f"{word[:100]!r} is not one word", param="word")
        known = await self.of(caller)
        if len(known) >= WORDS and word.lower() not in known:
            raise InvalidInput(f"there are {WORDS} words already, which is the most", param="word")
        async with self._database.write() as connection:
            await table.set_pronunciation(self._database, connection, caller.account_id, word.lower(), said)

    async def remove(self, caller: Caller, word: str) -> None:
        """Have a word said as usual again; raises NotFound."""
        async with self._database.write() as connection:
            if not await table.remove_pronunciation(connection, caller.account_id, word.lower()):
                raise NotFound(f"there is no pronunciation of {word[:100]!r}", param="word")
