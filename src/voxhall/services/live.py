"""Streams that are listened to while somebody speaks; each ends as a stored transcription, however it ends."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import uuid4

from voxhall.accounts.limits import Quotas
from voxhall.audio.incoming import Incoming
from voxhall.audio.measure import measure
from voxhall.audio.pcm import SAMPLE_RATE
from voxhall.audio.recorder import Recorder
from voxhall.domain.live import Event, Final
from voxhall.domain.record import Caller
from voxhall.domain.speech import UNKNOWN_LANGUAGE, Transcript
from voxhall.domain.transcription import Options, Submission
from voxhall.domain.work import LISTEN
from voxhall.engines import wire
from voxhall.engines.protocols import Samples
from voxhall.errors import BrokenMedia, Cancelled, LeaseLost, VoxhallError
from voxhall.jobs.queue import Claimed, Commit, Queue
from voxhall.jobs.worker import JobJournal
from voxhall.log import logger
from voxhall.pipelines.listen import Desk, Listener, Manner
from voxhall.pipelines.segments import numbered_by_first_speech, segments_of
from voxhall.services.keeping import Keeping
from voxhall.services.tools import Toolbox
from voxhall.stores import transcriptions as table
from voxhall.stores.objects import chunks_of

log = logger(__name__)

BEAT_SECONDS = 2.0
"""How often a stream says that it goes on, hears whether it was cancelled, and saves what it has."""
SETTLED = SAMPLE_RATE // 2
"""Samples that wait before silence is added to a recording."""
BLOCK = 10 * SAMPLE_RATE
"""Samples of a message that are recorded at once, before they are listened to."""
ENDING_SECONDS = 60.0
"""That the last words of a stream may take once nobody listens any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a stream is to be listened to."""

    language: str = "auto"
    """ISO 639-1 code, or `auto`."""
    vad: str = "auto"
    """Name of the engine that tells speech from silence."""
    partials: bool = False
    """Whether words are wanted while a turn goes on."""
    diarize: bool = False
    """Whether speakers are told apart."""
    words: bool = False
    """Whether readers are shown the words' times."""


class Stream:
    """One stream; made by `Live.begin`. Its events are read by one reader."""

    def __init__(self, uid: str, job: Claimed, listener: Listener) -> None:
        self.uid = uid
        """What some clients know its transcription by."""
        self.job = job
        self.finals: list[Final] = []
        """What has been said, in order."""
        self.listener = listener
        self.recorder = Recorder()
        self.stopped_for: VoxhallError | None = None
        self._incoming: Incoming | None = None
        self.settled_turns = 0
        """How many finals are not cleared any more."""
        self.saved_turns = self.saved_pieces = 0
        self.saving = asyncio.Lock()
        """Held by whoever reads or changes what is to be saved."""
        self.ending = False
        """Whether nothing of it is saved any more, but all of it stored."""

    @property
    def seconds(self) -> float:
        """Of sound, so far."""
        return self.recorder.samples / SAMPLE_RATE

    @property
    def speaking(self) -> bool:
        """Whether a turn goes on."""
        return self.listener.speaking

    @property
    def language(self) -> str:
        """The language of all that was said: ISO 639-1 code, or `und`."""
        return self.listener.judged.language

    async def switch(self, incoming: Incoming) -> None:
        """Listen to the rest of what came in the format so far, and then to another."""
        await self.finish()
        self._incoming = incoming

    async def take(self, data: bytes) -> None:
        """Listen to a message; waits where the engines are behind. Raises BrokenMedia, EngineLost, EngineFailed."""
        assert self._incoming is not None  # noqa: S101 - a format is chosen first
        await self._feed(await _called(self._incoming, partial(self._incoming.push, data)))

    async def _feed(self, samples: Samples) -> None:
        for start in range(0, len(samples), BLOCK):
            block = samples[start : start + BLOCK]
            await asyncio.to_thread(self.recorder.push, block)
            await self.listener.feed(block)

    async def told(self) -> None:
        """Wait until all events so far have been read."""
        await self.listener.told()

    async def commit(self, *, last: bool = False) -> None:
        """End the turn that goes on; returns when the events of all that was taken have been read.

        With `last` nothing more comes, so that what a decoder still holds back is listened to as well.
        """
        if last:
            await self.finish()
        await self.listener.commit()
        await self.told()

    async def finish(self) -> None:
        """Listen to what a decoder still holds back; nothing can be taken after that."""
        incoming, self._incoming = self._incoming, None
        if incoming is not None:
            with suppress(BrokenMedia):
                await self._feed(await _called(incoming, incoming.finish))

    async def settle(self, until: float | None = None) -> None:
        """Let what was said become part of the transcription: it is not cleared any more.

        So does the sound up to `until`, in seconds; without it, all that was taken.
        """
        self.settled_turns = len(self.finals)
        await asyncio.to_thread(self.recorder.keep, None if until is None else round(until * SAMPLE_RATE))

    async def pause(self) -> None:
        """Let silence that was taken become part of the recording, once there is some."""
        if self.recorder.waiting >= SETTLED:
            await asyncio.to_thread(self.recorder.keep)

    async def clear(self) -> None:
        """Forget what was taken since it last settled; the recording has silence there."""
        self.listener.clear()
        await self.told()
        async with self.saving:
            for number in range(self.settled_turns, len(self.finals)):
                self.finals[number] = replace(self.finals[number], words=())
            self.saved_turns = min(self.saved_turns, self.settled_turns)
            self.settled_turns = len(self.finals)
            await asyncio.to_thread(self.recorder.discard)

    async def events(self) -> AsyncIterator[Event]:
        """Give what happens until the stream ends; raises Cancelled or LeaseLost when others have ended it."""
        async for event in self.listener.events():
            if isinstance(event, Final) and event.words:
                self.finals.append(event)
            yield event
        if self.stopped_for is not None:
            raise self.stopped_for

    def stop(self, reason: VoxhallError) -> None:
        """End the stream from outside."""
        self.stopped_for = reason
        self.listener.abandon()


