"""What becomes of jobs is told: once each, in the job's own transaction, again and again until it is taken."""

import asyncio
import json
import re
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from standardwebhooks import Webhook as Receiver

from hooked import FAIL, PATIENCE, STANDARD, TAKE, TOLD, Hooked, hooked, nothing, verify
from upstream import Asked, answer, redirect, silent_after
from voxhall.accounts.keys import Keys
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import Progress
from voxhall.jobs.queue import MAX_STRIKES, Claimed, Commit
from voxhall.jobs.webhooks import DELAYS, JITTER, KIND, Announcer
from voxhall.jobs.worker import Handler, JobJournal, Limits, Worker
from voxhall.stores.database import Database
from voxhall.stores.tables import deliveries, jobs

GONE = answer(410)
SILENT = silent_after(b"")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have receivers answer at once or be too late."""
    monkeypatch.setattr("voxhall.jobs.posting.SECONDS", 0.2)


async def test_a_finished_job_is_told_of(bench: Hooked) -> None:
    """With the whole payload, as JSON."""
    webhook = await bench.register()
    delivery = await bench.deliver()
    [asked] = bench.asked
    told = json.loads(asked.body)
    assert set(told) == {"id", "event", "created_at", "data"}
    assert (told["id"], told["event"]) == (delivery.event_id, "job.completed")
    assert told["data"] == {"id": delivery.about, "state": "done", "text": "ሰላም"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", told["created_at"])
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"].startswith("Voxhall")
    assert (delivery.status, delivery.attempts, delivery.response_status) == ("delivered", 1, 200)
    assert (delivery.response_body, delivery.error, delivery.next_attempt_at) == ("thanks", None, None)
    counted = await bench.webhook(webhook)
    assert (counted.status, counted.successful, counted.failed) == ("active", 1, 0)
    assert counted.last_delivery_at


@pytest.mark.usefixtures("impatient")
async def test_it_is_tried_until_it_is_taken(bench: Hooked) -> None:
    """Through silence, errors and a redirect, which is not followed; each attempt signed anew under one id."""
    webhook = await bench.register(secret=STANDARD)
    elsewhere = redirect(bench.upstream.url("/elsewhere"))
    bench.answers[:] = [SILENT, FAIL, elsewhere, TAKE]
    await bench.end()
    errors = []
    while await bench.attempt():
        [delivery] = await bench.log()
        errors.append(delivery.error)
    assert [asked.target for asked in bench.asked] == 4 * ["/hook"]
    assert len({asked.headers["webhook-id"] for asked in bench.asked}) == 1
    for asked in bench.asked:
        verify(asked, STANDARD)
        Receiver(STANDARD).verify(asked.body, asked.headers)
    assert errors[0]
    assert "too long" in errors[0]
    assert errors[1:] == [
        "the receiver answered 500",
        "the receiver answered 302; redirects are not followed",
        None,
    ]
    assert (delivery.status, delivery.attempts) == ("delivered", 4)
    counted = await bench.webhook(webhook)
    assert (counted.status, counted.successful, counted.failed) == ("active", 1, 3)
    assert counted.last_failure_reason == errors[2]


async def test_attempts_come_ever_more_slowly(database: Database, caller: Caller) -> None:
    """With some chance, so that receivers are not hit by all at once."""
    async with hooked(database, caller, delays=DELAYS) as bench:
        await bench.register()
        await bench.end()
        for delay in DELAYS:
            bench.answers[:] = [FAIL]
            assert await bench.settle() == 1
            [delivery] = await bench.log()
            assert delivery.status == "pending"
            waits = (delivery.next_attempt_at or 0) - time.time()
            assert delay * (1 - JITTER) - 5 < waits <= delay * (1 + JITTER)
            async with database.write() as connection:
                await connection.execute(jobs.update().where(jobs.c.kind == KIND).values(run_at=0.0))
        bench.answers[:] = [FAIL]
        assert await bench.settle() == 1
        [delivery] = await bench.log()
        assert (delivery.status, delivery.attempts) == ("failed", len(DELAYS) + 1)


async def test_a_webhook_that_takes_nothing_is_paused(bench: Hooked) -> None:
    """After some deliveries in a row that were given up; what succeeds in between makes it good again."""
    webhook = await bench.register()
    attempts = len(DELAYS) + 1
    bench.answers[:] = attempts * [FAIL]
    assert (await bench.deliver()).status == "failed"
    assert (await bench.webhook(webhook)).status == "failed"
    assert (await bench.deliver()).status == "delivered"
    assert (await bench.webhook(webhook)).status == "active"
    bench.answers[:] = PATIENCE * attempts * [FAIL]
    for _ in range(PATIENCE):
        await bench.deliver()
    assert (await bench.webhook(webhook)).status == "paused"
    heard = len(bench.asked)
    await bench.deliver()
    assert len(bench.asked) == heard
    assert len(await bench.log()) == PATIENCE + 2


async def test_a_receiver_that_is_gone_is_asked_no_more(bench: Hooked) -> None:
    """410 pauses at once, for what waits too."""
    webhook = await bench.register()
    await bench.end()
    await bench.end()
    bench.answers[:] = [GONE]
    await bench.settle()
    assert len(bench.asked) == 1
    assert (await bench.webhook(webhook)).status == "paused"
    assert [each.error for each in await bench.log()] == ["the receiver answered 410", "the webhook is paused"]
    assert {each.status for each in await bench.log()} == {"failed"}


async def test_a_webhook_hears_what_it_asked_for(bench: Hooked) -> None:
    """Completion and failure, if it did not say."""
    await bench.register()
    await bench.register("job.failed")
    await bench.register("*")
    await bench.register("job.progress")
    await bench.end()
    await bench.end(fail=True)
    await bench.settle()
    told = [(each.headers["webhook-id"], json.loads(each.body)["event"]) for each in bench.asked]
    assert sorted(event for _, event in told) == 2 * ["job.completed"] + 3 * ["job.failed"]
    # one event has one id, wherever it goes
    assert len(set(told)) == 2


async def test_nobody_hears_of_other_accounts_and_other_work(bench: Hooked, database: Database) -> None:
    """Only of the account's own jobs, of the kinds that are told of."""
    await bench.register("*")
    keys = Keys(database)
    other = await keys.authenticate(await keys.create("other@example.com", name="k", scopes=frozenset(Scope)))
    for account_id, kind in [(other.account_id, TOLD), (bench.caller.account_id, "other")]:
        async with database.write() as connection:
            await bench.queue.enqueue(connection, kind, account_id)
        job = await bench.queue.claim("w", kinds=[kind], lease=60, per_account=10)
        assert job
        await bench.queue.finish(job, nothing)
    assert await bench.log() == []


