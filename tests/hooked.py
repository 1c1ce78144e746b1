"""Webhooks under test: jobs that end, a receiver on this machine, and deliveries made one attempt at a time."""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from upstream import LOOPBACK, Asked, Behaviour, Upstream, answer, serving_upstream
from voxhall.domain.record import Caller
from voxhall.domain.webhook import Delivery, Webhook
from voxhall.jobs.queue import Claimed, Queue
from voxhall.jobs.webhooks import DELAYS, KIND, Announcer, Delivering
from voxhall.jobs.worker import JobJournal
from voxhall.net.guard import open_guarded
from voxhall.services.webhooks import Webhooks
from voxhall.stores.database import Database
from voxhall.stores.rows import read
from voxhall.stores.seal import open_seal
from voxhall.stores.tables import deliveries, jobs

TOLD = "transcribe"
"""The kind of jobs that are told of."""
PATIENCE = 2
STANDARD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""A secret as Standard Webhooks has them."""
FAIL = answer(500, b"no")
TAKE = answer(200, b"thanks")


@dataclass
class Hooked:
    """Everything that has to do with webhooks, opened around one receiver."""

    database: Database
    queue: Queue
    caller: Caller
    hooks: Webhooks
    delivering: Delivering
    upstream: Upstream
    answers: list[Behaviour] = field(default_factory=list)
    """What the receiver does next, in order; then it takes everything."""

    @property
    def url(self) -> str:
        """The receiver's address."""
        return self.upstream.url("/hook")

    @property
    def asked(self) -> list[Asked]:
        """What has arrived at it."""
        return self.upstream.asked

    async def register(self, *events: str, secret: str | None = None) -> Webhook:
        """Register the receiver."""
        wanted = {"events": events} if events else {}
        return await self.hooks.register(self.caller, self.url, secret=secret, **wanted)

    async def begin(self) -> Claimed:
        """Begin a job that is told of."""
        async with self.database.write() as connection:
            await self.queue.enqueue(connection, TOLD, self.caller.account_id)
        job = await self.queue.claim("w", kinds=[TOLD], lease=60, per_account=1000)
        assert job
        return job

    async def end(self, *, fail: bool = False) -> Claimed:
        """Have a job end."""
        job = await self.begin()
        if fail:
            await self.queue.fail(job, "unsupported_media", "this is no audio")
        else:
            await self.queue.finish(job, nothing)
        return job

    async def attempt(self) -> bool:
        """Make the attempt that is due, if one is."""
        job = await self.queue.claim("w", kinds=[KIND], lease=60, per_account=1000)
        if job is None:
            return False
        commit = await asyncio.to_thread(self.delivering, job, JobJournal(self.queue, job))
        await self.queue.finish(job, commit)
        return True

    async def settle(self) -> int:
        """Make attempts while any is due; give how many there were."""
        made = 0
        while await self.attempt():
            made += 1
        return made

    async def deliver(self, *, fail: bool = False) -> Delivery:
        """Have a job end, and see to what is sent of it."""
        await self.end(fail=fail)
        await self.settle()
        return (await self.log())[-1]

    async def log(self) -> list[Delivery]:
        """Give all deliveries, the oldest first."""
        async with self.database.read() as connection:
            rows = await connection.execute(select(deliveries).order_by(deliveries.c.created_at))
            return [read(Delivery, row) for row in rows]

    async def webhook(self, webhook: Webhook) -> Webhook:
        """Give a webhook as it is now."""
        return await self.hooks.get(self.caller, webhook.id)


def verify(asked: Asked, secret: str) -> None:
    """Check what a receiver can check of `X-Webhook-Signature`."""
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", asked.headers["x-webhook-signature"])
    assert found
    signed = found[1].encode() + b"." + asked.body
    assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == found[2]
    assert abs(int(found[1]) - time.time()) < 60


async def nothing(connection: AsyncConnection) -> None:
    """Commit nothing with a job's end."""


async def describe(connection: AsyncConnection, job_id: int) -> dict[str, object] | None:
    """Give a job's number and state."""
    row = (await connection.execute(select(jobs.c.state).where(jobs.c.id == job_id))).one_or_none()
    return {"id": job_id, "state": row.state, "text": "ሰላም"} if row else None


async def nowhere(_connection: AsyncConnection, _job_id: int) -> None:
    """Give no address: jobs come without one."""


@asynccontextmanager
async def hooked(
    database: Database,
    caller: Caller,
    *,
    delays: Sequence[float] = tuple(0.0 for _ in DELAYS),
    allow: Sequence[str] = LOOPBACK,
) -> AsyncIterator[Hooked]:
    """Open everything; without `delays` a further attempt is due at once."""
    answers: list[Behaviour] = []

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (answers.pop(0) if answers else TAKE)(asked, writer)

    queue, seal = Queue(database), await open_seal(database)
    Announcer(queue, {TOLD}, nowhere)
    async with serving_upstream(hook=behave) as upstream, open_guarded(allow) as guarded:
        delivering = Delivering(database, queue, guarded, seal, describe, patience=PATIENCE, delays=delays)
        hooks = Webhooks(database, queue, guarded, seal)
        yield Hooked(database, queue, caller, hooks, delivering, upstream, answers)
