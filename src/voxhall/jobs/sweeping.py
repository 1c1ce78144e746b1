"""Looks now and then after what nobody asks for: overdue results, abandoned work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from voxhall.log import logger

log = logger(__name__)

Step = Callable[[], Awaitable[None]]
SWEEP_SECONDS = 60.0
"""How often."""


@asynccontextmanager
async def sweeping(*sweeps: Step) -> AsyncIterator[None]:
    """Look after it while the block runs."""

    async def sweep() -> None:
        while True:
            for each in sweeps:
                try:
                    await each()
                except Exception as error:  # noqa: BLE001 - it is tried again
                    log.warning("sweeping failed", error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        # what it does with the database must end before that is closed
        await asyncio.wait({task})
