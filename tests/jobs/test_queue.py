"""The jobs table is the truth: no job is lost, none is done twice, nobody waits for ever behind somebody else."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.accounts.keys import Keys
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import Progress
from voxhall.errors import LeaseLost
from voxhall.jobs.queue import MAX_STRIKES, Claimed, Ended, Queue
from voxhall.stores.database import Database, open_database
from voxhall.stores.tables import checkpoints, jobs

KINDS = ("kind",)


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
    job = await queue.claim(worker, kinds=KINDS, lease=lease, per_account=per_account)
    assert job
    return job


async def state(database: Database, job_id: int) -> tuple[str, str | None]:
    """Give a job's state and error code."""
    async with database.read() as connection:
        row = (await connection.execute(select(jobs.c.state, jobs.c.error_code).where(jobs.c.id == job_id))).one()
    return row.state, row.error_code


async def begin(queue: Queue, database: Database, account_id: int, *, lease: float) -> Claimed:
    """Add a job that is being worked on already."""
    async with database.write() as connection:
        return await queue.begin(connection, "kind", account_id, worker="live", lease=lease)


async def nothing(connection: AsyncConnection) -> None:
    """Commit nothing with a job's end."""


@pytest.fixture
async def other_account(database: Database) -> int:
    """Somebody else's account."""
    keys = Keys(database)
    other = await keys.authenticate(await keys.create("other@example.com", name="k", scopes=frozenset(Scope)))
    return other.account_id


async def test_each_job_is_claimed_once(queue: Queue, database: Database, database_url: str, caller: Caller) -> None:
    """However many workers look at the same time, each with connections of its own."""
    await add(queue, database, caller.account_id, count=200)

    async def work(own: Queue, name: str) -> list[int]:
        taken = []
        while job := await own.claim(name, kinds=KINDS, lease=60, per_account=1000):
            taken.append(job.id)
        return taken

    async with AsyncExitStack() as stack:
        queues = [Queue(await stack.enter_async_context(open_database(database_url))) for _ in range(4)]
        taken = await asyncio.gather(*(work(own, str(number)) for number, own in enumerate(queues)))
    counted = Counter(job for one in taken for job in one)
    assert len(counted) == 200
    assert set(counted.values()) == {1}


async def test_priority_goes_first_then_age(queue: Queue, database: Database, caller: Caller) -> None:
    """Of equals the oldest."""
    [old] = await add(queue, database, caller.account_id)
    [young] = await add(queue, database, caller.account_id)
    [urgent] = await add(queue, database, caller.account_id, priority=1)
    assert [(await claim(queue)).id for _ in range(3)] == [urgent, old, young]


async def test_a_busy_account_does_not_starve_another(
    queue: Queue, database: Database, caller: Caller, other_account: int
) -> None:
    """The account with fewest running jobs goes first, and nobody exceeds the cap."""
    await add(queue, database, caller.account_id, count=1000)
    await add(queue, database, other_account, count=2)
    accounts = [(await claim(queue, per_account=3)).account_id for _ in range(5)]
    assert accounts[:4] == 2 * [caller.account_id, other_account]
    assert Counter(accounts) == {caller.account_id: 3, other_account: 2}
    assert await queue.claim("w", kinds=KINDS, lease=60, per_account=3) is None


async def test_kinds_are_claimed_and_counted_apart(queue: Queue, database: Database, caller: Caller) -> None:
    """A worker gets only what it can do, and what others do for an account leaves its cap alone."""
    async with database.write() as connection:
        other = await queue.enqueue(connection, "other", caller.account_id, priority=1)
    [mine] = await add(queue, database, caller.account_id)
    assert (await claim(queue, per_account=1)).id == mine
    assert await queue.claim("w", kinds=KINDS, lease=60, per_account=1) is None
    found = await queue.claim("w", kinds=["other"], lease=60, per_account=1)
    assert found
    assert found.id == other


async def test_a_job_may_be_due_later(queue: Queue, database: Database, caller: Caller) -> None:
    """Until then it is not claimed, and does not count as waiting."""
    async with database.write() as connection:
        job_id = await queue.enqueue(connection, "kind", caller.account_id, delay=3600)
    assert await queue.claim("w", kinds=KINDS, lease=60, per_account=1) is None
    assert await queue.waiting() == 0
    assert await queue.active_ids() == {job_id}


