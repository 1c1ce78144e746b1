"""A history to look at: rows and objects as the services that work leave them, made without any engine."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import update

from voxhall.domain.conversation import Called, Said
from voxhall.domain.record import Caller
from voxhall.domain.speech import Segment, Transcript, Word
from voxhall.domain.transcription import Options, Submission
from voxhall.domain.voice import Order, Spoken
from voxhall.domain.work import TRANSCRIBE
from voxhall.engines import wire
from voxhall.services.conversations import Conversations
from voxhall.stores import renders, transcriptions, websearch
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.tables import jobs
from voxhall.stores.voice_conversations import sounds_of


@dataclass(frozen=True, slots=True)
class Remembering:
    """Writes down what an account has done."""

    database: Database
    objects: Objects
    caller: Caller

    async def transcription(self, filename: str, at: float, text: str = "Hello there.", state: str = "done") -> int:
        """Add a transcription that began at a moment, with a sentence for its result."""
        account = self.caller.account_id
        async with self.database.write() as connection:
            job = {"account_id": account, "kind": TRANSCRIBE, "state": "queued", "priority": 0, "run_at": at}
            job |= {"attempt": 1, "strikes": 0, "cancel_requested": False, "created_at": at, "updated_at": at}
            job_id = (await connection.execute(jobs.insert().values(job).returning(jobs.c.id))).scalar_one()
            values = {"account_id": account, "job_id": job_id, "original_key": None, "fingerprint": ""}
            made = await transcriptions.insert_row(connection, values, Submission(filename, Options()))
            await connection.execute(update(jobs).where(jobs.c.id == job_id).values(state=state, finished_at=at + 1))
        if state == "done":
            await self._result(made, text)
        return made

    async def _result(self, made: int, text: str) -> None:
        folder = f"{transcriptions.results_of(self.caller.account_id, made)}/1"
        segment = Segment(0, text, 0.0, 2.0, (Word(text, 0.0, 2.0, 0.9),))
        await self.objects.put_bytes(f"{folder}/audio.opus", b"sound")
        await self.objects.put_bytes(f"{folder}/transcript", wire.encode(Transcript((segment,), (), "en", 2.0, 1)))
        values = {
            "audio_key": f"{folder}/audio.opus",
            "transcript_key": f"{folder}/transcript",
            "duration": 1800.0,
            "language": "en",
            "num_segments": 1,
            "num_speakers": 1,
            "num_chunks": 1,
            "cost": 0.1,
        }
        async with self.database.write() as connection:
            await transcriptions.set_result(connection, made, values)
            await websearch.index(connection, "transcripts", self.caller.account_id, made, text)

    async def render(self, voice: str, at: float, text: str = "Good morning.") -> int:
        """Add a render that began at a moment."""
        async with self.database.write() as connection:
            made = await renders.insert_row(connection, self.caller.account_id, Order(voice, text), voice, at)
            key = f"renders/{self.caller.account_id}/{made}.opus"
            await renders.end(
                connection,
                made,
                state="done",
                characters=len(text),
                seconds=1.5,
                cost=len(text) / 1e5,
                audio_key=key,
                chunks=[Spoken(text, 0.0, 1.5, (), takes=2, verified=False)],
            )
        await self.objects.put_bytes(key, b"sound")
        return made

    async def conversation(self, voice: str, at: float, *turns: str, uid: str | None = None) -> str:
        """Add a conversation that began at a moment; the user says the first of its turns."""
        conversations = Conversations(self.database)
        named = uid or f"sess_{uuid4().hex}"
        await conversations.begin(self.caller, "realtime", named, voice=voice, started_at=at)
        for number, text in enumerate(turns):
            key = f"{sounds_of(self.caller.account_id, named)}/{number}.opus"
            await self.objects.put_bytes(key, b"sound")
            role = "assistant" if number % 2 else "user"
            await conversations.add_turn(named, Said(role, text, at + number, audio_key=key))
        await conversations.add_call(named, Called("calendar", {"range": "today"}, at + 1, result="2 events"))
        await conversations.end(named, ended_at=at + 312.4, cost=None)
        return named