async def test_a_cancelled_job_is_no_news(bench: Hooked) -> None:
    """While it waits, and while it runs."""
    await bench.register("*")
    job = await bench.begin()
    await bench.queue.cancel(job.id)
    await bench.queue.stopped(job)
    assert await bench.log() == []


async def test_a_job_whose_workers_died_is_told_of_as_failed(bench: Hooked) -> None:
    """However a job ends, it is told."""
    await bench.register()
    job: Claimed | None = await bench.begin()
    while job:
        await bench.queue.heartbeat(job, lease=-1, progress=None)
        await bench.queue.reap()
        job = await bench.queue.claim("w", kinds=[TOLD], lease=60, per_account=10)
    await bench.settle()
    assert [json.loads(asked.body)["event"] for asked in bench.asked] == ["job.failed"]


async def test_an_end_that_is_not_committed_is_not_told(bench: Hooked) -> None:
    """Both happen or neither."""
    await bench.register()
    job = await bench.begin()

    async def broken(connection: AsyncConnection) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await bench.queue.finish(job, broken)
    assert await bench.log() == []
    await bench.queue.finish(job, nothing)
    assert len(await bench.log()) == 1


async def test_progress_is_told_in_steps(bench: Hooked) -> None:
    """A stage, or ten percent; once each, whether it is heard or not, and nobody is paused for that."""
    webhook = await bench.register("job.progress")
    job = await bench.begin()
    told = None
    for stage, percent in [("decoding", 0), ("decoding", 9), ("transcribing", 9), ("transcribing", 12)]:
        now = Progress(stage, float(percent), 0, 0)
        await bench.queue.heartbeat(job, lease=60, progress=now, told=told)
        told = now
    bench.answers[:] = 3 * [FAIL]
    assert await bench.settle() == 3
    assert {json.loads(asked.body)["event"] for asked in bench.asked} == {"job.progress"}
    assert {each.status for each in await bench.log()} == {"failed"}
    assert (await bench.webhook(webhook)).status == "active"


async def test_an_address_may_come_with_the_job(database: Database, caller: Caller) -> None:
    """It hears of that job only, unsigned, and is tried as often."""
    async with hooked(database, caller) as bench:
        named: dict[int, str] = {}

        async def callback_url(connection: AsyncConnection, job_id: int) -> str | None:
            return named.get(job_id)

        bench.queue.on_end.clear()
        Announcer(bench.queue, {TOLD}, callback_url)
        job = await bench.begin()
        named[job.id] = bench.url
        bench.answers[:] = [FAIL]
        await bench.queue.finish(job, nothing)
        await bench.end()
        assert await bench.settle() == 2
        [delivery] = await bench.log()
        assert (delivery.status, delivery.webhook_id, delivery.about) == ("delivered", None, job.id)
        assert "x-webhook-signature" not in bench.asked[0].headers


