"""Quotas are exact, however many ask at once, in however many processes."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import literal, update

from voxhall.accounts import limits
from voxhall.accounts.limits import Quotas
from voxhall.domain.record import UNLIMITED, Caller, Quota, Usage
from voxhall.errors import RateLimited
from voxhall.jobs.queue import Queue
from voxhall.stores import ledger
from voxhall.stores.database import Database, open_database
from voxhall.stores.tables import counters, sockets


@pytest.fixture
async def others(database: Database, database_url: str) -> AsyncIterator[Quotas]:
    """The same database's quotas as another process sees them."""
    async with open_database(database_url) as opened:
        yield Quotas(opened)


@pytest.fixture
def quotas(database: Database) -> Quotas:
    """The quotas of an empty database."""
    return Quotas(database)


def limited(caller: Caller, quota: Quota, limit: int) -> Caller:
    """Give a caller whose key has a limit."""
    return replace(caller, rate_limits={quota: limit})


@pytest.mark.parametrize("quota", [Quota.REQUESTS_MINUTE, Quota.REQUESTS_HOUR, Quota.REQUESTS_DAY])
async def test_of_a_hundred_requests_at_once_ten_pass(
    quotas: Quotas, others: Quotas, caller: Caller, quota: Quota, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exactly, through two processes; the others hear when to come back, and are not counted."""
    # or a minute may begin in between
    monkeypatch.setattr(Database, "now", lambda _: literal(1_782_734_430.0))
    one = limited(caller, quota, 10)
    asked = [each.admit(one) for each in (quotas, others) for _ in range(50)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, RateLimited)]
    assert (len(answers), len(refused)) == (100, 90)
    assert all(each.limit == 10 and 1 <= each.retry_after <= 86400 for each in refused)
    assert sorted(each.remaining for each in answers if not isinstance(each, BaseException)) == list(range(10))
    assert (await quotas.allowances(one))[quota].used == 10


async def test_a_window_begins_anew(quotas: Quotas, database: Database, caller: Caller) -> None:
    """What was asked for before it does not count any more; what was asked for ever does."""
    one = limited(caller, Quota.REQUESTS_MINUTE, 1)
    await quotas.admit(one)
    with pytest.raises(RateLimited):
        await quotas.admit(one)
    async with database.write() as connection:
        await connection.execute(update(counters).values(minute=counters.c.minute - 60))
    assert (await quotas.allowances(one))[Quota.REQUESTS_MINUTE].used == 0
    assert (await quotas.admit(one)).remaining == 0
    assert (await quotas.allowances(one))[Quota.REQUESTS_DAY].used == 2


async def test_keys_are_counted_each_for_itself(quotas: Quotas, caller: Caller) -> None:
    """And who came without one, too."""
    one = limited(caller, Quota.REQUESTS_MINUTE, 1)
    for each in (one, replace(one, key_id=77), replace(one, key_id=None)):
        assert (await quotas.admit(each)).remaining == 0


async def test_the_quota_that_is_used_up_first_is_told(database: Database, caller: Caller) -> None:
    """A key's own limit goes before its tier's; what neither names is unlimited."""
    quotas = Quotas(database, {Quota.REQUESTS_MINUTE: 100, Quota.REQUESTS_HOUR: 5})
    assert (await quotas.admit(caller)).limit == 5
    assert (await quotas.admit(limited(caller, Quota.REQUESTS_HOUR, 200))).limit == 100
    assert quotas.limits_of(caller)[Quota.REQUESTS_DAY] == UNLIMITED


async def test_nothing_passes_a_limit_of_nothing(quotas: Quotas, caller: Caller) -> None:
    """Not even the first."""
    with pytest.raises(RateLimited):
        await quotas.admit(limited(caller, Quota.REQUESTS_DAY, 0))


async def test_unlimited_requests_are_counted_all_the_same(quotas: Quotas, caller: Caller) -> None:
    """None is lost, however many are written down at once, and whether or not there is another limit later."""
    for _ in range(3):
        assert (await quotas.admit(caller)).remaining == UNLIMITED
    await asyncio.gather(*(quotas.flush() for _ in range(3)))
    await quotas.admit(caller)
    allowances = await quotas.allowances(caller)
    assert [allowances[quota].used for quota in (Quota.REQUESTS_MINUTE, Quota.REQUESTS_DAY)] == [4, 4]
    with pytest.raises(RateLimited):
        await quotas.admit(limited(caller, Quota.REQUESTS_DAY, 4))


async def test_what_was_counted_is_written_down_at_the_end(quotas: Quotas, others: Quotas, caller: Caller) -> None:
    """Others read it then."""
    async with quotas.keeping():
        await quotas.admit(caller)
    assert (await others.allowances(caller))[Quota.REQUESTS_DAY].used == 1


async def enqueue(quotas: Quotas, caller: Caller) -> None:
    """Queue a recording as the service does."""
    async with quotas._database.write() as connection:
        await quotas.check_job(connection, caller)
        await Queue(quotas._database).enqueue(connection, "transcribe", caller.account_id)


async def test_of_twenty_jobs_at_once_three_are_queued(quotas: Quotas, others: Quotas, caller: Caller) -> None:
    """Through two processes; what is no recording does not count."""
    one = limited(caller, Quota.CONCURRENT_JOBS, 3)
    async with quotas._database.write() as connection:
        await Queue(quotas._database).enqueue(connection, "deliver", caller.account_id)
    asked = [enqueue(each, one) for each in (quotas, others) for _ in range(10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, RateLimited) for answer in answers) == 17
    assert answers.count(None) == 3
    assert (await quotas.allowances(one))[Quota.CONCURRENT_JOBS].remaining == 0


async def use_audio(database: Database, caller: Caller, seconds: float, moment: float) -> None:
    """Write down that a recording was transcribed at some time."""
    async with database.write() as connection:
        now = database.now() - time.time() + moment
        await ledger.record(connection, caller.account_id, None, Usage("transcription", seconds=seconds), now)


async def test_a_month_has_so_many_minutes(quotas: Quotas, database: Database, caller: Caller) -> None:
    """A begun minute counts; those of another month do not."""
    one = limited(caller, Quota.AUDIO_MINUTES_MONTH, 10)
    month, following = limits._month_of(time.time())
    await use_audio(database, caller, 6000, month - 60)
    await use_audio(database, caller, 8 * 60 + 1, time.time())
    allowance = (await quotas.allowances(one))[Quota.AUDIO_MINUTES_MONTH]
    assert (allowance.used, allowance.remaining, allowance.reset_at) == (9, 1, following)
    await enqueue(quotas, one)
    await use_audio(database, caller, 60, time.time())
    with pytest.raises(RateLimited) as refused:
        await enqueue(quotas, one)
    assert refused.value.limit == 10


@pytest.mark.parametrize(
    ("moment", "begins", "ends"),
    [((2024, 2, 29), (2024, 2, 1), (2024, 3, 1)), ((2024, 12, 31), (2024, 12, 1), (2025, 1, 1))],
)
def test_a_month_ends_with_its_last_day(
    moment: tuple[int, int, int], begins: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    """Leap years and Decembers included."""
    at, first, last = (datetime(*day, tzinfo=UTC).timestamp() for day in (moment, begins, ends))
    assert limits._month_of(at) == (first, last)


async def test_of_ten_sockets_at_once_two_are_opened(quotas: Quotas, others: Quotas, caller: Caller) -> None:
    """Through two processes; a closed one makes room."""
    one = limited(caller, Quota.WEBSOCKET_CONNECTIONS, 2)
    close = asyncio.Event()

    async def hold(each: Quotas) -> None:
        async with each.socket(one):
            await close.wait()

    tasks = [asyncio.create_task(hold(each)) for each in (quotas, others) for _ in range(5)]
    _, waiting = await asyncio.wait(tasks, timeout=30, return_when=asyncio.FIRST_EXCEPTION)
    while len(waiting) > 2:
        _, waiting = await asyncio.wait(waiting, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    assert (await quotas.allowances(one))[Quota.WEBSOCKET_CONNECTIONS].used == 2
    close.set()
    refused = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(each, RateLimited) for each in refused) == 8
    async with quotas.socket(one):
        assert (await quotas.allowances(one))[Quota.WEBSOCKET_CONNECTIONS].used == 1


async def test_sockets_of_a_crashed_process_count_for_a_lease_only(
    quotas: Quotas, database: Database, caller: Caller
) -> None:
    """Those of a process that is there count as long as it says so."""
    async with quotas.socket(caller):
        async with database.write() as connection:
            await connection.execute(update(sockets).values(lease_until=database.now() - 1))
        assert (await quotas.allowances(caller))[Quota.WEBSOCKET_CONNECTIONS].used == 0
        await quotas.beat()
        assert (await quotas.allowances(caller))[Quota.WEBSOCKET_CONNECTIONS].used == 1
