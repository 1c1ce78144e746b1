"""A worker does what is queued, and stops when it is told to."""

import asyncio
import threading
from collections.abc import Callable, Collection

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Caller
from voxhall.errors import BrokenMedia, Cancelled, EngineLost
from voxhall.jobs.queue import Claimed, Commit, Queue
from voxhall.jobs.worker import Handler, JobJournal, Limits, Worker
from voxhall.stores.database import Database, open_database
from voxhall.stores.tables import jobs

LIMITS = Limits(slots=2, per_account=10, lease=10)
ENDED = {"done", "failed", "cancelled"}


async def nothing(connection: AsyncConnection) -> None:
    """Commit nothing with a job's end."""


def idle(job: Claimed, journal: JobJournal) -> Commit:
    """Do nothing."""
    return nothing


class Bench:
    """A queue and a worker, which may have different views of one database."""

    def __init__(self, queue: Queue, database: Database, account_id: int, worker: Worker) -> None:
        self.database = database
        self.queue = queue
        self.worker = worker
        self._account_id = account_id

    async def add(self) -> int:
        """Queue a job and say so."""
        async with self.database.write() as connection:
            job = await self.queue.enqueue(connection, "kind", self._account_id)
        self.queue.wake()
        return job

    async def until(self, job: int, states: set[str]) -> tuple[str, str | None]:
        """Wait until a job is in one of some states; give it with the error code."""
        async with asyncio.timeout(20):
            while True:
                async with self.database.read() as connection:
                    query = select(jobs.c.state, jobs.c.error_code).where(jobs.c.id == job)
                    row = (await connection.execute(query)).one()
                if row.state in states:
                    return row.state, row.error_code
                await asyncio.sleep(0.01)


MakeBench = Callable[[Handler], Bench]


@pytest.fixture
def bench(database: Database, caller: Caller) -> MakeBench:
    """Makes a bench around a handler."""

    def make(handler: Handler) -> Bench:
        queue = Queue(database)
        return Bench(queue, database, caller.account_id, Worker(queue, {"kind": handler}, LIMITS))

    return make


def stopping(started: threading.Event, stopped: threading.Event) -> Handler:
    """Make a handler that works until it is stopped."""

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        journal.on_stop(stopped.set)
        started.set()
        assert stopped.wait(20)
        # all that an engine knows which was stopped in the middle of its work
        raise Cancelled("the work was cancelled")

    return handler


async def test_jobs_are_done(bench: MakeBench) -> None:
    """With what earlier attempts have finished at hand."""
    seen = []

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        journal.progress("decoding", 50.0, 1, 2)
        journal.put("piece", b"1")
        seen.append((job.id, journal.get("piece")))
        return nothing

    made = bench(handler)
    async with made.worker.working():
        added = [await made.add() for _ in range(5)]
        for job in added:
            assert await made.until(job, ENDED) == ("done", None)
    assert sorted(seen) == [(job, None) for job in added]


async def test_cancelling_stops_a_running_job_at_once(bench: MakeBench) -> None:
    """It is told by an event, not by a poll: in a second at most."""
    started, stopped = threading.Event(), threading.Event()
    made = bench(stopping(started, stopped))
    async with made.worker.working():
        job = await made.add()
        assert await asyncio.to_thread(started.wait, 10)
        await made.queue.cancel(job)
        assert await asyncio.to_thread(stopped.wait, 1)
        assert await made.until(job, ENDED) == ("cancelled", "cancelled")


async def test_another_process_may_cancel(bench: MakeBench, database_url: str) -> None:
    """The worker finds it out by itself."""
    started, stopped = threading.Event(), threading.Event()
    made = bench(stopping(started, stopped))
    async with made.worker.working(), open_database(database_url) as other:
        job = await made.add()
        assert await asyncio.to_thread(started.wait, 10)
        await Queue(other).cancel(job)
        assert await asyncio.to_thread(stopped.wait, 10)
        assert await made.until(job, ENDED) == ("cancelled", "cancelled")


