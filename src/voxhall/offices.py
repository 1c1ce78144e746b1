"""Parts of a platform opened alone, for whoever works beside the server: keys, voices, history."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from voxhall.accounts.keys import Keys
from voxhall.accounts.limits import Quotas
from voxhall.domain.record import Caller
from voxhall.ground import database_url, open_ground, voices_of
from voxhall.services.cast import Cast
from voxhall.services.clones import Clones
from voxhall.services.exports import Exports
from voxhall.services.history import History
from voxhall.services.tools import Toolbox
from voxhall.services.transcripts import Transcripts
from voxhall.settings import Settings
from voxhall.stores.database import open_database


@dataclass(frozen=True, slots=True)
class Archive:
    """What is needed to look into history."""

    history: History
    exports: Exports
    caller: Caller
    """Acts for the account whose history it is."""


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncIterator[Archive]:
    """Open only what is needed to look into the first admin's history."""
    async with open_ground(settings) as ground:
        database, objects = ground.database, ground.objects
        toolbox = Toolbox(ground.registry, ground.host, settings.recognizer, settings.diarizer)
        transcripts = Transcripts(database, objects, ground.queue, toolbox, Quotas(database, settings.limits))
        history = History(database, objects, transcripts, voices_of(ground).renders)
        exports = Exports(database, objects, ground.queue, settings.scratch_dir)
        yield Archive(history, exports, await Keys(database).first_admin())


@asynccontextmanager
async def open_keys(settings: Settings) -> AsyncIterator[Keys]:
    """Open only what is needed to look after keys."""
    async with open_database(database_url(settings)) as database:
        yield Keys(database)


@dataclass(frozen=True, slots=True)
class Studio:
    """What is needed to look after voices."""

    cast: Cast
    clones: Clones
    caller: Caller
    """Acts for the account whose voices they are."""


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncIterator[Studio]:
    """Open only what is needed to look after the first admin's voices."""
    async with open_ground(settings) as ground:
        voices = voices_of(ground)
        yield Studio(voices.cast, voices.clones, await Keys(ground.database).first_admin())
