"""What a key is made for: its type, where it may be used, how it is changed, rotated and counted."""

import asyncio
import time

import pytest

from voxhall.accounts.keys import Keys
from voxhall.domain.record import Environment, KeyType, NewKey, Quota, Scope
from voxhall.errors import Conflict, InvalidInput, NotAuthenticated, NotFound
from voxhall.stores.database import Database, open_database

EMAIL = "a@example.com"


@pytest.fixture
def keys(database: Database) -> Keys:
    """The keys of an empty database."""
    return Keys(database)


@pytest.mark.parametrize(
    ("key_type", "environment", "prefix", "scopes"),
    [
        (KeyType.SECRET, Environment.LIVE, "vh_live_", {Scope.READ, Scope.WRITE}),
        (KeyType.SECRET, Environment.TEST, "vh_test_", {Scope.READ, Scope.WRITE}),
        (KeyType.PUBLISHABLE, Environment.LIVE, "vh_pk_live_", {Scope.WRITE}),
        (KeyType.RESTRICTED, Environment.DEV, "vh_rk_dev_", {Scope.READ}),
        (KeyType.ADMIN, Environment.LIVE, "vh_ak_live_", set(Scope)),
    ],
)
async def test_a_secret_tells_type_and_environment(
    keys: Keys, key_type: KeyType, environment: Environment, prefix: str, scopes: set[Scope]
) -> None:
    """And has the scopes that its type has; lists show at most a quarter of it."""
    secret = await keys.create(EMAIL, key_type=key_type, environment=environment)
    key = await keys.find(secret)
    assert secret.startswith(prefix)
    assert (key.key_type, key.environment, key.scopes) == (key_type, environment, scopes)
    assert secret.startswith(key.prefix)
    assert len(prefix) < len(key.prefix) <= len(secret) / 4


async def test_everything_that_is_said_about_a_key_is_kept(keys: Keys) -> None:
    """And given to whoever checks what it may do."""
    terms: NewKey = {
        "name": "web",
        "description": "of the web page",
        "scopes": frozenset({Scope.READ}),
        "allowed_ips": ("192.0.2.7", "10.0.0.0/8", "2001:db8::/32"),
        "allowed_origins": ("https://app.example.com",),
        "rate_limits": {Quota.REQUESTS_MINUTE: 3},
    }
    secret = await keys.create(EMAIL, **terms, days=1)
    key, caller = await keys.find(secret), await keys.authenticate(secret)
    assert {name: getattr(key, name) for name in terms} == terms
    assert key.expires_at is not None
    assert abs(key.expires_at - time.time() - 86400) < 10
    assert (caller.key_id, caller.allowed_ips, caller.rate_limits) == (key.id, key.allowed_ips, key.rate_limits)


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"allowed_ips": ("nowhere",)}, "allowed_ips"),
        ({"allowed_ips": ("10.0.0.0/64",)}, "allowed_ips"),
        ({"allowed_origins": ("app.example.com",)}, "allowed_origins"),
        ({"allowed_origins": ("https://app.example.com/page",)}, "allowed_origins"),
        ({"allowed_origins": ("https://[app",)}, "allowed_origins"),
        ({"scopes": frozenset()}, "scopes"),
        ({"scopes": frozenset(Scope), "key_type": KeyType.RESTRICTED}, "scopes"),
        ({"scopes": frozenset(Scope), "key_type": KeyType.PUBLISHABLE}, "scopes"),
        ({"rate_limits": {Quota.REQUESTS_DAY: -1}}, "rate_limits"),
        ({"rate_limits": {Quota.REQUESTS_DAY: 2**31}}, "rate_limits"),
    ],
)
async def test_what_cannot_be_is_refused(keys: Keys, terms: NewKey, param: str) -> None:
    """By the name of what is wrong; nothing is made."""
    with pytest.raises(InvalidInput) as refused:
        await keys.create(EMAIL, **terms)
    assert refused.value.param == param
    assert await keys.all() == []


