"""What works here and what does not: for health checks and for `voxhall doctor`."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal, TypeVar

from voxhall import __version__
from voxhall.engines.registry import ABILITIES, OPTIONAL, Registry
from voxhall.jobs.queue import Queue
from voxhall.log import logger
from voxhall.stores.objects import Objects

log = logger(__name__)

Result = TypeVar("Result")

MODEL = "akro-v1"
"""What clients of the transcription API call the model, whatever engines it is made of."""
PATIENCE = 2.0
"""Seconds that a store may take to answer before it counts as not working."""


@dataclass(frozen=True, slots=True)
class Health:
    """What works at this moment."""

    status: Literal["ok", "degraded", "unhealthy"]
    """Degraded: some work cannot be done; unhealthy: none can."""
    database: bool
    storage: bool
    queue_length: int
    """Jobs waiting."""
    engines: dict[str, list[str]]
    """Names of the usable engines by ability, best first."""
    version: str = __version__
    model: str = MODEL


async def check_health(objects: Objects, queue: Queue, engines: dict[str, list[str]]) -> Health:
    """Ask every part; a part that does not answer in time does not work."""
    waiting, storage = await asyncio.gather(_answer(queue.waiting()), _answer(objects.writable()))
    broken = waiting is None or not storage
    lacking = not all(engines.get(ability) for ability in ABILITIES if ability not in OPTIONAL)
    return Health(
        status="unhealthy" if broken else "degraded" if lacking else "ok",
        database=waiting is not None,
        storage=bool(storage),
        queue_length=waiting or 0,
        engines=engines,
    )


async def _answer(question: Awaitable[Result]) -> Result | None:
    try:
        return await asyncio.wait_for(question, PATIENCE)
    except Exception as error:  # noqa: BLE001 - whatever it is, the part does not work
        log.warning("a store does not answer", error=type(error).__name__)
        return None


def usable_engines(registry: Registry) -> dict[str, list[str]]:
    """Name the usable engines by ability, best first."""
    return {ability: [engine.name for engine in registry.usable(ability)] for ability in ABILITIES}
