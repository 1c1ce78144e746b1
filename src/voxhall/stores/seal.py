"""Secrets that must be read again, sealed where they are kept: a key of the database's own opens them."""

import secrets as random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from voxhall.stores.database import Database
from voxhall.stores.tables import secrets

SECRET = "seal"  # noqa: S105 - the secret's name
NONCE_BYTES = 12


class Seal:
    """Seals texts so that they open only for what they were sealed for; made by `open_seal`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, text: str, *, owner: str) -> bytes:
        """Seal a text for the thing that owns it."""
        nonce = random.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())

    def open(self, sealed: bytes, *, owner: str) -> str:
        """Give the text again."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode()).decode()


async def open_seal(database: Database) -> Seal:
    """Take the database's key."""
    return Seal(await take_secret(database, SECRET))


async def take_secret(database: Database, name: str) -> bytes:
    """Take 256 bits that all processes of a database share, made on first use."""
    made = database.insert(secrets).values(name=name, value=random.token_bytes(32))
    async with database.write() as connection:
        # another process may have been first
        await connection.execute(made.on_conflict_do_nothing())
        row = await connection.execute(select(secrets.c.value).where(secrets.c.name == name))
        value: bytes = row.scalar_one()
    return value
