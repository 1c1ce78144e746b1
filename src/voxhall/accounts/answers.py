"""Answers kept for a day, so that a request which is sent again under its key does nothing a second time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from voxhall.errors import Conflict
from voxhall.stores.database import Database
from voxhall.stores.tables import answers

KEPT_SECONDS = 24 * 3600.0
PATIENCE = 60.0
"""Seconds to wait for the first request with the same key before it is said to be still at work."""
BEAT_SECONDS = 10.0
"""How often it is said that a request is at work still."""
LEASE_SECONDS = 30.0
"""After this long without that its process is gone, and another request may have its turn."""
LOOKS = (0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between looks for the first request's answer; the last goes on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request was answered."""

    fingerprint: str
    """Of the request."""
    status: int
    headers: dict[str, str]
    body: bytes | None
    """None where it was too long to be kept, or secret."""


class Turn:
    """The right to answer the first request with a key; made by `Answers.turn`."""

    def __init__(self, database: Database, account_id: int, key: str, worker: str) -> None:
        self._database = database
        self._mine = and_(answers.c.account_id == account_id, answers.c.key == key, answers.c.worker == worker)

    async def keep(self, answer: Answer) -> None:
        """Keep the answer for whoever sends the same again."""
        values = {
            "worker": None,
            "lease_until": None,
            "fingerprint": answer.fingerprint,
            "status": answer.status,
            "headers": answer.headers,
            "body": answer.body,
        }
        async with self._database.write() as connection:
            await connection.execute(update(answers).where(self._mine).values(**values))

    async def hold(self) -> None:
        """Say that the request is at work still, again and again."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            # the database may be back before the lease runs out
            with suppress(Exception):
                async with self._database.write() as connection:
                    lease = self._database.now() + LEASE_SECONDS
                    await connection.execute(update(answers).where(self._mine).values(lease_until=lease))

    async def give_up(self) -> None:
        """Let another request have its turn, unless an answer was kept."""
        async with self._database.write() as connection:
            await connection.execute(delete(answers).where(self._mine))


class Answers:
    """The kept answers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def turn(self, account_id: int, key: str) -> AsyncIterator[Turn | Answer]:
        """Give the answer that an account's key has, or the right to answer, which ends with the block.

        While another request has that right, it is waited for. Raises Conflict when that takes too long.
        """
        worker = uuid4().hex
        found = await self._wait(account_id, key, worker)
        if found is not None:
            yield found
            return
        turn = Turn(self._database, account_id, key, worker)
        holding = asyncio.create_task(turn.hold())
        try:
            yield turn
        finally:
            holding.cancel()
            await asyncio.shield(turn.give_up())
            await asyncio.wait({holding})

    async def _wait(self, account_id: int, key: str, worker: str) -> Answer | None:
        """Wait for the answer of another request; None when it is this one's turn."""
        mine = (answers.c.account_id == account_id, answers.c.key == key)
        waited, looks = 0.0, iter(LOOKS)
        while waited < PATIENCE:
            async with self._database.read() as connection:
                row = (await connection.execute(select(answers, self._void().label("void")).where(*mine))).one_or_none()
            if row is None or row.void:
                if await self._take(account_id, key, worker):
                    return None
            elif row.status is not None:
                return Answer(row.fingerprint, row.status, row.headers, row.body)
            pause = next(looks, LOOKS[-1])
            await asyncio.sleep(pause)
            waited += pause
        raise Conflict("the first request with this Idempotency-Key is still at work; try again later")

    def _void(self) -> ColumnElement[bool]:
        """Whether nobody needs to wait for a row: its process is gone, or it is too old."""
        now = self._database.now()
        gone = func.coalesce(answers.c.lease_until < now, False)
        return or_(gone, answers.c.created_at < now - KEPT_SECONDS)

    async def _take(self, account_id: int, key: str, worker: str) -> bool:
        """Take the turn where nobody has it."""
        now = self._database.now()
        mine = {"worker": worker, "lease_until": now + LEASE_SECONDS, "created_at": now}
        new = self._database.insert(answers).values(account_id=account_id, key=key, **mine)
        taken = new.on_conflict_do_update(
            index_elements=("account_id", "key"), set_={**mine, "status": None, "body": None}, where=self._void()
        )
        async with self._database.write() as connection:
            return (await connection.execute(taken.returning(answers.c.key))).one_or_none() is not None

    async def sweep(self) -> None:
        """Forget answers that are a day old."""
        async with self._database.write() as connection:
            old = answers.c.created_at < self._database.now() - KEPT_SECONDS
            await connection.execute(delete(answers).where(old))
