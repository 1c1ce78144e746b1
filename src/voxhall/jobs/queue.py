"""The durable queue: the jobs table is the truth, and every write of a worker is fenced by its attempt's number."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Select, Update, and_, case, delete, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.work import Progress
from voxhall.errors import LeaseLost
from voxhall.stores.database import Database
from voxhall.stores.tables import accounts, checkpoints, jobs

MAX_STRIKES = 9
"""Strikes since the last finished piece after which a job fails; a worker lost at it is one."""
ERROR_STRIKES = 3
"""Strikes that an error counts. A worker's death counts less, for it is rarely the job's fault: what could upset
a process, the recordings, is met by engines in processes of their own."""
CLAIM_LOCK = 80120
"""Key of PostgreSQL's advisory lock under which the per-account cap is counted."""
CHANNEL = "voxhall_jobs"
"""On which processes tell each other, where the database can, that something was queued or cancelled."""
CANCELLED = "The job was cancelled."
LOST = "The process that worked on this ended unexpectedly, several times."

Commit = Callable[[AsyncConnection], Awaitable[None]]
"""What is written in the same transaction as a job's end."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that a worker holds; `attempt` fences all that it writes."""

    id: int
    account_id: int
    kind: str
    attempt: int
    worker: str
    key_id: int | None = None
    """The key that asked for it, None for none."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has just ended."""

    id: int
    account_id: int
    kind: str
    state: str
    """done, failed or cancelled."""


OnEnd = Callable[[AsyncConnection, Sequence[Ended]], Awaitable[None]]
OnStep = Callable[[AsyncConnection, Claimed], Awaitable[None]]


