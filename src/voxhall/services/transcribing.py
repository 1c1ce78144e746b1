"""Does a queued transcription: fetches the recording, runs the pipeline, stores the result."""

import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import Record
from voxhall.errors import LeaseLost
from voxhall.jobs.queue import Claimed, Commit
from voxhall.jobs.worker import JobJournal
from voxhall.net.fetch import Download
from voxhall.pipelines.transcribe import transcribe
from voxhall.services.keeping import Keeping
from voxhall.services.tools import Toolbox
from voxhall.stores import transcriptions as table

Fetch = Callable[[str], AbstractAsyncContextManager[Download]]
"""Fetches a recording from where it is."""


class Transcribing:
    """Handles jobs of the kind `transcribe`."""

    def __init__(
        self,
        *,
        keeping: Keeping,
        toolbox: Toolbox,
        fetch: Fetch,
        scratch: Path,
        longest: float,
    ) -> None:
        """Recordings may be `longest` seconds long."""
        self._keeping = keeping
        self._database = keeping.database
        self._objects = keeping.objects
        self._toolbox = toolbox
        self._fetch = fetch
        self._scratch = scratch
        self._longest = longest

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job in this thread; give what is to be committed with its end."""
        record = journal.await_(self._keeping.record(job))
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
        journal.on_loss(lambda: self._keeping.forget(record, job))
        return journal.await_(self._keep(record, job, transcript, folder))

    def folder(self, job_id: int) -> Path:
        """Give where a job's work in progress is kept."""
        return self._scratch / str(job_id)

    def sweep(self, active: set[int]) -> None:
        """Remove what jobs left behind that have ended while nobody was looking."""
        for folder in self._scratch.iterdir() if self._scratch.exists() else ():
            if folder.name.isdigit() and int(folder.name) not in active:
                shutil.rmtree(folder, ignore_errors=True)

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

    async def _keep(self, record: Record, job: Claimed, transcript: Transcript, folder: Path) -> Commit:
        async def put_audio(key: str) -> None:
            await self._objects.put_file(key, folder / "audio.opus")

        return await self._keeping.keep(record, job, transcript, put_audio)
