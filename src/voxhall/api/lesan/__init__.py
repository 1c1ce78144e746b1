"""The Lesan dialect: the speech platform v4."""

from http import HTTPStatus

from fastapi import APIRouter

from voxhall.api.dialect import Dialect, Problem
from voxhall.api.lesan import (
    routes,
    routes_guides,
    routes_keys,
    routes_live,
    routes_media,
    routes_service,
    routes_translations,
    routes_uploads,
    routes_usage,
    routes_webhooks,
)

PARTS = (
    routes_service,
    routes,
    routes_live,
    routes_uploads,
    routes_media,
    routes_webhooks,
    routes_keys,
    routes_usage,
    routes_translations,
    routes_guides,
)

router = APIRouter()
for part in PARTS:
    router.include_router(part.router)

TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.NOT_FOUND: "not_found_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}
CODES = {"unauthorized": "invalid_api_key"}
"""Codes that this dialect calls otherwise."""


def _error(problem: Problem) -> dict[str, object]:
    """Write an error as the document has it; a validation error beside it as FastAPI has it."""
    usual = "server_error" if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    error: dict[str, object] = {
        "type": TYPES.get(problem.status, usual),
        "code": CODES.get(problem.code, problem.code),
        "message": problem.message,
    }
    if problem.param is not None:
        error["param"] = problem.param
    if problem.retry_after is not None:
        error["retry_after"] = problem.retry_after
    return {"error": error} | ({"detail": list(problem.details)} if problem.details else {})


dialect = Dialect(
    name="lesan",
    title="Lesan AI Unified API",
    router=router,
    error=_error,
    paths=("/v1", "/transcribe", "/translate", "/guides"),
)
