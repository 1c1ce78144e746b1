"""A POST that is sent again under its key does nothing twice, whatever the dialect."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from httpx2 import AsyncClient
from sqlalchemy import select, update
from starlette.responses import Response

from platforms import Opened, opened
from voxhall.accounts import answers as waiting
from voxhall.api.fluxions import routes as transcriptions
from voxhall.api.fluxions import routes_speech as speech
from voxhall.api.lesan import routes_keys
from voxhall.domain.record import Quota
from voxhall.errors import InvalidInput
from voxhall.stores.tables import answers

router = APIRouter()
made: list[bytes] = []


@router.post("/make")
async def make(request: Request, length: int = 1) -> Response:
    """Make something of a body, unless it says `bad`."""
    size, last = 0, b""
    async for chunk in request.stream():
        size, last = size + len(chunk), chunk or last
    if last == b"bad":
        raise InvalidInput("bad")
    made.append(last)
    return Response(b"%d" % size * length, 201, {"Location": f"/made/{len(made)}"})


@router.post("/start")
async def start() -> dict[str, int]:
    """Make something without looking at the body."""
    made.append(b"")
    return {"made": len(made)}


@pytest.fixture
async def server(tmp_path: Path, database_url: str) -> AsyncIterator[Opened]:
    """A platform with routes that make something."""
    made.clear()
    routers = (router, transcriptions.router, speech.router, routes_keys.router)
    async with opened(tmp_path, *routers, database_url=database_url) as each:
        yield each


@pytest.fixture
async def client(server: Opened) -> AsyncIterator[AsyncClient]:
    """Somebody who sends everything under one key."""
    async with server.client(**{"Idempotency-Key": "one"}) as each:
        yield each


async def test_of_fifty_identical_uploads_at_once_one_becomes_a_job(client: AsyncClient) -> None:
    """All are told of that one."""
    told = await asyncio.gather(*(client.post("/submit", content=b"sound") for _ in range(50)))
    assert {(answer.status_code, answer.text) for answer in told} == {(200, told[0].text)}
    assert sum("Idempotent-Replayed" in answer.headers for answer in told) == 49
    assert (await client.get("/transcriptions")).json()["total"] == 1


async def test_the_first_answer_is_given_again(client: AsyncClient) -> None:
    """With its status and the headers that matter, even where the body is not looked at."""
    first, second = [await client.post("/make?length=3", content=b"body") for _ in range(2)]
    assert (first.status_code, first.text, first.headers["Location"]) == (201, "444", "/made/1")
    assert (second.status_code, second.text, second.headers["Location"]) == (201, "444", "/made/1")
    assert int(second.headers["RateLimit-Limit"])
    client.headers["Idempotency-Key"] = "two"
    assert [(await client.post("/start", content=b"body")).json() for _ in range(2)] == [{"made": 2}] * 2


@pytest.mark.parametrize(("path", "body"), [("/make", b"another"), ("/make?length=2", b"body"), ("/start", b"body")])
async def test_another_request_under_the_same_key_is_refused(client: AsyncClient, path: str, body: bytes) -> None:
    """Another body, query or path."""
    await client.post("/make", content=b"body")
    answer = await client.post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(made) == 1


async def test_a_form_may_mark_its_parts_otherwise(client: AsyncClient) -> None:
    """As every client does that sends it again; its contents count."""
    sound = bytes(range(256)) * 2000
    told = [await client.post("/submit", files={"file": ("a.wav", sound)}) for _ in range(2)]
    assert told[0].request.headers["Content-Type"] != told[1].request.headers["Content-Type"]
    assert told[0].json() == told[1].json()
    other = await client.post("/submit", files={"file": ("a.wav", sound[:-1] + b"x")})
    assert other.status_code == 409


async def test_keys_belong_to_accounts(server: Opened, client: AsyncClient) -> None:
    """Another account's request is another request; another key of the account that may do less is refused."""
    await client.post("/make", content=b"body")
    keys = server.platform.keys
    other = await keys.create("other@example.com")
    lesser = await keys.create("admin@localhost")
    for key, status in ((other, 201), (lesser, 409)):
        async with server.client(key, **{"Idempotency-Key": "one"}) as each:
            assert (await each.post("/make", content=b"body")).status_code == status
    assert len(made) == 2


