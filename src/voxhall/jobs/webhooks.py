"""Tells receivers what became of jobs: an event becomes deliveries, and a delivery is tried until it is taken."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from http import HTTPStatus
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.webhook import Attempt, Delivery, Event, Webhook
from voxhall.errors import Cancelled
from voxhall.jobs.posting import payload, post
from voxhall.jobs.queue import Claimed, Commit, Ended, Queue
from voxhall.jobs.worker import JobJournal
from voxhall.net.guard import Guarded
from voxhall.stores import webhooks as table
from voxhall.stores.database import Database
from voxhall.stores.seal import Seal

KIND = "deliver"
DELAYS = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
"""Seconds before each further attempt."""
JITTER = 0.2
"""Part by which a delay is shorter or longer, so that what failed together does not come again together."""
EVENTS: dict[str, Event] = {"done": "job.completed", "failed": "job.failed"}
"""By how a job ended; a cancelled one is no news to whoever cancelled it."""
PAUSED = "the webhook is paused"
DELETED = "what the event was about has been deleted"
LOST = "an internal error occurred"

Describe = Callable[[AsyncConnection, int], Awaitable[dict[str, object] | None]]
"""Gives what an event tells of a job, as it is at that moment; None once it has been deleted."""
CallbackUrl = Callable[[AsyncConnection, int], Awaitable[str | None]]
"""Gives the address that was named with a job, if any."""


class Announcer:
    """Makes deliveries of what happens to jobs, in the transaction in which it happens."""

    def __init__(self, queue: Queue, kinds: Collection[str], callback_url: CallbackUrl) -> None:
        """`kinds` are those of the jobs that are told of; `callback_url` gives the address that a job came with."""
        self._queue = queue
        self._kinds = kinds
        self._callback_url = callback_url
        queue.on_end.append(self._ended)
        queue.on_step.append(self._moved)

    async def emit(
        self, connection: AsyncConnection, account_id: int, job_id: int, event: Event, extra_url: str | None = None
    ) -> None:
        """Have an event delivered to the account's webhooks that want it, and to one more address."""
        hearing = [webhook.id for webhook in await table.of_account(connection, account_id) if webhook.hears(event)]
        places: list[tuple[str | None, str | None]] = [(webhook_id, None) for webhook_id in hearing]
        if extra_url:
            places.append((None, extra_url))
        event_id, now = f"evt_{uuid4().hex}", time.time()
        for webhook_id, url in places:
            delivery = Delivery(
                id=f"del_{uuid4().hex}",
                account_id=account_id,
                webhook_id=webhook_id,
                url=url,
                event_id=event_id,
                event=event,
                event_at=now,
                about=job_id,
                created_at=now,
                next_attempt_at=now,
            )
            await enqueue(connection, self._queue, delivery)

    async def _ended(self, connection: AsyncConnection, ended: Sequence[Ended]) -> None:
        for job in ended:
            if job.kind in self._kinds and job.state in EVENTS:
                url = await self._callback_url(connection, job.id)
                await self.emit(connection, job.account_id, job.id, EVENTS[job.state], url)
        lost = [job.id for job in ended if job.kind == KIND and job.state == "failed"]
        if lost:
            await table.give_up(connection, lost, LOST)

    async def _moved(self, connection: AsyncConnection, job: Claimed) -> None:
        if job.kind in self._kinds:
            await self.emit(connection, job.account_id, job.id, "job.progress")


async def enqueue(connection: AsyncConnection, queue: Queue, delivery: Delivery) -> None:
    """Add a delivery, to be made soon."""
    job_id = await queue.enqueue(connection, KIND, delivery.account_id)
    await table.insert_delivery(connection, replace(delivery, job_id=job_id))
    # on SQLite whoever is woken waits until this transaction ends; PostgreSQL tells workers itself
    queue.wake()


