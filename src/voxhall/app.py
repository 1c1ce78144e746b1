"""Builds the platform: opens stores, engines and services in order, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from voxhall.accounts.answers import Answers
from voxhall.accounts.keys import Keys
from voxhall.accounts.limits import Quotas
from voxhall.accounts.usage import Accounting
from voxhall.domain.record import Caller, Scope
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.jobs.queue import Queue
from voxhall.jobs.worker import Limits, Worker
from voxhall.log import logger
from voxhall.services.cast import Cast
from voxhall.services.clones import Clones
from voxhall.services.models import Models
from voxhall.services.platform import Health, check_health, usable_engines
from voxhall.services.pronunciations import Pronunciations
from voxhall.services.renders import Renders, Terms
from voxhall.services.tools import Toolbox
from voxhall.services.transcribing import Transcribing
from voxhall.services.transcripts import KIND, Transcripts
from voxhall.settings import Settings
from voxhall.stores.database import open_database
from voxhall.stores.objects import Objects, open_objects
from voxhall.stores.urls import Signer, open_signer

log = logger(__name__)

SWEEP_SECONDS = 60.0
"""How often overdue results and abandoned work are looked for."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything opened; handed to whoever serves people."""

    settings: Settings
    objects: Objects
    queue: Queue
    host: Host
    keys: Keys
    answers: Answers
    quotas: Quotas
    accounting: Accounting
    models: Models
    transcripts: Transcripts
    cast: Cast
    clones: Clones
    pronunciations: Pronunciations
    renders: Renders
    signer: Signer
    engines: dict[str, list[str]] = field(default_factory=dict)
    """Names of the usable engines by ability."""

    async def health(self) -> Health:
        """Tell what works."""
        return await check_health(self.objects, self.queue, self.engines)

    async def link(self, key: str, base_url: str, filename: str) -> str:
        """Sign a link to a stored object."""
        return await self.signer.link(base_url, key, seconds=self.settings.link_seconds, filename=filename)


@asynccontextmanager
async def open_platform(settings: Settings) -> AsyncIterator[Platform]:
    """Open everything a server needs; unfinished jobs go on at once. Raises Misconfigured."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(_database_url(settings)))
        objects = _objects(settings)
        registry = Registry(settings.models_dir, settings.engine_options)
        host = stack.enter_context(
            Host(registry, processes=settings.engine_processes, idle_seconds=settings.engine_idle_seconds)
        )
        toolbox = Toolbox(registry, host, settings.recognizer, settings.diarizer)
        queue, keys, quotas = Queue(database), Keys(database), Quotas(database, settings.limits)
        answers = Answers(database)
        await _admit_first(keys, settings)
        await stack.enter_async_context(quotas.keeping())
        transcripts = Transcripts(database, objects, queue, toolbox, quotas)
        cast, pronunciations = Cast(registry), Pronunciations(database)
        clones = Clones(database, objects, registry, host, cast)
        renders = Renders(
            database=database,
            objects=objects,
            host=host,
            cast=cast,
            clones=clones,
            pronunciations=pronunciations,
            terms=Terms(settings.max_speech_characters, settings.speech_price, settings.speech_slots),
        )
        stack.push_async_callback(renders.close)
        transcribing = Transcribing(
            database,
            objects,
            toolbox,
            settings.scratch_dir,
            longest=settings.max_audio_hours * 3600,
            price=settings.transcription_price,
        )
        await stack.enter_async_context(_worker(queue, transcribing, settings).working())
        tidy = partial(_tidy, transcribing, queue)
        await stack.enter_async_context(
            _sweeping(transcripts.sweep, renders.sweep, keys.refresh_origins, answers.sweep, tidy)
        )
        yield Platform(
            settings=settings,
            objects=objects,
            queue=queue,
            host=host,
            keys=keys,
            answers=answers,
            quotas=quotas,
            accounting=Accounting(database, quotas, settings.tier),
            models=Models(registry, host, settings.recognizer),
            transcripts=transcripts,
            cast=cast,
            clones=clones,
            pronunciations=pronunciations,
            renders=renders,
            signer=await open_signer(database, objects),
            engines=usable_engines(registry),
        )


@asynccontextmanager
async def open_keys(settings: Settings) -> AsyncIterator[Keys]:
    """Open only what is needed to look after keys."""
    async with open_database(_database_url(settings)) as database:
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
    async with open_database(_database_url(settings)) as database:
        registry = Registry(settings.models_dir, settings.engine_options)
        with Host(registry, processes=settings.engine_processes) as host:
            cast, keys = Cast(registry), Keys(database)
            clones = Clones(database, _objects(settings), registry, host, cast)
            yield Studio(cast, clones, replace(await keys.guest(admin=True), scopes=frozenset(Scope), guest=False))


def _objects(settings: Settings) -> Objects:
    return open_objects(settings.objects_url or (settings.data_dir.absolute() / "objects").as_uri())


def _database_url(settings: Settings) -> str:
    return settings.database_url or f"sqlite+aiosqlite:///{settings.data_dir.absolute() / 'voxhall.db'}"


async def _admit_first(keys: Keys, settings: Settings) -> None:
    """Make the first admin key on an empty database and say it, once."""
    given = settings.admin_key.get_secret_value() if settings.admin_key else None
    made = await keys.ensure_admin(given)
    await keys.refresh_origins()
    if made:
        print(f"Your admin key, shown only this once: {made}", flush=True)  # noqa: T201 - never into a log
        print("More keys: voxhall keys create --account EMAIL", flush=True)  # noqa: T201 - likewise


def _worker(queue: Queue, transcribing: Transcribing, settings: Settings) -> Worker:
    limits = Limits(settings.job_slots, settings.job_slots_per_account, settings.job_lease_seconds)
    return Worker(queue, {KIND: transcribing}, limits)


async def _tidy(transcribing: Transcribing, queue: Queue) -> None:
    """Remove what jobs left behind that have ended."""
    await asyncio.to_thread(transcribing.sweep, await queue.active_ids())


@asynccontextmanager
async def _sweeping(*sweeps: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Look after what nobody asks for, now and then."""

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
