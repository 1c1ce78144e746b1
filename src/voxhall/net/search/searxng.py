"""SearXNG, a metasearch server of one's own; its JSON format has to be switched on in its settings."""

from msgspec import Struct

from voxhall.domain.knowledge import Hit, Question
from voxhall.net.search.found import hit
from voxhall.net.search.service import Service

RANGES = ((1, "day"), (31, "month"), (366, "year"))
"""Days, and the time range that covers them; it knows no others."""


class _Result(Struct):
    url: str = ""
    title: str | None = None
    content: str | None = None
    score: float | None = None
    publishedDate: str | None = None  # noqa: N815 - its name


class _Answer(Struct):
    results: list[_Result]


class SearXNG:
    """Asks it; how many results it says it has is known to be wrong, and is not read."""

    def __init__(self, url: str, *, seconds: float) -> None:
        self._service = Service("SearXNG", url, seconds=seconds)
        self.close = self._service.close

    async def search(self, question: Question) -> list[Hit]:
        """Search the web; raises UpstreamFailed, UpstreamLimited, UpstreamTimeout."""
        params = {"q": question.text, "format": "json", "categories": question.topic}
        if question.days is not None:
            params["time_range"] = next((name for days, name in RANGES if question.days <= days), "")
        answer = await self._service.get("search", _Answer, params)
        found = (hit(r.url, r.title or "", r.content or "", r.score or 0.0, r.publishedDate) for r in answer.results)
        return [each for each in found if each][: question.limit]