async def test_what_was_deleted_is_not_sent(bench: Hooked, database: Database) -> None:
    """The log holds nothing of it either."""
    await bench.register()
    job = await bench.end()
    async with database.write() as connection:
        await connection.execute(jobs.delete().where(jobs.c.id == job.id))
    await bench.settle()
    assert bench.asked == []
    assert [each.error for each in await bench.log()] == ["what the event was about has been deleted"]


async def test_a_deleted_webhook_gets_nothing_more(bench: Hooked, database: Database) -> None:
    """What was on its way is dropped, before and after somebody took it up."""
    webhook = await bench.register()
    await bench.end()
    job = await bench.queue.claim("w", kinds=[KIND], lease=60, per_account=10)
    assert job
    await bench.end()
    await bench.hooks.delete(bench.caller, webhook.id)
    commit = await asyncio.to_thread(bench.delivering, job, JobJournal(bench.queue, job))
    await bench.queue.finish(job, commit)
    assert await bench.settle() == 0
    assert bench.asked == []
    async with database.read() as connection:
        assert (await connection.execute(select(deliveries))).all() == []
        assert (await connection.execute(select(jobs.c.id).where(jobs.c.kind == KIND))).all() == []


async def test_forbidden_addresses_are_refused_when_it_counts(database: Database, caller: Caller) -> None:
    """A name that was harmless when it was registered may lead elsewhere by now."""
    async with hooked(database, caller) as lenient:
        webhook = await lenient.register()
        async with hooked(database, caller, allow=()) as strict:
            await strict.end()
            await strict.settle()
        assert lenient.asked == []
        assert "public address" in ((await lenient.webhook(webhook)).last_failure_reason or "")


async def test_a_delivery_whose_workers_died_is_not_left_pending(bench: Hooked) -> None:
    """It failed, and can be replayed."""
    await bench.register()
    await bench.end()
    for _ in range(MAX_STRIKES):
        await bench.queue.claim("w", kinds=[KIND], lease=-1, per_account=10)
        await bench.queue.reap()
    assert [(each.status, each.next_attempt_at) for each in await bench.log()] == [("failed", None)]


async def test_no_secret_can_be_read_in_the_database(bench: Hooked, database: Database, tmp_path: Path) -> None:
    """Nor its bytes, were it base64."""
    if not database.sqlite:
        pytest.skip("its files are not ours to read")
    await bench.register(secret=STANDARD)
    await bench.deliver()
    kept = b"".join((tmp_path / f"voxhall.db{part}").read_bytes() for part in ("", "-wal"))
    assert bench.url.encode() in kept
    assert STANDARD.removeprefix("whsec_").encode() not in kept


def waiting(begun: threading.Event, released: threading.Event) -> Handler:
    """Make a handler that works until it is let go."""

    def handler(job: Claimed, journal: JobJournal) -> Commit:
        begun.set()
        assert released.wait(20)
        return nothing

    return handler


async def test_deliveries_and_other_jobs_do_not_wait_for_each_other(bench: Hooked) -> None:
    """Each kind has slots of its own, and its own count of an account's jobs."""
    await bench.register()
    limits = Limits(slots=1, per_account=1, lease=10)
    begun, released = threading.Event(), threading.Event()
    both = (
        Worker(bench.queue, {TOLD: waiting(begun, released)}, limits),
        Worker(bench.queue, {KIND: bench.delivering}, limits),
    )
    heard = asyncio.Event()

    async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
        heard.set()
        await SILENT(asked, writer)

    bench.answers[:] = [slow]
    await bench.end()
    async with both[0].working(), both[1].working(), asyncio.timeout(20):
        async with bench.database.write() as connection:
            await bench.queue.enqueue(connection, TOLD, bench.caller.account_id)
        bench.queue.wake()
        await heard.wait()
        assert await asyncio.to_thread(begun.wait, 10)
        released.set()


async def test_a_shutdown_does_not_wait_for_a_slow_receiver(bench: Hooked) -> None:
    """The attempt is made again by the next process, and counts for nothing."""
    webhook = await bench.register()
    heard = asyncio.Event()

    async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
        heard.set()
        await SILENT(asked, writer)

    bench.answers[:] = [slow]
    await bench.end()
    worker = Worker(bench.queue, {KIND: bench.delivering}, Limits(slots=1, per_account=1, lease=10))
    async with asyncio.timeout(5):
        async with worker.working():
            await heard.wait()
    assert (await bench.webhook(webhook)).failed == 0
    assert await bench.settle() == 1
    assert [each.status for each in await bench.log()] == ["delivered"]
