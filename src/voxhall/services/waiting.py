"""Engines at work for somebody who waits, and only so long."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from voxhall.engines.host import Host
from voxhall.engines.registry import Engine
from voxhall.errors import EngineFailed

P = TypeVar("P")
Result = TypeVar("Result")


async def work_within(
    seconds: float, host: Host, protocol: Callable[..., P], engine: Engine, work: Callable[[P], Result]
) -> Result:
    """Work with an engine ahead of jobs; `seconds` bound all of it, the wait for a free process included.

    Raises what the work raises, EngineLost, and EngineFailed when it is late.
    """
    scope = host.scope(priority=1)
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(work, scope.engine(protocol, engine, deadline=seconds))
    except TimeoutError:
        raise EngineFailed(f"the engine {engine.name} was not done within {seconds:g} s") from None
    finally:
        # nobody waits in line any more; a piece that runs already ends by itself, and its process stays warm
        scope.retire()
