"""Keys over HTTP: made, listed, changed, revoked, rotated, counted, and refused where they may not be used."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from platforms import Opened, opened
from voxhall.api.fluxions import routes as transcriptions
from voxhall.api.fluxions import routes_speech as speech
from voxhall.api.lesan import routes_keys, routes_usage

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
KEYS = "/v1/admin/keys"
SPEAK = {"voice": "harry", "input": "Good morning.", "verify_chunks": False}


@pytest.fixture
async def server(tmp_path: Path, database_url: str) -> AsyncIterator[Opened]:
    """A platform with the routes of keys, usage, transcriptions and speech."""
    routers = (routes_keys.router, routes_usage.router, transcriptions.router, speech.router)
    async with opened(tmp_path, *routers, database_url=database_url) as each:
        yield each


async def make(server: Opened, **wanted: object) -> dict[str, str]:
    """Make a key for another account than the operator's."""
    async with server.client() as admin:
        answer = await admin.post(KEYS, json={"email": "a@example.com", **wanted})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def status(server: Opened, key: str, address: str = "127.0.0.1", **headers: str) -> int:
    """Ask for something that needs the scope read."""
    async with server.client(key, address, **headers) as client:
        return (await client.get("/transcriptions")).status_code


async def test_a_key_is_made_and_its_secret_shown_once(server: Opened) -> None:
    """With every field of the document; no cache keeps it."""
    async with server.client() as admin:
        wanted = {"name": "laptop", "description": "mine", "expires_in_days": 30, "rate_limits": {"requests_day": 9}}
        answer = await admin.post(KEYS, json={"email": "a@example.com", "environment": "test", **wanted})
        made = answer.json()
        shown = (await admin.get(f"{KEYS}/{made['id']}")).json()
        listed = (await admin.get(KEYS)).json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert re.fullmatch(r"key_\d+", made["id"])
    assert made["key"].startswith("vh_test_")
    assert (made["key_type"], made["scopes"]) == ("secret", ["read", "write"])
    assert (made["name"], made["environment"], made["rate_limits"]) == ("laptop", "test", {"requests_day": 9})
    assert MOMENT.fullmatch(made["created_at"])
    assert MOMENT.fullmatch(made["expires_at"])
    assert made["warning"]
    assert (shown["email"], shown["status"], shown["description"]) == ("a@example.com", "active", "mine")
    assert shown["display_key"] == f"{shown['prefix']}..."
    assert made["key"].startswith(shown["prefix"])
    assert len(shown["key_fragment"]) == 4
    assert shown["last_used_at"] is None
    assert (listed["total"], listed["keys"][1]) == (2, shown)
    assert made["key"] not in str(listed)
    assert await status(server, made["key"]) == 200


async def test_a_key_without_an_email_is_the_callers_own(server: Opened) -> None:
    """Of the account that asks; nothing needs to be said about it."""
    async with server.client() as admin:
        made = (await admin.post(KEYS, json={})).json()
        shown = (await admin.get(f"{KEYS}/{made['id']}")).json()
    assert (made["name"], made["expires_at"], made["rate_limits"]) == (None, None, {})
    assert shown["email"] == "admin@localhost"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"key_type": "gold"}, 422),
        ({"environment": "moon"}, 422),
        ({"scopes": ["fly"]}, 422),
        ({"scopes": []}, 400),
        ({"expires_in_days": 0}, 422),
        ({"rate_limits": {"requests_year": 1}}, 422),
        ({"rate_limits": {"requests_day": -1}}, 422),
        ({"allowed_ips": ["nowhere"]}, 400),
        ({"allowed_origins": ["app.example.com"]}, 400),
        ({"email": "nobody"}, 422),
        ({"key_type": "publishable", "scopes": ["admin"]}, 400),
    ],
)
async def test_what_cannot_be_is_refused(server: Opened, wanted: dict[str, object], expected: int) -> None:
    """By the name of the field."""
    async with server.client() as admin:
        answer = await admin.post(KEYS, json=wanted)
    assert answer.status_code == expected
    assert next(iter(wanted)) in str(answer.json()) or "scope" in str(answer.json())


async def test_only_admins_administer(server: Opened) -> None:
    """Another key is refused, and none is told of."""
    made = await make(server)
    async with server.client(made["key"]) as client:
        paths = (KEYS, f"{KEYS}/{made['id']}", f"{KEYS}/stats", "/v1/admin/models")
        answers = [await client.get(path) for path in paths]
        answers += [await client.post(path, json={}) for path in (KEYS, f"{KEYS}/key_1/revoke", f"{KEYS}/key_1/rotate")]
        answers.append(await client.patch(f"{KEYS}/key_1", json={}))
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("key_id", ["key_77", "77", "key_", "key_1x", "other_1", "key_" + "9" * 40])
async def test_what_is_no_key_is_not_found(server: Opened, key_id: str) -> None:
    """Whatever is asked of it."""
    async with server.client() as admin:
        path = f"{KEYS}/{key_id}"
        answers = [await admin.get(path), await admin.patch(path, json={"name": "x"})]
        answers += [await admin.post(f"{path}/{what}") for what in ("revoke", "rotate")]
    assert {answer.status_code for answer in answers} == {404}


async def test_a_change_counts_at_once(server: Opened) -> None:
    """What is null or absent stays; an empty list takes a restriction away."""
    made = await make(server, name="one", allowed_ips=["192.0.2.0/24"])
    assert await status(server, made["key"]) == 403
    async with server.client() as admin:
        path = f"{KEYS}/{made['id']}"
        changed = (await admin.patch(path, json={"allowed_ips": [], "name": None})).json()
        assert (changed["name"], changed["allowed_ips"]) == ("one", [])
        assert await status(server, made["key"]) == 200
        await admin.patch(path, json={"scopes": ["write"]})
    assert await status(server, made["key"]) == 403