async def test_accounts_take_turns_where_one_job_runs_at_a_time(
    queue: Queue, database: Database, caller: Caller, other_account: int
) -> None:
    """Whoever has waited longest for its turn goes first, not whoever has queued most."""
    await add(queue, database, caller.account_id, count=4)
    await add(queue, database, other_account, count=2)
    accounts = []
    for _ in range(6):
        job = await claim(queue)
        accounts.append(job.account_id)
        await queue.finish(job, nothing)
    assert accounts == 2 * [caller.account_id, other_account] + 2 * [caller.account_id]


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
        queue.give_back(first),
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
    """After many attempts in a row that ended without a finished piece."""
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
        job = await claim(queue, lease=-1)
        await queue.put_checkpoint(job, f"piece/{number}", b"done")
        assert await queue.reap() == 1
    assert await state(database, job_id) == ("queued", None)
    assert len(await queue.checkpoints(job_id)) == 3 * MAX_STRIKES


async def test_a_piece_that_is_done_again_forgives_nothing(queue: Queue, database: Database, caller: Caller) -> None:
    """An attempt that finishes only what was finished before gets nowhere."""
    [job_id] = await add(queue, database, caller.account_id)
    for _ in range(MAX_STRIKES + 1):
        job = await claim(queue, lease=-1)
        await queue.put_checkpoint(job, "piece", b"done")
        await queue.reap()
        if (await state(database, job_id))[0] == "failed":
            break
    assert await state(database, job_id) == ("failed", "worker_lost")
    assert job.attempt == MAX_STRIKES


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
    assert await queue.claim("w", kinds=KINDS, lease=60, per_account=1) is None


async def test_a_running_job_hears_of_its_cancellation(queue: Queue, database: Database, caller: Caller) -> None:
    """With its next heartbeat."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue)
    await queue.cancel(job_id)
    assert await queue.heartbeat(job, lease=60, progress=None) is True
    await queue.stopped(job)
    assert await state(database, job_id) == ("cancelled", "cancelled")


async def test_a_job_that_is_being_cancelled_is_not_claimed(queue: Queue, database: Database, caller: Caller) -> None:
    """Not even by a worker that looked before the cancellation was committed."""
    [cancelled, other] = await add(queue, database, caller.account_id, count=2)
    async with database.write() as connection:
        await connection.execute(jobs.update().where(jobs.c.id == cancelled).values(state="cancelled"))
        claiming = asyncio.create_task(claim(queue))
        # as far as it can come: SQLite has it wait for this transaction
        await asyncio.wait([claiming], timeout=0.2)
    assert (await claiming).id == other
    assert (await state(database, cancelled))[0] == "cancelled"


async def lose(queue: Queue, job: Claimed) -> None:
    """Hear of the job's worker no more."""
    await queue.heartbeat(job, lease=-1, progress=None)
    await queue.reap()


async def fault(queue: Queue, job: Claimed) -> None:
    """Fail for a reason that may pass."""
    await queue.retry(job, "engine_lost", "x", delay=0)


