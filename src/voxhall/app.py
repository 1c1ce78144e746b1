"""Builds the platform: opens stores, engines and services in order, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from voxhall.accounts.keys import Keys
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.jobs.queue import Queue
from voxhall.jobs.worker import Worker
from voxhall.log import logger
from voxhall.services.platform import Health, check_health
from voxhall.services.transcribing import Transcribing
from voxhall.services.transcripts import KIND, Transcripts
from voxhall.settings import Settings
from voxhall.stores.database import Database, open_database
from voxhall.stores.objects import Objects, open_objects
from voxhall.stores.urls import Signer

log = logger(__name__)

SWEEP_SECONDS = 60.0
"""How often overdue results are looked for."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything opened; handed to whoever serves people."""

    settings: Settings
    database: Database
    objects: Objects
    registry: Registry
    host: Host
    keys: Keys
    transcripts: Transcripts
    signer: Signer

    async def health(self) -> Health:
        """Tell what works."""
        return await check_health(self.database, self.objects, self.registry, self.host)