class Live:
    """The service that sockets ask; close it at the end."""

    def __init__(  # noqa: PLR0913 - a service stands on what it needs
        self, *, keeping: Keeping, queue: Queue, quotas: Quotas, toolbox: Toolbox, desk: Desk, lease: float
    ) -> None:
        """A stream that has said nothing for `lease` seconds was lost with its process; what it saved is kept."""
        self._keeping = keeping
        self._queue = queue
        self._quotas = quotas
        self._toolbox = toolbox
        self._desk = desk
        self._lease = lease
        self._process = uuid4().hex
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def begin(self, caller: Caller, wish: Wish) -> AsyncIterator[Stream]:
        """Begin to listen; what was heard when the block ends is kept, whether it ends well or not.

        Raises RateLimited, EngineUnavailable.
        """
        options = Options(language=wish.language, diarize=wish.diarize, words=wish.words)
        self._toolbox.check(options)
        self._toolbox.warm(options)
        with ExitStack() as scopes:
            tools = await asyncio.to_thread(self._toolbox.listen, scopes, options, wish.vad)
            manner = Manner(wish.language, partials=wish.partials)
            async with self._quotas.socket(caller):
                stream = await self._open(caller, options, Listener(tools, manner, self._desk))
                beating = asyncio.create_task(self._beat(stream))
                try:
                    yield stream
                finally:
                    ending = asyncio.create_task(self._end(stream, beating, scopes.pop_all()))
                    self._ending.add(ending)
                    ending.add_done_callback(self._ending.discard)
                    # goes on even if the caller is cancelled once more
                    await asyncio.shield(ending)

    async def close(self) -> None:
        """Wait for streams that end."""
        while self._ending:
            await asyncio.wait(self._ending)

    async def _open(self, caller: Caller, options: Options, listener: Listener) -> Stream:
        async with self._keeping.database.write() as connection:
            await self._quotas.check_audio(connection, caller)
            job = await self._queue.begin(
                connection,
                LISTEN,
                caller.account_id,
                worker=self._process,
                lease=self._lease,
                key_id=caller.key_id,
            )
            values = {"account_id": caller.account_id, "job_id": job.id, "fingerprint": "", "source": "websocket"}
            await table.insert_row(connection, values, Submission("live", options))
        record = await self._keeping.record(job)
        return Stream(record.uid, job, listener)

    async def _beat(self, stream: Stream) -> None:
        """Keep the lease alive, and save what there is, until the stream ends."""
        while True:
            await asyncio.sleep(min(BEAT_SECONDS, self._lease / 3))
            try:
                if await self._queue.heartbeat(stream.job, lease=self._lease, progress=None):
                    stream.stop(Cancelled("the transcription was cancelled"))
                    return
                async with stream.saving:
                    if not stream.ending:
                        await self._save(stream)
            except LeaseLost:
                stream.stop(LeaseLost("the transcription was deleted"))
                return
            except Exception as error:  # noqa: BLE001 - the database may be back before the lease runs out
                log.warning("heartbeat failed", error=type(error).__name__)

    async def _save(self, stream: Stream) -> None:
        """Save what is new, so that it outlives this process."""
        for final in stream.finals[stream.saved_turns :]:
            await self._queue.put_checkpoint(stream.job, f"turn/{stream.saved_turns}", wire.encode(final))
            stream.saved_turns += 1
        if piece := await asyncio.to_thread(stream.recorder.taken):
            await self._queue.put_checkpoint(stream.job, f"sound/{stream.saved_pieces}", piece)
            stream.saved_pieces += 1

    async def _end(self, stream: Stream, beating: asyncio.Task[None], scopes: ExitStack) -> None:
        """Listen to the last words, and store what was heard; never raises."""
        try:
            with scopes:
                notice = await self._last_words(stream)
            async with stream.saving:
                stream.ending = True
            await asyncio.to_thread(stream.recorder.finish)
            if isinstance(stream.stopped_for, Cancelled):
                await self._queue.stopped(stream.job)
            elif stream.stopped_for is None:
                await self._store(stream, notice)
        except LeaseLost:
            log.info("a stream was deleted while it went on", job=stream.job.id)
        except Exception as error:  # noqa: BLE001 - the lease runs out, and what was saved is stored
            log.warning("a stream's end could not be recorded", job=stream.job.id, error=type(error).__name__)
        finally:
            # until here it said that the stream is not lost
            beating.cancel()
            await asyncio.wait({beating})
            stream.recorder.opus.close()

    async def _last_words(self, stream: Stream) -> str | None:
        """Wait for what is still recognised; give a sentence for people where that fails."""
        notice = None
        try:
            async with asyncio.timeout(ENDING_SECONDS):
                await stream.finish()
                await stream.listener.close()
        except (VoxhallError, TimeoutError) as error:
            notice = f"Listening ended early ({getattr(error, 'code', 'timeout')}); the last words may be missing."
        finally:
            stream.listener.abandon()
        if stream.stopped_for is None:
            # what ended it too early is in the notice
            with suppress(VoxhallError):
                async for _ in stream.events():
                    pass
        return notice

    async def _store(self, stream: Stream, notice: str | None) -> None:
        judged = stream.listener.judged
        transcript = _transcript(stream.finals, stream.seconds, judged.language, notice or judged.notice)

        async def put_audio(key: str) -> None:
            stream.recorder.opus.seek(0)
            await self._keeping.objects.put(key, chunks_of(stream.recorder.opus))

        record = await self._keeping.record(stream.job)
        try:
            await self._queue.finish(stream.job, await self._keeping.keep(record, stream.job, transcript, put_audio))
        except LeaseLost:
            await self._keeping.forget(record, stream.job)
            raise