class Queue:
    """Jobs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.on_end: list[OnEnd] = []
        """Called when jobs have ended, however it came, in the same transaction."""
        self.on_step: list[OnStep] = []
        """Called when a job has come a step further, in the transaction that records it."""
        self.changed = asyncio.Event()
        """Set when something was queued or cancelled; a worker clears it."""

    def wake(self) -> None:
        """Tell this process's worker to look."""
        self.changed.set()

    async def listen(self) -> None:
        """Set `changed` whenever another process has queued or cancelled something, until the connection breaks."""
        await self._database.listen(CHANNEL, self.wake)

    async def enqueue(  # noqa: PLR0913 - what is known of a job
        self,
        connection: AsyncConnection,
        kind: str,
        account_id: int,
        *,
        key_id: int | None = None,
        priority: int = 0,
        delay: float = 0.0,
    ) -> int:
        """Add a job within the caller's transaction, due in `delay` seconds; call `wake` once that is committed."""
        now = self._database.now()
        row = await connection.execute(
            insert(jobs)
            .values(
                account_id=account_id,
                key_id=key_id,
                kind=kind,
                state="queued",
                priority=priority,
                run_at=now + delay,
                attempt=0,
                strikes=0,
                cancel_requested=False,
                created_at=now,
                updated_at=now,
            )
            .returning(jobs.c.id)
        )
        await self._database.notify(connection, CHANNEL)
        return int(row.scalar_one())

    async def begin(  # noqa: PLR0913 - what is known of a job
        self,
        connection: AsyncConnection,
        kind: str,
        account_id: int,
        *,
        worker: str,
        lease: float,
        key_id: int | None = None,
    ) -> Claimed:
        """Add a job, within the caller's transaction, that is being worked on already: it never waits for a worker.

        When its lease runs out it is queued like any other, for a worker that makes of it what it can.
        """
        job_id = await self.enqueue(connection, kind, account_id, key_id=key_id)
        now = self._database.now()
        held = {"state": "running", "worker": worker, "attempt": 1, "lease_until": now + lease, "started_at": now}
        await connection.execute(update(jobs).where(jobs.c.id == job_id).values(held))
        return Claimed(job_id, account_id, kind, 1, worker, key_id)

    async def claim(self, worker: str, *, kinds: Collection[str], lease: float, per_account: int) -> Claimed | None:
        """Take the next job of some kinds: highest priority, then accounts with fewest running ones, then the oldest.

        Of accounts with as many running jobs the one that has waited longest for its turn goes first.
        """
        now = self._database.now()
        async with self._database.write() as connection:
            if not self._database.sqlite:
                await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CLAIM_LOCK})
            row = await connection.execute(
                update(jobs)
                .where(jobs.c.id == self._next(kinds, per_account).scalar_subquery())
                .values(
                    state="running",
                    worker=worker,
                    attempt=jobs.c.attempt + 1,
                    lease_until=now + lease,
                    started_at=func.coalesce(jobs.c.started_at, now),
                    updated_at=now,
                )
                .returning(jobs.c.id, jobs.c.account_id, jobs.c.kind, jobs.c.attempt, jobs.c.key_id)
            )
            found = row.one_or_none()
            if found:
                served = update(accounts).where(accounts.c.id == found.account_id)
                await connection.execute(served.values(served_at=now))
        if found is None:
            return None
        return Claimed(found.id, found.account_id, found.kind, found.attempt, worker, found.key_id)

    def _next(self, kinds: Collection[str], per_account: int) -> Select[tuple[int]]:
        wanted = jobs.c.kind.in_(kinds)
        busy = (
            select(jobs.c.account_id, func.count().label("running"))
            .where(jobs.c.state == "running", wanted)
            .group_by(jobs.c.account_id)
            .subquery()
        )
        running = func.coalesce(busy.c.running, 0)
        return (
            select(jobs.c.id)
            .join(accounts, accounts.c.id == jobs.c.account_id)
            .outerjoin(busy, busy.c.account_id == jobs.c.account_id)
            .where(jobs.c.state == "queued", jobs.c.run_at <= self._database.now(), wanted, running < per_account)
            .order_by(
                jobs.c.priority.desc(), running, func.coalesce(accounts.c.served_at, 0.0), jobs.c.run_at, jobs.c.id
            )
            .limit(1)
            # PostgreSQL would else hand out a job that is being cancelled at this moment
            .with_for_update(of=jobs, skip_locked=True)
        )

    def _held(self, job: Claimed) -> Update:
        """An update that touches the job only while this attempt holds it."""
        return update(jobs).where(
            jobs.c.id == job.id,
            jobs.c.state == "running",
            jobs.c.worker == job.worker,
            jobs.c.attempt == job.attempt,
        )

    async def heartbeat(
        self, job: Claimed, *, lease: float, progress: Progress | None, told: Progress | None = None
    ) -> bool:
        """Extend the lease and record progress; tell whether the job shall stop. Raises LeaseLost.

        `told` is the progress that this attempt has recorded before.
        """
        now = self._database.now()
        values: dict[str, object] = {"lease_until": now + lease}
        if progress is not None:
            values |= {"progress": asdict(progress), "updated_at": now}
        async with self._database.write() as connection:
            row = await connection.execute(self._held(job).values(values).returning(jobs.c.cancel_requested))
            cancel = row.scalar_one_or_none()
            if cancel is not None and progress is not None and (told is None or told.step != progress.step):
                for tell in self.on_step:
                    await tell(connection, job)
        if cancel is None:
            raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")
        return bool(cancel)

    async def put_checkpoint(self, job: Claimed, name: str, data: bytes) -> None:
        """Keep a finished piece, and forgive earlier strikes if it is a new one; raises LeaseLost."""
        keep = self._database.insert(checkpoints).values(job_id=job.id, name=name, data=data)
        keep = keep.on_conflict_do_update(index_elements=("job_id", "name"), set_={"data": data})
        known = exists().where(checkpoints.c.job_id == job.id, checkpoints.c.name == name)
        async with self._database.write() as connection:
            await self._change_held(
                connection, job, self._held(job).values(strikes=case((known, jobs.c.strikes), else_=0))
            )
            await connection.execute(keep)

    async def checkpoints(self, job_id: int) -> dict[str, bytes]:
        """Give all finished pieces of a job."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(checkpoints.c.name, checkpoints.c.data).where(checkpoints.c.job_id == job_id)
            )
            return {row.name: row.data for row in rows}

    async def finish(self, job: Claimed, commit: Commit) -> None:
        """End a job well, with what it made, in one transaction; raises LeaseLost."""
        await self._end(job, "done", commit=commit)

    async def fail(self, job: Claimed, code: str, message: str) -> None:
        """End a job that cannot succeed; raises LeaseLost."""
        await self._end(job, "failed", code=code, message=message)

    async def stopped(self, job: Claimed) -> None:
        """End a job that was cancelled; raises LeaseLost."""
        await self._end(job, "cancelled", code="cancelled", message=CANCELLED)

    async def _end(
        self,
        job: Claimed,
        state: str,
        *,
        code: str | None = None,
        message: str | None = None,
        commit: Commit | None = None,
    ) -> None:
        now = self._database.now()
        end = self._held(job).values(
            state=state,
            worker=None,
            lease_until=None,
            error_code=code,
            error_message=message,
            finished_at=now,
            updated_at=now,
        )
        async with self._database.write() as connection:
            await self._change_held(connection, job, end, commit)

    async def retry(self, job: Claimed, code: str, message: str, *, delay: float) -> None:
        """Give back a job that may succeed later; it fails after too many strikes. Raises LeaseLost.

        It waits `delay` seconds after the first error, and twice as long after each that follows.
        """
        async with self._database.write() as connection:
            change = self._given_up(self._held(job), code, message, strike=ERROR_STRIKES, delay=delay)
            await self._change_held(connection, job, change)

    async def give_back(self, job: Claimed) -> None:
        """Give back a job that is in the way of a shutdown; this is no strike against it. Raises LeaseLost."""
        async with self._database.write() as connection:
            change = self._given_up(self._held(job), "worker_lost", LOST, strike=0)
            await self._change_held(connection, job, change)

    async def reap(self) -> int:
        """Take jobs from workers that are not heard of any more."""
        held = update(jobs).where(and_(jobs.c.state == "running", jobs.c.lease_until < self._database.now()))
        async with self._database.write() as connection:
            return await self._change(connection, self._given_up(held, "worker_lost", LOST, strike=1))

    def _given_up(self, held: Update, code: str, message: str, *, strike: int, delay: float = 0.0) -> Update:
        """Queue again what an attempt did not end, unless it was to be cancelled or has had its chances.

        Without `delay` it keeps its place in the queue.
        """
        now = self._database.now()
        unwanted, hopeless = jobs.c.cancel_requested, jobs.c.strikes + strike >= MAX_STRIKES
        return held.values(
            state=case((unwanted, "cancelled"), (hopeless, "failed"), else_="queued"),
            strikes=jobs.c.strikes + strike,
            worker=None,
            lease_until=None,
            run_at=now + delay * literal(1).bitwise_lshift(jobs.c.strikes // ERROR_STRIKES) if delay else jobs.c.run_at,
            error_code=case((unwanted, "cancelled"), (hopeless, code), else_=None),
            error_message=case((unwanted, CANCELLED), (hopeless, message), else_=None),
            finished_at=case((or_(unwanted, hopeless), now), else_=None),
            updated_at=now,
        )

    async def _change(self, connection: AsyncConnection, change: Update, commit: Commit | None = None) -> int:
        """Change jobs, and drop the finished pieces of those that have ended by it; give how many were changed."""
        columns = (jobs.c.id, jobs.c.account_id, jobs.c.kind, jobs.c.state, jobs.c.finished_at)
        changed = (await connection.execute(change.returning(*columns))).all()
        if changed and commit:
            await commit(connection)
        ended = [Ended(row.id, row.account_id, row.kind, row.state) for row in changed if row.finished_at is not None]
        if ended:
            await connection.execute(delete(checkpoints).where(checkpoints.c.job_id.in_([job.id for job in ended])))
            for tell in self.on_end:
                await tell(connection, ended)
        return len(changed)

    async def _change_held(
        self, connection: AsyncConnection, job: Claimed, change: Update, commit: Commit | None = None
    ) -> None:
        if not await self._change(connection, change, commit):
            raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")

    async def cancel(self, job_id: int) -> None:
        """Stop a job: at once while it waits, as soon as its worker hears of it while it runs."""
        now = self._database.now()
        waiting = jobs.c.state == "queued"
        stop = update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(("queued", "running")))
        change = stop.values(
            cancel_requested=True,
            state=case((waiting, "cancelled"), else_=jobs.c.state),
            error_code=case((waiting, "cancelled"), else_=None),
            error_message=case((waiting, CANCELLED), else_=None),
            finished_at=case((waiting, now), else_=None),
            updated_at=now,
        )
        async with self._database.write() as connection:
            await self._change(connection, change)
            await self._database.notify(connection, CHANNEL)
        self.wake()

    async def waiting(self) -> int:
        """Count the jobs that wait for a worker."""
        due = select(func.count()).where(jobs.c.state == "queued", jobs.c.run_at <= self._database.now())
        async with self._database.read() as connection:
            return int((await connection.execute(due)).scalar_one())

    async def active_ids(self) -> set[int]:
        """Give the jobs that have not ended."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(jobs.c.id).where(jobs.c.state.in_(("queued", "running"))))
            return set(rows.scalars())