async def test_postgresql_tells_other_processes_at_once(
    database: Database, database_url: str, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that hardly ever look hear of what is queued and of what is cancelled."""
    if database.sqlite:
        pytest.skip("SQLite sends no messages between processes; workers look every second")
    monkeypatch.setattr("voxhall.jobs.worker.BEAT_SECONDS", 3600.0)
    started, stopped = threading.Event(), threading.Event()
    limits = Limits(slots=2, per_account=10, lease=3 * 3600.0)
    async with open_database(database_url) as other:
        worker = Worker(Queue(database), {"kind": stopping(started, stopped)}, limits)
        made = Bench(Queue(other), other, caller.account_id, worker)
        async with worker.working():
            await made.until(await made.add(), {"running"})
            second = await made.add()
            await made.until(second, {"running"})
            await made.queue.cancel(second)
            assert await made.until(second, ENDED) == ("cancelled", "cancelled")
            stopped.set()


async def test_a_shutdown_gives_jobs_back(bench: MakeBench) -> None:
    """The next process goes on with them, although engines tell only that they were stopped."""
    started, stopped = threading.Event(), threading.Event()
    made = bench(stopping(started, stopped))
    async with made.worker.working():
        job = await made.add()
        assert await asyncio.to_thread(started.wait, 10)
    assert await made.until(job, {"queued"}) == ("queued", None)


class Unhurried(Queue):
    """A queue whose worker is told late of what it has claimed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.claimed = asyncio.Event()

    async def claim(self, worker: str, *, kinds: Collection[str], lease: float, per_account: int) -> Claimed | None:
        """Claim, and take a few turns of the event loop to say so."""
        job = await super().claim(worker, kinds=kinds, lease=lease, per_account=per_account)
        if job:
            self.claimed.set()
            for _ in range(10):
                await asyncio.sleep(0)
        return job


async def test_a_shutdown_leaves_no_job_in_nobodys_hands(database: Database, caller: Caller) -> None:
    """Not even one that is being claimed at that moment."""
    queue = Unhurried(database)
    worker = Worker(queue, {"kind": idle}, LIMITS)
    made = Bench(queue, database, caller.account_id, worker)
    async with worker.working():
        job = await made.add()
        await queue.claimed.wait()
    assert (await made.until(job, {"queued", "running", "done"}))[0] != "running"


async def test_a_job_whose_record_is_deleted_stops(bench: MakeBench, database: Database) -> None:
    """Its worker finds that it has lost the lease."""
    started, stopped = threading.Event(), threading.Event()
    made = bench(stopping(started, stopped))
    async with made.worker.working():
        job = await made.add()
        assert await asyncio.to_thread(started.wait, 10)
        async with database.write() as connection:
            await connection.execute(jobs.delete().where(jobs.c.id == job))
        made.queue.wake()
        assert await asyncio.to_thread(stopped.wait, 5)


async def test_what_was_stored_for_a_deleted_job_is_removed(bench: MakeBench, database: Database) -> None:
    """Deleted after its work was done and before that could be committed."""
    removed = asyncio.Event()

    async def remove() -> None:
        removed.set()

    async def deleted(job: Claimed) -> None:
        async with database.write() as connection:
            await connection.execute(jobs.delete().where(jobs.c.id == job.id))

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        journal.on_loss(remove)
        journal.await_(deleted(job))
        return nothing

    made = bench(handler)
    async with made.worker.working(), asyncio.timeout(10):
        await made.add()
        await removed.wait()


async def test_what_the_caller_did_wrong_is_not_tried_again(bench: MakeBench) -> None:
    """It fails with the error's own code and sentence."""
    attempts = []

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        attempts.append(job.attempt)
        raise BrokenMedia("this is no audio")

    made = bench(handler)
    async with made.worker.working():
        assert await made.until(await made.add(), ENDED) == ("failed", "unsupported_media")
    assert attempts == [1]


@pytest.mark.parametrize("error", [EngineLost("gone"), RuntimeError("a bug")])
async def test_what_may_pass_is_tried_again(
    bench: MakeBench, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it works."""
    monkeypatch.setattr("voxhall.jobs.worker.RETRY_SECONDS", 0.0)
    attempts = []

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        attempts.append(job.attempt)
        if job.attempt < 3:
            raise error
        return nothing

    made = bench(handler)
    async with made.worker.working():
        assert await made.until(await made.add(), ENDED) == ("done", None)
    assert attempts == [1, 2, 3]


async def test_a_job_whose_pieces_cannot_be_read_is_tried_again(
    database: Database, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the worker goes on with the others."""
    monkeypatch.setattr("voxhall.jobs.worker.RETRY_SECONDS", 0.0)
    broken = [ConnectionResetError()]

    class Flaky(Queue):
        async def checkpoints(self, job_id: int) -> dict[str, bytes]:
            if broken:
                raise broken.pop()
            return await super().checkpoints(job_id)

    queue = Flaky(database)
    worker = Worker(queue, {"kind": idle}, LIMITS)
    made = Bench(queue, database, caller.account_id, worker)
    async with worker.working():
        for job in [await made.add(), await made.add()]:
            assert await made.until(job, ENDED) == ("done", None)
