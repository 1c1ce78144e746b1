"""A dialect is a value: what it is called, what its errors look like, and its routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi_swagger import patch_fastapi
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from voxhall import errors
from voxhall.log import logger

log = logger(__name__)

DOCS_FILES = {
    "swagger_js_url": "/assets/swagger-ui-bundle.js",
    "swagger_css_url": "/assets/swagger-ui.css",
    "swagger_favicon_url": "/assets/favicon.png",
}
"""Served by ourselves: the documentation works without a network."""
SHOWN = 100
"""Characters of a wrong value that an error repeats at most."""
REASON_BYTES = 123
"""Of why a WebSocket is closed."""

STATUS: dict[type[errors.VoxhallError], HTTPStatus] = {
    errors.UnusableClip: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BrokenMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.UnreadableDocument: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.MediaUnavailable: HTTPStatus.FORBIDDEN,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.EngineUnavailable: HTTPStatus.NOT_IMPLEMENTED,
    errors.UpstreamFailed: HTTPStatus.BAD_GATEWAY,
    errors.UpstreamTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    errors.UpstreamLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.MicrophoneUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
"""An error answers with the status of the first of its classes that is named here."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, before a dialect puts it into words of its own."""

    status: HTTPStatus
    code: str
    message: str
    param: str | None = None
    details: tuple[dict[str, object], ...] = ()
    """Of a validation error: `loc`, `msg` and `type` of each wrong field."""
    retry_after: int | None = None
    """Seconds after which it is worth asking again."""


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message, "code": problem.code}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API that existing clients speak."""

    name: str
    """Also the path under which it is mounted whole."""
    title: str
    router: APIRouter
    error: Callable[[Problem], dict[str, object]] = _error
    """The JSON body of an error."""
    paths: tuple[str, ...] = ()
    """First path segments that it owns at the root; the dialect without any owns the rest."""
    apart: bool = False
    """Whether it answers only under its own name."""


def application(dialect: Dialect, version: str) -> FastAPI:
    """Make the dialect's sub-application: its routes, its own docs, every error in its own envelope."""
    app = FastAPI(
        title=dialect.title,
        version=version,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        dependencies=[Depends(_nameable)],
    )
    patch_fastapi(app, redirect_from_root_to_docs=False, **DOCS_FILES)
    app.state.dialect = dialect
    app.include_router(dialect.router)

    def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
        return JSONResponse(dialect.error(problem), problem.status, headers)

    async def explained(_: Request, error: Exception) -> Response:
        assert isinstance(error, errors.VoxhallError)  # noqa: S101 - registered for this class only
        return refusal(dialect, error)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
        return answer(_invalid(error))

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - likewise
        status = HTTPStatus(error.status_code)
        code = status.phrase.lower().replace(" ", "_")
        return answer(Problem(status, code, str(error.detail)), dict(error.headers or {}))

    async def crashed(_: Request, error: Exception) -> Response:
        log.error("request failed", error=type(error).__name__)
        return answer(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "An internal error occurred."))

    app.add_exception_handler(errors.VoxhallError, explained)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, crashed)
    return app


async def _nameable(connection: HTTPConnection) -> None:
    """Find nothing that is called by what no text holds, in any database; a dependency."""
    if "\0" in connection.scope["path"]:
        raise errors.NotFound("there is nothing whose path holds a NUL character")


def refusal(dialect: Dialect, error: errors.VoxhallError) -> Response:
    """Answer with an error of ours in the dialect's envelope."""
    problem = problem_of(error)
    return JSONResponse(dialect.error(problem), problem.status, _headers(error))


def problem_of(error: errors.VoxhallError) -> Problem:
    """Give an error of ours its status."""
    known = (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    status = next(known, HTTPStatus.INTERNAL_SERVER_ERROR)
    retry_after = error.retry_after if isinstance(error, errors.RateLimited) else None
    return Problem(status, error.code, error.message, error.param, retry_after=retry_after)


def shortened(reason: str) -> str:
    """Cut a sentence so that it fits into the frame that closes a WebSocket (RFC 6455, 5.5)."""
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def _headers(error: errors.VoxhallError) -> dict[str, str]:
    """A body that is too large is not read to its end: the connection cannot be used again."""
    if isinstance(error, errors.TooLarge):
        return {"Connection": "close"}
    if isinstance(error, errors.RateLimited):
        seconds = str(error.retry_after)
        return {**rate_limit(error.limit, 0, error.retry_after), "Retry-After": seconds}
    if isinstance(error, errors.NotAuthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def rate_limit(limit: int, remaining: int, seconds: int) -> dict[str, str]:
    """Give the headers that tell how much of a quota is left until it is counted anew."""
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(seconds),
    }


def _invalid(error: RequestValidationError) -> Problem:
    """Tell of the first wrong field, and list them all beside it."""
    field, message = wrong_field(error.errors()[0])
    details = tuple({"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors())
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_value", message, field or None, details=details)


def wrong_field(error: Mapping[str, Any]) -> tuple[str, str]:
    """Name the field of a validation error, and the value given and what would be right; never a whole body."""
    field = ".".join(str(part) for part in error["loc"] if part not in {"query", "path", "body", "header"})
    given = error.get("input")
    if not field:
        return "", error["msg"]
    shown = f", got {given!r}" if isinstance(given, str | int | float | bool) and len(str(given)) <= SHOWN else ""
    return field, f"{field}: {error['msg']}{shown}"
