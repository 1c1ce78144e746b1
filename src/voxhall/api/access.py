"""Who is calling, and whether they may."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from voxhall.app import Platform
from voxhall.domain.record import Caller, Scope
from voxhall.errors import NotAuthenticated, NotPermitted

ANONYMOUS_HEADER = "X-Anonymous-Token"
ANONYMOUS_COOKIE = "voxhall_anonymous"


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


KEY_PROTOCOL = "openai-insecure-api-key."
"""Before a key among a WebSocket's subprotocols: pages can send no headers with one."""


@dataclass(frozen=True, slots=True)
class Credential:
    """How somebody who opens a WebSocket says who they are."""

    secret: str | None
    """None where no key was sent."""
    subprotocol: str | None
    """What is to be accepted with the socket; browsers insist on one of those that they offered."""


def credential_of(socket: WebSocket) -> Credential:
    """Give the key of a WebSocket's header or subprotocol."""
    offered: list[str] = socket.scope.get("subprotocols", [])
    keys = [each for each in offered if each.startswith(KEY_PROTOCOL)]
    others = [each for each in offered if not each.startswith(KEY_PROTOCOL)]
    sent = bearer(socket) or (keys[0].removeprefix(KEY_PROTOCOL) if keys else None)
    return Credential(sent or None, next(iter([*others, *keys]), None))


async def speaker(socket: WebSocket, secret: str | None) -> Caller:
    """Let in whoever wants to be listened to, over a live socket; publishable keys do.

    Raises NotAuthenticated, NotPermitted, RateLimited.
    """
    platform = platform_of(socket)
    if secret is not None:
        return await permitted(socket, secret, Scope.WRITE, public=True)
    if not platform.settings.auth:
        return await counted(socket, await platform.keys.first_admin())
    raise NotAuthenticated("an API key is required in the Authorization header, or as a subprotocol")


def may(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """Make the dependency that lets only callers with `scope` in."""

    async def authorised(request: Request) -> Caller:
        return await admitted(request, bearer(request), scope)

    return authorised


async def admitted(connection: HTTPConnection, secret: str | None, scope: Scope) -> Caller:
    """Let in whoever has this key, or anybody where none is needed, if they have `scope`.

    Raises NotAuthenticated, NotPermitted, RateLimited.
    """
    platform = platform_of(connection)
    if secret is None and not platform.settings.auth:
        return await counted(connection, await platform.keys.first_admin())
    if secret is None:
        raise NotAuthenticated(
            "an API key is required in the Authorization header; make one with `voxhall keys create`"
        )
    return await permitted(connection, secret, scope)


async def permitted(connection: HTTPConnection, secret: str, scope: Scope, *, public: bool = False) -> Caller:
    """Let in whoever has this key if it has `scope`; publishable keys only to what is `public`.

    That is public voices and live sockets. Raises NotAuthenticated, NotPermitted, RateLimited.
    """
    caller = await counted(connection, await identified(connection, secret))
    if caller.publishable and not public:
        raise NotPermitted("a publishable key may only use public voices and live sockets")
    if scope not in caller.scopes:
        raise NotPermitted(f"this key lacks the scope {scope.value!r}")
    return caller


async def identified(connection: HTTPConnection, secret: str) -> Caller:
    """Find whose key this is, and see that it is used where it may be; raises NotAuthenticated, NotPermitted."""
    caller = await platform_of(connection).keys.authenticate(secret)
    client = connection.client.host if connection.client else ""
    if caller.allowed_ips and not _within(client, caller.allowed_ips):
        raise NotPermitted(f"this key may not be used from the address {client!r}")
    origin = connection.headers.get("origin")
    if origin and caller.allowed_origins and origin not in caller.allowed_origins:
        raise NotPermitted(f"this key may not be used by pages of {origin[:100]!r}")
    return caller


async def counted(connection: HTTPConnection, caller: Caller) -> Caller:
    """Count a caller's request; what is left goes out with the answer. Raises RateLimited."""
    connection.state.allowance = await platform_of(connection).quotas.admit(caller)
    return caller


def _within(client: str, networks: Iterable[str]) -> bool:
    """Tell whether an address is one of these or in one of these networks."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return False
    # an IPv4 address as a listener on IPv6 sees it
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)


async def listener(connection: HTTPConnection, secret: str | None) -> Caller:
    """Let in whoever wants to hear a text spoken: with a key, or without where renders are open.

    Raises NotAuthenticated, NotPermitted, RateLimited.
    """
    platform = platform_of(connection)
    if secret is not None:
        return await permitted(connection, secret, Scope.WRITE, public=True)
    settings = platform.settings
    if not settings.auth:
        return await counted(connection, await platform.keys.first_admin())
    if not settings.loopback and "renders" not in settings.open:
        raise NotAuthenticated(
            "an API key is required in the Authorization header; the operator can open renders by VOXHALL_OPEN=renders"
        )
    return await counted(connection, await platform.keys.guest(admin=settings.loopback))


def may_visit(name: str, scope: Scope) -> Callable[[Request, Response], Awaitable[Caller]]:
    """Make the dependency of a dialect without keys of its own, which is open while only this machine reaches us.

    Where the operator has opened it elsewhere, by `name`, whoever makes something without a key gets an account of
    their own, and a token that leads back to it; whoever only reads without one sees what nobody owns.
    """

    async def visitor(request: Request, response: Response) -> Caller:
        platform, secret = platform_of(request), bearer(request)
        if secret is not None:
            return await permitted(request, secret, scope)
        settings = platform.settings
        if not settings.auth:
            return await counted(request, await platform.keys.first_admin())
        if settings.loopback:
            guest = await platform.keys.guest(admin=True)
            return await counted(request, replace(guest, scopes=frozenset({Scope.READ, Scope.WRITE})))
        if name not in settings.open:
            raise NotAuthenticated(
                f"an API key is required in the Authorization header; the operator can open this by VOXHALL_OPEN={name}"
            )
        token = request.headers.get(ANONYMOUS_HEADER) or request.cookies.get(ANONYMOUS_COOKIE)
        known = await platform.keys.anonymous(token) if token else None
        if known is None and request.method == "POST":
            token = await platform.keys.admit_anonymous()
            known = await platform.keys.anonymous(token)
            response.headers[ANONYMOUS_HEADER] = token
            response.set_cookie(ANONYMOUS_COOKIE, token, httponly=True, samesite="lax")
        return await counted(request, known or await platform.keys.guest(admin=False))

    return visitor


async def may_listen(request: Request) -> Caller:
    """Let in whoever wants to hear a text spoken; a dependency."""
    return await listener(request, bearer(request))
