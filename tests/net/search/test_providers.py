"""Each search provider is asked in its own words, and what it finds becomes hits."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from searching import BRAVE, BRAVE_NEWS, SEARXNG, TAVILY, judging, killed, query_of, silent, told
from upstream import Asked, Behaviour, Upstream, answer, endless, redirect, serving_upstream
from voxhall.domain.knowledge import Hit, Question
from voxhall.errors import UpstreamFailed, UpstreamLimited, UpstreamTimeout
from voxhall.net.search.brave import Brave
from voxhall.net.search.cohere import Cohere
from voxhall.net.search.searxng import SearXNG
from voxhall.net.search.tavily import Tavily

MAY = datetime(2023, 5, 17, 8, tzinfo=UTC).timestamp()
ASKED = Question("who built the lighthouse of Kelby", limit=5)
RECENT = Question("lighthouse", topic="news", days=7)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """All providers on one port."""
    async with serving_upstream(search=told(SEARXNG)) as running:
        running.behave |= {
            "/tavily/search": told(TAVILY),
            "/brave/web/search": told(BRAVE),
            "/brave/news/search": told(BRAVE_NEWS),
            "/v2/rerank": judging(lambda text: 0.9 if "museum" in text else 0.1),
        }
        yield running


async def searched(client: SearXNG | Tavily | Brave, question: Question) -> list[Hit]:
    """Ask once."""
    try:
        return await client.search(question)
    finally:
        await client.close()


async def test_searxng(upstream: Upstream) -> None:
    """Asked for JSON; what is no page that people can open is left out."""
    hits = await searched(SearXNG(upstream.url("/"), seconds=5), ASKED)
    assert query_of(upstream.asked[0]) == {"q": ASKED.text, "format": "json", "categories": "general"}
    assert [(hit.title, hit.published, hit.score) for hit in hits] == [
        ("Kelby lighthouse", MAY, 3.0),
        ("Other", None, 0.5),
    ]
    assert hits[0].url == "https://example.com/kelby?utm_source=x"


@pytest.mark.parametrize(("days", "name"), [(1, "day"), (7, "month"), (300, "year"), (1000, None), (10**400, None)])
async def test_searxng_knows_some_ranges_of_time(days: int, name: str | None, upstream: Upstream) -> None:
    """The shortest that covers the days is asked for."""
    await searched(SearXNG(upstream.url("/"), seconds=5), Question("x", days=days, topic="news"))
    asked = query_of(upstream.asked[0])
    assert (asked.get("time_range"), asked["categories"]) == (name, "news")


async def test_tavily(upstream: Upstream) -> None:
    """Asked by JSON with the key; dates are those of mail."""
    hits = await searched(Tavily(upstream.url("/tavily"), "tvly-1", seconds=5), RECENT)
    [asked] = upstream.asked
    body = json.loads(asked.body)
    assert asked.headers["authorization"] == "Bearer tvly-1"
    assert (body["query"], body["topic"], body["max_results"]) == ("lighthouse", "news", 10)
    assert time.time() - datetime.fromisoformat(body["start_date"]).replace(tzinfo=UTC).timestamp() < 8 * 86400
    assert [(hit.title, hit.score, hit.published) for hit in hits] == [("Kelby", 0.93, MAY), ("Museum", 0.5, None)]


async def test_brave(upstream: Upstream) -> None:
    """Asked with the key in its own header; its marks are taken out of the text, and long questions cut."""
    brave = Brave(upstream.url("/brave"), "brv-1", seconds=5)
    [hit] = await searched(brave, Question("word " * 90, limit=20))
    [asked] = upstream.asked
    assert asked.headers["x-subscription-token"] == "brv-1"
    assert len(query_of(asked)["q"].split()) == 50
    assert (hit.title, hit.published) == ("The Kelby light", MAY)
    assert hit.text == "The Kelby tower & house are a museum since 1974."


def days_of(asked: Asked) -> int:
    """Give how many days a request to Brave looks back."""
    first, _, last = query_of(asked)["freshness"].partition("to")
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).days


async def test_brave_has_news_of_its_own(upstream: Upstream) -> None:
    """With the days as a range of dates."""
    assert len(await searched(Brave(upstream.url("/brave"), "k", seconds=5), RECENT)) == 1
    assert upstream.asked[0].target.startswith("/brave/news/search")
    assert days_of(upstream.asked[0]) == 7


async def test_so_many_days_that_no_date_is_that_old_are_a_century(upstream: Upstream) -> None:
    """Which is as good as all of the web."""
    ever = replace(RECENT, days=10**400)
    await searched(Brave(upstream.url("/brave"), "k", seconds=5), ever)
    await searched(Tavily(upstream.url("/tavily"), "k", seconds=5), ever)
    assert days_of(upstream.asked[0]) == 36_500
    assert query_of(upstream.asked[0])["freshness"].startswith(json.loads(upstream.asked[1].body)["start_date"])


async def test_one_page_has_one_id_whoever_finds_it(upstream: Upstream) -> None:
    """Tracking, `www.` and a last slash make no other page of it."""
    found = [
        (await searched(SearXNG(upstream.url("/"), seconds=5), ASKED))[0],
        (await searched(Tavily(upstream.url("/tavily"), "k", seconds=5), ASKED))[0],
        (await searched(Brave(upstream.url("/brave"), "k", seconds=5), ASKED))[0],
    ]
    assert len({hit.id for hit in found}) == 1


async def test_cohere_judges_every_text(upstream: Upstream) -> None:
    """The scores come in the order of the texts."""
    cohere = Cohere(upstream.url("/"), "co-1", "rerank-v3.5", seconds=5)
    assert await cohere.rerank("what is it", ["a lamp", "a museum"]) == [0.1, 0.9]
    await cohere.close()
    body = json.loads(upstream.asked[0].body)
    assert upstream.asked[0].headers["authorization"] == "Bearer co-1"
    assert (body["model"], body["query"], body["top_n"]) == ("rerank-v3.5", "what is it", 2)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(500), UpstreamFailed),
        (answer(401), UpstreamFailed),
        (answer(429), UpstreamLimited),
        (redirect("http://169.254.169.254/"), UpstreamFailed),
        (answer(200, b"<html>JSON is off</html>"), UpstreamFailed),
        (told({"results": "none"}), UpstreamFailed),
        (told([]), UpstreamFailed),
        (answer(200, b'{"results": [{"url": "\xff"}]}'), UpstreamFailed),
        (answer(200, b'{"more": ' + b"[" * 100_000), UpstreamFailed),
        (endless, UpstreamFailed),
        (killed, UpstreamFailed),
        (silent, UpstreamTimeout),
    ],
    ids=["500", "401", "429", "redirect", "html", "shape", "list", "latin-1", "nested", "endless", "killed", "silent"],
)
async def test_a_provider_that_misbehaves_is_an_error_of_ours(behaviour: Behaviour, error: type[Exception]) -> None:
    """Whatever it does; a redirect is not followed."""
    async with serving_upstream(search=behaviour) as upstream:
        with pytest.raises(error):
            await searched(SearXNG(upstream.url("/"), seconds=0.5), ASKED)
        assert len(upstream.asked) == 1


async def test_a_reranker_that_leaves_texts_out_has_failed() -> None:
    """An order of some texts is none of all."""
    async with serving_upstream() as upstream:
        upstream.behave["/v2/rerank"] = told({"results": [{"index": 0, "relevance_score": 0.5}]})
        cohere = Cohere(upstream.url("/"), "k", "m", seconds=5)
        with pytest.raises(UpstreamFailed, match="every"):
            await cohere.rerank("q", ["a", "b"])
        await cohere.close()