async def test_a_revoked_key_is_refused(server: Opened) -> None:
    """From then on; it cannot be changed or rotated."""
    made = await make(server)
    async with server.client() as admin:
        path = f"{KEYS}/{made['id']}"
        answer = (await admin.post(f"{path}/revoke", json={"reason": "lost"})).json()
        assert (answer["key_id"], answer["status"]) == (made["id"], "revoked")
        assert MOMENT.fullmatch(answer["revoked_at"])
        assert (await admin.post(f"{path}/revoke")).json() == answer
        assert (await admin.patch(path, json={"name": "x"})).status_code == 409
        assert (await admin.post(f"{path}/rotate")).status_code == 409
    assert await status(server, made["key"]) == 401


async def test_no_request_fails_while_a_key_is_rotated(server: Opened) -> None:
    """With requests all the time and a grace, both keys work; without grace the old one ends at once."""
    made = await make(server)
    stop = asyncio.Event()

    async def ask() -> set[int]:
        seen = set()
        while not stop.is_set():
            seen.add(await status(server, made["key"]))
        return seen

    asking = [asyncio.create_task(ask()) for _ in range(4)]
    async with server.client() as admin:
        answer = (await admin.post(f"{KEYS}/{made['id']}/rotate", json={"grace_minutes": 5})).json()
        new = answer["new_key"]
        assert (answer["retired_key_id"], answer["retired_status"]) == (made["id"], "active")
        assert MOMENT.fullmatch(answer["retired_expires_at"])
        assert [await status(server, key) for key in (new["key"], made["key"])] == [200, 200]
        stop.set()
        assert await asyncio.gather(*asking) == [{200}] * 4
        answer = (await admin.post(f"{KEYS}/{new['id']}/rotate")).json()
        assert (answer["retired_status"], answer["retired_expires_at"]) == ("revoked", None)
    assert await status(server, new["key"]) == 401
    assert await status(server, answer["new_key"]["key"]) == 200


async def test_keys_are_counted(server: Opened) -> None:
    """The path is not an id."""
    await make(server, key_type="publishable", environment="dev")
    async with server.client() as admin:
        counts = (await admin.get(f"{KEYS}/stats")).json()
    assert counts == {
        "total_keys": 2,
        "active_keys": 2,
        "revoked_keys": 0,
        "expired_keys": 0,
        "keys_by_type": {"admin": 1, "publishable": 1},
        "keys_by_environment": {"live": 1, "dev": 1},
    }


@pytest.mark.parametrize(
    ("allowed", "address", "expected"),
    [
        (["192.0.2.7"], "192.0.2.7", 200),
        (["192.0.2.7"], "192.0.2.8", 403),
        (["10.0.0.0/8", "192.0.2.7"], "10.20.30.40", 200),
        (["10.0.0.0/8"], "::ffff:10.20.30.40", 200),
        (["2001:db8::/32"], "2001:db8::1", 200),
        (["2001:db8::/32"], "10.20.30.40", 403),
        (["192.0.2.7"], "testclient", 403),
    ],
)
async def test_a_key_works_from_its_own_addresses_only(
    server: Opened, allowed: list[str], address: str, expected: int
) -> None:
    """Networks included, in either version."""
    made = await make(server, allowed_ips=allowed)
    assert await status(server, made["key"], address) == expected


async def test_a_key_works_in_pages_of_its_own_origins_only(server: Opened) -> None:
    """Other programs send no origin."""
    first, second = "https://a.example.com", "https://b.example.com"
    one, two = [await make(server, allowed_origins=[origin]) for origin in (first, second)]
    assert await status(server, one["key"], Origin=first) == 200
    assert await status(server, one["key"], Origin=second) == 403
    assert await status(server, two["key"], Origin=second) == 200
    assert await status(server, two["key"], Origin="https://c.example.com") == 403
    assert await status(server, one["key"]) == 200


async def test_a_publishable_key_may_only_speak_with_public_voices(server: Opened) -> None:
    """Reading, writing and cloned voices are refused, whatever its scopes."""
    made = await make(server, key_type="publishable", scopes=["read", "write"])
    assert made["key"].startswith("vh_pk_live_")
    async with server.client(made["key"]) as client:
        assert (await client.post("/vui/v1/tts", json=SPEAK)).status_code == 200
        refused = [
            await client.get("/transcriptions"),
            await client.get("/v1/usage"),
            await client.post("/submit", content=b"RIFF"),
            await client.post("/vui/v1/tts", json={**SPEAK, "voice": "u-1-abc"}),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "forbidden")] * 4


async def test_models_are_loaded_and_ended(server: Opened) -> None:
    """By language; what knows the language ends for all of its languages."""
    async with server.client() as admin:
        before = (await admin.get("/v1/admin/models")).json()
        loaded = (await admin.post("/v1/admin/models/en/load")).json()
        between = (await admin.get("/v1/admin/models")).json()
        ended = (await admin.post("/v1/admin/models/en/unload")).json()
        unknown = await admin.post("/v1/admin/models/xx/load")
    assert (before["loaded"], before["device"]) == ([], "cpu")
    assert "en" in before["available"]
    assert "en" in loaded["loaded_models"]
    assert between["loaded"] == loaded["loaded_models"]
    assert between["cache_info"]["resident_bytes"] > 0
    assert ended["loaded_models"] == []
    assert (unknown.status_code, unknown.json()["code"]) == (501, "engine_not_installed")
