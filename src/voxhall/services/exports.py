"""An account's whole history in one file: everything that is known of it, with sound and texts, as a zip."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.conversation import Conversation
from voxhall.domain.history import EXPORT, Export, Item, Wanted
from voxhall.domain.record import Caller
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import ENDED, Record
from voxhall.domain.voice import Render
from voxhall.engines import wire
from voxhall.errors import Conflict, NotFound
from voxhall.jobs.queue import Claimed, Commit, Queue
from voxhall.jobs.worker import JobJournal
from voxhall.stores import history as table
from voxhall.stores import voice_conversations
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.text.captions import transcript_text

KEPT_SECONDS = 24 * 3600.0
"""How long an export can be fetched."""
PAGE = 200
"""Items read at a time."""
ALL_TURNS = 2**31
INNER = {"account_id", "job_id", "original_key", "audio_key", "transcript_key", "webhook_url"}
"""What is of no use outside this server."""


class Exports:
    """The service that API and command line ask; it handles jobs of the kind `export`."""

    def __init__(self, database: Database, objects: Objects, queue: Queue, scratch: Path) -> None:
        self._database = database
        self._objects = objects
        self._queue = queue
        self._scratch = scratch

    async def begin(self, caller: Caller) -> Export:
        """Queue an export; raises Conflict while the account has one that goes on."""
        async with self._database.write() as connection:
            last = await table.find_export(connection, caller.account_id)
            if last and last.state not in ENDED:
                raise Conflict(f"export {last.id} goes on still; wait for its end")
            job_id = await self._queue.enqueue(connection, EXPORT, caller.account_id, key_id=caller.key_id)
            export_id = await table.insert_export(connection, caller.account_id, job_id)
        self._queue.wake()
        return await self.get(caller, export_id)

    async def get(self, caller: Caller, export_id: int) -> Export:
        """Find one; raises NotFound for those of other accounts, and a day after it ended."""
        async with self._database.read() as connection:
            found = await table.find_export(connection, caller.account_id, export_id)
        if found is None:
            raise NotFound(f"there is no export {export_id}")
        return found

    async def sweep(self) -> None:
        """Remove exports that have been there to be fetched for long enough."""
        async with self._database.write() as connection:
            keys = await table.remove_exports(connection, time.time() - KEPT_SECONDS)
        for key in keys:
            await self._objects.delete(key)

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job from this thread."""
        folder = self._scratch / str(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        journal.await_unless_stopped(self.write(job.account_id, folder / "history.zip", journal))
        key = f"exports/{job.account_id}/{uuid4().hex}.zip"
        journal.on_loss(lambda: self._objects.delete(key))
        journal.await_(self._objects.put_file(key, folder / "history.zip"))

        async def commit(connection: AsyncConnection) -> None:
            await table.keep_export(connection, job.id, key)

        return commit

    async def write(self, account_id: int, path: Path, journal: JobJournal | None = None) -> int:
        """Write an account's history into a file; give how many items it has."""
        written = 0
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            async for total, item in self._all(account_id):
                await self._add(archive, item, path.with_suffix(".part"))
                written += 1
                if journal:
                    journal.progress("finalizing", 100 * written / max(written, total), written, total)
        return written

    async def _all(self, account_id: int) -> AsyncIterator[tuple[int, Item]]:
        """Give everything that there was when this began, the oldest first, and how many there are."""
        wanted, offset = Wanted(newest_first=False, until=time.time()), 0
        while True:
            async with self._database.read() as connection:
                total, items = await table.page(connection, account_id, wanted, limit=PAGE, offset=offset)
            for item in items:
                yield total, item
            offset += PAGE
            if offset >= total:
                return

    async def _add(self, archive: ZipFile, item: Item, part: Path) -> None:
        match item:
            case Record():
                await self._add_transcription(archive, item, part)
            case Render():
                archive.writestr(f"tts/{item.id}.json", _json(item))
                await self._add_object(archive, f"tts/{item.id}.opus", item.audio_key, part)
            case Conversation():
                await self._add_conversation(archive, item, part)

    async def _add_transcription(self, archive: ZipFile, record: Record, part: Path) -> None:
        folder = f"transcriptions/{record.id}"
        archive.writestr(f"{folder}/transcription.json", _json(record))
        await self._add_object(archive, f"{folder}/audio.opus", record.audio_key, part)
        await self._add_object(archive, f"{folder}/original", record.original_key, part)
        # one that is not stored waits for a reader of its own
        if record.transcript_key and record.store:
            with suppress(NotFound):  # deleted in the meantime
                transcript = wire.decode(await self._objects.get(record.transcript_key), Transcript)
                archive.writestr(f"{folder}/transcript.json", _json(transcript))
                text = transcript_text(transcript, events=record.options.sounds)
                archive.writestr(f"{folder}/transcript.txt", text)

    async def _add_conversation(self, archive: ZipFile, conversation: Conversation, part: Path) -> None:
        folder = f"conversations/{conversation.uid}"
        async with self._database.read() as connection:
            turns = await voice_conversations.turns_of(connection, conversation.uid, ALL_TURNS)
            calls = await voice_conversations.calls_of(connection, conversation.uid)
        archive.writestr(f"{folder}/conversation.json", _json(conversation))
        archive.writestr(f"{folder}/turns.json", _json(turns))
        archive.writestr(f"{folder}/tool_calls.json", _json(calls))
        for turn in turns:
            if turn.audio_key:
                await self._add_object(
                    archive, f"{folder}/{turn.id}{Path(turn.audio_key).suffix}", turn.audio_key, part
                )

    async def _add_object(self, archive: ZipFile, name: str, key: str | None, part: Path) -> None:
        """Add what is stored; sound is packed as it is."""
        if key is None:
            return
        with suppress(NotFound):  # deleted in the meantime
            await self._objects.fetch(key, part)
            await asyncio.to_thread(archive.write, part, name, ZIP_STORED)
            await asyncio.to_thread(part.unlink)


def _json(item: object) -> bytes:
    values = msgspec.to_builtins(item)
    if isinstance(values, dict):
        values = {name: value for name, value in values.items() if name not in INNER}
    return msgspec.json.format(msgspec.json.encode(values))