async def test_what_failed_may_be_sent_again(client: AsyncClient) -> None:
    """Otherwise, too: only what succeeded is kept."""
    assert (await client.post("/make", content=b"bad")).status_code == 400
    assert (await client.post("/make", content=b"good")).status_code == 201


async def test_whoever_waits_for_one_that_fails_goes_on(client: AsyncClient) -> None:
    """As if it had been the first."""
    answers = await asyncio.gather(*(client.post("/make", content=body) for body in (b"bad", b"bad", b"good")))
    assert sorted(answer.status_code for answer in answers) in ([201, 400, 400], [201, 400, 409], [201, 409, 409])
    assert made == [b"good"]


async def test_one_at_work_is_waited_for_and_a_lost_one_is_not(
    server: Opened, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has said nothing for a while is gone."""
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    caller = await server.platform.keys.first_admin()
    kept = server.platform.answers
    async with kept.turn(caller.account_id, "one"):
        answer = await client.post("/make", content=b"body")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert "still at work" in answer.json()["error"]
        async with kept._database.write() as connection:
            await connection.execute(update(answers).values(lease_until=kept._database.now() - 1))
        assert (await client.post("/make", content=b"body")).status_code == 201
    assert (await client.post("/make", content=b"body")).status_code == 201
    assert len(made) == 1


async def test_answers_are_kept_for_a_day(server: Opened, client: AsyncClient) -> None:
    """Then the same request is a new one."""
    kept = server.platform.answers
    await client.post("/make", content=b"body")
    await kept.sweep()
    await client.post("/make", content=b"body")
    assert len(made) == 1
    async with kept._database.write() as connection:
        await connection.execute(update(answers).values(created_at=kept._database.now() - 86401))
    await client.post("/make", content=b"other")
    assert len(made) == 2
    async with kept._database.write() as connection:
        await connection.execute(update(answers).values(created_at=kept._database.now() - 86401))
    await kept.sweep()
    async with kept._database.read() as connection:
        assert (await connection.execute(select(answers))).all() == []


async def test_secrets_and_long_answers_are_not_kept(server: Opened, client: AsyncClient) -> None:
    """Nothing is made twice all the same."""
    key = (await client.post("/v1/admin/keys", json={})).json()["key"]
    assert (await client.post("/v1/admin/keys", json={})).status_code == 409
    client.headers["Idempotency-Key"] = "long"
    assert [(await client.post("/make?length=5000000", content=b"x")).status_code for _ in range(2)] == [201, 409]
    kept = server.platform.answers
    async with kept._database.read() as connection:
        rows = (await connection.execute(select(answers))).all()
    assert [row.body for row in rows] == [None, None]
    assert key not in str(rows)


async def test_a_render_is_spoken_once(client: AsyncClient) -> None:
    """And heard again, with its id."""
    wish = {"voice": "harry", "input": "Good morning.", "verify_chunks": False}
    first, second = [await client.post("/vui/v1/tts", json=wish) for _ in range(2)]
    assert first.content == second.content
    assert first.headers["X-Render-Id"] == second.headers["X-Render-Id"]


async def test_memory_stays_flat(client: AsyncClient) -> None:
    """Whatever is sent."""

    async def large() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield bytes(65536)

    await client.post("/make", content=b"")
    client.headers["Idempotency-Key"] = "large"
    tracemalloc.start()
    told = [(await client.post("/make", content=large())).text for _ in range(2)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told == [str(64 * 2**20)] * 2
    assert peak < 8 * 2**20


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_is_none_is_refused(client: AsyncClient, key: str) -> None:
    """Or one that is too long."""
    answer = await client.post("/make", headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["param"]) == (400, "Idempotency-Key")


async def test_who_is_not_let_in_is_told_so(server: Opened, client: AsyncClient) -> None:
    """The routes say it; an answer that is given again counts as a request."""
    async with server.client("nobody", **{"Idempotency-Key": "one"}) as stranger:
        assert (await stranger.post("/submit", content=b"sound")).status_code == 401
    secret = await server.platform.keys.create("a@example.com", rate_limits={Quota.REQUESTS_DAY: 2})
    async with server.client(secret, **{"Idempotency-Key": "one"}) as each:
        told = [(await each.post("/submit", content=b"sound")).status_code for _ in range(3)]
    assert told == [200, 200, 429]
