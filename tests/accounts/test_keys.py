"""API keys: shown once, kept as a hash, refused when they are wrong, old or revoked."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from voxhall.accounts.keys import Keys
from voxhall.domain.record import Scope
from voxhall.errors import NotAuthenticated, NotFound
from voxhall.stores.database import Database, open_database
from voxhall.stores.objects import OWNED, Objects
from voxhall.stores.tables import accounts
from voxhall.stores.tables import keys as table
from voxhall.stores.tables_research import research_conversations

READ = frozenset({Scope.READ})


@pytest.fixture
def keys(database: Database) -> Keys:
    """The keys of an empty database."""
    return Keys(database)


async def test_a_key_lets_its_owner_in(keys: Keys) -> None:
    """With the scopes it was given; keys of one account see the same records."""
    first = await keys.authenticate(await keys.create("a@example.com", name="one", scopes=READ))
    second = await keys.authenticate(await keys.create("a@example.com", name="two", scopes=frozenset(Scope)))
    other = await keys.authenticate(await keys.create("b@example.com", name="one", scopes=READ))
    assert first.scopes == READ
    assert first.account_id == second.account_id != other.account_id


async def test_the_secret_is_stored_nowhere(keys: Keys, database: Database) -> None:
    """Only its first characters and its hash."""
    secret = await keys.create("a@example.com", name="one", scopes=READ)
    async with database.read() as connection:
        row = (await connection.execute(select(table))).one()
    assert secret not in str(row)
    assert secret.startswith(row.prefix)


async def last_used(keys: Keys) -> float | None:
    """Tell when the only key was last used."""
    [key] = await keys.all()
    return key.last_used_at


async def test_a_look_up_is_trusted_for_a_few_seconds(
    keys: Keys, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the database is asked again."""
    secret = await keys.create("a@example.com", name="one", scopes=READ)
    await keys.authenticate(secret)
    async with database.write() as connection:
        await connection.execute(delete(table))
    await keys.authenticate(secret)
    monkeypatch.setattr("voxhall.accounts.keys.REMEMBERED_SECONDS", 0.0)
    with pytest.raises(NotAuthenticated, match="not known"):
        await keys.authenticate(secret)


