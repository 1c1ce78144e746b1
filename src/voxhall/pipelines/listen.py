"""Listening live: a stream of samples becomes events while it is spoken, by engines that many streams share."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from voxhall.domain.live import Event
from voxhall.engines.protocols import SAMPLE_RATE, Aligner, Identifier, Recognizer, Samples, Vad
from voxhall.errors import EngineFailed, VoxhallError
from voxhall.log import logger
from voxhall.pipelines.ear import Ear, Stretch, Understood
from voxhall.pipelines.language import Judged
from voxhall.pipelines.recognise import recognise
from voxhall.pipelines.turns import Rules

log = logger(__name__)

SLICE = SAMPLE_RATE
"""Samples listened to before others get their turn: a second takes about 3 ms."""
BEHIND = 4
"""Stretches waiting to be recognised at which no more samples are taken."""
PATIENCE = 2.0
"""Partial words come at most as often as making them takes, times this: under load their interval widens."""
THREADS = 64
"""Stretches of all streams that wait for engines at once; more wait for a thread."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The engines of one stream."""

    vad: Vad
    """In this process, since frames are short."""
    recognizer: Recognizer
    drafter: Recognizer
    """The same engine, lent with a lower priority: finals go before partials."""
    aligners: tuple[Aligner, ...]
    """Tried in order until one answers."""
    identifier: Identifier | None = None
    """Tells speakers apart; None where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a stream is listened to."""

    language: str = "auto"
    """ISO 639-1 code, or `auto`."""
    partials: bool = False
    """Whether words are wanted while a turn goes on."""
    rules: Rules = field(default_factory=Rules)


class Desk:
    """What all streams of a process share: threads that wait for engines, and a limit to what nobody waits for."""

    def __init__(self, processes: int) -> None:
        """With as many engine processes, all but one may make partials; that one is there for finals."""
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="listen")
        self._processes = processes
        self._drafts = asyncio.Semaphore(max(1, processes - 1))
        self._finals = 0
        self._rested = 0.0

    @property
    def idle(self) -> bool:
        """Whether an engine is free for what may turn out to be of no use."""
        return self._finals < self._processes

    @contextmanager
    def final(self) -> Iterator[None]:
        """Count a stretch that somebody waits for."""
        self._finals += 1
        try:
            yield
        finally:
            self._finals -= 1

    @asynccontextmanager
    async def draft(self) -> AsyncIterator[None]:
        """Wait for a turn to make partial words; as long as one took, nobody makes the next."""
        async with self._drafts:
            await asyncio.sleep(self._rested - time.monotonic())
            began = time.monotonic()
            try:
                yield
            finally:
                self._rested = 2 * time.monotonic() - began

    def close(self) -> None:
        """End the threads, once no stream is open."""
        self.threads.shutdown()


