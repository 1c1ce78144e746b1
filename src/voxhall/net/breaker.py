"""A circuit breaker: whoever failed again and again is left alone for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from voxhall.errors import UpstreamFailed, UpstreamTimeout, VoxhallError

Result = TypeVar("Result")

PATIENCE = 3
"""Failures in a row after which nothing is asked."""
REST = 30.0
"""Seconds that nothing is asked; then one caller tries, and the others wait for what comes of it."""


class Breaker:
    """Watches over one server."""

    def __init__(self, name: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    @property
    def closed(self) -> bool:
        """Whether the server is asked at this moment."""
        return self._failures < PATIENCE or self._clock() >= self._until

    async def ask(self, question: Callable[[], Awaitable[Result]], *, seconds: float | None = None) -> Result:
        """Ask, and wait at most so long: a server that says nothing fails, too.

        Raises what the question raises, UpstreamTimeout, and UpstreamFailed at once while the server is left alone.
        """
        if not self.closed:
            raise UpstreamFailed(f"{self.name} failed {self._failures} times in a row and is left alone for a while")
        if self._failures >= PATIENCE:
            self._until = self._clock() + REST
        try:
            result = await self._bounded(question, seconds)
        except VoxhallError:
            self._failures += 1
            self._until = self._clock() + REST
            raise
        self._failures = 0
        return result

    async def _bounded(self, question: Callable[[], Awaitable[Result]], seconds: float | None) -> Result:
        try:
            async with asyncio.timeout(seconds):
                return await question()
        except TimeoutError:
            raise UpstreamTimeout(f"{self.name} takes too long to answer") from None
