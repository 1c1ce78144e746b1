"""Keeps what a recording or a stream became: its sound, its transcript, and what is known of them."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Usage
from voxhall.domain.speech import Transcript
from voxhall.domain.transcription import Record
from voxhall.engines import wire
from voxhall.errors import LeaseLost
from voxhall.jobs.queue import Claimed, Commit
from voxhall.stores import ledger, websearch
from voxhall.stores import transcriptions as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where results are kept, and what they cost."""

    database: Database
    objects: Objects
    price: float
    """US dollars per hour of audio."""

    async def record(self, job: Claimed) -> Record:
        """Find what a job works on; raises LeaseLost once that is deleted."""
        async with self.database.read() as connection:
            record = await table.find_by_job(connection, job.id)
        if record is None:
            raise LeaseLost("the transcription has been deleted")
        return record

    async def keep(
        self, record: Record, job: Claimed, transcript: Transcript, put_audio: Callable[[str], Awaitable[None]]
    ) -> Commit:
        """Store a result under keys of this attempt, so that only the attempt that ends the job is ever seen.

        `put_audio` stores the sound as Ogg Opus under the key it is given.
        """
        folder = _folder(record, job)
        audio_key, transcript_key = f"{folder}/audio.opus", f"{folder}/transcript"
        await put_audio(audio_key)
        await self.objects.put_bytes(transcript_key, wire.encode(transcript))
        values = {
            "audio_key": audio_key,
            "transcript_key": transcript_key,
            "duration": transcript.duration,
            "language": transcript.language,
            "num_chunks": transcript.chunks,
            "num_segments": len(transcript.segments),
            "num_speakers": transcript.speakers,
            "notice": transcript.notice,
            "cost": (cost := math.ceil(transcript.duration) * self.price / 3600),
        }
        used = Usage("transcription", seconds=transcript.duration, cost=cost)
        said = "\n".join(segment.text for segment in transcript.segments) if record.store else ""

        async def commit(connection: AsyncConnection) -> None:
            if await table.set_result(connection, record.id, values):
                await websearch.index(connection, "transcripts", record.account_id, record.id, said)
            await ledger.record(connection, job.account_id, job.key_id, used, self.database.now())

        return commit

    async def forget(self, record: Record, job: Claimed) -> None:
        """Remove what an attempt has stored that did not end the job."""
        await self.objects.delete_prefix(_folder(record, job))


def _folder(record: Record, job: Claimed) -> str:
    return f"{table.results_of(record.account_id, record.id)}/{job.attempt}"
