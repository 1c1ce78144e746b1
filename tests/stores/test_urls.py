"""Links that anybody may follow until they expire."""

import asyncio
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from voxhall.errors import NotFound, NotPermitted
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects
from voxhall.stores.urls import Signer, open_signer


def followed(signer: Signer, link: str, **changed: object) -> bytes:
    """Follow a link, with parts of it changed."""
    parts = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    given = {**query, "key": unquote(parts.path).removeprefix("/objects/"), **changed}
    return signer.resolve(
        str(given["key"]),
        expires=int(given["expires"]),
        signature=str(given["signature"]),
        filename=str(given["filename"]),
    ).read_bytes()


async def test_a_link_leads_to_its_object(database: Database, objects: Objects) -> None:
    """On every process of the same database."""
    await objects.put_bytes("a/b c.opus", b"sound")
    signer, other = await open_signer(database, objects), await open_signer(database, objects)
    link = await signer.link("http://x", "a/b c.opus", seconds=60, filename="my file.opus")
    assert link.startswith("http://x/objects/a/b%20c.opus?")
    assert followed(other, link) == b"sound"


@pytest.mark.parametrize(
    "changed",
    [{"key": "other"}, {"expires": 9999999999}, {"signature": "0" * 64}, {"signature": "ü"}, {"filename": "x.html"}],
)
async def test_a_changed_link_is_refused(database: Database, objects: Objects, changed: dict[str, object]) -> None:
    """Every part of it is signed."""
    await objects.put_bytes("key", b"1")
    await objects.put_bytes("other", b"2")
    signer = await open_signer(database, objects)
    link = await signer.link("http://x", "key", seconds=60, filename="f")
    with pytest.raises(NotPermitted):
        followed(signer, link, **changed)


async def test_an_expired_link_is_refused(database: Database, objects: Objects) -> None:
    """And says that it has expired."""
    signer = await open_signer(database, objects)
    link = await signer.link("http://x", "key", seconds=-1, filename="f")
    with pytest.raises(NotPermitted, match="expired"):
        followed(signer, link)


async def test_a_link_to_nothing_is_not_found(database: Database, objects: Objects) -> None:
    """The object may have been deleted since."""
    signer = await open_signer(database, objects)
    link = await signer.link("http://x", "gone", seconds=60, filename="f")
    with pytest.raises(NotFound):
        followed(signer, link)


async def test_a_bucket_signs_its_own_links(remote: Objects) -> None:
    """They lead there directly, ranges included."""
    await remote.put_bytes("a/b", b"sound")
    link = await Signer(remote, b"").link("http://x", "a/b", seconds=60, filename="f")
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["60"]
    answer = await asyncio.to_thread(requests.get, link, headers={"Range": "bytes=1-3"}, timeout=10)
    assert (answer.status_code, answer.content) == (206, b"oun")
