"""One memory over everything that an account has done: listed, searched, looked at and removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voxhall.domain.conversation import Conversation, ToolCall, Turn
from voxhall.domain.history import Item, Wanted
from voxhall.domain.record import Caller
from voxhall.domain.transcription import Record
from voxhall.errors import NotFound
from voxhall.services.clones import PREFIX
from voxhall.services.renders import Renders
from voxhall.services.transcripts import Transcripts
from voxhall.stores import history as table
from voxhall.stores import transcriptions, voice_conversations, websearch
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.text.websearch import read_question


@dataclass(frozen=True, slots=True)
class Told:
    """A conversation with what was said in it."""

    conversation: Conversation
    turns: tuple[Turn, ...] | None
    """The first ones in order; None where nobody asked for them."""
    calls: tuple[ToolCall, ...] | None
    """Likewise."""


class History:
    """The service that API and command line ask."""

    def __init__(self, database: Database, objects: Objects, transcripts: Transcripts, renders: Renders) -> None:
        self.transcripts = transcripts
        self.renders = renders
        self._database = database
        self._objects = objects

    async def page(self, caller: Caller, wanted: Wanted, *, limit: int, offset: int = 0) -> tuple[int, list[Item]]:
        """Give how many there are of what is wanted, and some of them, in order of time."""
        named = replace(wanted, voice=_bare(wanted.voice)) if wanted.voice is not None else wanted
        async with self._database.read() as connection:
            return await table.page(connection, caller.account_id, named, limit=limit, offset=offset)

    async def conversation(self, caller: Caller, uid: str, *, turns: int | None = None, calls: bool = False) -> Told:
        """Give one with its first turns and all calls of tools, where they are asked for; raises NotFound."""
        found = await self._find(caller, uid)
        async with self._database.read() as connection:
            said = tuple(await voice_conversations.turns_of(connection, uid, turns)) if turns is not None else None
            called = tuple(await voice_conversations.calls_of(connection, uid)) if calls else None
        return Told(found, said, called)

    async def search_turns(self, caller: Caller, question: str, *, limit: int) -> list[Turn]:
        """Find what was said in conversations, the latest first."""
        wanted = read_question(question)
        async with self._database.read() as connection:
            ids = await websearch.find(connection, "turns", caller.account_id, wanted, limit)
            return await voice_conversations.find_turns(connection, caller.account_id, ids)

    async def search(
        self, caller: Caller, question: str, *, limit: int, said: bool = False
    ) -> tuple[list[Turn], list[Record]]:
        """Find turns of conversations, and transcriptions by what they are called; the latest first.

        With `said`, transcriptions also by what is said in them.
        """
        wanted = read_question(question)
        names: Sequence[websearch.Index] = ("filenames", "transcripts") if said else ("filenames",)
        async with self._database.read() as connection:
            found = {
                each
                for name in names
                for each in await websearch.find(connection, name, caller.account_id, wanted, limit)
            }
            ids = sorted(found, reverse=True)[:limit]
            records = await transcriptions.find_many(connection, caller.account_id, ids)
        latest = sorted(records, key=lambda record: record.id, reverse=True)
        return await self.search_turns(caller, question, limit=limit), latest

    async def delete_conversation(self, caller: Caller, uid: str) -> None:
        """Remove one with all that was said in it, sound included; raises NotFound."""
        await self._find(caller, uid)
        async with self._database.write() as connection:
            await voice_conversations.remove(connection, caller.account_id, uid)
        await self._objects.delete_prefix(voice_conversations.sounds_of(caller.account_id, uid))

    async def _find(self, caller: Caller, uid: str) -> Conversation:
        async with self._database.read() as connection:
            found = await voice_conversations.find(connection, caller.account_id, uid)
        if found is None:
            raise NotFound(f"there is no conversation {uid[:60]!r}")
        return found


def _bare(voice: str) -> str:
    """Give the name that all revisions of a voice have in common; a cloned one has no revisions."""
    return voice if voice.startswith(PREFIX) else voice.partition(".")[0].lower()
