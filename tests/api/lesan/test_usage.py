"""Limits over HTTP: refused with all that a client needs to come back, and told in `GET /v1/usage`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from platforms import Opened, opened
from recordings import speech_of
from voxhall.api.fluxions import routes as transcriptions
from voxhall.api.fluxions import routes_speech as speech
from voxhall.api.lesan import routes_usage
from voxhall.domain.record import Caller, Quota
from voxhall.settings import read_settings

UNLIMITED = 2147483647


@pytest.fixture
async def server(tmp_path: Path, database_url: str) -> AsyncIterator[Opened]:
    """A platform with the routes of usage, transcriptions and speech, and a tier without limits."""
    routers = (routes_usage.router, transcriptions.router, speech.router)
    async with opened(tmp_path, *routers, database_url=database_url) as each:
        yield each


async def key_with(server: Opened, **limits: int) -> tuple[str, Caller]:
    """Make a key with limits of its own."""
    keys = server.platform.keys
    secret = await keys.create("a@example.com", rate_limits={Quota(name): limit for name, limit in limits.items()})
    return secret, await keys.authenticate(secret)


async def completed(client: AsyncClient, path: str) -> None:
    """Ask until a transcription is complete."""
    while True:
        if (await client.get(path)).json()["status"] == "completed":
            return
        await asyncio.sleep(0.05)


async def test_of_a_hundred_requests_at_once_ten_pass(server: Opened) -> None:
    """Exactly; the others get 429 with everything it takes to come back."""
    secret, _ = await key_with(server, requests_hour=10)
    async with server.client(secret) as client:
        answers = await asyncio.gather(*(client.get("/transcriptions") for _ in range(100)))
    passed = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(passed), len(refused)) == (10, 90)
    assert sorted(int(answer.headers["RateLimit-Remaining"]) for answer in passed) == list(range(10))
    for answer in refused:
        assert answer.json()["code"] == "rate_limit_exceeded"
        assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("10", "0")
        assert 1 <= int(answer.headers["Retry-After"]) == int(answer.headers["RateLimit-Reset"]) <= 3600


async def test_every_answer_to_a_caller_tells_what_is_left(server: Opened) -> None:
    """Errors included; one who was not let in is told nothing."""
    async with server.client() as client:
        answers = [await client.get(path) for path in ("/transcriptions", "/transcriptions/77", "/v1/usage")]
    assert [answer.status_code for answer in answers] == [200, 404, 200]
    for answer in answers:
        assert answer.headers["RateLimit-Limit"] == answer.headers["RateLimit-Remaining"] == str(UNLIMITED)
        assert 1 <= int(answer.headers["RateLimit-Reset"]) <= 60
    async with server.client("nobody") as stranger:
        assert "RateLimit-Limit" not in (await stranger.get("/transcriptions")).headers


async def test_pages_may_read_what_is_left(server: Opened) -> None:
    """The headers are exposed to other origins."""
    origin = "https://app.example.com"
    secret = await server.platform.keys.create("a@example.com", allowed_origins=(origin,))
    async with server.client(secret, Origin=origin) as client:
        exposed = (await client.get("/transcriptions")).headers["Access-Control-Expose-Headers"]
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"} <= set(exposed.split(", "))


async def test_more_jobs_than_allowed_are_refused(server: Opened) -> None:
    """Of eight uploads at once two are queued; nothing is kept of the others."""
    secret, caller = await key_with(server, concurrent_jobs=2)
    async with server.client(secret) as client:
        answers = await asyncio.gather(*(client.post("/submit", content=b"sound") for _ in range(8)))
        usage = (await client.get("/v1/usage")).json()
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 6
    assert all(answer.headers["RateLimit-Limit"] == "2" for answer in answers if answer.status_code == 429)
    assert usage["concurrent_jobs"] == {"limit": 2, "used": 2, "remaining": 0, "reset_at": None}
    kept = [each for each in (server.platform.settings.data_dir / "objects").rglob("*") if each.is_file()]
    assert len([each for each in kept if str(caller.account_id) == each.parent.name]) == 2


async def test_usage_counts_what_was_asked_for(server: Opened) -> None:
    """By key in the windows, by account ever, the asking itself included."""
    first, _ = await key_with(server, requests_day=10)
    second, _ = await key_with(server)
    for secret in (first, second):
        async with server.client(secret) as client:
            await client.get("/transcriptions")
    async with server.client(first) as client:
        usage = (await client.get("/v1/usage")).json()
    assert usage["tier"] == "unlimited"
    assert (usage["requests_day"]["limit"], usage["requests_day"]["used"]) == (10, 2)
    assert usage["requests_day"]["remaining"] == 8
    assert usage["requests_minute"]["remaining"] == UNLIMITED
    assert usage["requests_minute"]["reset_at"].endswith("Z")
    assert usage["total_requests"] == 3
    assert (usage["total_jobs"], usage["total_audio_minutes"]) == (0, 0.0)
    assert usage["account_created_at"].endswith("Z")


async def test_speech_is_in_the_ledger(server: Opened) -> None:
    """With its characters, its seconds and its price, under the key that asked for it."""
    secret, caller = await key_with(server)
    text = "Good morning to all of you."
    async with server.client(secret) as client:
        wish = {"voice": "harry", "input": text, "verify_chunks": False}
        assert (await client.post("/vui/v1/tts", json=wish)).status_code == 200
    spoken = (await server.platform.accounting.of(caller)).spoken
    assert (spoken.times, spoken.characters) == (1, len(text))
    assert spoken.seconds > 1
    assert spoken.cost == pytest.approx(len(text) * 10 / 1e6)


async def test_the_operators_tier_is_told(tmp_path: Path) -> None:
    """And counts for every key without limits of its own."""
    tiers = {"small": {"requests_minute": 2}}
    async with opened(tmp_path, routes_usage.router, tiers=tiers, tier="small") as server, server.client() as client:
        usage = (await client.get("/v1/usage")).json()
        assert (usage["tier"], usage["requests_minute"]["limit"]) == ("small", 2)
        assert [(await client.get("/v1/usage")).status_code for _ in range(2)] == [200, 429]


def test_a_tier_that_is_not_there_is_refused() -> None:
    """At the start, with those there are."""
    with pytest.raises(Exception, match="unlimited, small"):
        read_settings(tiers={"small": {}}, tier="large")


async def test_a_transcription_is_in_the_ledger_even_when_it_is_deleted(tmp_path: Path) -> None:
    """Once, with its seconds and its price by the begun second, under the key that asked for it."""
    async with opened(tmp_path, transcriptions.router, routes_usage.router, job_slots=1) as server:
        secret, caller = await key_with(server)
        async with server.client(secret) as client:
            job = (await client.post("/submit", content=speech_of(1.4))).json()["id"]
            async with asyncio.timeout(120):
                await completed(client, f"/transcriptions/{job}")
            await client.delete(f"/transcriptions/{job}")
            usage = (await client.get("/v1/usage")).json()
        transcribed = (await server.platform.accounting.of(caller)).transcribed
    assert (usage["total_jobs"], usage["audio_minutes_month"]["used"]) == (1, 1)
    assert usage["total_audio_minutes"] == pytest.approx(1.4 / 60, abs=0.001)
    assert transcribed.cost == pytest.approx(2 * 0.20 / 3600)
