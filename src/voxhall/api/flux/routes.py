"""Handlers of the Flux dialect's search, answers and contents: read the wire, ask one service, write the wire."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from voxhall.api.access import may_visit, platform_of
from voxhall.api.dialect import problem_of
from voxhall.api.events import EVENTS, event, event_stream
from voxhall.api.flux import wire
from voxhall.api.links import server_url
from voxhall.domain.knowledge import Answer
from voxhall.domain.record import Caller, Scope
from voxhall.domain.research import Found
from voxhall.errors import VoxhallError
from voxhall.services.research import Asking

router = APIRouter()

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": wire.ErrorResponse} for status in (400, 401, 403, 404, 413, 422, 429, 500, 502, 504)
}

Reader = Annotated[Caller, Depends(may_visit("flux", Scope.READ))]


def asking(request: Request, caller: Caller) -> Asking:
    """Say who asks, and where the addresses of local hits begin: at the root, whatever the dialect's mount."""
    return Asking(caller, server_url(request).geturl())


@router.get("/health")
async def health(request: Request) -> wire.HealthResponse:
    """Tell whether the service works; needs no key."""
    platform = platform_of(request)
    state = await platform.health()
    return wire.HealthResponse(
        status=state.status,
        cohere_ready=platform.research.cohere_ready,
        tavily_ready=platform.research.tavily_ready,
    )


@router.get("/search", responses=ERRORS)
async def search(request: Request, caller: Reader, wanted: Annotated[wire.SearchQuery, Query()]) -> wire.SearchResponse:
    """Search the local index, and the web where the operator has configured providers for it."""
    found = await platform_of(request).research.search(asking(request, caller), wanted.to_question())
    return wire.search(wanted.q, found)


@router.get("/answer", responses={**ERRORS, 200: {"content": {EVENTS: {}}}}, response_model=wire.AnswerResponse)
async def answer(
    request: Request, caller: Reader, wanted: Annotated[wire.AnswerQuery, Query()]
) -> wire.AnswerResponse | Response:
    """Answer a question with citations; as events while it is written for clients that accept `text/event-stream`."""
    research, who = platform_of(request).research, asking(request, caller)
    if EVENTS in request.headers.get("accept", ""):
        parts = research.answer(who, wanted.to_question())
        # what fails before anything was found is an ordinary error
        found = await anext(parts)
        assert isinstance(found, Found)  # noqa: S101 - it comes first
        return event_stream(_events(parts, wire.search(wanted.q, found)))
    return wire.answer(await research.whole(who, wanted.to_question()))


@router.get("/contents", responses=ERRORS)
async def contents(
    request: Request, caller: Reader, wanted: Annotated[wire.ContentsQuery, Query()]
) -> list[wire.ContentResponse]:
    """Fetch pages and give their text; each succeeds or fails alone."""
    del caller
    return [wire.content(each) for each in await platform_of(request).contents.read(wanted.to_list())]


async def _events(parts: AsyncGenerator[str | Found | Answer], found: wire.SearchResponse) -> AsyncGenerator[bytes]:
    """Write an answer in progress: `results`, `delta` for each sentence, at its end `answer`, or `error`."""
    try:
        async with aclosing(parts):
            yield event("results", found)
            async for part in parts:
                if isinstance(part, str):
                    yield event("delta", wire.DeltaEvent(text=part))
                elif isinstance(part, Answer):
                    yield event("answer", wire.answer(part))
    except VoxhallError as error:
        problem = problem_of(error)
        yield event("error", wire.ErrorResponse(error=problem.message, code=problem.code))
