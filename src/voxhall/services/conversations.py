"""Voice conversations on their way into history: begun, written down turn by turn, and ended by those who lead them."""

import time
from uuid import uuid4

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

    async def begin(
        self,
        caller: Caller,
        source: Source,
        *,
        voice: str = "",
        uid: str | None = None,
        started_at: float | None = None,
    ) -> str:
        """Record that a conversation begins; give its uid, made here unless the leader has one already."""
        named, began = uid or f"sess_{uuid4().hex}", time.time() if started_at is None else started_at
        async with self._database.write() as connection:
            await table.insert_row(connection, caller.account_id, named, source=source, voice=voice, started_at=began)
        return named

    async def add_turn(self, uid: str, said: Said) -> int | None:
        """Write down what was said; give the turn's id, None where the conversation has been deleted."""
        async with self._database.write() as connection:
            return await table.add_turn(connection, uid, said)

    async def add_call(self, uid: str, called: Called) -> int | None:
        """Write down the call of a tool; give its id, None where the conversation has been deleted."""
        async with self._database.write() as connection:
            return await table.add_call(connection, uid, called)

    async def end(self, uid: str, *, ended_at: float | None = None, cost: float | None = None) -> None:
        """Record a conversation's end, and what it cost in US dollars."""
        async with self._database.write() as connection:
            await table.end(connection, uid, time.time() if ended_at is None else ended_at, cost)

    def sounds_of(self, caller: Caller, uid: str) -> str:
        """Give the folder of objects below which the sound of its turns belongs."""
        return table.sounds_of(caller.account_id, uid)
