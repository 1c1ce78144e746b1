"""The search providers and rerankers that the operator has configured, each with a breaker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from voxhall.domain.knowledge import Hit
from voxhall.engines.host import Host
from voxhall.engines.protocols import Reranker
from voxhall.engines.registry import Registry
from voxhall.errors import VoxhallError
from voxhall.log import logger
from voxhall.net.breaker import Breaker
from voxhall.net.search.brave import Brave
from voxhall.net.search.cohere import Cohere
from voxhall.net.search.searxng import SearXNG
from voxhall.net.search.tavily import Tavily
from voxhall.pipelines.research import Provider, reordered
from voxhall.services.waiting import work_within
from voxhall.settings import Settings

log = logger(__name__)

CONSIDERED = 50
"""Hits that are judged by a reranker."""


@dataclass(frozen=True, slots=True)
class Web:
    """What searches beside the local index; made by `open_web`."""

    providers: tuple[Provider, ...]
    cohere: Cohere | None
    cohere_breaker: Breaker
    tavily_breaker: Breaker | None
    seconds: float

    @property
    def cohere_ready(self) -> bool:
        """Whether Cohere is configured and answers."""
        return self.cohere is not None and self.cohere_breaker.closed

    @property
    def tavily_ready(self) -> bool:
        """Whether Tavily is configured and answers."""
        return self.tavily_breaker is not None and self.tavily_breaker.closed


@asynccontextmanager
async def open_web(settings: Settings) -> AsyncIterator[Web]:
    """Open a client for each that is configured."""
    seconds = settings.search_seconds
    async with AsyncExitStack() as stack:
        providers: list[Provider] = []

        def add(name: str, client: SearXNG | Tavily | Brave) -> Breaker:
            stack.push_async_callback(client.close)
            providers.append(Provider(client.search, Breaker(name), seconds))
            return providers[-1].breaker

        tavily = None
        if settings.searxng_url:
            add("searxng", SearXNG(str(settings.searxng_url), seconds=seconds))
        if settings.tavily_key:
            tavily = add("tavily", Tavily(str(settings.tavily_url), _secret(settings.tavily_key), seconds=seconds))
        if settings.brave_key:
            add("brave", Brave(str(settings.brave_url), _secret(settings.brave_key), seconds=seconds))
        cohere = None
        if settings.cohere_key:
            key = _secret(settings.cohere_key)
            cohere = Cohere(str(settings.cohere_url), key, settings.cohere_model, seconds=seconds)
            stack.push_async_callback(cohere.close)
        yield Web(tuple(providers), cohere, Breaker("cohere"), tavily, seconds)


class Judging:
    """Judges hits beside their question: by Cohere, or by the operator's own cross-encoder, or not at all."""

    def __init__(self, web: Web, registry: Registry, host: Host) -> None:
        self._web = web
        self._host = host
        self._engine = next(iter(registry.usable("rerank")), None)

    async def judge(self, question: str, hits: Sequence[Hit]) -> tuple[list[Hit], bool]:
        """Give the hits, the best first, and whether anybody judged them; who fails or is late does not."""
        texts = [f"{hit.title}\n{hit.text}" for hit in hits]
        for rerank in (self._by_cohere, self._by_engine):
            try:
                scores = await rerank(question, texts) if texts else None
            except VoxhallError as error:
                log.warning("a reranker is missing", code=error.code)
                continue
            if scores is not None:
                return reordered(hits, scores), True
        return list(hits), False

    async def _by_cohere(self, question: str, texts: list[str]) -> Sequence[float] | None:
        cohere = self._web.cohere
        if cohere is None:
            return None
        return await self._web.cohere_breaker.ask(lambda: cohere.rerank(question, texts), seconds=self._web.seconds)

    async def _by_engine(self, question: str, texts: list[str]) -> Sequence[float] | None:
        engine = self._engine
        if engine is None:
            return None

        def rerank(reranker: Reranker) -> list[float]:
            return [float(score) for score in reranker.rerank(question, tuple(texts))]

        return await work_within(self._web.seconds, self._host, Reranker, engine, rerank)


def _secret(value: SecretStr) -> str:
    return value.get_secret_value()
