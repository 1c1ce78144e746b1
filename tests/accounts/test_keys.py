"""API keys: shown once, kept as a hash, refused when they are wrong, old or revoked."""

import pytest
from sqlalchemy import select

from voxhall.accounts.keys import Keys
from voxhall.domain.record import Scope
from voxhall.errors import NotAuthenticated, NotFound
from voxhall.stores.database import Database
from voxhall.stores.tables import keys as table

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
    assert await keys.authenticate("chosen") == await keys.first_admin()


async def test_origins_of_working_keys_are_known(keys: Keys) -> None:
    """Those of revoked ones are not."""
    await keys.create("a@example.com", name="web", scopes=READ, allowed_origins=("https://a.example.com",))
    assert keys.origins == {"https://a.example.com"}
    await keys.revoke((await keys.all())[0].id)
    await keys.refresh_origins()
    assert keys.origins == frozenset()
