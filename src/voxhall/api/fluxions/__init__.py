"""The Fluxions dialect: transcription jobs, speech, cloned voices, history."""

from fastapi import APIRouter

from voxhall.api.access import bearer
from voxhall.api.dialect import Dialect, Problem
from voxhall.api.fluxions import routes, routes_history, routes_speech, speech_socket

PARTS = (routes, routes_speech, speech_socket, routes_history)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message, "code": problem.code}


dialect = Dialect(name="fluxions", title="Fluxions API", router=router, error=_error, credential=bearer)
