"""The LibreTranslate dialect, under its own name: translation, for the many clients that speak it."""

from fastapi import APIRouter

from voxhall.api.dialect import Dialect, Problem
from voxhall.api.libretranslate import routes

PARTS = (routes,)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message}


dialect = Dialect(
    name="libretranslate",
    title="LibreTranslate API",
    router=router,
    error=_error,
    apart=True,
)
