"""Builds the platform: opens stores, engines and services in order, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from voxhall.accounts.answers import Answers
from voxhall.accounts.keys import Keys
from voxhall.accounts.limits import Quotas
from voxhall.accounts.usage import Accounting
from voxhall.domain.document import INDEX
from voxhall.domain.history import EXPORT
from voxhall.domain.knowledge import Hit, Question, Topic
from voxhall.domain.record import Caller, Scope
from voxhall.domain.work import TRANSCRIBE
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.jobs import webhooks as deliveries
from voxhall.jobs.queue import Queue
from voxhall.jobs.worker import Handler, Limits, Worker
from voxhall.log import logger
from voxhall.net.guard import Guarded, open_guarded
from voxhall.net.pages import Pages
from voxhall.net.recordings import open_recording
from voxhall.services.cast import Cast
from voxhall.services.clones import Clones
from voxhall.services.conversations import Conversations
from voxhall.services.exports import Exports
from voxhall.services.history import History
from voxhall.services.indexing import Indexing
from voxhall.services.knowledge import Knowledge
from voxhall.services.models import Models
from voxhall.services.platform import Health, check_health, usable_engines
from voxhall.services.probe import Probing
from voxhall.services.pronunciations import Pronunciations
from voxhall.services.renders import Renders, Terms
from voxhall.services.tools import Toolbox
from voxhall.services.transcribing import Transcribing
from voxhall.services.transcripts import Tell, Transcripts
from voxhall.services.uploads import Uploads
from voxhall.services.webhooks import Webhooks
from voxhall.settings import Settings, read_settings
from voxhall.stores.database import Database, open_database
from voxhall.stores.objects import Objects, open_objects
from voxhall.stores.seal import open_seal
from voxhall.stores.transcriptions import webhook_url_of
from voxhall.stores.urls import Signer, open_signer

log = logger(__name__)

DOWNLOAD_SECONDS = 3600.0
"""That fetching a recording from elsewhere may take."""
Step = Callable[[], Awaitable[None]]
INDEX_SLOTS = 2
"""Documents or collections read at once in one process."""
SWEEP_SECONDS = 60.0  # between two looks for overdue results and abandoned work


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything opened; handed to whoever serves people."""

    settings: Settings
    objects: Objects
    queue: Queue
    host: Host
    registry: Registry
    keys: Keys
    answers: Answers
    quotas: Quotas
    accounting: Accounting
    models: Models
    transcripts: Transcripts
    uploads: Uploads
    cast: Cast
    clones: Clones
    pronunciations: Pronunciations
    renders: Renders
    conversations: Conversations
    history: History
    exports: Exports
    knowledge: Knowledge
    guarded: Guarded
    probing: Probing
    webhooks: Webhooks
    signer: Signer
    engines: dict[str, list[str]] = field(default_factory=dict)
    """Names of the usable engines by ability."""

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages that can be transcribed here."""
        usable = self.registry.usable("recognize")
        return tuple(sorted({language for engine in usable for language in engine.languages or ()}))

    def loaded(self, ability: str) -> list[str]:
        """Name the engines of an ability that are loaded at this moment."""
        named = {name for process in self.host.status() for name in process.engines}
        return [engine.name for engine in self.registry.of(ability) if f"{ability}/{engine.name}" in named]

    def loaded_languages(self) -> list[str]:
        """Give the languages of the recognisers that are loaded at this moment."""
        loaded = [engine for engine in self.registry.of("recognize") if engine.name in self.loaded("recognize")]
        return sorted({language for engine in loaded for language in engine.languages or ()})

    async def health(self) -> Health:
        """Tell what works."""
        return await check_health(self.objects, self.queue, self.engines)

    async def link(self, key: str, base_url: str, filename: str) -> str:
        """Sign a link to a stored object."""
        return await self.signer.link(base_url, key, seconds=self.settings.link_seconds, filename=filename)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the services stand on."""

    settings: Settings
    database: Database
    objects: Objects
    registry: Registry
    host: Host
    guarded: Guarded
    queue: Queue


