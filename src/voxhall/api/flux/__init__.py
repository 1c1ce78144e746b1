"""The Flux dialect: search, cited answers, page contents, research conversations; and the local index."""

from fastapi import APIRouter

from voxhall.api.access import bearer
from voxhall.api.dialect import Dialect, Problem
from voxhall.api.flux import routes, routes_conversations, routes_knowledge

PARTS = (routes, routes_conversations, routes_knowledge)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message, "code": problem.code}


dialect = Dialect(
    name="flux",
    title="Flux API",
    router=router,
    error=_error,
    credential=bearer,
    paths=("/search", "/answer", "/contents", "/conversations", "/knowledge"),
)
