"""A NUL character, which PostgreSQL keeps in no text: refused alike whatever the database is."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from platforms import opened
from voxhall.api import agent, flux, fluxions, lesan

READ = (
    "/api/v1/sessions/a%00b",
    "/api/v1/sessions/a%00b/events",
    "/history/conversations/a%00b",
    "/knowledge/a%00b",
    "/v1/webhooks/a%00b",
    "/v1/webhooks/a%00b/deliveries",
)


@pytest.fixture
async def client(tmp_path: Path, database_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of all dialects at once."""
    routers = (each.dialect.router for each in (lesan, flux, agent, fluxions))
    async with opened(tmp_path, *routers, database_url=database_url) as platform, platform.client() as each:
        yield each


async def test_nothing_is_called_by_one(client: httpx2.AsyncClient) -> None:
    """Whatever is looked for."""
    for path in READ:
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    said = await client.put("/vui/v1/pronunciations/a%00b", json={"say": "abbey"})
    assert said.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "param"),
    [
        ("POST", "/vui/v1/tts", {"voice": "harry", "input": "Good\0 evening."}, "input"),
        ("POST", "/vui/v1/tts", {"voice": "u-\0", "input": "Good evening."}, "voice"),
        ("POST", "/vui/v1/voices/delete", {"voice_id": "u-\0"}, "voice_id"),
        ("PUT", "/vui/v1/pronunciations/gif", {"say": "j\0if"}, "say"),
        ("POST", "/submit?filename=a%00.wav", None, "filename"),
        ("GET", "/history/tts?voice=%00", None, "voice"),
        ("GET", "/search?q=x%00y", None, "q"),
    ],
)
async def test_a_text_with_one_is_named(
    client: httpx2.AsyncClient, method: str, path: str, body: object, param: str
) -> None:
    """Before anything is made of it."""
    answer = await client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["param"]) == (422, param)
    assert "NUL" in answer.json()["error"]


async def test_a_form_s_is_replaced(client: httpx2.AsyncClient) -> None:
    """As are its bytes that are no text: they come from files' names."""
    answer = await client.post("/submit", files={"file": ("a.wav", b"sound")}, data={"filename": "a\0.wav"})
    assert answer.status_code == 200, answer.text
    found = (await client.get(f"/transcriptions/{answer.json()['id']}")).json()
    assert found["filename"] == "a\N{REPLACEMENT CHARACTER}.wav"
