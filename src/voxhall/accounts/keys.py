"""API keys: made once, kept only as a hash, looked up on every request."""

import hashlib
import secrets
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Unpack

from sqlalchemy import case, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.accounts.terms import columns, prefix_of, terms_of, values_of
from voxhall.domain.record import Caller, Key, KeyTerms, KeyType, NewKey, Scope
from voxhall.errors import Conflict, NotAuthenticated, NotFound, StorageFull
from voxhall.stores import keys as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.tables import accounts, keys

SHOWN = 4
"""Characters after its prefix by which a key is recognised in lists."""
REMEMBERED_SECONDS = 5.0
"""How long a look-up is trusted; a revoked key of another process works at most this much longer."""
USED_SECONDS = 60.0
"""How exactly it is known when a key was last used."""
ANONYMOUS = "anonymous-"
"""What the email of an account begins with that was made for somebody without a key."""
ANONYMOUS_SECONDS = 7 * 86400.0
"""How long such an account lasts, with all that is in it."""
REMEMBERED_KEYS = 10_000
ADMIN = "admin@localhost"
"""Account of the first admin key."""
GUESTS = "guests@localhost"
"""Account of what was done without a key."""


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """How many keys there are."""

    by_state: Counter[str]
    by_type: Counter[str]
    by_environment: Counter[str]


