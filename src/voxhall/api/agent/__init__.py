"""The agent dialect: sessions with a voice agent, by microphone or recording."""

from voxhall.api.agent import routes
from voxhall.api.dialect import Dialect, Problem

PARTS = (routes,)


def _error(problem: Problem) -> dict[str, object]:
    """Write an error as FastAPI does: a sentence, or a list of wrong fields."""
    return {"detail": list(problem.details) or problem.message}


dialect = Dialect(
    name="agent",
    title="Agent API",
    router=routes.router,
    error=_error,
    paths=("/api/v1",),
)
