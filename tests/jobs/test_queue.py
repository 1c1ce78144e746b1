"""The jobs table is the truth: no job is lost, none is done twice, nobody waits for ever behind somebody else."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.accounts.keys import Keys
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import Progress
from voxhall.errors import LeaseLost
from voxhall.jobs.queue import MAX_STRIKES, Claimed, Queue
from voxhall.stores.database import Database
from voxhall.stores.tables import jobs


@pytest.fixture
def queue(database: Database) -> Queue:
    """The queue of an empty database."""
    return Queue(database)


async def add(queue: Queue, database: Database, account_id: int, *, count: int = 1, priority: int = 0) -> list[int]:
    """Queue some jobs."""
    async with database.write() as connection:
        return [await queue.enqueue(connection, "kind", account_id, priority=priority) for _ in range(count)]


async def claim(queue: Queue, worker: str = "w", *, lease: float = 60.0, per_account: int = 100) -> Claimed:
    """Take a job that there is."""
    job = await queue.claim(worker, lease=lease, per_account=per_account)
    assert job
    return job


async def state(database: Database, job_id: int) -> tuple[str, str | None]:
    """Give a job's state and error code."""
    async with database.read() as connection:
        row = (await connection.execute(select(jobs.c.state, jobs.c.error_code).where(jobs.c.id == job_id))).one()
    return row.state, row.error_code


async def nothing(connection: AsyncConnection) -> None:
    """Commit nothing with a job's end."""


async def test_each_job_is_claimed_once(queue: Queue, database: Database, caller: Caller) -> None:
    """However many workers look at the same time."""
    await add(queue, database, caller.account_id, count=100)

    async def work(name: str) -> list[int]:
        taken = []
        while job := await queue.claim(name, lease=60, per_account=1000):
            taken.append(job.id)
        return taken

    taken = await asyncio.gather(*(work(str(n)) for n in range(4)))
    counted = Counter(job for one in taken for job in one)
    assert len(counted) == 100
    assert set(counted.values()) == {1}


async def test_priority_goes_first_then_age(queue: Queue, database: Database, caller: Caller) -> None:
    """Of equals the oldest."""
    [old] = await add(queue, database, caller.account_id)
    [young] = await add(queue, database, caller.account_id)
    [urgent] = await add(queue, database, caller.account_id, priority=1)
    assert [(await claim(queue)).id for _ in range(3)] == [urgent, old, young]


async def test_a_busy_account_does_not_starve_another(queue: Queue, database: Database, caller: Caller) -> None:
    """The account with fewest running jobs goes first, and nobody exceeds the cap."""
    keys = Keys(database)
    other = await keys.authenticate(await keys.create("other@example.com", name="k", scopes=frozenset(Scope)))
    await add(queue, database, caller.account_id, count=10)
    await add(queue, database, other.account_id, count=2)
    accounts = [(await claim(queue, per_account=3)).account_id for _ in range(5)]
    assert sorted(accounts[:2]) == sorted([caller.account_id, other.account_id])
    assert Counter(accounts) == {caller.account_id: 3, other.account_id: 2}
    assert await queue.claim("w", lease=60, per_account=3) is None


async def test_an_expired_lease_gives_the_job_to_another(queue: Queue, database: Database, caller: Caller) -> None:
    """And nothing that the first attempt writes afterwards counts."""
    await add(queue, database, caller.account_id)
    first = await claim(queue, "first", lease=-1)
    assert await queue.reap() == 1
    second = await claim(queue, "second")
    assert (second.id, second.attempt) == (first.id, first.attempt + 1)
    for write in (
        queue.heartbeat(first, lease=60, progress=None),
        queue.put_checkpoint(first, "piece", b"stale"),
        queue.finish(first, nothing),
        queue.fail(first, "x", "x"),
        queue.retry(first, "x", "x", delay=0),
        queue.stopped(first),
    ):
        with pytest.raises(LeaseLost):
            await write
    assert await queue.checkpoints(second.id) == {}
    await queue.finish(second, nothing)
    assert await state(database, first.id) == ("done", None)


async def test_a_heartbeat_keeps_the_lease(queue: Queue, database: Database, caller: Caller) -> None:
    """And records how far the work is."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue, lease=-1)
    assert await queue.heartbeat(job, lease=60, progress=Progress("decoding", 1.0, 0, 0)) is False
    assert await queue.reap() == 0
    async with database.read() as connection:
        stored = (await connection.execute(select(jobs.c.progress).where(jobs.c.id == job_id))).scalar_one()
    assert stored["stage"] == "decoding"


async def test_a_job_that_never_gets_anywhere_fails(queue: Queue, database: Database, caller: Caller) -> None:
    """After three attempts in a row that ended without a finished piece."""
    [job_id] = await add(queue, database, caller.account_id)
    for _ in range(MAX_STRIKES):
        await claim(queue, lease=-1)
        await queue.reap()
    assert await state(database, job_id) == ("failed", "worker_lost")


async def test_a_job_that_gets_on_may_be_lost_any_number_of_times(
    queue: Queue, database: Database, caller: Caller
) -> None:
    """Each finished piece forgives the strikes before it, and is there for the next attempt."""
    [job_id] = await add(queue, database, caller.account_id)
    for number in range(3 * MAX_STRIKES):
        job = await claim(queue)
        await queue.put_checkpoint(job, f"piece/{number}", b"done")
        assert await queue.reap(dead_worker="w") == 1
    assert await state(database, job_id) == ("queued", None)
    assert len(await queue.checkpoints(job_id)) == 3 * MAX_STRIKES


async def test_the_result_is_committed_with_the_end_or_not_at_all(
    queue: Queue, database: Database, caller: Caller
) -> None:
    """A failing commit leaves the job running."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue)

    async def broken(connection: AsyncConnection) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await queue.finish(job, broken)
    assert await state(database, job_id) == ("running", None)


async def test_a_waiting_job_is_cancelled_at_once(queue: Queue, database: Database, caller: Caller) -> None:
    """Nobody ever claims it."""
    [job_id] = await add(queue, database, caller.account_id)
    await queue.cancel(job_id)
    assert await state(database, job_id) == ("cancelled", "cancelled")
    assert await queue.claim("w", lease=60, per_account=1) is None


async def test_a_running_job_hears_of_its_cancellation(queue: Queue, database: Database, caller: Caller) -> None:
    """With its next heartbeat."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue)
    await queue.cancel(job_id)
    assert await queue.heartbeat(job, lease=60, progress=None) is True
    await queue.stopped(job)
    assert await state(database, job_id) == ("cancelled", "cancelled")


async def test_a_retried_job_waits_its_delay(queue: Queue, database: Database, caller: Caller) -> None:
    """It is queued, and not yet due."""
    [job_id] = await add(queue, database, caller.account_id)
    await queue.retry(await claim(queue), "engine_lost", "x", delay=3600)
    assert await state(database, job_id) == ("queued", None)
    assert await queue.claim("w", lease=60, per_account=1) is None


async def test_a_job_given_back_has_no_strike(queue: Queue, database: Database, caller: Caller) -> None:
    """A shutdown is nobody's fault."""
    [job_id] = await add(queue, database, caller.account_id)
    for _ in range(2 * MAX_STRIKES):
        await queue.give_back(await claim(queue))
    assert await state(database, job_id) == ("queued", None)
    assert await queue.waiting() == 1
    assert await queue.active_ids() == {job_id}
