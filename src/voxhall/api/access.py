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
    return unprefixed(connection.headers.get("authorization", ""))


def unprefixed(credential: str) -> str | None:
    """Give a key that may come after `Bearer`; None where there is none."""
    scheme, _, rest = credential.strip().partition(" ")
    return (rest.strip() if scheme.lower() == "bearer" else credential.strip()) or None


def may(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """Make the dependency that lets only callers with `scope` in."""

    async def authorised(request: Request) -> Caller:
        secret = _credential(request)
        settings = platform_of(request).settings
        if secret is None and not settings.auth:
            return await platform_of(request).keys.first_admin()
        if secret is None:
            raise NotAuthenticated(
                "an API key is required in the Authorization header; make one with `voxhall keys create`"
            )
        return await permitted(request, secret, scope)

    return authorised


async def permitted(connection: HTTPConnection, secret: str, scope: Scope) -> Caller:
    """Let in whoever has this key if it has `scope`; raises NotAuthenticated, NotPermitted."""
    caller = await platform_of(connection).keys.authenticate(secret)
    if scope not in caller.scopes:
        raise NotPermitted(f"this key lacks the scope {scope.value!r}")
    origin = connection.headers.get("origin")
    if origin and caller.allowed_origins and origin not in caller.allowed_origins:
        raise NotPermitted(f"this key may not be used by pages of {origin}")
    return caller


async def listener(connection: HTTPConnection, secret: str | None) -> Caller:
    """Let in whoever wants to hear a text spoken: with a key, or without where renders are open.

    Raises NotAuthenticated, NotPermitted.
    """
    platform = platform_of(connection)
    if secret is not None:
        return await permitted(connection, secret, Scope.WRITE)
    settings = platform.settings
    if not settings.auth:
        return await platform.keys.first_admin()
    if not settings.loopback and "renders" not in settings.open:
        raise NotAuthenticated(
            "an API key is required in the Authorization header; the operator can open renders by VOXHALL_OPEN=renders"
        )
    return await platform.keys.guest(admin=settings.loopback)


async def may_listen(request: Request) -> Caller:
    """Let in whoever wants to hear a text spoken; a dependency."""
    return await listener(request, _credential(request))


def _credential(request: Request) -> str | None:
    secret: str | None = request.app.state.dialect.credential(request)
    return secret
