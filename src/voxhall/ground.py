"""What the services of a platform stand on, and those of them that are also needed without a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.jobs.queue import Queue
from voxhall.net.chat import Chat
from voxhall.net.guard import Guarded, open_guarded
from voxhall.net.pages import Pages
from voxhall.services.cast import Cast
from voxhall.services.clones import Clones
from voxhall.services.indexing import Indexing
from voxhall.services.knowledge import Knowledge
from voxhall.services.pronunciations import Pronunciations
from voxhall.services.providers import Judging, open_web
from voxhall.services.renders import Renders, Terms
from voxhall.services.research import Research
from voxhall.services.tools import registry_of
from voxhall.services.writing import Writing, extractor
from voxhall.settings import Settings, read_settings
from voxhall.stores.database import Database, open_database
from voxhall.stores.objects import Objects, open_objects

Opened = TypeVar("Opened")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the services stand on."""

    settings: Settings
    database: Database
    objects: Objects
    registry: Registry
    host: Host
    guarded: Guarded
    pages: Pages
    """One for all, so that no host is asked twice at once."""
    queue: Queue


@asynccontextmanager
async def open_ground(settings: Settings) -> AsyncIterator[Ground]:
    """Open stores, engines and the way out; raises Misconfigured."""
    registry = registry_of(settings)
    async with open_database(database_url(settings)) as database, open_guarded(settings.net_allow) as guarded:
        with Host(registry, processes=settings.engine_processes, idle_seconds=settings.engine_idle_seconds) as host:
            objects, pages = objects_of(settings), Pages(guarded)
            yield Ground(settings, database, objects, registry, host, guarded, pages, Queue(database))


def within(
    opening: Callable[[Settings], AbstractAsyncContextManager[Opened]], work: Callable[[Opened], Awaitable[Result]]
) -> Result:
    """Open something of the settings, and do something with it, where there is no event loop; raises Misconfigured."""

    async def run() -> Result:
        async with opening(read_settings()) as opened:
            return await work(opened)

    return asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Voices:
    """What speaks."""

    cast: Cast
    clones: Clones
    pronunciations: Pronunciations
    renders: Renders


def voices_of(ground: Ground) -> Voices:
    """Give what speaks; its `renders` are to be closed by whoever begins some."""
    settings, database, cast = ground.settings, ground.database, Cast(ground.registry)
    clones = Clones(database, ground.objects, ground.registry, ground.host, cast)
    pronunciations = Pronunciations(database)
    renders = Renders(
        database=database,
        objects=ground.objects,
        host=ground.host,
        cast=cast,
        clones=clones,
        pronunciations=pronunciations,
        terms=Terms(settings.max_speech_characters, settings.speech_price, settings.speech_slots),
    )
    return Voices(cast, clones, pronunciations, renders)


def index_of(ground: Ground) -> tuple[Knowledge, Indexing]:
    """Give the local index, and what reads documents into it."""
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
        pages=ground.pages,
    )
    return knowledge, indexing


@asynccontextmanager
async def researching(ground: Ground, knowledge: Knowledge) -> AsyncIterator[Research]:
    """Open what searches beside the local index, and what writes answers."""
    settings, registry, host = ground.settings, ground.registry, ground.host
    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    chat = Chat(str(settings.llm_url), settings.llm_model, key) if settings.llm_url else None
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(open_web(settings))
        if chat:
            stack.push_async_callback(chat.close)
        writing = Writing(extractor(registry, host), chat)
        yield Research(ground.database, knowledge, web, Judging(web, registry, host), writing)


def objects_of(settings: Settings) -> Objects:
    """Open what keeps recordings and results."""
    return open_objects(settings.objects_url or (settings.data_dir.absolute() / "objects").as_uri())


def database_url(settings: Settings) -> str:
    """Give the address of the database."""
    return settings.database_url or f"sqlite+aiosqlite:///{settings.data_dir.absolute() / 'voxhall.db'}"
