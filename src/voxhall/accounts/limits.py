"""How much an account may ask for: requests by minute, hour and day, jobs and sockets at once, minutes of audio."""

import asyncio
import itertools
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import UNLIMITED, Caller, Limits, Quota
from voxhall.domain.work import TRANSCRIBE
from voxhall.errors import RateLimited
from voxhall.stores import counters as table
from voxhall.stores import ledger
from voxhall.stores.counters import Requests
from voxhall.stores.database import Database

BEAT_SECONDS = 10
"""How often a process says that it still holds its sockets."""
LEASE_SECONDS = 30.0
"""After this long a process that has said nothing has lost them."""
PATIENCE = 10
"""Seconds after which it is worth asking again where nobody knows when something ends."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a quota is used."""

    limit: int
    used: int
    reset_at: float | None = None
    """Seconds since 1970 when it is counted anew."""

    @property
    def remaining(self) -> int:
        """How much is left."""
        return UNLIMITED if self.limit == UNLIMITED else max(0, self.limit - self.used)


class Quotas:
    """The quotas of one database's accounts; run it with `keeping`."""

    def __init__(self, database: Database, tier: Limits | None = None) -> None:
        self._database = database
        self._tier: Limits = tier or {}
        self._counting = table.counting(database)
        self._uncounted: Counter[table.Who] = Counter()
        self._process = uuid4().hex

    def limits_of(self, caller: Caller) -> Mapping[Quota, int]:
        """Give every limit of a caller: its key's own, else its tier's."""
        own = {**self._tier, **caller.rate_limits}
        return {quota: own.get(quota, UNLIMITED) for quota in Quota}

    async def admit(self, caller: Caller) -> Allowance:
        """Count a request; give the quota that will be used up first. Raises RateLimited, and counts nothing then.

        Where no number of requests is too many nobody waits for the count, which is written down a little later.
        """
        limits, who = self.limits_of(caller), (caller.account_id, caller.key_id or 0)
        if all(limits[quota] == UNLIMITED for quota in table.WINDOWS):
            self._uncounted[who] += 1
            return Allowance(UNLIMITED, 0, (time.time() // 60 + 1) * 60)
        async with self._database.write() as connection:
            requests = await table.count_requests(connection, self._counting, who, limits)
        if requests is not None:
            return min(_allowances(limits, requests).values(), key=lambda each: each.remaining)
        async with self._database.read() as connection:
            requests = await table.requests_of(self._database, connection, who)
        allowances = _allowances(limits, requests).values()
        # nothing is used up where a window has begun anew in between
        used_up = [each for each in allowances if not each.remaining] or [min(allowances, key=_reset)]
        raise _refusal(max(used_up, key=_reset), "requests")

    async def flush(self) -> None:
        """Write down what was counted without waiting."""
        if not self._uncounted:
            return
        counted, self._uncounted = self._uncounted, Counter()
        try:
            async with self._database.write() as connection:
                for who, number in counted.items():
                    await table.count_requests(connection, self._counting, who, {}, number)
        except BaseException:
            self._uncounted.update(counted)
            raise

    async def check_job(self, connection: AsyncConnection, caller: Caller) -> None:
        """See that one more recording may be queued within the same transaction; raises RateLimited."""
        limits = self.limits_of(caller)
        if (limit := limits[Quota.CONCURRENT_JOBS]) < UNLIMITED:
            await table.take_turn(connection, caller.account_id)
            waiting = await table.unfinished_jobs(connection, caller.account_id, TRANSCRIBE)
            if waiting >= limit:
                raise _refusal(Allowance(limit, waiting), "jobs waiting or running at once")
        await self.check_audio(connection, caller)

    async def check_audio(self, connection: AsyncConnection, caller: Caller) -> None:
        """See that more audio may be transcribed in this month; raises RateLimited."""
        if self.limits_of(caller)[Quota.AUDIO_MINUTES_MONTH] < UNLIMITED:
            allowance = await self._audio(connection, caller)
            if not allowance.remaining:
                raise _refusal(allowance, "minutes of audio in this month")

    async def _audio(self, connection: AsyncConnection, caller: Caller) -> Allowance:
        """Tell how many minutes of audio were transcribed in this month; a begun one counts."""
        begins, ends = _month_of(time.time())
        used = await ledger.total(connection, caller.account_id, "transcription", begins)
        return Allowance(self.limits_of(caller)[Quota.AUDIO_MINUTES_MONTH], math.ceil(used.seconds / 60), ends)

    @asynccontextmanager
    async def socket(self, caller: Caller) -> AsyncIterator[None]:
        """Count a live socket while the block runs; raises RateLimited."""
        limit = self.limits_of(caller)[Quota.WEBSOCKET_CONNECTIONS]
        async with self._database.write() as connection:
            if limit < UNLIMITED:
                await table.take_turn(connection, caller.account_id)
                held = await table.open_sockets(self._database, connection, caller.account_id)
                if held >= limit:
                    raise _refusal(Allowance(limit, held), "live sockets at once")
            lease = self._database.now() + LEASE_SECONDS
            socket = await table.add_socket(connection, caller.account_id, self._process, lease)
        try:
            yield
        finally:
            async with self._database.write() as connection:
                await table.remove_socket(connection, socket)

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Write down counts, and say that this process holds its sockets, again and again while the block runs."""
        task = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self.flush()

    async def _keep(self) -> None:
        for second in itertools.count(1):
            await asyncio.sleep(1)
            # the database may be back before the leases run out, and no count is lost
            with suppress(Exception):
                await self.flush()
                if second % BEAT_SECONDS == 0:
                    await self.beat()

    async def beat(self) -> None:
        """Say that this process holds its sockets, and forget those that nobody has held for long."""
        now = self._database.now()
        async with self._database.write() as connection:
            await table.hold_sockets(connection, self._process, now + LEASE_SECONDS, forgotten=now - 3600)

    async def allowances(self, caller: Caller) -> dict[Quota, Allowance]:
        """Tell how much of each quota is used."""
        limits = self.limits_of(caller)
        await self.flush()
        async with self._database.read() as connection:
            jobs = await table.unfinished_jobs(connection, caller.account_id, TRANSCRIBE)
            sockets = await table.open_sockets(self._database, connection, caller.account_id)
            requests = await table.requests_of(self._database, connection, (caller.account_id, caller.key_id or 0))
            return {
                **_allowances(limits, requests),
                Quota.CONCURRENT_JOBS: Allowance(limits[Quota.CONCURRENT_JOBS], jobs),
                Quota.WEBSOCKET_CONNECTIONS: Allowance(limits[Quota.WEBSOCKET_CONNECTIONS], sockets),
                Quota.AUDIO_MINUTES_MONTH: await self._audio(connection, caller),
            }


def _allowances(limits: Limits, requests: Requests) -> dict[Quota, Allowance]:
    """Tell how much of each quota of requests is used."""
    return {
        quota: Allowance(limits[quota], used, begins + seconds)
        for (quota, seconds), (begins, used) in zip(table.WINDOWS.items(), requests, strict=True)
    }


def _reset(allowance: Allowance) -> float:
    return allowance.reset_at or 0.0


def _refusal(used_up: Allowance, what: str) -> RateLimited:
    """Say what is used up and when to ask again."""
    seconds = PATIENCE if used_up.reset_at is None else max(1, math.ceil(used_up.reset_at - time.time()))
    return RateLimited(
        f"{used_up.limit} {what} are allowed; try again in {seconds} s", limit=used_up.limit, retry_after=seconds
    )


def _month_of(moment: float) -> tuple[float, float]:
    """Give the begin and end of a moment's month (UTC)."""
    year, month = time.gmtime(moment)[:2]
    # December is followed by the first month of another year
    return _first_day(year, month), _first_day(year + month // 12, month % 12 + 1)


def _first_day(year: int, month: int) -> float:
    return datetime(year, month, 1, tzinfo=UTC).timestamp()
