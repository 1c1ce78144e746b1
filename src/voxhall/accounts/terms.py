"""What a key is made with, checked and as it is kept."""

import ipaddress
from collections.abc import Iterable
from typing import cast

from sqlalchemy import ColumnElement

from voxhall.domain.record import UNLIMITED, Environment, Key, KeyTerms, KeyType, Limits, NewKey, Scope, is_origin
from voxhall.errors import InvalidInput

PREFIXES = {KeyType.PUBLISHABLE: "pk_", KeyType.RESTRICTED: "rk_", KeyType.ADMIN: "ak_"}
"""How the secret of a key that is no plain one tells its type."""
ALLOWED = {
    KeyType.SECRET: frozenset(Scope),
    KeyType.PUBLISHABLE: frozenset({Scope.READ, Scope.WRITE}),
    KeyType.RESTRICTED: frozenset({Scope.READ, Scope.WRITE}),
    KeyType.ADMIN: frozenset(Scope),
}
"""The scopes that a key of each type may have."""
DEFAULTS = {
    KeyType.SECRET: frozenset({Scope.READ, Scope.WRITE}),
    KeyType.PUBLISHABLE: frozenset({Scope.WRITE}),
    KeyType.RESTRICTED: frozenset({Scope.READ}),
    KeyType.ADMIN: frozenset(Scope),
}
"""The scopes that it has unless others are named."""


def prefix_of(key_type: str, environment: str) -> str:
    """Give what the secret of such a key begins with."""
    return f"vh_{PREFIXES.get(KeyType(key_type), '')}{environment}_"


def values_of(terms: NewKey, now: ColumnElement[float]) -> dict[str, object]:
    """Give all columns of a new key but its secret's; raises InvalidInput."""
    key_type = terms.get("key_type", KeyType.SECRET)
    days = terms.get("days")
    whole: KeyTerms = {
        "name": "",
        "description": None,
        "scopes": DEFAULTS[key_type],
        "allowed_ips": (),
        "allowed_origins": (),
        "rate_limits": {},
    }
    return {
        **columns(whole | cast("KeyTerms", terms), key_type),
        "key_type": key_type.value,
        "environment": terms.get("environment", Environment.LIVE).value,
        "created_at": now,
        "updated_at": now,
        "expires_at": None if days is None else now + days * 86400.0,
    }


def terms_of(key: Key) -> NewKey:
    """Give the terms under which a key was made; one that was to expire will last as long again."""
    return {
        "name": key.name,
        "description": key.description,
        "key_type": key.key_type,
        "environment": key.environment,
        "scopes": key.scopes,
        "days": None if key.expires_at is None else (key.expires_at - key.created_at) / 86400.0,
        "allowed_ips": key.allowed_ips,
        "allowed_origins": key.allowed_origins,
        "rate_limits": key.rate_limits,
    }


def columns(terms: KeyTerms, key_type: KeyType) -> dict[str, object]:
    """Check what is said about a key, and give it as columns; raises InvalidInput."""
    values: dict[str, object] = {name: terms[name] for name in ("name", "description") if name in terms}
    if "scopes" in terms:
        values["scopes"] = _scopes(terms["scopes"], key_type)
    if "allowed_ips" in terms:
        values["allowed_ips"] = [_network(each) for each in terms["allowed_ips"]]
    if "allowed_origins" in terms:
        values["allowed_origins"] = _origins(terms["allowed_origins"])
    if "rate_limits" in terms:
        values["rate_limits"] = _limits(terms["rate_limits"])
    return values


def _scopes(scopes: Iterable[Scope], key_type: KeyType) -> list[str]:
    wanted = frozenset(scopes)
    if not wanted:
        raise InvalidInput("a key needs at least one scope of: read, write, admin", param="scopes")
    if not wanted <= ALLOWED[key_type]:
        raise InvalidInput(f"a {key_type.value} key cannot have the scope admin", param="scopes")
    return sorted(scope.value for scope in wanted)


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InvalidInput(
            f"{text[:60]!r} is no address or network, as in 192.0.2.7 or 10.0.0.0/8", param="allowed_ips"
        ) from None
    return text


def _origins(origins: Iterable[str]) -> list[str]:
    for each in origins:
        if not is_origin(each):
            raise InvalidInput(f"{each[:100]!r} is no origin, as in https://app.example.com", param="allowed_origins")
    return list(origins)


def _limits(limits: Limits) -> dict[str, int]:
    for name, limit in limits.items():
        if not 0 <= limit <= UNLIMITED:
            raise InvalidInput(f"{name} should be from 0 to {UNLIMITED}, got {limit}", param="rate_limits")
    return {str(name): limit for name, limit in limits.items()}
