"""Voice conversations on their way into history: begun, written down turn by turn, and ended by those who lead them."""

from voxhall.domain.conversation import Called, Said, Source
from voxhall.domain.record import Caller
from voxhall.stores import voice_conversations as table
from voxhall.stores.database import Database


class Conversations:
    """The service that leaders of conversations tell.

    A conversation that its account deletes while it goes on is written down no further; its leader need not know.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, caller: Caller, source: Source, uid: str, *, voice: str, started_at: float) -> None:
        """Record that a conversation begins."""
        async with self._database.write() as connection:
            await table.insert_row(
                connection, caller.account_id, uid, source=source, voice=voice, started_at=started_at
            )

    async def add_turn(self, uid: str, said: Said) -> None:
        """Write down what was said."""
        async with self._database.write() as connection:
            await table.add_turn(connection, uid, said)

    async def add_call(self, uid: str, called: Called) -> int | None:
        """Write down the call of a tool; give its id, None where the conversation has been deleted."""
        async with self._database.write() as connection:
            return await table.add_call(connection, uid, called)

    async def end(self, uid: str, *, ended_at: float, cost: float | None) -> None:
        """Record a conversation's end, and what it cost in US dollars where that is known."""
        async with self._database.write() as connection:
            await table.end(connection, uid, ended_at, cost)