@pytest.mark.parametrize("end", [lose, fault, Queue.give_back])
async def test_a_cancelled_job_is_not_tried_again(
    queue: Queue, database: Database, caller: Caller, end: Callable[..., Awaitable[None]]
) -> None:
    """However its attempt ended before it had heard of the cancellation."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue)
    await queue.cancel(job_id)
    await end(queue, job)
    assert await state(database, job_id) == ("cancelled", "cancelled")


async def test_a_retried_job_waits_its_delay(queue: Queue, database: Database, caller: Caller) -> None:
    """Twice as long each time; it is queued, and not yet due."""
    [job_id] = await add(queue, database, caller.account_id)
    mine = jobs.c.id == job_id
    for delay in (3600, 7200):
        await queue.retry(await claim(queue), "engine_lost", "x", delay=3600)
        assert await state(database, job_id) == ("queued", None)
        assert await queue.claim("w", kinds=KINDS, lease=60, per_account=1) is None
        async with database.write() as connection:
            waits = (await connection.execute(select(jobs.c.run_at - jobs.c.updated_at).where(mine))).scalar_one()
            await connection.execute(jobs.update().where(mine).values(run_at=0.0))
        assert waits == pytest.approx(delay, abs=1)


async def fail_for_good(queue: Queue, job: Claimed) -> None:
    """Fail for a reason that does not pass."""
    await queue.fail(job, "unsupported_media", "x")


async def cancel_waiting(queue: Queue, job: Claimed) -> None:
    """Cancel the job while it waits for its next attempt."""
    await queue.give_back(job)
    await queue.cancel(job.id)


async def lose_often(queue: Queue, job: Claimed) -> None:
    """Let as many workers die on the job as there may."""
    await lose(queue, job)
    for _ in range(MAX_STRIKES - 1):
        await lose(queue, await claim(queue))


@pytest.mark.parametrize("end", [fail_for_good, cancel_waiting, lose_often])
async def test_finished_pieces_go_with_the_job_s_end(
    queue: Queue, database: Database, caller: Caller, end: Callable[..., Awaitable[None]]
) -> None:
    """However it ends."""
    [job_id] = await add(queue, database, caller.account_id)
    job = await claim(queue)
    await queue.put_checkpoint(job, "piece", b"done")
    await end(queue, job)
    assert (await state(database, job_id))[0] in {"failed", "cancelled"}
    async with database.read() as connection:
        assert (await connection.execute(select(checkpoints))).all() == []


async def test_a_job_given_back_has_no_strike(queue: Queue, database: Database, caller: Caller) -> None:
    """A shutdown is nobody's fault; it keeps its place in the queue too."""
    [job_id] = await add(queue, database, caller.account_id)
    for _ in range(2 * MAX_STRIKES):
        await queue.give_back(await claim(queue))
    assert await state(database, job_id) == ("queued", None)
    assert await queue.waiting() == 1
    assert await queue.active_ids() == {job_id}


@pytest.mark.parametrize("end", [fail_for_good, cancel_waiting, lose_often])
async def test_every_end_is_told_once(
    queue: Queue, database: Database, caller: Caller, end: Callable[..., Awaitable[None]]
) -> None:
    """To whoever wants to know, in the transaction in which it happens."""
    told = []

    async def tell(connection: AsyncConnection, ended: Sequence[Ended]) -> None:
        for job in ended:
            states = await connection.execute(select(jobs.c.state).where(jobs.c.id == job.id))
            told.append((job.id, job.kind, job.state, states.scalar_one()))

    queue.on_end.append(tell)
    [job_id] = await add(queue, database, caller.account_id)
    await end(queue, await claim(queue))
    [(found, kind, ended, seen)] = told
    assert (found, kind, ended) == (job_id, "kind", seen)
    assert ended in {"failed", "cancelled"}


async def test_a_job_that_is_begun_at_once_never_waits(queue: Queue, database: Database, caller: Caller) -> None:
    """No worker takes it while its lease runs; it is saved and ended by whoever began it."""
    job = await begin(queue, database, caller.account_id, lease=60.0)
    assert await queue.claim("w", kinds=KINDS, lease=60.0, per_account=100) is None
    assert (await state(database, job.id))[0] == "running"
    await queue.put_checkpoint(job, "piece", b"1")
    assert not await queue.heartbeat(job, lease=60.0, progress=None)
    await queue.finish(job, nothing)
    assert (await state(database, job.id))[0] == "done"


async def test_a_job_that_is_begun_at_once_and_lost_is_another_workers(
    queue: Queue, database: Database, caller: Caller
) -> None:
    """Once its lease has run out, with what was saved of it; whoever began it has lost it."""
    job = await begin(queue, database, caller.account_id, lease=-1.0)
    await queue.put_checkpoint(job, "piece", b"1")
    assert await queue.reap() == 1
    taken = await claim(queue)
    assert (taken.id, taken.attempt) == (job.id, 2)
    assert await queue.checkpoints(job.id) == {"piece": b"1"}
    with pytest.raises(LeaseLost):
        await queue.finish(job, nothing)
