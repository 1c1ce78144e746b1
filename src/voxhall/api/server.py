"""The root application: opens the platform, looks at every request, and hands it to the dialect that owns its path."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from voxhall import __version__
from voxhall.api import fluxions, root
from voxhall.api.dialect import Dialect, application
from voxhall.api.middleware import Cors, Guard, RequestId
from voxhall.app import Platform, open_platform
from voxhall.settings import Settings

DIALECTS: tuple[Dialect, ...] = (fluxions.dialect,)
"""The last owns every path that no other does."""


def create_server(
    settings: Settings, opened: Callable[[Settings], AbstractAsyncContextManager[Platform]] = open_platform
) -> ASGIApp:
    """Build the ASGI application; the platform is opened when the server starts and closed when it ends."""
    allowed = _Origins(settings.cors_origins)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        async with opened(settings) as platform:
            allowed.platform = platform
            yield {"platform": platform}

    dialects = {dialect.name: (dialect, application(dialect, __version__)) for dialect in DIALECTS}
    top = application(root.dialect, __version__)
    top.router.lifespan_context = lifespan
    root.merge_specs(top, [app for _, app in dialects.values()])
    dispatch = Dispatcher(top, dialects)
    return RequestId(Cors(Guard(dispatch, settings=settings, allowed=allowed), allowed=allowed))


class _Origins:
    """The web origins that may call: the operator's, and those of any key (which is then checked with its key)."""

    def __init__(self, configured: Iterable[str]) -> None:
        self._configured = frozenset(configured)
        self.platform: Platform | None = None

    def __call__(self, origin: str) -> bool:
        return origin in self._configured or (self.platform is not None and origin in self.platform.keys.origins)


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