class Delivering:
    """Handles jobs of the kind `deliver`: one attempt each; the log of deliveries outlives them."""

    def __init__(  # noqa: PLR0913 - what it stands on, and its patience
        self,
        database: Database,
        queue: Queue,
        guarded: Guarded,
        seal: Seal,
        describe: Describe,
        *,
        patience: int,
        delays: Sequence[float] = DELAYS,
    ) -> None:
        """A webhook is paused after `patience` deliveries in a row that were given up."""
        self._database = database
        self._queue = queue
        self._guarded = guarded
        self._seal = seal
        self._describe = describe
        self._patience = patience
        self._delays = delays

    def __call__(self, job: Claimed, journal: JobJournal) -> Commit:
        """Do the job; give what is to be committed with its end."""
        try:
            return journal.await_(self._deliver(job, journal))
        except CancelledError as error:
            # it would end the worker's own task
            raise Cancelled("the delivery was stopped") from error

    async def _deliver(self, job: Claimed, journal: JobJournal) -> Commit:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one

        def stop() -> None:
            # a shutdown does not wait for a slow receiver: the attempt is made again
            task.cancel()

        journal.on_stop(stop)
        async with self._database.read() as connection:
            delivery = await table.find_by_job(connection, job.id)
            if delivery is None:
                return self._forgotten(job)
            webhook = await table.find(connection, delivery.account_id, delivery.webhook_id or "")
            data = await self._describe(connection, delivery.about)
        if data is None:
            return self._dropped(job, delivery, DELETED)
        if webhook is not None and webhook.status == "paused":
            return self._dropped(job, delivery, PAUSED)
        attempt = await self._post(delivery, webhook, data)
        return self._attempted(job, delivery, attempt)

    async def _post(self, delivery: Delivery, webhook: Webhook | None, data: object) -> Attempt:
        secret = None
        if webhook is not None and webhook.secret is not None:
            secret = self._seal.open(webhook.secret, owner=webhook.id)
        url = webhook.url if webhook is not None else delivery.url or ""
        body = payload(delivery.event_id, delivery.event, delivery.event_at, data)
        return await post(self._guarded, url, delivery.event_id, body, secret=secret)

    def _forgotten(self, job: Claimed) -> Commit:
        """End a job whose delivery has been removed meanwhile."""

        async def commit(connection: AsyncConnection) -> None:
            await table.remove_job(connection, job.id)

        return commit

    def _dropped(self, job: Claimed, delivery: Delivery, error: str) -> Commit:
        """End a delivery that is not attempted."""

        async def commit(connection: AsyncConnection) -> None:
            await table.record(
                connection, delivery.id, {"status": "failed", "error": error, "next_attempt_at": None, "job_id": None}
            )
            await table.remove_job(connection, job.id)

        return commit

    def _attempted(self, job: Claimed, delivery: Delivery, attempt: Attempt) -> Commit:
        """Record an attempt, and see to the next one if there is to be one."""
        now = time.time()
        gone = attempt.status == HTTPStatus.GONE
        # progress is worth telling only while it is new, and its loss says little about a receiver
        passing = delivery.event == "job.progress"
        last = gone or passing or delivery.attempts >= len(self._delays)
        again = attempt.error is not None and not last
        given_up = attempt.error is not None and (gone or (last and not passing))
        delay = self._delays[delivery.attempts] * random.uniform(1 - JITTER, 1 + JITTER) if again else 0.0  # noqa: S311 - not a secret
        values = {
            "status": "pending" if again else "failed" if attempt.error else "delivered",
            "attempts": delivery.attempts + 1,
            "response_status": attempt.status,
            "response_body": attempt.body,
            "error": attempt.error,
            "duration_ms": attempt.duration_ms,
            "next_attempt_at": now + delay if again else None,
        }

        async def commit(connection: AsyncConnection) -> None:
            if delivery.webhook_id is not None:
                patience = 1 if gone else self._patience
                await table.count(connection, delivery.webhook_id, attempt, now, given_up=given_up, patience=patience)
            next_job = None
            if again:
                next_job = await self._queue.enqueue(connection, KIND, delivery.account_id, delay=delay)
            await table.record(connection, delivery.id, {**values, "job_id": next_job})
            await table.remove_job(connection, job.id)

        return commit
