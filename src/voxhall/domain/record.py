"""Who owns what: accounts, their keys, what these may do and how much of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypedDict
from urllib.parse import urlsplit

UNLIMITED = 2**31 - 1
"""How a limit that there is not reads."""


def is_origin(text: str) -> bool:
    """Tell whether a text is a web origin as browsers write it, as in `https://app.example.com`."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and text == f"{parts.scheme}://{parts.netloc}"


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class KeyType(StrEnum):
    """What a key is made for; its type narrows what its scopes reach."""

    SECRET = "secret"  # noqa: S105 - a type's name
    PUBLISHABLE = "publishable"
    """For web pages, where everybody can read it: public voices and live sockets only."""
    RESTRICTED = "restricted"
    """Never an admin's."""
    ADMIN = "admin"


class Environment(StrEnum):
    """Where a key is used; for people, nothing depends on it."""

    LIVE = "live"
    TEST = "test"
    DEV = "dev"


class Quota(StrEnum):
    """What can be limited."""

    REQUESTS_MINUTE = "requests_minute"
    REQUESTS_HOUR = "requests_hour"
    REQUESTS_DAY = "requests_day"
    CONCURRENT_JOBS = "concurrent_jobs"
    """Jobs of an account that wait or run."""
    WEBSOCKET_CONNECTIONS = "websocket_connections"
    """Live sockets of an account that are open."""
    AUDIO_MINUTES_MONTH = "audio_minutes_month"
    """Of an account's recordings, transcribed since the first of the month (UTC)."""


Limits = Mapping[Quota, int]
"""What is limited; whatever is not named is not."""

KeyState = Literal["active", "expired", "revoked"]


class KeyTerms(TypedDict, total=False):
    """What can be changed about a key."""

    name: str
    description: str | None
    scopes: frozenset[Scope]
    allowed_ips: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    rate_limits: Limits


class NewKey(KeyTerms, total=False):
    """What can be said about a key that is made."""

    key_type: KeyType
    environment: Environment
    days: float | None
    """Until it expires; None means never."""


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
    updated_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None
    description: str | None = None
    key_type: KeyType = KeyType.SECRET
    environment: Environment = Environment.LIVE
    allowed_ips: tuple[str, ...] = ()
    """Addresses and networks it may be used from; none named means any."""
    allowed_origins: tuple[str, ...] = ()
    """Web origins whose pages may use it."""
    rate_limits: Limits = field(default_factory=dict)
    """Limits of its own, which go before those of the tier."""

    def state(self, now: float) -> KeyState:
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
    key_id: int | None = None
    """None for who came without a key."""
    key_type: KeyType = KeyType.SECRET
    allowed_ips: tuple[str, ...] = ()
    rate_limits: Limits = field(default_factory=dict)
    """Limits of the key's own."""

    @property
    def publishable(self) -> bool:
        """Whether the key is one that everybody can read."""
        return self.key_type is KeyType.PUBLISHABLE


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used."""

    kind: Literal["transcription", "speech", "translation"]
    """Recordings transcribed, texts spoken, or texts translated."""
    times: int = 1
    seconds: float = 0.0
    """Of audio."""
    characters: int = 0
    """Of text."""
    cost: float = 0.0
    """US dollars."""
