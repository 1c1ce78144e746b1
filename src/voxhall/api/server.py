"""The root application: looks at every request and hands it to the dialect that owns its path."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from voxhall import __version__
from voxhall.api import agent, flux, fluxions, lesan, libretranslate, root
from voxhall.api.dialect import Dialect, application
from voxhall.api.idempotency import Idempotent
from voxhall.api.middleware import Allowances, Cors, Guard, RequestId
from voxhall.app import Platform

DIALECTS: tuple[Dialect, ...] = (lesan.dialect, libretranslate.dialect, flux.dialect, agent.dialect, fluxions.dialect)
"""The last owns every path that no other does."""


def create_server(platform: Platform) -> ASGIApp:
    """Build the ASGI application around an open platform."""
    settings = platform.settings

    def allowed(origin: str) -> bool:
        """Pages of the operator's origins, and of those of any key (which is then checked with its key)."""
        return origin in settings.cors_origins or origin in platform.keys.origins

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        yield {"platform": platform}

    dialects = {dialect.name: (dialect, application(dialect, __version__)) for dialect in DIALECTS}
    for dialect, app in dialects.values():
        app.add_middleware(Idempotent, dialect=dialect)
    top = application(root.dialect, __version__)
    top.router.lifespan_context = lifespan
    root.merge_specs(top, [(app, f"/{each.name}" if each.apart else "") for each, app in dialects.values()])
    dispatch = Dispatcher(top, dialects)
    guarded = Guard(Allowances(dispatch), settings=settings, allowed=allowed)
    return RequestId(Cors(guarded, allowed=allowed))


class Dispatcher:
    """Hands a request to the application that owns its path; prefixes match whole path segments."""

    def __init__(self, top: FastAPI, dialects: dict[str, tuple[Dialect, FastAPI]]) -> None:
        self._top = top
        self._mounts = {f"/{name}": app for name, (_, app) in dialects.items()}
        self._owners = [(path, app) for dialect, app in dialects.values() for path in dialect.paths]
        self._default = [app for _, app in dialects.values()][-1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request, or the server's lifespan."""
        if scope["type"] == "lifespan":
            await self._top(scope, receive, send)
            return
        app, prefix = self._application(scope["path"])
        if prefix:
            scope = {**scope, "root_path": scope.get("root_path", "") + prefix}
        await app(scope, receive, send)

    def _application(self, path: str) -> tuple[ASGIApp, str]:
        """Give the application, and the prefix under which it is mounted."""
        if path in root.PATHS or _below(path, root.PREFIXES):
            return self._top, ""
        for prefix, app in self._mounts.items():
            if _below(path, (prefix,)):
                return app, prefix
        for owned, app in self._owners:
            if _below(path, (owned,)):
                return app, ""
        return self._default, ""


def _below(path: str, prefixes: Iterable[str]) -> bool:
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)
