"""Works on queued jobs: claims, runs each in a thread of its own, keeps its lease alive from outside that thread."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from voxhall.domain.work import Progress
from voxhall.errors import (
    Cancelled,
    EngineLost,
    LeaseLost,
    StorageFull,
    UpstreamLimited,
    UpstreamTimeout,
    VoxhallError,
)
from voxhall.jobs.queue import Claimed, Commit, Queue
from voxhall.log import logger

log = logger(__name__)

Result = TypeVar("Result")

BEAT_SECONDS = 1.0
"""How often waiting jobs are looked for, a running one's lease extended and its cancellation noticed, at least."""
RETRY_SECONDS = 2.0
"""Before a job that failed for reasons that may pass is tried again; doubles each time."""


class JobJournal:
    """The journal of one attempt, for use from the job's thread."""

    def __init__(self, queue: Queue, job: Claimed) -> None:
        self._queue = queue
        self._job = job
        self._done: dict[str, bytes] = {}
        self._loop = asyncio.get_running_loop()
        self.stopped_for: VoxhallError | None = None
        self._on_stop: Callable[[], object] | None = None
        self._on_loss: Callable[[], Awaitable[None]] | None = None
        self.latest: Progress | None = None
        self.news = asyncio.Event()
        """Set to have the next heartbeat at once."""

    async def open(self) -> None:
        """Read what earlier attempts have finished."""
        self._done = await self._queue.checkpoints(self._job.id)

    def await_(self, work: Coroutine[None, None, Result]) -> Result:
        """Run a coroutine on the worker's event loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def await_unless_stopped(self, work: Coroutine[None, None, Result]) -> Result:
        """Likewise, but break it off when the work is stopped."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self.on_stop(future.cancel)
        try:
            return future.result()
        except CancelledError:
            self.check()
            raise

    def get(self, name: str) -> bytes | None:
        """Give a piece that this attempt found finished."""
        return self._done.get(name)

    def put(self, name: str, data: bytes) -> None:
        """Keep a finished piece; raises LeaseLost or Cancelled."""
        self.check()
        self.await_(self._queue.put_checkpoint(self._job, name, data))

    def progress(self, stage: str, percent: float, done: int, total: int) -> None:
        """Say how far the work is; told to others with the next heartbeat."""
        self.latest = Progress(stage, percent, done, total)

    def check(self) -> None:
        """Raise what the work was stopped for."""
        if self.stopped_for is not None:
            raise self.stopped_for

    def on_stop(self, callback: Callable[[], object]) -> None:
        """Have `callback` called when the work is stopped, at once if it was already."""
        self._on_stop = callback
        if self.stopped_for is not None:
            callback()

    def on_loss(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Have `callback` called if the job turns out to be another worker's, or deleted, when it ends."""
        self._on_loss = callback

    async def lost(self) -> None:
        """Undo what was stored for an end that nobody will see."""
        if self._on_loss:
            await self._on_loss()

    def stop(self, reason: VoxhallError) -> None:
        """Make the work end: its next step raises `reason`."""
        if self.stopped_for is None:
            self.stopped_for = reason
            if self._on_stop:
                self._on_stop()


Handler = Callable[[Claimed, JobJournal], Commit]
"""Does a job in a thread; what it returns is committed together with the job's end."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a worker takes on."""

    slots: int
    """Jobs at once in this process."""
    per_account: int
    """Jobs of the worker's kinds at once of one account, everywhere together."""
    lease: float
    """Seconds after which a silent worker has lost its jobs."""


class _ShuttingDown(Cancelled):
    """The process ends; somebody else goes on."""


class Worker:
    """A worker of this process for the kinds of jobs that it has handlers for; run it with `working`."""

    def __init__(self, queue: Queue, handlers: Mapping[str, Handler], limits: Limits) -> None:
        self._queue = queue
        self._handlers = handlers
        self._limits = limits
        self._name = uuid4().hex
        self._running: dict[asyncio.Task[None], JobJournal] = {}
        self._threads = ThreadPoolExecutor(max(1, limits.slots), thread_name_prefix="job")
        self._nudge = asyncio.Event()
        self._stopping = False

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work while the block runs; unfinished jobs are given back at its end."""
        taking = asyncio.create_task(self._take())
        tasks = [asyncio.create_task(work()) for work in (self._reap, self._hear, self._listen)]
        try:
            yield
        finally:
            # not cancelled, which could leave a job claimed that nobody works on
            self._stopping = True
            self._nudge.set()
            await taking
            for task in tasks:
                task.cancel()
            for journal in self._running.values():
                journal.stop(_ShuttingDown("the server is stopping"))
            await asyncio.gather(*tasks, *self._running, return_exceptions=True)
            self._threads.shutdown()

    async def _take(self) -> None:
        """Claim jobs while there is room for them."""
        while not self._stopping:
            if len(self._running) < self._limits.slots and await self._start_next():
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), BEAT_SECONDS)
            self._nudge.clear()

    async def _start_next(self) -> bool:
        try:
            limits = self._limits
            job = await self._queue.claim(
                self._name, kinds=tuple(self._handlers), lease=limits.lease, per_account=limits.per_account
            )
        except Exception as error:  # noqa: BLE001 - the database may be back later
            log.warning("cannot claim jobs", error=type(error).__name__)
            return False
        if job is None:
            return False
        journal = JobJournal(self._queue, job)
        task = asyncio.create_task(self._work(job, journal))
        self._running[task] = journal
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._nudge.set()

    async def _hear(self) -> None:
        """Pass news of this process on to the claiming loop and to every heartbeat."""
        while True:
            await self._queue.changed.wait()
            self._queue.changed.clear()
            self._nudge.set()
            for journal in self._running.values():
                journal.news.set()

    async def _listen(self) -> None:
        """Hear of what other processes do; where that fails for a while, looking every now and then is enough."""
        while True:
            with suppress(Exception):
                await self._queue.listen()
            await asyncio.sleep(BEAT_SECONDS)

    async def _reap(self) -> None:
        """Take jobs from workers that are not heard of any more."""
        while True:
            with suppress(Exception):
                if await self._queue.reap():
                    self._nudge.set()
            await asyncio.sleep(min(self._limits.lease / 3, 5.0))

    async def _work(self, job: Claimed, journal: JobJournal) -> None:
        heartbeat = asyncio.create_task(self._beat(job, journal))
        try:
            await self._attempt(job, journal)
        except LeaseLost:
            log.warning("job lost to another worker", job=job.id, attempt=job.attempt)
            await journal.lost()
        except Exception as error:  # noqa: BLE001 - the lease runs out and the job is tried again
            log.warning("job's end could not be recorded", job=job.id, error=type(error).__name__)
        finally:
            heartbeat.cancel()
            await asyncio.wait({heartbeat})

    async def _attempt(self, job: Claimed, journal: JobJournal) -> None:
        """Run the job and record how it ended."""
        log.info("job started", job=job.id, attempt=job.attempt)
        loop = asyncio.get_running_loop()
        try:
            await journal.open()
            commit = await loop.run_in_executor(self._threads, self._handlers[job.kind], job, journal)
            await self._queue.finish(job, commit)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is recorded
            # engines that were stopped tell only that they were; the journal knows why
            await self._record(job, journal.stopped_for or error)
        log.info("job ended", job=job.id, attempt=job.attempt)

    async def _record(self, job: Claimed, error: Exception) -> None:
        """Record why an attempt did not succeed; raises LeaseLost."""
        match error:
            case LeaseLost():
                raise error
            case _ShuttingDown():
                await self._queue.give_back(job)
            case Cancelled():
                await self._queue.stopped(job)
            case EngineLost() | StorageFull() | UpstreamLimited() | UpstreamTimeout():
                await self._queue.retry(job, error.code, error.message, delay=RETRY_SECONDS)
            case VoxhallError():
                await self._queue.fail(job, error.code, error.message)
            case _:
                log.error("job failed", job=job.id, exc_info=error)
                message = f"An internal error occurred ({type(error).__name__})."
                await self._queue.retry(job, "internal_error", message, delay=RETRY_SECONDS)

    async def _beat(self, job: Claimed, journal: JobJournal) -> None:
        """Keep the lease alive until the job ends."""
        told: Progress | None = None
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(journal.news.wait(), min(BEAT_SECONDS, self._limits.lease / 3))
            journal.news.clear()
            latest = journal.latest
            news = latest if latest != told else None
            try:
                if await self._queue.heartbeat(job, lease=self._limits.lease, progress=news, told=told):
                    journal.stop(Cancelled("the job was cancelled"))
                told = latest
            except LeaseLost as error:
                journal.stop(error)
            except Exception as error:  # noqa: BLE001 - the database may be back before the lease runs out
                log.warning("heartbeat failed", job=job.id, error=type(error).__name__)