class Listener:
    """One stream: feed it, and read its events, from one event loop.

    This is the only way in which Voxhall listens live. A socket's handler feeds what arrives and turns events into
    messages; an agent that converses begins to answer at `Final`, and falls silent at `SpeechStarted`; a client that
    decides itself when a turn is over says `commit`. All state of the stream is here, none in the engines.

        async with asyncio.TaskGroup() as tasks:
            listener = Listener(tools, Manner(partials=True), desk)
            tasks.create_task(show(listener.events()))
            async for samples in microphone:
                await listener.feed(samples)
            await listener.close()

    Errors of the engines (EngineLost, EngineFailed, Cancelled) end the events, and are raised by whatever is called
    next.
    """

    def __init__(self, tools: Tools, manner: Manner, desk: Desk) -> None:
        self._tools = tools
        self._manner = manner
        self._desk = desk
        self._ear = Ear(tools.vad, manner.rules, language=manner.language, partials=manner.partials)
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._waited: set[asyncio.Task[None]] = set()
        self._draft: asyncio.Task[None] | None = None
        self._interval = manner.rules.interval
        self._failure: VoxhallError | None = None

    @property
    def speaking(self) -> bool:
        """Whether a turn goes on."""
        return self._ear.speaking

    @property
    def judged(self) -> Judged:
        """What all finals together are: their language, and what is to be said about them."""
        return self._ear.judged

    async def feed(self, samples: Samples) -> None:
        """Listen to samples at 16 kHz, any number; waits where the engines are far behind."""
        for start in range(0, len(samples), SLICE):
            while len(self._waited) >= BEHIND:
                await asyncio.wait(self._waited, return_when=asyncio.FIRST_COMPLETED)
            self._raise()
            self._ear.eager = self._desk.idle
            self._ear.feed(samples[start : start + SLICE])
            self._step()
            # other streams are listened to in between
            await asyncio.sleep(0)

    async def commit(self) -> None:
        """End the turn that goes on; returns when the finals of all that was fed are among the events."""
        self._ear.commit()
        self._step()
        while self._waited:
            await asyncio.wait(self._waited)
        self._raise()

    def clear(self) -> None:
        """Forget all turns whose finals have not come; some of them may have been told of by other events."""
        self._ear.clear()

    async def close(self) -> None:
        """Listen to the end, and end the events; may be repeated."""
        try:
            await self.commit()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End the events at once; what is still recognised is of no use to anybody."""
        for task in (*self._waited, self._draft):
            if task is not None:
                task.cancel()
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[Event]:
        """Give what happens, until the stream is closed; for one reader. Raises what ended it too early."""
        while (event := await self._events.get()) is not None:
            yield event
            self._events.task_done()
        self._events.task_done()
        self._raise()

    async def told(self) -> None:
        """Wait until whoever reads the events has read all that there are, and asks for the next."""
        await self._events.join()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _step(self) -> None:
        """Pass on what has happened, and begin what is wanted."""
        for event in self._ear.events():
            self._events.put_nowait(event)
        for stretch in self._ear.wanted():
            task = asyncio.create_task(self._make_final(stretch))
            self._waited.add(task)
            task.add_done_callback(self._waited.discard)
        # whoever is behind has no use for partials
        if self._draft is None and not self._waited and self._desk.idle and self._ear.draft_due(self._interval):
            self._draft = asyncio.create_task(self._make_draft())

    async def _make_final(self, stretch: Stretch) -> None:
        try:
            with self._desk.final():
                await self._understand(stretch)
        except VoxhallError as error:
            self._failure = error
        except Exception:
            # a turn without an end would hold back all that follow
            log.exception("a stretch could not be recognised")
            self._failure = EngineFailed("a fault in recognising speech")
        if self._failure and len(self._waited) == 1:
            # what else was on its way has come
            self._events.put_nowait(None)

    async def _make_draft(self) -> None:
        began = time.monotonic()
        try:
            async with self._desk.draft():
                # what was said while it waited belongs to it
                if (stretch := self._ear.draft()) is not None:
                    await self._understand(stretch)
        except VoxhallError as error:
            log.info("partial words were not made", error=error.code)
        finally:
            self._draft = None
            self._interval = max(self._manner.rules.interval, PATIENCE * (time.monotonic() - began))

    async def _understand(self, stretch: Stretch) -> None:
        """Have a stretch recognised in a thread, and see what comes of it."""
        work: Callable[[Stretch], Understood] = self._drafted if stretch.draft else self._recognised
        understood = await asyncio.get_running_loop().run_in_executor(self._desk.threads, work, stretch)
        self._ear.done(stretch, understood)
        self._step()

    def _drafted(self, stretch: Stretch) -> Understood:
        began = time.monotonic()
        found = recognise(stretch.samples, stretch.offset, self._tools.drafter, (), language=self._manner.language)
        return Understood(found, time.monotonic() - began)

    def _recognised(self, stretch: Stretch) -> Understood:
        began = time.monotonic()
        tools = self._tools
        found = recognise(
            stretch.samples, stretch.offset, tools.recognizer, tools.aligners, language=self._manner.language
        )
        voice = tools.identifier.embed(stretch.samples) if tools.identifier and found.words else None
        return Understood(found, time.monotonic() - began, voice)
