"""Engines lent to tests: every one of an ability that is usable here, from engine processes; and busy processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

import echo
from voxhall.engines.host import Host
from voxhall.engines.registry import Engine, all_engines

P = TypeVar("P")

ENGINES = (*all_engines(), *echo.ENGINES)


class Lender:
    """Lends the engines of one ability."""

    def __init__(self, host: Host, engine: Engine) -> None:
        self.engine = engine
        self._host = host

    def lend(self, protocol: Callable[..., P]) -> P:
        """Give the engine as its protocol."""
        return self._host.scope().engine(protocol, self.engine)


def every(ability: str) -> pytest.MarkDecorator:
    """Run a test against every engine of an ability."""
    engines = [engine for engine in ENGINES if engine.ability == ability]
    return pytest.mark.parametrize("lender", engines, indirect=True, ids=lambda engine: engine.name)


@asynccontextmanager
async def busy(host: Host) -> AsyncIterator[None]:
    """Keep the one process of a host at work; at the end nobody may be waiting for it any more."""
    process = await asyncio.to_thread(host._borrow, host.scope(), "other work")
    try:
        yield

        def nobody_waits() -> bool:
            with host._changed:
                return host._changed.wait_for(lambda: not host._queue, timeout=30)

        assert await asyncio.to_thread(nobody_waits)
    finally:
        host._give_back(process, fit=True)
