"""Who owns what: accounts, their keys, and the callers who use them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret."""

    id: int
    account_id: int
    account: str
    """The account's email."""
    name: str
    prefix: str
    """The first characters of the secret, to recognise it by."""
    scopes: frozenset[Scope]
    created_at: float
    """Seconds since 1970, as are all times here."""
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None
    allowed_origins: tuple[str, ...] = ()
    """Web origins whose pages may use it."""

    def state(self, now: float) -> Literal["active", "expired", "revoked"]:
        """Tell whether it works at the time `now`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has been let in."""

    account_id: int
    scopes: frozenset[Scope]
    allowed_origins: tuple[str, ...] = ()
    guest: bool = False
    """Let in without a key, to what is open to everybody."""
