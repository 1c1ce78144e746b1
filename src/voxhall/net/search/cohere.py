"""Cohere's rerank API, which judges texts beside a question (docs.cohere.com)."""

from collections.abc import Sequence

from msgspec import Struct

from voxhall.errors import UpstreamFailed
from voxhall.net.search.service import Service


class _Result(Struct):
    index: int
    relevance_score: float


class _Answer(Struct):
    results: list[_Result]


class Cohere:
    """Asks it with the operator's key."""

    def __init__(self, url: str, key: str, model: str, *, seconds: float) -> None:
        self._service = Service("Cohere", url, seconds=seconds, headers={"Authorization": f"Bearer {key}"})
        self._model = model
        self.close = self._service.close

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Give how well each text answers, 0 to 1; raises UpstreamFailed, UpstreamLimited, UpstreamTimeout."""
        body = {"model": self._model, "query": query, "documents": list(texts), "top_n": len(texts)}
        answer = await self._service.post("v2/rerank", _Answer, body)
        scores = {each.index: each.relevance_score for each in answer.results}
        if set(scores) != set(range(len(texts))):
            raise UpstreamFailed("Cohere does not judge every text")
        return [scores[index] for index in range(len(texts))]