@asynccontextmanager
async def open_platform(settings: Settings, tell: Tell) -> AsyncIterator[Platform]:
    """Open everything a server needs; unfinished jobs go on at once. Raises Misconfigured.

    `tell` writes a transcription as receivers of webhooks are to read it.
    """
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(_open_ground(settings))
        database, registry, host, queue = ground.database, ground.registry, ground.host, ground.queue
        keys, quotas, answers = Keys(database), Quotas(database, settings.limits), Answers(database)
        await _admit_first(keys, settings)
        await stack.enter_async_context(quotas.keeping())
        toolbox = Toolbox(registry, host, settings.recognizer, settings.diarizer)
        transcripts = Transcripts(database, ground.objects, queue, toolbox, quotas)
        webhooks = await stack.enter_async_context(_announcing(ground, transcripts.describer(tell)))
        cast, pronunciations = Cast(registry), Pronunciations(database)
        clones = Clones(database, ground.objects, registry, host, cast)
        renders = _renders(ground, cast, clones, pronunciations)
        stack.push_async_callback(renders.close)
        uploads = Uploads(database, ground.objects)
        exports = Exports(database, ground.objects, queue, settings.scratch_dir)
        sweeps = (
            transcripts.sweep,
            uploads.sweep,
            renders.sweep,
            webhooks.sweep,
            answers.sweep,
            exports.sweep,
            keys.refresh_origins,
        )
        await stack.enter_async_context(_working(ground, toolbox, {EXPORT: exports}, sweeps))
        yield Platform(
            settings=settings,
            objects=ground.objects,
            queue=queue,
            host=host,
            registry=registry,
            keys=keys,
            answers=answers,
            quotas=quotas,
            accounting=Accounting(database, quotas, settings.tier),
            models=Models(registry, host, settings.recognizer),
            transcripts=transcripts,
            uploads=uploads,
            cast=cast,
            clones=clones,
            pronunciations=pronunciations,
            renders=renders,
            conversations=Conversations(database),
            history=History(database, ground.objects, transcripts, renders),
            exports=exports,
            knowledge=await stack.enter_async_context(_indexing(ground)),
            guarded=ground.guarded,
            probing=Probing(ground.guarded, settings.net_allow),
            webhooks=webhooks,
            signer=await open_signer(database, ground.objects),
            engines=usable_engines(registry),
        )


@asynccontextmanager
async def _open_ground(settings: Settings) -> AsyncIterator[_Ground]:
    """Open stores, engines and the way out."""
    async with open_database(_database_url(settings)) as database, open_guarded(settings.net_allow) as guarded:
        registry = Registry(settings.models_dir, settings.engine_options)
        with Host(registry, processes=settings.engine_processes, idle_seconds=settings.engine_idle_seconds) as host:
            yield _Ground(settings, database, _objects(settings), registry, host, guarded, Queue(database))


def _renders(ground: _Ground, cast: Cast, clones: Clones, pronunciations: Pronunciations) -> Renders:
    settings = ground.settings
    return Renders(
        database=ground.database,
        objects=ground.objects,
        host=ground.host,
        cast=cast,
        clones=clones,
        pronunciations=pronunciations,
        terms=Terms(settings.max_speech_characters, settings.speech_price, settings.speech_slots),
    )


@asynccontextmanager
async def _working(
    ground: _Ground, toolbox: Toolbox, others: Mapping[str, Handler], sweeps: Sequence[Step]
) -> AsyncIterator[None]:
    """Work on transcriptions and other jobs, and look after what nobody asks for."""
    settings = ground.settings
    transcribing = Transcribing(
        database=ground.database,
        objects=ground.objects,
        toolbox=toolbox,
        fetch=partial(
            open_recording,
            ground.guarded,
            allow=settings.net_allow,
            limit=settings.max_upload_mb * 2**20,
            seconds=DOWNLOAD_SECONDS,
        ),
        scratch=settings.scratch_dir,
        longest=settings.max_audio_hours * 3600,
        price=settings.transcription_price,
    )
    limits = Limits(settings.job_slots, settings.job_slots_per_account, settings.job_lease_seconds)

    async def tidy() -> None:
        await asyncio.to_thread(transcribing.sweep, await ground.queue.active_ids())

    async with Worker(ground.queue, {TRANSCRIBE: transcribing, **others}, limits).working(), _sweeping(*sweeps, tidy):
        yield