async def test_the_last_use_is_known_to_the_minute(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every use is written down."""
    monkeypatch.setattr("voxhall.accounts.keys.REMEMBERED_SECONDS", 0.0)
    secret = await keys.create("a@example.com", name="one", scopes=READ)
    assert await last_used(keys) is None
    await keys.authenticate(secret)
    first = await last_used(keys)
    await keys.authenticate(secret)
    assert await last_used(keys) == first
    monkeypatch.setattr("voxhall.accounts.keys.USED_SECONDS", 0.0)
    await keys.authenticate(secret)
    assert await last_used(keys) != first


async def test_a_database_that_takes_no_more_keeps_nobody_out(keys: Keys, database: Database) -> None:
    """Only the time of the last use is lost."""
    secret = await keys.create("a@example.com", name="one", scopes=READ)
    refuse = "pragma query_only=on" if database.sqlite else "set session characteristics as transaction read only"
    async with database.write() as connection:
        await connection.execute(text(refuse))
    await keys.authenticate(secret)
    assert await last_used(keys) is None


async def test_two_keys_of_a_new_account_may_be_made_at_once(keys: Keys, database_url: str) -> None:
    """By two processes; there is one account then."""
    async with open_database(database_url) as other:
        made = [each.create("a@example.com", name="one", scopes=READ) for each in (keys, Keys(other))]
        first, second = [await keys.authenticate(secret) for secret in await asyncio.gather(*made)]
    assert first.account_id == second.account_id


@pytest.mark.parametrize("wrong", ["", "vh_", "nonsense", "ключ"])
async def test_an_unknown_key_is_refused(keys: Keys, wrong: str) -> None:
    """And said to be unknown."""
    with pytest.raises(NotAuthenticated, match="not known"):
        await keys.authenticate(wrong)


async def test_an_expired_key_is_refused(keys: Keys) -> None:
    """And said to be expired."""
    secret = await keys.create("a@example.com", name="one", scopes=READ, days=0.0)
    with pytest.raises(NotAuthenticated, match="expired"):
        await keys.authenticate(secret)


async def test_a_revoked_key_is_refused_at_once(keys: Keys) -> None:
    """Even one that has just been used."""
    secret = await keys.create("a@example.com", name="one", scopes=READ)
    await keys.authenticate(secret)
    [key] = await keys.all()
    await keys.revoke(key.id)
    with pytest.raises(NotAuthenticated, match="revoked"):
        await keys.authenticate(secret)


async def test_revoking_what_is_not_there_is_an_error(keys: Keys) -> None:
    """It names the id."""
    with pytest.raises(NotFound, match="77"):
        await keys.revoke(77)


async def test_the_first_admin_key_is_made_once(keys: Keys) -> None:
    """On an empty database only."""
    secret = await keys.ensure_admin(None)
    assert secret
    assert (await keys.authenticate(secret)).scopes == frozenset(Scope)
    assert await keys.ensure_admin(None) is None
    assert len(await keys.all()) == 1


async def test_the_operator_may_set_the_first_admin_key(keys: Keys) -> None:
    """Then there is nothing to show."""
    assert await keys.ensure_admin("chosen") is None
    caller, keyless = await keys.authenticate("chosen"), await keys.first_admin()
    assert (caller.account_id, caller.scopes) == (keyless.account_id, keyless.scopes)


async def test_the_operator_is_not_who_was_given_the_first_key(keys: Keys) -> None:
    """Keyless requests and the operator's own programs act for one account, whatever was made before it."""
    given = await keys.authenticate(await keys.create("somebody@example.com", name="early"))
    assert given.account_id != (await keys.first_admin()).account_id == (await keys.guest(admin=True)).account_id
    assert not (await keys.first_admin()).guest


async def test_guests_act_for_the_first_admin_or_for_nobody(keys: Keys) -> None:
    """With less than a key would allow, and always for the same account."""
    await keys.ensure_admin(None)
    own, other = await keys.guest(admin=True), await keys.guest(admin=False)
    assert own.account_id == (await keys.first_admin()).account_id != other.account_id
    assert other == await keys.guest(admin=False)
    for guest in (own, other):
        assert guest.guest
        assert guest.scopes == {Scope.WRITE}


async def test_a_short_key_of_the_operator_is_not_shown(keys: Keys) -> None:
    """Lists tell at most a quarter of it."""
    await keys.ensure_admin("hunter2!")
    assert [key.prefix for key in await keys.all()] == ["hu"]


async def test_of_processes_that_start_at_once_one_makes_the_admin_key(database_url: str) -> None:
    """The others find it made."""
    async with AsyncExitStack() as stack:
        opened = [Keys(await stack.enter_async_context(open_database(database_url))) for _ in range(4)]
        made = await asyncio.gather(*(each.ensure_admin(None) for each in opened))
        assert sum(secret is not None for secret in made) == 1
        assert len(await opened[0].all()) == 1


async def test_origins_of_working_keys_are_known(keys: Keys) -> None:
    """Those of revoked ones are not."""
    await keys.create("a@example.com", name="web", scopes=READ, allowed_origins=("https://a.example.com",))
    assert keys.origins == {"https://a.example.com"}
    await keys.revoke((await keys.all())[0].id)
    await keys.refresh_origins()
    assert keys.origins == frozenset()


async def test_accounts_without_keys_expire_with_all_that_is_in_them(
    database: Database, keys: Keys, objects: Objects
) -> None:
    """Rows and objects; others stay."""
    old, fresh = await keys.admit_anonymous(), await keys.admit_anonymous()
    await keys.create("somebody@example.com", name="k")
    gone, stays = await keys.anonymous(old), await keys.anonymous(fresh)
    assert gone
    assert stays
    for folder in OWNED:
        for caller in (gone, stays):
            await objects.put_bytes(f"{folder}/{caller.account_id}/x", b"x")
    async with database.write() as connection:
        long_ago = update(accounts).where(accounts.c.id == gone.account_id).values(created_at=1.0)
        await connection.execute(long_ago)
        await connection.execute(
            insert(research_conversations).values(uid="c", account_id=gone.account_id, created_at=1.0)
        )
    assert await keys.anonymous(old) is None
    await keys.sweep(objects)
    assert await keys.anonymous(fresh)
    for folder in OWNED:
        assert await objects.size(f"{folder}/{gone.account_id}/x") is None
        assert await objects.size(f"{folder}/{stays.account_id}/x") == 1
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(accounts))).scalar_one() == 2
        assert (await connection.execute(select(func.count()).select_from(research_conversations))).scalar_one() == 0
