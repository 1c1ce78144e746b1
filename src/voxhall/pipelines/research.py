"""A question goes to several providers at once; what they find becomes one list."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from voxhall.domain.knowledge import Hit, Question
from voxhall.errors import UpstreamFailed, VoxhallError
from voxhall.log import logger
from voxhall.net.breaker import Breaker

log = logger(__name__)

K = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

Search = Callable[[Question], Awaitable[Sequence[Hit]]]
"""Gives hits, the best first; raises VoxhallError."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody who searches."""

    search: Search
    breaker: Breaker
    seconds: float
    """That it may take."""


async def ask_all(providers: Sequence[Provider], question: Question, *, now: float) -> list[Hit]:
    """Ask all providers at once, and fuse what they find.

    One that fails, is late or is left alone is missing from the result; when all are, raises UpstreamFailed.
    `now` in Unix seconds decides what is too old for the question.
    """
    answers = await asyncio.gather(*(_ask(provider, question) for provider in providers))
    given = [answer for answer in answers if answer is not None]
    if not given:
        names = ", ".join(provider.breaker.name for provider in providers)
        raise UpstreamFailed(f"no search provider answers: {names}")
    return fuse([_recent(answer, question.since(now)) for answer in given], question.limit)


async def _ask(provider: Provider, question: Question) -> Sequence[Hit] | None:
    try:
        return await provider.breaker.ask(lambda: provider.search(question), seconds=provider.seconds)
    except VoxhallError as error:
        log.warning("a search provider is missing", provider=provider.breaker.name, code=error.code)
        return None


def fuse(lists: Sequence[Sequence[Hit]], limit: int) -> list[Hit]:
    """Make one list of several by reciprocal rank; its scores are 1 for what is first everywhere, else less."""
    scores: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for each in lists:
        for rank, hit in enumerate(_distinct(each), start=1):
            known = hits.get(hit.id, hit)
            hits[hit.id] = replace(
                known, text=_joined(known.text, hit.text), published=known.published or hit.published
            )
            scores[hit.id] = scores.get(hit.id, 0.0) + 1 / (K + rank)
    best = (K + 1) / len(lists)
    ranked = sorted(hits.values(), key=lambda hit: -scores[hit.id])
    return [replace(hit, score=scores[hit.id] * best) for hit in ranked[:limit]]


def reordered(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    """Order hits by what a reranker says of them."""
    judged = [replace(hit, score=float(score)) for hit, score in zip(hits, scores, strict=True)]
    return sorted(judged, key=lambda hit: -hit.score)


def _joined(one: str, other: str) -> str:
    """Give both passages of a page, once where one holds the other."""
    if one in other:
        return other
    return one if other in one else f"{one}\n{other}"


def _distinct(hits: Iterable[Hit]) -> list[Hit]:
    return list({hit.id: hit for hit in reversed(list(hits))}.values())[::-1]


def _recent(hits: Sequence[Hit], oldest: float | None) -> list[Hit]:
    """Leave out what is known to be too old."""
    return [hit for hit in hits if oldest is None or hit.published is None or hit.published >= oldest]