@asynccontextmanager
async def _indexing(ground: _Ground) -> AsyncIterator[Knowledge]:
    """Read what is added to the local index, by a worker of its own: a long crawl and transcriptions do not meet."""
    slots = min(ground.settings.job_slots, INDEX_SLOTS)
    limits = Limits(slots, max(1, slots - 1), ground.settings.job_lease_seconds)
    knowledge, indexing = _knowledge(ground)
    async with Worker(ground.queue, {INDEX: indexing}, limits).working():
        yield knowledge


def _knowledge(ground: _Ground) -> tuple[Knowledge, Indexing]:
    knowledge = Knowledge(
        database=ground.database,
        objects=ground.objects,
        queue=ground.queue,
        registry=ground.registry,
        host=ground.host,
        guarded=ground.guarded,
    )
    indexing = Indexing(
        database=ground.database,
        objects=ground.objects,
        registry=ground.registry,
        host=ground.host,
        pages=Pages(ground.guarded),
    )
    return knowledge, indexing


@dataclass(frozen=True, slots=True)
class Library:
    """What is needed to look after the local index."""

    knowledge: Knowledge
    indexing: Indexing
    caller: Caller
    """Acts for the account whose documents they are."""
    base_url: str
    """Where a server of these settings would show documents."""

    async def search(self, question: Question) -> list[Hit]:
        """Find passages, the best first."""
        return await self.knowledge.search(self.caller, question, base_url=self.base_url)


@asynccontextmanager
async def open_library(settings: Settings) -> AsyncIterator[Library]:
    """Open only what is needed to look after the first admin's documents and the shared ones."""
    async with _open_ground(settings) as ground:
        knowledge, indexing = _knowledge(ground)
        guest = await Keys(ground.database).guest(admin=True)
        base_url = str(settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
        yield Library(knowledge, indexing, replace(guest, scopes=frozenset(Scope), guest=False), base_url)


def search_index(text: str, *, limit: int = 10, topic: Topic = "general", days: int | None = None) -> list[Hit]:
    """Find passages of the first admin's documents and the shared ones, the best first, without a server."""

    async def run() -> list[Hit]:
        async with open_library(read_settings()) as library:
            return await library.search(Question(text, limit, topic, days))

    return asyncio.run(run())


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncIterator[tuple[History, Exports, Caller]]:
    """Open only what is needed to look into the first admin's history; the caller acts for that account."""
    async with _open_ground(settings) as ground:
        database, objects, host, cast = ground.database, ground.objects, ground.host, Cast(ground.registry)
        toolbox = Toolbox(ground.registry, host, settings.recognizer, settings.diarizer)
        transcripts = Transcripts(database, objects, ground.queue, toolbox, Quotas(database, settings.limits))
        clones = Clones(database, objects, ground.registry, host, cast)
        history = History(database, objects, transcripts, _renders(ground, cast, clones, Pronunciations(database)))
        guest = await Keys(database).guest(admin=True)
        caller = replace(guest, scopes=frozenset(Scope), guest=False)
        yield history, Exports(database, objects, ground.queue, settings.scratch_dir), caller


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


@asynccontextmanager
async def _announcing(ground: _Ground, describe: deliveries.Describe) -> AsyncIterator[Webhooks]:
    """Tell webhooks what becomes of jobs, by a worker of its own: slow receivers and long jobs do not meet."""
    settings, database, queue, guarded = ground.settings, ground.database, ground.queue, ground.guarded
    seal = await open_seal(database)
    deliveries.Announcer(queue, {TRANSCRIBE}, webhook_url_of)
    delivering = deliveries.Delivering(database, queue, guarded, seal, describe, patience=settings.webhook_patience)
    slots = settings.webhook_slots
    # one account's slow receivers leave room for others
    limits = Limits(slots, max(1, slots // 4), settings.job_lease_seconds)
    async with Worker(queue, {deliveries.KIND: delivering}, limits).working():
        yield Webhooks(database, queue, guarded, seal)


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


@asynccontextmanager
async def _sweeping(*sweeps: Step) -> AsyncIterator[None]:
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
        # what it does with the database must end before that is closed
        await asyncio.wait({task})
