"""A platform in this process, asked without a socket, so that callers may come from any address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from voxhall.api import server
from voxhall.api.dialect import Dialect, Problem
from voxhall.api.lesan.wire import told
from voxhall.app import Platform, open_platform
from voxhall.settings import read_settings

ADMIN_KEY = "the-operators-own-admin-key"


def _error(problem: Problem) -> dict[str, object]:
    return {"error": problem.message, "code": problem.code, "param": problem.param}


class Opened:
    """An open platform behind the routes of a test's own dialect."""

    def __init__(self, platform: Platform, app: ASGIApp) -> None:
        self.platform = platform
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the platform down as a server's lifespan does."""
        await self._app({**scope, "state": {"platform": self.platform}}, receive, send)

    def client(self, key: str = ADMIN_KEY, address: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
        """Give a client with a key, who asks from an address."""
        transport = httpx2.ASGITransport(app=self, client=(address, 1234))
        return httpx2.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8012", headers={"Authorization": key, **headers}
        )


@asynccontextmanager
async def opened(
    folder: Path, *routers: APIRouter, database_url: str | None = None, **settings: object
) -> AsyncIterator[Opened]:
    """Open a platform in a folder, with these routes."""
    router = APIRouter()
    for each in routers:
        router.include_router(each)
    dialect = Dialect(name="test", title="Test", router=router, error=_error)
    chosen = read_settings(
        data_dir=folder,
        database_url=database_url,
        admin_key=ADMIN_KEY,
        **{"job_slots": 0, "engine_processes": 1, **settings},
    )
    known, server.DIALECTS = server.DIALECTS, (dialect,)
    try:
        async with open_platform(chosen, lambda record, result: told(record, result, "")) as platform:
            yield Opened(platform, server.create_server(platform))
    finally:
        server.DIALECTS = known
