"""The Fluxions dialect: transcription jobs."""

from voxhall.api.access import bearer
from voxhall.api.dialect import Dialect, Problem
from voxhall.api.fluxions.routes import router


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message, "code": problem.code}


dialect = Dialect(name="fluxions", title="Fluxions API", router=router, error=_error, credential=bearer)
