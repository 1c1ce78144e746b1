"""Brave Search, an index of the web of its own (api-dashboard.search.brave.com)."""

import time

from msgspec import Struct, field

from voxhall.domain.knowledge import Hit, Question
from voxhall.net.search.found import hit, since
from voxhall.net.search.service import Service

LONGEST = 400
"""Characters of a query that it takes."""
WORDS = 50
"""Words of a query that it takes."""


class _Result(Struct):
    url: str
    title: str = ""
    description: str = ""
    page_age: str | None = None


class _Web(Struct):
    results: list[_Result] = field(default_factory=list)


class _Answer(Struct):
    web: _Web | None = None


class Brave:
    """Asks it with the operator's key."""

    def __init__(self, url: str, key: str, *, seconds: float) -> None:
        self._service = Service("Brave", url, seconds=seconds, headers={"X-Subscription-Token": key})
        self.close = self._service.close

    async def search(self, question: Question) -> list[Hit]:
        """Search the web or its news; raises UpstreamFailed, UpstreamLimited, UpstreamTimeout."""
        text = " ".join(question.text.split()[:WORDS])[:LONGEST]
        params: dict[str, str | int] = {"q": text, "count": min(question.limit, 20)}
        if first := since(question):
            params["freshness"] = f"{first}to{time.strftime('%Y-%m-%d', time.gmtime())}"
        if question.topic == "news":
            results = (await self._service.get("news/search", _Web, params)).results
        else:
            web = (await self._service.get("web/search", _Answer, params)).web
            results = web.results if web else []
        found = (
            hit(r.url, r.title, r.description, 1.0 / place, r.page_age) for place, r in enumerate(results, start=1)
        )
        return [each for each in found if each]
