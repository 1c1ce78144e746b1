"""The Lesan dialect's JSON of keys and models, as its document has it."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from voxhall.accounts.keys import KeyCounts
from voxhall.accounts.terms import prefix_of
from voxhall.domain.record import UNLIMITED, Environment, Key, KeyState, KeyTerms, KeyType, NewKey, Quota, Scope
from voxhall.text.times import iso_utc

LONGEST_GRACE = 30 * 24 * 60
"""Minutes."""
LONGEST_LIFE = 36_500
"""Days."""

Name = Annotated[str, Field(max_length=255)]
Text = Annotated[str, Field(max_length=2000)]
Entries = Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=100)]
RateLimits = dict[Quota, Annotated[int, Field(ge=0, le=UNLIMITED)]]


class UpdateAPIKeyRequest(BaseModel):
    """What shall change; what is null or absent stays as it is."""

    name: Name | None = None
    description: Text | None = None
    scopes: list[Scope] | None = None
    allowed_ips: Entries | None = None
    """Addresses and networks; an empty list means any."""
    allowed_origins: Entries | None = None
    """Web origins; an empty list means any."""
    rate_limits: RateLimits | None = None
    """Limits of its own; those that are not named are its tier's."""

    def to_terms(self) -> KeyTerms:
        """Give what was said, as services take it."""
        terms: KeyTerms = {}
        if self.name is not None:
            terms["name"] = self.name
        if self.description is not None:
            terms["description"] = self.description
        if self.scopes is not None:
            terms["scopes"] = frozenset(self.scopes)
        if self.allowed_ips is not None:
            terms["allowed_ips"] = tuple(self.allowed_ips)
        if self.allowed_origins is not None:
            terms["allowed_origins"] = tuple(self.allowed_origins)
        if self.rate_limits is not None:
            terms["rate_limits"] = self.rate_limits
        return terms


class CreateAPIKeyRequest(UpdateAPIKeyRequest):
    """What the key shall be."""

    key_type: KeyType | None = None
    environment: Environment | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=LONGEST_LIFE)] | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    """Whose key it is; the account is made if need be. The caller's own by default."""

    def to_new(self) -> NewKey:
        """Give what was said, as services take it; one with the scope admin is an admin key."""
        scopes = self.scopes or ()
        key_type = self.key_type or (KeyType.ADMIN if Scope.ADMIN in scopes else KeyType.SECRET)
        return {
            **self.to_terms(),
            "key_type": key_type,
            "environment": self.environment or Environment.LIVE,
            "days": self.expires_in_days,
        }


class RevokeAPIKeyRequest(BaseModel):
    """Why a key is revoked."""

    reason: Text | None = None


class RotateAPIKeyRequest(BaseModel):
    """How a key is replaced."""

    grace_minutes: int = Field(default=0, ge=0, le=LONGEST_GRACE)
    """How long the old key stays valid; 0 revokes it at once."""


class APIKeyCreatedResponse(BaseModel):
    """A new key, with its secret."""

    id: str
    key: str
    """Shown only here."""
    prefix: str
    key_type: KeyType
    environment: Environment
    scopes: list[Scope]
    name: str | None
    created_at: str
    expires_at: str | None
    rate_limits: dict[str, int]
    warning: str = "Store this key now: it is not shown again."


class APIKeyResponse(BaseModel):
    """A key without its secret."""

    id: str
    user_id: str
    email: str | None = None
    prefix: str
    key_fragment: str
    display_key: str
    key_type: KeyType
    environment: Environment
    scopes: list[Scope]
    name: str | None
    description: str | None
    status: KeyState
    created_at: str
    updated_at: str
    expires_at: str | None
    last_used_at: str | None
    rate_limits: dict[str, int]
    allowed_ips: list[str]
    allowed_origins: list[str]


class APIKeyListResponse(BaseModel):
    """Keys, the oldest first."""

    keys: list[APIKeyResponse]
    total: int


class APIKeyRotatedResponse(BaseModel):
    """The new key, with its secret, and what becomes of the old one."""

    new_key: APIKeyCreatedResponse
    retired_key_id: str
    retired_status: KeyState
    retired_expires_at: str | None = None


class RevokeKeyResponse(BaseModel):
    """A key that works no more."""

    message: str
    key_id: str
    status: KeyState
    revoked_at: str


class AdminKeyStatsResponse(BaseModel):
    """How many keys there are."""

    total_keys: int
    active_keys: int
    revoked_keys: int
    expired_keys: int
    keys_by_type: dict[str, int]
    keys_by_environment: dict[str, int]


class AdminModelsResponse(BaseModel):
    """Which languages can be transcribed, and which at once."""

    loaded: list[str]
    available: list[str]
    device: str
    cache_info: dict[str, Any]


class AdminModelActionResponse(BaseModel):
    """What was done, and which languages can be transcribed at once now."""

    message: str
    loaded_models: list[str]


def key_id(number: int) -> str:
    """Write a key's id."""
    return f"key_{number}"


def created(key: Key, secret: str) -> APIKeyCreatedResponse:
    """Show a key that was just made."""
    return APIKeyCreatedResponse(
        id=key_id(key.id),
        key=secret,
        prefix=key.prefix,
        key_type=key.key_type,
        environment=key.environment,
        scopes=sorted(key.scopes),
        name=key.name or None,
        created_at=iso_utc(key.created_at),
        expires_at=iso_utc(key.expires_at),
        rate_limits=dict(key.rate_limits),
    )


def shown(key: Key, now: float) -> APIKeyResponse:
    """Show a key as it is at the time `now`."""
    return APIKeyResponse(
        id=key_id(key.id),
        user_id=f"user_{key.account_id}",
        email=key.account,
        prefix=key.prefix,
        key_fragment=key.prefix.removeprefix(prefix_of(key.key_type, key.environment)),
        display_key=f"{key.prefix}...",
        key_type=key.key_type,
        environment=key.environment,
        scopes=sorted(key.scopes),
        name=key.name or None,
        description=key.description,
        status=key.state(now),
        created_at=iso_utc(key.created_at),
        updated_at=iso_utc(key.updated_at),
        expires_at=iso_utc(key.expires_at),
        last_used_at=iso_utc(key.last_used_at),
        rate_limits=dict(key.rate_limits),
        allowed_ips=list(key.allowed_ips),
        allowed_origins=list(key.allowed_origins),
    )


def rotated(new: Key, secret: str, old: Key, now: float) -> APIKeyRotatedResponse:
    """Show a key that was just made in place of another."""
    state = old.state(now)
    return APIKeyRotatedResponse(
        new_key=created(new, secret),
        retired_key_id=key_id(old.id),
        retired_status=state,
        retired_expires_at=iso_utc(old.expires_at) if state == "active" and old.expires_at else None,
    )


def stats(counts: KeyCounts) -> AdminKeyStatsResponse:
    """Show how many keys there are."""
    return AdminKeyStatsResponse(
        total_keys=counts.by_state.total(),
        active_keys=counts.by_state["active"],
        revoked_keys=counts.by_state["revoked"],
        expired_keys=counts.by_state["expired"],
        keys_by_type=dict(counts.by_type),
        keys_by_environment=dict(counts.by_environment),
    )
