"""Secrets are sealed where they are kept."""

import pytest
from cryptography.exceptions import InvalidTag

from voxhall.stores.database import Database
from voxhall.stores.seal import open_seal


async def test_every_process_of_a_database_can_open_what_one_has_sealed(database: Database) -> None:
    """With a key that is made on first use."""
    sealed = (await open_seal(database)).close("ሚስጥር", owner="wh_1")
    assert (await open_seal(database)).open(sealed, owner="wh_1") == "ሚስጥር"


async def test_nothing_can_be_seen_through_it(database: Database) -> None:
    """Not even that two secrets are the same."""
    seal = await open_seal(database)
    first, second = seal.close("secret", owner="a"), seal.close("secret", owner="a")
    assert b"secret" not in first
    assert first != second


async def test_it_opens_only_for_its_owner_and_unchanged(database: Database) -> None:
    """A row cannot be given the secret of another."""
    seal = await open_seal(database)
    sealed = seal.close("secret", owner="a")
    with pytest.raises(InvalidTag):
        seal.open(sealed, owner="b")
    with pytest.raises(InvalidTag):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), owner="a")
