"""Who is calling, and whether they may."""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection, Request

from voxhall.app import Platform
from voxhall.domain.record import Caller, Scope
from voxhall.errors import NotAuthenticated, NotPermitted


def platform_of(connection: HTTPConnection) -> Platform:
    """Give the platform that the server opened; it travels in the ASGI state."""
    platform: Platform = connection.state.platform
    return platform


def bearer(connection: HTTPConnection) -> str | None:
    """Give the key of the `Authorization` header, as it is or after `Bearer`."""
    header = connection.headers.get("authorization", "").strip()
    scheme, _, rest = header.partition(" ")
    return (rest.strip() if scheme.lower() == "bearer" else header) or None


def may(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """Make the dependency that lets only callers with `scope` in."""

    async def authorised(request: Request) -> Caller:
        caller = await _caller(request)
        if scope not in caller.scopes:
            raise NotPermitted(f"this key lacks the scope {scope.value!r}")
        origin = request.headers.get("origin")
        if origin and caller.allowed_origins and origin not in caller.allowed_origins:
            raise NotPermitted(f"this key may not be used by pages of {origin}")
        return caller

    return authorised


async def _caller(request: Request) -> Caller:
    platform = platform_of(request)
    secret = request.app.state.dialect.credential(request)
    if secret is not None:
        return await platform.keys.authenticate(secret)
    if platform.settings.auth:
        raise NotAuthenticated(
            "an API key is required in the Authorization header; make one with `voxhall keys create`"
        )
    return await platform.keys.first_admin()
