"""API keys: made once, kept only as a hash, looked up on every request."""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from voxhall.domain.record import Caller, Key, Scope
from voxhall.errors import NotAuthenticated, NotFound, StorageFull
from voxhall.stores.database import Database
from voxhall.stores.tables import accounts, keys

PREFIX = "vh_live_"
SHOWN = 12
"""Characters of a key that lists show; at most a quarter of it, for operators may choose short ones."""
REMEMBERED_SECONDS = 5.0
"""How long a look-up is trusted; a revoked key of another process works at most this much longer."""
USED_SECONDS = 60.0
"""How exactly it is known when a key was last used."""
REMEMBERED_KEYS = 10_000
ADMIN = "admin@localhost"
"""Account of the first admin key."""
GUESTS = "guests@localhost"
"""Account of what was done without a key."""


def _hash(secret: str) -> str:
    """A key is 256 random bits, so a fast hash is enough: there is nothing to guess.

    Nor does the time of a look-up by hash tell anything: nobody can choose a key by bits of its hash.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


class Keys:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, Key]] = {}
        self._guests: dict[str, int] = {}
        self.origins: frozenset[str] = frozenset()
        """Web origins that some key allows; as of the last `refresh_origins`."""

    async def authenticate(self, secret: str) -> Caller:
        """Find who has this key; raises NotAuthenticated, saying what is wrong with it."""
        key = await self._find(_hash(secret))
        state = key.state(time.time())
        if state != "active":
            raise NotAuthenticated(f"this API key is {state}")
        return Caller(key.account_id, key.scopes, key.allowed_origins)

    async def _find(self, digest: str) -> Key:
        now = time.monotonic()
        known = self._known.get(digest)
        if known and now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        async with self._database.read() as connection:
            found = await _select(connection, keys.c.hash == digest)
        if not found:
            self._known.pop(digest, None)
            raise NotAuthenticated("this API key is not known")
        [key] = found
        if len(self._known) >= REMEMBERED_KEYS:
            self._known.clear()
        self._known[digest] = (now, key)
        await self._mark_used(key)
        return key

    async def _mark_used(self, key: Key) -> None:
        if key.last_used_at is not None and time.time() - key.last_used_at < USED_SECONDS:
            return
        used = update(keys).where(keys.c.id == key.id).values(last_used_at=self._database.now())
        # a database that takes no more keeps nobody out
        with suppress(StorageFull, DBAPIError):
            async with self._database.write() as connection:
                await connection.execute(used)

    async def first_admin(self) -> Caller:
        """Give the caller that keyless requests act for where no key is needed."""
        async with self._database.read() as connection:
            row = await connection.execute(select(func.min(accounts.c.id)))
        return Caller(row.scalar_one(), frozenset(Scope))

    async def guest(self, *, admin: bool) -> Caller:
        """Give the caller that keyless requests act for where something is open; nobody has a key of its account.

        With `admin`, for programs of the operator's own machine, it is the first admin's account.
        """
        email = ADMIN if admin else GUESTS
        if email not in self._guests:
            async with self._database.write() as connection:
                await self._open_account(connection, email)
                account_id = await connection.execute(select(accounts.c.id).where(accounts.c.email == email))
                self._guests[email] = account_id.scalar_one()
        return Caller(self._guests[email], frozenset({Scope.WRITE}), guest=True)

    async def create(
        self,
        email: str,
        *,
        name: str,
        scopes: frozenset[Scope],
        days: float | None = None,
        allowed_origins: Sequence[str] = (),
    ) -> str:
        """Make a key for an account, which is made if need be; give its secret, which is shown nowhere else."""
        now = self._database.now()
        values = {
            "name": name,
            "scopes": sorted(scopes),
            "allowed_origins": list(allowed_origins),
            "created_at": now,
            "expires_at": None if days is None else now + days * 86400.0,
        }
        async with self._database.write() as connection:
            await self._open_account(connection, email)
            secret = await self._insert(connection, email, values, None)
        await self.refresh_origins()
        return secret

    async def ensure_admin(self, secret: str | None) -> str | None:
        """Make the first admin key on an empty database; give it where it was not given by the operator."""
        now = self._database.now()
        values = {"name": "first admin key", "scopes": sorted(Scope), "allowed_origins": [], "created_at": now}
        async with self._database.write() as connection:
            used = (await connection.execute(select(func.count()).select_from(keys))).scalar_one()
            # of processes that start at once, the one that opens the account goes on
            if used or not await self._open_account(connection, ADMIN):
                return None
            made = await self._insert(connection, ADMIN, values, secret)
        return None if secret else made

    async def _open_account(self, connection: AsyncConnection, email: str) -> bool:
        """Make an account unless there is one; tell whether it was made."""
        new = self._database.insert(accounts).values(email=email, created_at=self._database.now())
        row = await connection.execute(new.on_conflict_do_nothing().returning(accounts.c.id))
        return row.one_or_none() is not None

    async def _insert(
        self, connection: AsyncConnection, email: str, values: Mapping[str, object], secret: str | None
    ) -> str:
        """Add a key to an account that there is, under a given or a new secret; give the secret."""
        secret = secret or PREFIX + secrets.token_urlsafe(32)
        account_id = select(accounts.c.id).where(accounts.c.email == email).scalar_subquery()
        shown = secret[: min(SHOWN, len(secret) // 4)]
        await connection.execute(insert(keys).values(account_id=account_id, prefix=shown, hash=_hash(secret), **values))
        return secret

    async def all(self) -> list[Key]:
        """List every key."""
        async with self._database.read() as connection:
            return await _select(connection)

    async def revoke(self, key_id: int) -> None:
        """Take a key's power away, for good; raises NotFound."""
        async with self._database.write() as connection:
            done = await connection.execute(
                update(keys)
                .where(keys.c.id == key_id)
                .values(revoked_at=func.coalesce(keys.c.revoked_at, self._database.now()))
            )
        if done.rowcount == 0:
            raise NotFound(f"there is no key {key_id}")
        self._known.clear()

    async def refresh_origins(self) -> None:
        """Learn anew which web origins some working key allows."""
        now = time.time()
        self.origins = frozenset(
            o for key in await self.all() if key.state(now) == "active" for o in key.allowed_origins
        )


async def _select(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Key]:
    rows = await connection.execute(
        select(keys, accounts.c.email)
        .join(accounts, accounts.c.id == keys.c.account_id)
        .where(*where)
        .order_by(keys.c.id)
    )
    return [
        Key(
            id=row.id,
            account_id=row.account_id,
            account=row.email,
            name=row.name,
            prefix=row.prefix,
            scopes=frozenset(Scope(scope) for scope in row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            allowed_origins=tuple(row.allowed_origins),
        )
        for row in rows
    ]
