"""What works here and what does not: for health checks and for `voxhall doctor`."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from voxhall import __version__
from voxhall.engines.registry import ABILITIES, Registry
from voxhall.errors import VoxhallError
from voxhall.jobs.queue import Queue
from voxhall.log import logger
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects

log = logger(__name__)

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