@asynccontextmanager
async def open_live(  # noqa: PLR0913 - a service stands on what it needs
    keeping: Keeping, queue: Queue, quotas: Quotas, toolbox: Toolbox, *, desk: Desk, lease: float
) -> AsyncIterator[Live]:
    """Listen to streams; those that are open at the end are kept as far as they came."""
    live = Live(keeping=keeping, queue=queue, quotas=quotas, toolbox=toolbox, desk=desk, lease=lease)
    try:
        yield live
    finally:
        await live.close()


class Recovering:
    """Handles jobs of streams that were lost with their process: what was saved becomes the transcription."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job in this thread; give what is to be committed with its end."""
        record = journal.await_(self._keeping.record(job))
        journal.on_loss(lambda: self._keeping.forget(record, job))
        finals = [wire.decode(data, Final) for data in _saved(journal, "turn")]
        with tempfile.TemporaryDirectory(prefix="voxhall-") as folder:
            sound = Path(folder) / "audio.opus"
            sound.write_bytes(b"".join(_saved(journal, "sound")))
            seconds = (measure(sound) if sound.stat().st_size else None) or 0.0
            language = finals[-1].language if finals else record.options.language
            language = UNKNOWN_LANGUAGE if language == "auto" else language
            notice = "The server ended while it listened; what was said last may be missing."
            transcript = _transcript(finals, max([seconds, *(final.end for final in finals)]), language, notice)

            async def put_audio(key: str) -> None:
                await self._keeping.objects.put_file(key, sound)

            return journal.await_(self._keeping.keep(record, job, transcript, put_audio))


def _transcript(finals: Sequence[Final], seconds: float, language: str, notice: str | None) -> Transcript:
    segments = [each for final in finals for each in segments_of(final.words, [final.speaker] * len(final.words))]
    return Transcript(
        segments=numbered_by_first_speech(segments),
        events=(),
        language=language,
        duration=seconds,
        chunks=sum(final.chunks for final in finals),
        notice=notice,
    )


def _saved(journal: JobJournal, kind: str) -> Iterator[bytes]:
    number = 0
    while (piece := journal.get(f"{kind}/{number}")) is not None:
        yield piece
        number += 1


async def _called(incoming: Incoming, work: Callable[[], Samples]) -> Samples:
    return await asyncio.to_thread(work) if incoming.blocking else work()
