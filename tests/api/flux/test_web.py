"""The whole application beside providers, a language model and callers of elsewhere."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from platforms import Opened, opened
from searching import SEARXNG, TAVILY, Model, judging, killed, saying, serving_model, told
from upstream import Upstream, serving_upstream
from voxhall.api.flux import router

BUILT = "Ada Thorne built the lighthouse of Kelby in 1851 [1]."
QUESTION = {"q": "Who built the lighthouse of Kelby?"}


@asynccontextmanager
async def researching(folder: Path, model: Model) -> AsyncIterator[tuple[Opened, Upstream]]:
    """Open a platform with SearXNG, Tavily, Cohere and a language model, all on this machine."""
    async with serving_upstream(search=told(SEARXNG)) as web, serving_model(model) as chat:
        web.behave |= {"/tavily/search": told(TAVILY), "/v2/rerank": judging(lambda text: float("Thorne" in text))}
        settings = {
            "searxng_url": web.url("/"),
            "tavily_key": "t",
            "tavily_url": web.url("/tavily"),
            "cohere_key": "c",
            "cohere_url": web.url("/"),
            "llm_url": chat.url("/v1"),
            "llm_model": "tiny",
        }
        async with opened(folder, router, **settings) as platform:
            yield platform, web


async def test_everything_together(tmp_path: Path) -> None:
    """Found on the web, reranked, written by the model, cited by rank; health says what is ready."""
    async with researching(tmp_path, saying(BUILT)) as (platform, _), platform.client() as client:
        health = (await client.get("/health")).json()
        assert (health["cohere_ready"], health["tavily_ready"]) == (True, True)
        found = (await client.get("/search", params=QUESTION)).json()
        assert found["reranked"]
        assert re.match(r"https://(www\.)?example.com/kelby", found["results"][0]["url"])
        whole = (await client.get("/answer", params=QUESTION)).json()
    assert (whole["answer"], whole["model"]) == ("Ada Thorne built the lighthouse of Kelby in 1851. [1]", "tiny")
    assert [(each["rank"], each["url"]) for each in whole["citations"]] == [(1, found["results"][0]["url"])]


async def test_sentences_are_streamed(tmp_path: Path) -> None:
    """One event each, and what no source bears out in none."""
    model = saying(f"{BUILT} It sank in 1999 [1]. Its lamp could be seen from twenty miles away [1].")
    async with researching(tmp_path, model) as (platform, _), platform.client(Accept="text/event-stream") as client:
        text = (await client.get("/answer", params=QUESTION)).text
    events = [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)]
    assert [name for name, _ in events] == ["results", "delta", "delta", "answer"]
    assert "1999" not in text.partition("event: delta")[2]


async def test_a_provider_killed_mid_query_is_no_error(tmp_path: Path) -> None:
    """Search and answers go on with the others; health tells once it is left alone."""
    async with researching(tmp_path, saying(BUILT)) as (platform, web), platform.client() as client:
        web.behave["/tavily/search"] = killed
        for _ in range(3):
            answer = await client.get("/search", params=QUESTION)
            assert answer.status_code == 200
            assert [each["title"] for each in answer.json()["results"]] == ["Kelby lighthouse", "Other"]
        assert (await client.get("/answer", params=QUESTION)).json()["citations"]
        assert not (await client.get("/health")).json()["tavily_ready"]


@pytest.fixture
async def abroad(tmp_path: Path) -> AsyncIterator[Opened]:
    """A server that others can reach, opened to them by name."""
    async with opened(tmp_path, router, host="0.0.0.0", open="flux") as platform:  # noqa: S104
        yield platform


def stranger(platform: Opened, **headers: str) -> httpx2.AsyncClient:
    """Give a client without a key, from elsewhere."""
    client = platform.client(address="198.51.100.7", **headers)
    del client.headers["Authorization"]
    return client


async def test_elsewhere_a_key_is_needed(tmp_path: Path) -> None:
    """Unless the operator opens the dialect by name; the answer says how."""
    async with opened(tmp_path, router, host="0.0.0.0") as platform, stranger(platform) as client:  # noqa: S104
        answer = await client.get("/search", params=QUESTION)
        assert answer.status_code == 401
        assert "VOXHALL_OPEN=flux" in answer.json()["error"]


async def test_strangers_do_not_see_each_others_conversations(abroad: Opened) -> None:
    """Whoever begins one gets a token that leads back to it, as a header and as a cookie."""
    async with stranger(abroad) as one, stranger(abroad) as two:
        begun = await one.post("/conversations")
        token = begun.headers["x-anonymous-token"]
        assert "httponly" in begun.headers["set-cookie"].lower()
        path = f"/conversations/{begun.json()['id']}"
        assert (await one.get(path)).status_code == 200, "by its cookie"
        assert (await two.get(path)).status_code == 404
        assert (await two.get("/conversations")).json()["total"] == 0
        assert (await two.post("/conversations")).headers["x-anonymous-token"] != token
        assert (await two.get(path)).status_code == 404
    async with stranger(abroad, **{"X-Anonymous-Token": token}) as again:
        assert (await again.get("/conversations")).json()["total"] == 1
        assert "x-anonymous-token" not in (await again.post("/conversations")).headers


async def test_reading_makes_no_account(abroad: Opened) -> None:
    """Neither does a token that we did not give lead anywhere."""
    async with stranger(abroad, **{"X-Anonymous-Token": "guessed"}) as client:
        answer = await client.get("/search", params=QUESTION)
        assert answer.status_code == 200
        assert "x-anonymous-token" not in answer.headers
        assert (await client.post("/conversations")).headers["x-anonymous-token"] != "guessed"