async def test_a_change_counts_at_once_and_leaves_the_rest(keys: Keys) -> None:
    """Even for a key that has just been used."""
    secret = await keys.create(EMAIL, name="one", description="first")
    before = await keys.find(secret)
    await keys.authenticate(secret)
    after = await keys.update(before.id, name="two", scopes=frozenset({Scope.READ}))
    assert (after.name, after.description) == ("two", "first")
    assert after.updated_at > before.updated_at
    assert (await keys.authenticate(secret)).scopes == {Scope.READ}


async def test_a_revoked_key_cannot_be_changed(keys: Keys) -> None:
    """Nor can one that is not there; revoking it again changes nothing."""
    key = await keys.find(await keys.create(EMAIL))
    revoked = await keys.revoke(key.id, "lost")
    with pytest.raises(Conflict, match="revoked"):
        await keys.update(key.id, name="two")
    with pytest.raises(NotFound):
        await keys.update(77, name="two")
    assert await keys.revoke(key.id) == revoked


async def test_rotation_makes_another_key_with_the_same_terms(keys: Keys) -> None:
    """Without grace the old one is revoked at once."""
    old = await keys.create(EMAIL, name="one", key_type=KeyType.RESTRICTED, days=2, allowed_ips=("10.0.0.0/8",))
    before = await keys.find(old)
    await keys.authenticate(old)
    new = await keys.rotate(before.id, grace_minutes=0)
    with pytest.raises(NotAuthenticated, match="revoked"):
        await keys.authenticate(old)
    after = await keys.find(new)
    assert new.startswith("vh_rk_live_")
    assert (after.name, after.scopes, after.allowed_ips) == (before.name, before.scopes, before.allowed_ips)
    assert (await keys.authenticate(new)).account_id == before.account_id
    assert after.expires_at is not None
    assert abs(after.expires_at - after.created_at - 2 * 86400) < 1


async def test_both_keys_work_during_the_grace(keys: Keys) -> None:
    """Which does not prolong the life of the old one."""
    secret = await keys.create(EMAIL)
    lasting = await keys.find(secret)
    ending = await keys.find(await keys.create(EMAIL, days=1 / 1440))
    new = await keys.rotate(lasting.id, grace_minutes=60)
    assert (await keys.authenticate(secret)).account_id == (await keys.authenticate(new)).account_id
    ends = (await keys.get(lasting.id)).expires_at
    assert ends is not None
    assert abs(ends - time.time() - 3600) < 10
    await keys.rotate(ending.id, grace_minutes=60)
    assert (await keys.get(ending.id)).expires_at == ending.expires_at


async def test_a_key_is_rotated_once(keys: Keys, database_url: str) -> None:
    """Of those who try at once, in two processes, one gets a key; the others are told and leave none behind."""
    key = await keys.find(await keys.create(EMAIL))
    async with open_database(database_url) as other:
        tries = [each.rotate(key.id, grace_minutes=5) for each in (keys, Keys(other)) * 5]
        made = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, str) for each in made) == 1
    assert sum(isinstance(each, Conflict) for each in made) == 9
    assert len(await keys.all()) == 2


async def test_no_request_fails_while_keys_are_rotated(keys: Keys) -> None:
    """Whoever swaps within the grace, with every request asking the database, is always let in."""
    current = await keys.create(EMAIL)
    previous = current
    done = False

    async def ask() -> int:
        asked = 0
        while not done:
            keys._known.clear()
            for secret in (previous, current):
                await keys.authenticate(secret)
            asked += 1
        return asked

    asking = [asyncio.create_task(ask()) for _ in range(8)]
    for _ in range(20):
        key = await keys.find(current)
        previous, current = current, await keys.rotate(key.id, grace_minutes=5)
    done = True
    assert all(await asyncio.gather(*asking))


async def test_keys_are_counted_by_what_they_are(keys: Keys) -> None:
    """By type, environment and state."""
    await keys.create(EMAIL)
    await keys.create(EMAIL, key_type=KeyType.ADMIN, environment=Environment.TEST)
    await keys.create(EMAIL, days=0)
    await keys.revoke((await keys.find(await keys.create(EMAIL))).id)
    counts = await keys.count()
    assert counts.by_state == {"active": 2, "expired": 1, "revoked": 1}
    assert counts.by_type == {"secret": 3, "admin": 1}
    assert counts.by_environment == {"live": 3, "test": 1}
