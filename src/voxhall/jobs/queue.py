"""The durable queue: the jobs table is the truth, and every write of a worker is fenced by its attempt's number."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from sqlalchemy import Select, Update, and_, case, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.work import Progress
from voxhall.errors import LeaseLost
from voxhall.stores.database import Database
from voxhall.stores.tables import checkpoints, jobs

MAX_STRIKES = 3
"""Attempts in a row that end without a finished piece, after which a job fails."""
CLAIM_LOCK = 80120
"""Key of PostgreSQL's advisory lock under which the per-account cap is counted."""

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


class Queue:
    """Jobs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changed = asyncio.Event()
        """Set when this process has queued or cancelled something; a worker clears it."""

    def wake(self) -> None:
        """Tell this process's worker to look."""
        self.changed.set()

    async def enqueue(self, connection: AsyncConnection, kind: str, account_id: int, *, priority: int = 0) -> int:
        """Add a job within the caller's transaction; call `wake` once that is committed."""
        now = self._database.now()
        row = await connection.execute(
            insert(jobs)
            .values(
                account_id=account_id,
                kind=kind,
                state="queued",
                priority=priority,
                run_at=now,
                attempt=0,
                strikes=0,
                cancel_requested=False,
                created_at=now,
                updated_at=now,
            )
            .returning(jobs.c.id)
        )
        return int(row.scalar_one())

    async def claim(self, worker: str, *, lease: float, per_account: int) -> Claimed | None:
        """Take the next job: highest priority first, then accounts with fewest running jobs, then the oldest."""
        now = self._database.now()
        async with self._database.write() as connection:
            if not self._database.sqlite:
                await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CLAIM_LOCK})
            row = await connection.execute(
                update(jobs)
                .where(jobs.c.id == self._next(per_account).scalar_subquery())
                .values(
                    state="running",
                    worker=worker,
                    attempt=jobs.c.attempt + 1,
                    lease_until=now + lease,
                    started_at=func.coalesce(jobs.c.started_at, now),
                    updated_at=now,
                )
                .returning(jobs.c.id, jobs.c.account_id, jobs.c.kind, jobs.c.attempt)
            )
            found = row.one_or_none()
        return Claimed(found.id, found.account_id, found.kind, found.attempt, worker) if found else None

    def _next(self, per_account: int) -> Select[tuple[int]]:
        other = jobs.alias()
        running = (
            select(func.count())
            .where(other.c.state == "running", other.c.account_id == jobs.c.account_id)
            .scalar_subquery()
        )
        return (
            select(jobs.c.id)
            .where(jobs.c.state == "queued", jobs.c.run_at <= self._database.now(), running < per_account)
            .order_by(jobs.c.priority.desc(), running, jobs.c.run_at, jobs.c.id)
            .limit(1)
        )

    def _held(self, job: Claimed) -> Update:
        """An update that touches the job only while this attempt holds it."""
        return update(jobs).where(
            jobs.c.id == job.id,
            jobs.c.state == "running",
            jobs.c.worker == job.worker,
            jobs.c.attempt == job.attempt,
        )

    async def heartbeat(self, job: Claimed, *, lease: float, progress: Progress | None) -> bool:
        """Extend the lease and record progress; tell whether the job shall stop. Raises LeaseLost."""
        now = self._database.now()
        values: dict[str, object] = {"lease_until": now + lease}
        if progress is not None:
            values |= {"progress": asdict(progress), "updated_at": now}
        async with self._database.write() as connection:
            row = await connection.execute(self._held(job).values(values).returning(jobs.c.cancel_requested))
            cancel = row.scalar_one_or_none()
        if cancel is None:
            raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")
        return bool(cancel)

    async def put_checkpoint(self, job: Claimed, name: str, data: bytes) -> None:
        """Keep a finished piece and forgive earlier strikes; raises LeaseLost."""
        into = sqlite_insert if self._database.sqlite else postgresql_insert
        keep = into(checkpoints).values(job_id=job.id, name=name, data=data)
        keep = keep.on_conflict_do_update(index_elements=("job_id", "name"), set_={"data": data})
        async with self._database.write() as connection:
            held = await connection.execute(self._held(job).values(strikes=0))
            if held.rowcount != 1:
                raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")
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
        await self._end(job, "cancelled", code="cancelled", message="The transcription was cancelled.")

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
        async with self._database.write() as connection:
            row = await connection.execute(
                self._held(job).values(
                    state=state,
                    worker=None,
                    lease_until=None,
                    error_code=code,
                    error_message=message,
                    finished_at=now,
                    updated_at=now,
                )
            )
            if row.rowcount != 1:
                raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")
            await connection.execute(delete(checkpoints).where(checkpoints.c.job_id == job.id))
            if commit:
                await commit(connection)

    async def retry(self, job: Claimed, code: str, message: str, *, delay: float) -> None:
        """Give back a job that may succeed later; it fails after too many strikes. Raises LeaseLost."""
        async with self._database.write() as connection:
            row = await connection.execute(self._struck(self._held(job), code, message, delay=delay))
            if row.rowcount != 1:
                raise LeaseLost(f"job {job.id} is no longer held by attempt {job.attempt}")

    async def give_back(self, job: Claimed) -> None:
        """Give back a job that is in the way of a shutdown; this is no strike against it."""
        async with self._database.write() as connection:
            await connection.execute(self._held(job).values(state="queued", worker=None, lease_until=None))

    async def reap(self, *, dead_worker: str | None = None) -> int:
        """Take jobs from workers that are not heard of any more, or from one known to be dead."""
        lost = jobs.c.lease_until < self._database.now()
        if dead_worker is not None:
            lost = or_(lost, jobs.c.worker == dead_worker)
        where = update(jobs).where(and_(jobs.c.state == "running", lost))
        message = "The process that worked on this ended unexpectedly, several times."
        async with self._database.write() as connection:
            return (await connection.execute(self._struck(where, "worker_lost", message, delay=0.0))).rowcount

    def _struck(self, where: Update, code: str, message: str, *, delay: float) -> Update:
        now = self._database.now()
        out = jobs.c.strikes + 1 >= MAX_STRIKES
        return where.values(
            state=case((out, "failed"), else_="queued"),
            strikes=jobs.c.strikes + 1,
            worker=None,
            lease_until=None,
            run_at=now + delay,
            error_code=case((out, code), else_=None),
            error_message=case((out, message), else_=None),
            finished_at=case((out, now), else_=None),
            updated_at=now,
        )

    async def cancel(self, job_id: int) -> None:
        """Stop a job: at once while it waits, as soon as its worker hears of it while it runs."""
        now = self._database.now()
        waiting = jobs.c.state == "queued"
        async with self._database.write() as connection:
            await connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.state.in_(("queued", "running")))
                .values(
                    cancel_requested=True,
                    state=case((waiting, "cancelled"), else_=jobs.c.state),
                    error_code=case((waiting, "cancelled"), else_=None),
                    error_message=case((waiting, "The transcription was cancelled."), else_=None),
                    finished_at=case((waiting, now), else_=None),
                    updated_at=now,
                )
            )
        self.wake()

    async def waiting(self) -> int:
        """Count the jobs that wait."""
        async with self._database.read() as connection:
            return int((await connection.execute(select(func.count()).where(jobs.c.state == "queued"))).scalar_one())

    async def active_ids(self) -> set[int]:
        """Give the jobs that have not ended."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(jobs.c.id).where(jobs.c.state.in_(("queued", "running"))))
            return set(rows.scalars())
