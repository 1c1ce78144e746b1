"""`POST /v1/media/probe` as its document has it."""

from collections.abc import AsyncIterator
from datetime import datetime
from types import SimpleNamespace

import httpx2
import pytest

from containers import wav
from upstream import LOOPBACK, Upstream, answer, media, serving_upstream, silent_after
from voxhall.api.dialect import Dialect, application
from voxhall.api.lesan import routes_media
from voxhall.domain.media import Media, Probe
from voxhall.domain.record import Caller, Scope
from voxhall.errors import NotAuthenticated
from voxhall.net import fetch
from voxhall.net.guard import open_guarded
from voxhall.services.probe import Probing
from voxhall.settings import Settings

FIELDS = {
    *("object", "url", "source", "extractor", "title", "uploader", "duration_seconds", "thumbnail_url", "upload_date"),
    *("is_live", "language", "file_size_bytes", "content_type", "warnings", "cached", "probed_at", "metadata"),
}
CONTENT = wav(bytes(80_000))


class Keys:
    """Two keys: one that may write, one that may only read."""

    async def authenticate(self, secret: str) -> Caller:
        """Know both."""
        scopes = {"writer": {Scope.READ, Scope.WRITE}, "reader": {Scope.READ}}
        if secret not in scopes:
            raise NotAuthenticated("unknown key")
        return Caller(1, frozenset(scopes[secret]))


class Quotas:
    """Nothing is too much."""

    async def admit(self, caller: Caller) -> None:
        """Count nothing."""


async def nobody(_: str) -> None:
    """Know no URL, as a platform."""


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a small server that has this part only."""
    dialect = Dialect(
        name="lesan",
        title="Lesan",
        router=routes_media.router,
        error=lambda problem: {"error": {"code": problem.code, "message": problem.message, "param": problem.param}},
    )
    app = application(dialect, "0")
    async with open_guarded(LOOPBACK) as guarded:
        probing = Probing(guarded, platforms=nobody)
        platform = SimpleNamespace(keys=Keys(), quotas=Quotas(), settings=Settings(), probing=probing)

        async def served(scope: object, receive: object, send: object) -> None:
            await app({**scope, "state": {"platform": platform}}, receive, send)  # type: ignore[dict-item, arg-type]

        transport = httpx2.ASGITransport(served)  # type: ignore[arg-type]  # an ASGI application
        headers = {"Authorization": "Bearer writer"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://here", headers=headers) as made:
            yield made


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A server with a recording, and with all that can go wrong."""
    refusing = {f"say{status}": answer(status) for status in (401, 403, 404, 429, 500)}
    page = answer(200, b"<html>", "Content-Type: text/html")
    async with serving_upstream(**{"talk.wav": media(CONTENT)}, page=page, slow=silent_after(b""), **refusing) as made:
        yield made


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers have two seconds."""
    monkeypatch.setattr(fetch, "PART_SECONDS", 2.0)


async def ask(client: httpx2.AsyncClient, url: object) -> httpx2.Response:
    """Probe a URL."""
    return await client.post("/v1/media/probe", json={"url": url})


async def test_every_documented_field_is_there(client: httpx2.AsyncClient, upstream: Upstream) -> None:
    """Null where it is unknown."""
    url = upstream.url("/talk.wav")
    found = (await ask(client, url)).json()
    assert set(found) == FIELDS
    datetime.strptime(found.pop("probed_at"), "%Y-%m-%dT%H:%M:%S.%f%z")
    assert found.pop("metadata") == {"filename": "talk.wav"}
    expected = {
        "object": "media_probe",
        "url": url,
        "source": "direct",
        "extractor": "generic",
        "duration_seconds": 2.5,
    }
    expected |= {"file_size_bytes": len(CONTENT), "content_type": "audio/wav", "warnings": [], "is_live": False}
    assert found == dict.fromkeys(FIELDS - {"probed_at", "metadata"}) | expected | {"cached": False}


async def test_a_second_answer_says_that_it_is_one(client: httpx2.AsyncClient, upstream: Upstream) -> None:
    """With the first one's time."""
    first, second = [(await ask(client, upstream.url("/talk.wav"))).json() for _ in range(2)]
    assert second == {**first, "cached": True}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/page", 400, "invalid_request"),
        ("/say401", 403, "media_unavailable"),
        ("/say403", 403, "media_unavailable"),
        ("/say404", 404, "not_found"),
        ("/say429", 429, "upstream_limited"),
        ("/say500", 502, "upstream_failed"),
        ("/slow", 504, "upstream_timeout"),
    ],
)
@pytest.mark.usefixtures("hasty")
async def test_every_documented_refusal_can_be_had(
    client: httpx2.AsyncClient, upstream: Upstream, path: str, status: int, code: str
) -> None:
    """In the dialect's envelope."""
    answered = await ask(client, upstream.url(path))
    assert (answered.status_code, answered.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "invalid_request"),
        ("not a url", "invalid_request"),
        ("ftp://example.com/talk.wav", "invalid_request"),
        ("http://169.254.169.254/latest", "address_refused"),
        ("http://10.0.0.1/talk.wav", "address_refused"),
    ],
)
async def test_urls_that_may_not_be_asked_are_invalid(client: httpx2.AsyncClient, url: str, code: str) -> None:
    """By the field's name."""
    answered = await ask(client, url)
    error = answered.json()["error"]
    assert (answered.status_code, error["code"], error["param"]) == (400, code, "url")


@pytest.mark.parametrize("body", [{}, {"url": None}, {"url": 7}])
async def test_a_body_without_a_url_is_unprocessable(client: httpx2.AsyncClient, body: dict[str, object]) -> None:
    """As is one that has something else there."""
    assert (await client.post("/v1/media/probe", json=body)).status_code == 422


@pytest.mark.parametrize(("key", "status"), [("reader", 403), ("nobody", 401)])
async def test_probing_needs_a_key_that_may_write(client: httpx2.AsyncClient, key: str, status: int) -> None:
    """It sends requests into the world."""
    headers = {"Authorization": key}
    answered = await client.post("/v1/media/probe", json={"url": "http://a.example"}, headers=headers)
    assert answered.status_code == status


def test_what_a_platform_tells_is_written_as_documented() -> None:
    """Under the document's names."""
    media = Media(
        url="https://videos.example/1",
        source="videos",
        extractor="videos:clip",
        title="A talk",
        uploader="somebody",
        duration=20_000.12345,
        thumbnail_url="https://videos.example/1.jpg",
        upload_date="2026-05-31",
        language="am",
        size=1000,
        age_restricted=True,
        location="https://cdn.example/secret",
        headers={"Cookie": "secret"},
        metadata={"view_count": 7},
    )
    written = routes_media.wire.probed(Probe(media, 0.5)).model_dump()
    assert (written["duration_seconds"], written["upload_date"]) == (20_000.123, "2026-05-31")
    assert (written["warnings"], written["metadata"]) == (["very_long", "age_restricted"], {"view_count": 7})
    assert written["probed_at"] == "1970-01-01T00:00:00.500000Z"
    assert "secret" not in str(written)
