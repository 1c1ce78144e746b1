"""What an account has used, ever and of each quota."""

from dataclasses import dataclass

from sqlalchemy import func, select

from voxhall.accounts.limits import Allowance, Quotas
from voxhall.domain.record import Caller, Quota, Usage
from voxhall.stores import ledger
from voxhall.stores.database import Database
from voxhall.stores.tables import accounts, counters


@dataclass(frozen=True, slots=True)
class Account:
    """An account in numbers."""

    allowances: dict[Quota, Allowance]
    requests: int
    """Ever, with any key; the refused ones do not count."""
    transcribed: Usage
    spoken: Usage
    translated: Usage
    created_at: float
    """Seconds since 1970."""


class Accounting:
    """Tells what the accounts of one database have used."""

    def __init__(self, database: Database, quotas: Quotas, tier: str) -> None:
        self._database = database
        self._quotas = quotas
        self.tier = tier
        """That of every account."""

    async def of(self, caller: Caller) -> Account:
        """Tell what a caller's account has used."""
        allowances = await self._quotas.allowances(caller)
        mine = counters.c.account_id == caller.account_id
        async with self._database.read() as connection:
            requests = await connection.execute(select(func.coalesce(func.sum(counters.c.total), 0)).where(mine))
            created = await connection.execute(select(accounts.c.created_at).where(accounts.c.id == caller.account_id))
            return Account(
                allowances=allowances,
                requests=int(requests.scalar_one()),
                transcribed=await ledger.total(connection, caller.account_id, "transcription"),
                spoken=await ledger.total(connection, caller.account_id, "speech"),
                translated=await ledger.total(connection, caller.account_id, "translation"),
                created_at=created.scalar_one(),
            )