def _hash(secret: str) -> str:
    """A key is 256 random bits, so a fast hash is enough: there is nothing to guess.

    Nor does the time of a look-up by hash tell anything: nobody can choose a key by bits of its hash.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def _anonymous_email(token: str) -> str:
    return f"{ANONYMOUS}{_hash(token)}@localhost"


class Keys:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, Key]] = {}
        self._keyless: dict[str, int] = {}
        self.origins: frozenset[str] = frozenset()
        """Web origins that some key allows; as of the last `refresh_origins`."""

    async def authenticate(self, secret: str) -> Caller:
        """Find who has this key; raises NotAuthenticated, saying what is wrong with it."""
        key = await self._remembered(secret)
        state = key.state(time.time())
        if state != "active":
            raise NotAuthenticated(f"this API key is {state}")
        return Caller(
            account_id=key.account_id,
            scopes=key.scopes,
            allowed_origins=key.allowed_origins,
            key_id=key.id,
            key_type=key.key_type,
            allowed_ips=key.allowed_ips,
            rate_limits=key.rate_limits,
        )

    async def _remembered(self, secret: str) -> Key:
        digest, now = _hash(secret), time.monotonic()
        known = self._known.get(digest)
        if known and now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        key = await self.find(secret)
        if len(self._known) >= REMEMBERED_KEYS:
            self._known.clear()
        self._known[digest] = (now, key)
        await self._mark_used(key)
        return key

    async def _mark_used(self, key: Key) -> None:
        if key.last_used_at is not None and time.time() - key.last_used_at < USED_SECONDS:
            return
        # a database that takes no more keeps nobody out
        with suppress(StorageFull, DBAPIError):
            async with self._database.write() as connection:
                await table.change(connection, key.id, {"last_used_at": self._database.now()})

    async def find(self, secret: str) -> Key:
        """Find a key by its secret, whether it works or not; raises NotAuthenticated."""
        async with self._database.read() as connection:
            found = await table.select_keys(connection, keys.c.hash == _hash(secret))
        if not found:
            raise NotAuthenticated("this API key is not known")
        return found[0]

    async def get(self, key_id: int) -> Key:
        """Find a key; raises NotFound."""
        async with self._database.read() as connection:
            return await _get(connection, key_id)

    async def all(self) -> list[Key]:
        """List every key."""
        async with self._database.read() as connection:
            return await table.select_keys(connection)

    async def count(self) -> KeyCounts:
        """Count keys by what they are."""
        counts = KeyCounts(Counter(), Counter(), Counter())
        async with self._database.read() as connection:
            for key_type, environment, state, number in await table.count(connection, self._database.now()):
                counts.by_state[state] += number
                counts.by_type[key_type] += number
                counts.by_environment[environment] += number
        return counts

    async def first_admin(self) -> Caller:
        """Give whom the operator's own programs act for, and keyless requests where no key is needed."""
        return Caller(await self._keyless_account(ADMIN), frozenset(Scope))

    async def guest(self, *, admin: bool) -> Caller:
        """Give the caller that keyless requests act for where something is open; nobody has a key of its account.

        With `admin`, for programs of the operator's own machine, it is the first admin's account.
        """
        return Caller(await self._keyless_account(ADMIN if admin else GUESTS), frozenset({Scope.WRITE}), guest=True)

    async def _keyless_account(self, email: str) -> int:
        if email not in self._keyless:
            async with self._database.write() as connection:
                await self._open_account(connection, email)
                account_id = await connection.execute(select(accounts.c.id).where(accounts.c.email == email))
                self._keyless[email] = account_id.scalar_one()
        return self._keyless[email]

    async def admit_anonymous(self) -> str:
        """Make an account for somebody without a key; give the token that leads to it, kept nowhere else."""
        token = secrets.token_urlsafe(32)
        async with self._database.write() as connection:
            await self._open_account(connection, _anonymous_email(token))
        return token

    async def anonymous(self, token: str) -> Caller | None:
        """Find whose token this is; None for one that we did not give, or whose account has expired."""
        mine = select(accounts.c.id).where(
            accounts.c.email == _anonymous_email(token),
            accounts.c.created_at > self._database.now() - ANONYMOUS_SECONDS,
        )
        async with self._database.read() as connection:
            account_id = (await connection.execute(mine)).scalar_one_or_none()
        return None if account_id is None else Caller(account_id, frozenset({Scope.READ, Scope.WRITE}), guest=True)

    async def sweep(self, objects: Objects) -> None:
        """Remove accounts without keys that have expired, with all that is in them."""
        old = accounts.c.created_at <= self._database.now() - ANONYMOUS_SECONDS
        async with self._database.read() as connection:
            expired = await connection.execute(select(accounts.c.id).where(accounts.c.email.startswith(ANONYMOUS), old))
        for account_id in expired.scalars():
            # first, for nobody would know of them afterwards
            await objects.delete_account(account_id)
            async with self._database.write() as connection:
                await connection.execute(delete(accounts).where(accounts.c.id == account_id))

    async def email_of(self, caller: Caller) -> str:
        """Give the email of a caller's account."""
        async with self._database.read() as connection:
            row = await connection.execute(select(accounts.c.email).where(accounts.c.id == caller.account_id))
        return str(row.scalar_one())

    async def create(self, email: str, **terms: Unpack[NewKey]) -> str:
        """Make a key for an account, which is made if need be; give its secret, which is shown nowhere else.

        Raises InvalidInput.
        """
        values = values_of(terms, self._database.now())
        async with self._database.write() as connection:
            await self._open_account(connection, email)
            account_id = select(accounts.c.id).where(accounts.c.email == email).scalar_subquery()
            secret, _ = await self._insert(connection, {**values, "account_id": account_id})
        await self.refresh_origins()
        return secret

    async def ensure_admin(self, secret: str | None) -> str | None:
        """Make the first admin key on an empty database; give it where it was not given by the operator."""
        values = values_of({"name": "first admin key", "key_type": KeyType.ADMIN}, self._database.now())
        async with self._database.write() as connection:
            used = (await connection.execute(select(func.count()).select_from(keys))).scalar_one()
            # of processes that start at once, the one that opens the account goes on
            if used or not await self._open_account(connection, ADMIN):
                return None
            account_id = select(accounts.c.id).where(accounts.c.email == ADMIN).scalar_subquery()
            made, _ = await self._insert(connection, {**values, "account_id": account_id}, secret)
        return None if secret else made

    async def _open_account(self, connection: AsyncConnection, email: str) -> bool:
        """Make an account unless there is one; tell whether it was made."""
        new = self._database.insert(accounts).values(email=email, created_at=self._database.now())
        row = await connection.execute(new.on_conflict_do_nothing().returning(accounts.c.id))
        return row.one_or_none() is not None

    async def _insert(
        self, connection: AsyncConnection, values: dict[str, object], secret: str | None = None
    ) -> tuple[str, int]:
        """Add a key under a given or a new secret; give the secret, and the key's id."""
        prefix = prefix_of(str(values["key_type"]), str(values["environment"]))
        secret = secret or prefix + secrets.token_urlsafe(40)
        # lists tell at most a quarter of it, for operators may choose short ones
        shown = secret[: min(len(prefix) + SHOWN, len(secret) // 4)]
        return secret, await table.insert_row(connection, {**values, "prefix": shown, "hash": _hash(secret)})

    async def update(self, key_id: int, **terms: Unpack[KeyTerms]) -> Key:
        """Change what may be done with a key; raises NotFound, Conflict for one that is revoked, InvalidInput."""
        async with self._database.write() as connection:
            key = await _get(connection, key_id)
            changed = columns(terms, key.key_type) | {"updated_at": self._database.now()}
            if not await table.change(connection, key_id, changed, keys.c.revoked_at.is_(None)):
                raise Conflict(f"key {key_id} is revoked; make a new one")
            key = await _get(connection, key_id)
        await self._forget()
        return key

    async def revoke(self, key_id: int, reason: str | None = None) -> Key:
        """Take a key's power away, for good; the first reason stays. Raises NotFound."""
        now = self._database.now()
        values = {"revoked_at": now, "revoke_reason": reason, "updated_at": now}
        async with self._database.write() as connection:
            await table.change(connection, key_id, values, keys.c.revoked_at.is_(None))
            key = await _get(connection, key_id)
        await self._forget()
        return key

    async def rotate(self, key_id: int, *, grace_minutes: float) -> str:
        """Make another key with the same terms; the old one works for so long still. Give the new secret.

        Raises NotFound, and Conflict for a key that does not work or was rotated before.
        """
        now = self._database.now()
        async with self._database.write() as connection:
            old = await _get(connection, key_id)
            values = values_of(terms_of(old), now) | {"account_id": old.account_id}
            secret, successor = await self._insert(connection, values)
            end = self._end_of(old, grace_minutes)
            usable = (table.works(now), keys.c.successor.is_(None))
            if not await table.change(connection, key_id, {**end, "successor": successor, "updated_at": now}, *usable):
                raise Conflict(f"key {key_id} is revoked, expired or rotated already")
        await self._forget()
        return secret

    def _end_of(self, key: Key, grace_minutes: float) -> dict[str, object]:
        """Say how a key that was rotated ends: at once, or after its grace, but not later than it would anyway."""
        now = self._database.now()
        if not grace_minutes:
            return {"revoked_at": now, "revoke_reason": "rotated"}
        ends = now + grace_minutes * 60
        return {"expires_at": case((ends < key.expires_at, ends), else_=key.expires_at) if key.expires_at else ends}

    async def _forget(self) -> None:
        """Have every key looked up anew."""
        self._known.clear()
        await self.refresh_origins()

    async def refresh_origins(self) -> None:
        """Learn anew which web origins some working key allows."""
        async with self._database.read() as connection:
            working = await table.select_keys(connection, table.works(self._database.now()))
        self.origins = frozenset(o for key in working for o in key.allowed_origins)


async def _get(connection: AsyncConnection, key_id: int) -> Key:
    found = await table.select_keys(connection, keys.c.id == key_id)
    if not found:
        raise NotFound(f"there is no key {key_id}")
    return found[0]
