"""The Lesan dialect's webhooks: documented fields and statuses, and nothing of the secret."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from hooked import FAIL, Hooked
from voxhall.accounts.keys import Keys
from voxhall.accounts.limits import Quotas
from voxhall.api.dialect import Dialect, application
from voxhall.api.lesan.routes_webhooks import router
from voxhall.domain import record
from voxhall.jobs.webhooks import DELAYS
from voxhall.settings import Settings
from voxhall.stores.database import Database

FIELDS = {
    "id": str,
    "object": str,
    "url": str,
    "events": list,
    "name": str | None,
    "description": str | None,
    "status": str,
    "total_deliveries": int,
    "successful_deliveries": int,
    "failed_deliveries": int,
    "last_delivery_at": str | None,
    "last_failure_reason": str | None,
    "created_at": str,
    "updated_at": str | None,
}


@pytest.fixture
async def client(bench: Hooked, database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the webhooks' part alone, with a key."""
    dialect = Dialect("lesan", "Lesan", router, lambda problem: {"error": {"code": problem.code}})
    app = application(dialect, "1")
    keys = Keys(database)
    quotas = Quotas(database, Settings().limits)
    platform = SimpleNamespace(webhooks=bench.hooks, keys=keys, quotas=quotas, settings=Settings())

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"platform": platform}}, receive, send)

    key = await keys.create("somebody@example.com", name="k", scopes=frozenset(record.Scope))
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx2.ASGITransport(served)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened


async def test_a_webhook_reads_as_documented(bench: Hooked, client: httpx2.AsyncClient) -> None:
    """Every field, from the first answer on, and never the secret."""
    wanted = {"url": bench.url, "secret": "geheim", "name": "n", "description": "d"}
    made = await client.post("/v1/webhooks", json=wanted)
    assert made.status_code == 201
    webhook = made.json()
    assert set(webhook) == set(FIELDS)
    assert all(isinstance(webhook[name], kind) for name, kind in FIELDS.items())
    assert (webhook["object"], webhook["status"], webhook["total_deliveries"]) == ("webhook", "active", 0)
    assert webhook["events"] == ["job.completed", "job.failed"]
    assert webhook["created_at"].endswith("Z")
    assert (await client.get(f"/v1/webhooks/{webhook['id']}")).json() == webhook
    bench.answers[:] = [FAIL]
    await bench.deliver()
    told = await client.get(f"/v1/webhooks/{webhook['id']}")
    assert "geheim" not in told.text
    counts = [told.json()[f"{which}_deliveries"] for which in ("total", "successful", "failed")]
    assert counts == [2, 1, 1]
    assert told.json()["last_failure_reason"] == "the receiver answered 500"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"url": 1}, 422),
        ({"url": "http://example.com/", "events": ["job.sleeping"]}, 422),
        ({"url": "http://example.com/", "events": []}, 422),
        ({"url": "ftp://example.com/"}, 400),
        ({"url": "http://10.0.0.1/"}, 400),
        ({"url": "http://127.0.0.1/", "secret": "whsec_!"}, 400),
    ],
)
async def test_what_cannot_be_registered(client: httpx2.AsyncClient, body: dict[str, object], status: int) -> None:
    """A wrong shape is 422, a wrong value 400."""
    assert (await client.post("/v1/webhooks", json=body)).status_code == status


async def test_lists_come_in_pages(bench: Hooked, client: httpx2.AsyncClient) -> None:
    """By cursor or by offset, the newest first."""
    made = [(await bench.register()).id for _ in range(3)]
    first = (await client.get("/v1/webhooks", params={"limit": 2})).json()
    assert set(first) == {"data", "has_more", "next_cursor", "total"}
    assert ([each["id"] for each in first["data"]], first["has_more"], first["total"]) == (made[:0:-1], True, 3)
    rest = (await client.get("/v1/webhooks", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert ([each["id"] for each in rest["data"]], rest["has_more"], rest["next_cursor"]) == (made[:1], False, None)
    assert (await client.get("/v1/webhooks", params={"offset": 2})).json()["data"] == rest["data"]
    assert (await client.get("/v1/webhooks", params={"status": "failed"})).json()["data"] == []
    for wrong, status in [({"limit": 0}, 422), ({"status": "asleep"}, 422), ({"cursor": "!"}, 400)]:
        assert (await client.get("/v1/webhooks", params=wrong)).status_code == status


async def test_a_null_changes_nothing(bench: Hooked, client: httpx2.AsyncClient) -> None:
    """Clients send whole objects with nulls for what they leave alone."""
    webhook = (await client.post("/v1/webhooks", json={"url": bench.url, "name": "n", "secret": "s"})).json()
    path = f"/v1/webhooks/{webhook['id']}"
    wanted = {"url": None, "events": None, "secret": None, "name": None, "description": "d", "is_active": False}
    changed = (await client.patch(path, json=wanted)).json()
    expected = {**webhook, "description": "d", "status": "paused", "updated_at": changed["updated_at"]}
    assert changed == expected
    assert changed["updated_at"]
    await client.patch(path, json={"is_active": True, "events": ["*"]})
    await bench.deliver()
    assert "x-webhook-signature" in bench.asked[0].headers


async def test_a_deleted_webhook_is_gone(bench: Hooked, client: httpx2.AsyncClient) -> None:
    """For every question about it."""
    path = f"/v1/webhooks/{(await bench.register()).id}"
    assert (await client.delete(path)).status_code == 204
    for method, where in [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/test"),
        ("GET", f"{path}/deliveries"),
        ("POST", f"{path}/deliveries/del_1/replay"),
    ]:
        body = {"json": {}} if method == "PATCH" else {}
        assert (await client.request(method, where, **body)).status_code == 404


async def test_a_trial_answers_with_what_happened(
    bench: Hooked, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields that are not known are left out, for the document has no nulls here."""
    path = f"/v1/webhooks/{(await bench.register()).id}"
    taken = (await client.post(f"{path}/test")).json()
    assert taken == {
        "success": True,
        "status_code": 200,
        "response_body": "thanks",
        "duration_ms": taken["duration_ms"],
    }
    monkeypatch.setattr("voxhall.jobs.posting.SECONDS", 0.0)
    silent = (await client.post(f"{path}/test")).json()
    assert (silent["success"], silent["status_code"]) == (False, 0)
    assert set(silent) == {"success", "status_code", "error", "duration_ms"}


async def test_deliveries_can_be_read_and_replayed(bench: Hooked, client: httpx2.AsyncClient) -> None:
    """Page by page; a replay is accepted, not yet done."""
    path = f"/v1/webhooks/{(await bench.register()).id}/deliveries"
    bench.answers[:] = (len(DELAYS) + 1) * [FAIL]
    failed = await bench.deliver()
    [shown] = (await client.get(path)).json()["data"]
    assert (shown["id"], shown["status"], shown["attempts"]) == (failed.id, "failed", len(DELAYS) + 1)
    assert (shown["response_status"], shown["response_body"]) == (500, "no")
    replayed = await client.post(f"{path}/{failed.id}/replay")
    assert (replayed.status_code, replayed.json()["status"]) == (202, "pending")
    assert (await client.post(f"{path}/{replayed.json()['id']}/replay")).status_code == 409
    await bench.settle()
    page = (await client.get(path, params={"limit": 1})).json()
    assert [each["status"] for each in page["data"]] == ["delivered"]
    rest = (await client.get(path, params={"cursor": page["next_cursor"]})).json()
    assert [each["id"] for each in rest["data"]] == [failed.id]
    assert len((await client.get(path, params={"status": "delivered"})).json()["data"]) == 1
