"""Does a queued transcription: fetches the recording, runs the pipeline, stores the result."""

import math
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Usage
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import Record
from voxhall.engines import wire
from voxhall.errors import LeaseLost
from voxhall.jobs.queue import Claimed, Commit
from voxhall.jobs.worker import JobJournal
from voxhall.net.fetch import Download
from voxhall.pipelines.transcribe import transcribe
from voxhall.services.tools import Toolbox
from voxhall.stores import ledger, websearch
from voxhall.stores import transcriptions as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

Fetch = Callable[[str], AbstractAsyncContextManager[Download]]
"""Fetches a recording from where it is."""


class Transcribing:
    """Handles jobs of the kind `transcribe`."""

    def __init__(  # noqa: PLR0913 - what the work needs, and its bounds
        self,
        *,
        database: Database,
        objects: Objects,
        toolbox: Toolbox,
        fetch: Fetch,
        scratch: Path,
        longest: float,
        price: float,
    ) -> None:
        """Recordings may be `longest` seconds long; an hour of one costs `price` US dollars."""
        self._database = database
        self._objects = objects
        self._toolbox = toolbox
        self._fetch = fetch
        self._scratch = scratch
        self._longest = longest
        self._price = price

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job in this thread; give what is to be committed with its end."""
        record = journal.await_(self._record(job))
        folder = self.folder(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        recording = folder / "recording"
        if not recording.exists():
            journal.progress("downloading", 0.0, 0, 0)
            arriving = folder / f"recording.{job.attempt}"
            key = record.original_key or journal.await_unless_stopped(self._download(record))
            journal.await_(self._objects.fetch(key, arriving))
            arriving.rename(recording)
        options = replace(record.options, longest=self._longest)
        with self._toolbox.host.scope() as scope:
            journal.on_stop(scope.cancel)
            transcript = transcribe(recording, folder, self._toolbox.take(scope, options), options, journal)
        prefix = f"{table.results_of(record.account_id, record.id)}/{job.attempt}"
        journal.on_loss(lambda: self._objects.delete_prefix(prefix))
        return journal.await_(self._keep(record, job, transcript, folder, prefix))

    def folder(self, job_id: int) -> Path:
        """Give where a job's work in progress is kept."""
        return self._scratch / str(job_id)

    def sweep(self, active: set[int]) -> None:
        """Remove what jobs left behind that have ended while nobody was looking."""
        for folder in self._scratch.iterdir() if self._scratch.exists() else ():
            if folder.name.isdigit() and int(folder.name) not in active:
                shutil.rmtree(folder, ignore_errors=True)

    async def _record(self, job: Claimed) -> Record:
        async with self._database.read() as connection:
            record = await table.find_by_job(connection, job.id)
        if record is None:
            raise LeaseLost("the transcription has been deleted")
        return record

    async def _download(self, record: Record) -> str:
        """Fetch a recording from where the caller says that it is; give the key under which it is kept."""
        key = f"recordings/{record.account_id}/{uuid4().hex}"
        address = record.audio_url or ""
        async with self._fetch(address) as found:
            await self._objects.put(key, found.chunks)
        async with self._database.write() as connection:
            wanted = await table.set_result(connection, record.id, {"original_key": key})
        if not wanted:
            await self._objects.delete(key)
            raise LeaseLost("the transcription has been deleted")
        return key

    async def _keep(self, record: Record, job: Claimed, transcript: Transcript, folder: Path, prefix: str) -> Commit:
        """Store the result under keys of this attempt, so that only the attempt that ends the job is ever seen."""
        audio_key, transcript_key = f"{prefix}/audio.opus", f"{prefix}/transcript"
        await self._objects.put_file(audio_key, folder / "audio.opus")
        await self._objects.put_bytes(transcript_key, wire.encode(transcript))
        values = {
            "audio_key": audio_key,
            "transcript_key": transcript_key,
            "duration": transcript.duration,
            "language": transcript.language,
            "num_chunks": transcript.chunks,
            "num_segments": len(transcript.segments),
            "num_speakers": transcript.speakers,
            "notice": transcript.notice,
            "cost": (cost := math.ceil(transcript.duration) * self._price / 3600),
        }
        used = Usage("transcription", seconds=transcript.duration, cost=cost)
        said = "\n".join(segment.text for segment in transcript.segments) if record.store else ""

        async def commit(connection: AsyncConnection) -> None:
            if await table.set_result(connection, record.id, values):
                await websearch.index(connection, "transcripts", record.account_id, record.id, said)
            await ledger.record(connection, job.account_id, job.key_id, used, self._database.now())

        return commit
