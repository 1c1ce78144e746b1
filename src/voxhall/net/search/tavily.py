"""Tavily, a search API for language models (docs.tavily.com)."""

from msgspec import Struct

from voxhall.domain.knowledge import Hit, Question
from voxhall.net.search.found import hit, since
from voxhall.net.search.service import Service


class _Result(Struct):
    url: str
    title: str | None = None
    content: str | None = None
    score: float = 0.0
    published_date: str | None = None


class _Answer(Struct):
    results: list[_Result]


class Tavily:
    """Asks it with the operator's key."""

    def __init__(self, url: str, key: str, *, seconds: float) -> None:
        self._service = Service("Tavily", url, seconds=seconds, headers={"Authorization": f"Bearer {key}"})
        self.close = self._service.close

    async def search(self, question: Question) -> list[Hit]:
        """Search the web; raises UpstreamFailed, UpstreamLimited, UpstreamTimeout."""
        body: dict[str, object] = {
            "query": question.text,
            "topic": question.topic,
            "max_results": min(question.limit, 20),
        }
        if first := since(question):
            body["start_date"] = first
        answer = await self._service.post("search", _Answer, body)
        found = (hit(r.url, r.title or "", r.content or "", r.score, r.published_date) for r in answer.results)
        return [each for each in found if each]
