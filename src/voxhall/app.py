"""Builds the platform: opens stores, engines and services in order, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial

from voxhall.accounts.answers import Answers
from voxhall.accounts.keys import Keys
from voxhall.accounts.limits import Quotas
from voxhall.accounts.usage import Accounting
from voxhall.domain.document import CRAWL, INDEX
from voxhall.domain.history import EXPORT
from voxhall.domain.record import UNLIMITED
from voxhall.domain.work import LISTEN, TRANSCRIBE
from voxhall.ground import Ground, Voices, index_of, open_ground, researching, voices_of
from voxhall.jobs import webhooks as deliveries
from voxhall.jobs.queue import Queue
from voxhall.jobs.sweeping import Step, sweeping
from voxhall.jobs.worker import Handler, Limits, Worker
from voxhall.log import logger
from voxhall.net.guard import Guarded, open_guarded
from voxhall.net.recordings import open_recording
from voxhall.pipelines.listen import Desk
from voxhall.services.agent import Agent
from voxhall.services.cast import Cast
from voxhall.services.clones import Clones
from voxhall.services.contents import Contents
from voxhall.services.conversations import Conversations
from voxhall.services.exports import Exports
from voxhall.services.history import History
from voxhall.services.indexing import Indexing
from voxhall.services.keeping import Keeping
from voxhall.services.knowledge import Knowledge
from voxhall.services.live import Live, Recovering, open_live
from voxhall.services.models import Models
from voxhall.services.phrasebook import Phrasebook
from voxhall.services.platform import Health, check_health, usable_engines
from voxhall.services.probe import Probing
from voxhall.services.pronunciations import Pronunciations
from voxhall.services.renders import Renders
from voxhall.services.research import Research
from voxhall.services.session_files import Files
from voxhall.services.sessions import Sessions
from voxhall.services.tongues import Tongues
from voxhall.services.tools import Toolbox
from voxhall.services.transcribing import Transcribing
from voxhall.services.transcripts import Tell, Transcripts
from voxhall.services.translations import Terms as TranslationTerms
from voxhall.services.translations import Translations
from voxhall.services.uploads import Uploads
from voxhall.services.webhooks import Webhooks
from voxhall.settings import Settings
from voxhall.stores.objects import Objects
from voxhall.stores.seal import open_seal
from voxhall.stores.transcriptions import webhook_url_of
from voxhall.stores.urls import Signer, open_signer

log = logger(__name__)

DOWNLOAD_SECONDS = 3600.0
"""That fetching a recording from elsewhere may take."""
EVERYWHERE = ("0.0.0.0/0", "::/0")
"""Where addresses may lead to that the operator has set."""
INDEX_SLOTS = 2
"""Documents read at once in one process."""
CRAWL_SLOTS = 8
"""Sites read at once in one process, for hours; that costs little, for mostly their next page is waited for."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything opened; handed to whoever serves people."""

    settings: Settings
    objects: Objects
    queue: Queue
    keys: Keys
    answers: Answers
    quotas: Quotas
    accounting: Accounting
    models: Models
    transcripts: Transcripts
    live: Live
    uploads: Uploads
    cast: Cast
    clones: Clones
    pronunciations: Pronunciations
    renders: Renders
    phrasebook: Phrasebook
    translations: Translations
    sessions: Sessions
    history: History
    exports: Exports
    knowledge: Knowledge
    research: Research
    contents: Contents
    guarded: Guarded
    probing: Probing
    webhooks: Webhooks
    signer: Signer
    engines: dict[str, list[str]]
    """Names of the usable engines by ability."""

    async def health(self) -> Health:
        """Tell what works."""
        return await check_health(self.objects, self.queue, self.engines)

    async def link(self, key: str, base_url: str, filename: str) -> str:
        """Sign a link to a stored object."""
        return await self.signer.link(base_url, key, seconds=self.settings.link_seconds, filename=filename)


@asynccontextmanager
async def open_platform(settings: Settings, tell: Tell) -> AsyncIterator[Platform]:
    """Open everything a server needs; unfinished jobs go on at once. Raises Misconfigured.

    `tell` writes a transcription as receivers of webhooks are to read it.
    """
    async with AsyncExitStack() as stack:
        ground = await stack.enter_async_context(open_ground(settings))
        database, registry, host, queue = ground.database, ground.registry, ground.host, ground.queue
        keys, quotas, answers = await _admitting(ground), Quotas(database, settings.limits), Answers(database)
        await stack.enter_async_context(quotas.keeping())
        toolbox = Toolbox(registry, host, settings.recognizer, settings.diarizer)
        transcripts = Transcripts(database, ground.objects, queue, toolbox, quotas)
        webhooks = await stack.enter_async_context(_announcing(ground, transcripts.describer(tell)))
        voices = voices_of(ground)
        stack.push_async_callback(voices.renders.close)
        desk = stack.enter_context(closing(Desk(settings.engine_processes)))
        live = await stack.enter_async_context(_listening(ground, toolbox, quotas, desk))
        translations = stack.enter_context(closing(_translations(ground)))
        knowledge, indexing = await stack.enter_async_context(_indexing(ground))
        research = await stack.enter_async_context(researching(ground, knowledge))
        agent = await stack.enter_async_context(_equipping(ground, toolbox, desk, research, voices))
        sessions = _sessions(ground, agent, quotas)
        await stack.enter_async_context(sessions.working())
        uploads, exports = Uploads(database, ground.objects), _exports(ground)
        kept = (transcripts, uploads, voices.renders, webhooks, answers, exports, sessions, indexing)
        steps: list[Step] = [*(each.sweep for each in kept), partial(keys.sweep, ground.objects), keys.refresh_origins]
        await stack.enter_async_context(_working(ground, toolbox, {EXPORT: exports}, steps))
        yield Platform(
            settings=settings,
            objects=ground.objects,
            queue=queue,
            keys=keys,
            answers=answers,
            quotas=quotas,
            accounting=Accounting(database, quotas, settings.tier),
            models=Models(registry, host, settings.recognizer),
            transcripts=transcripts,
            live=live,
            uploads=uploads,
            cast=voices.cast,
            clones=voices.clones,
            pronunciations=voices.pronunciations,
            renders=voices.renders,
            sessions=sessions,
            phrasebook=Phrasebook(database),
            translations=translations,
            history=History(database, ground.objects, transcripts, voices.renders),
            exports=exports,
            knowledge=knowledge,
            research=research,
            contents=Contents(ground.pages, registry, host),
            guarded=ground.guarded,
            probing=Probing(ground.guarded, settings.net_allow),
            webhooks=webhooks,
            signer=await open_signer(database, ground.objects),
            engines=usable_engines(registry),
        )


def _keeping(ground: Ground) -> Keeping:
    return Keeping(ground.database, ground.objects, ground.settings.transcription_price)


def _exports(ground: Ground) -> Exports:
    return Exports(ground.database, ground.objects, ground.queue, ground.settings.scratch_dir)


def _translations(ground: Ground) -> Translations:
    settings = ground.settings
    tongues = Tongues(ground.registry, ground.host, settings.translator)
    terms = TranslationTerms(settings.max_translation_characters, settings.translation_price)
    return Translations(ground.database, tongues, Phrasebook(ground.database), terms)


@asynccontextmanager
async def _equipping(
    ground: Ground, toolbox: Toolbox, desk: Desk, research: Research, voices: Voices
) -> AsyncIterator[Agent]:
    async with open_guarded(EVERYWHERE) as trusted:
        yield Agent(
            toolbox=toolbox,
            desk=desk,
            research=research,
            renders=voices.renders,
            cast=voices.cast,
            guarded=ground.guarded,
            trusted=trusted,
            settings=ground.settings,
        )


def _sessions(ground: Ground, agent: Agent, quotas: Quotas) -> Sessions:
    settings = ground.settings
    files = Files(
        scratch=settings.scratch_dir,
        generated=settings.generated_audio_dir,
        hours=settings.generated_audio_hours,
        longest=settings.max_audio_hours * 3600,
        registry=ground.registry,
        host=ground.host,
    )
    return Sessions(
        database=ground.database,
        quotas=quotas,
        agent=agent,
        files=files,
        conversations=Conversations(ground.database),
        at_once=settings.max_sessions,
        price=settings.transcription_price,
    )


def _listening(ground: Ground, toolbox: Toolbox, quotas: Quotas, desk: Desk) -> AbstractAsyncContextManager[Live]:
    lease = ground.settings.job_lease_seconds
    return open_live(_keeping(ground), ground.queue, quotas, toolbox, desk=desk, lease=lease)


@asynccontextmanager
async def _working(
    ground: Ground, toolbox: Toolbox, others: Mapping[str, Handler], sweeps: Sequence[Step]
) -> AsyncIterator[None]:
    """Work on transcriptions and other jobs, and look after what nobody asks for."""
    settings = ground.settings
    keeping = _keeping(ground)
    transcribing = Transcribing(
        keeping=keeping,
        toolbox=toolbox,
        fetch=partial(
            open_recording,
            ground.guarded,
            allow=settings.net_allow,
            limit=settings.max_upload_bytes,
            seconds=DOWNLOAD_SECONDS,
        ),
        scratch=settings.scratch_dir,
        longest=settings.max_audio_hours * 3600,
    )
    limits = Limits(settings.job_slots, settings.job_slots_per_account, settings.job_lease_seconds)

    async def tidy() -> None:
        await asyncio.to_thread(transcribing.sweep, await ground.queue.active_ids())

    # streams that go on count as running, but take no slots of those that are recovered or of recordings
    rare = Limits(min(1, settings.job_slots), UNLIMITED, settings.job_lease_seconds)
    recovering = Worker(ground.queue, {LISTEN: Recovering(keeping)}, rare)
    recordings = Worker(ground.queue, {TRANSCRIBE: transcribing, **others}, limits)
    async with recordings.working(), recovering.working(), sweeping(*sweeps, tidy):
        yield


@asynccontextmanager
async def _indexing(ground: Ground) -> AsyncIterator[tuple[Knowledge, Indexing]]:
    """Read what is added to the local index, by workers of their own: crawls, documents and transcriptions go on."""
    settings = ground.settings
    slots = min(settings.job_slots, INDEX_SLOTS)
    limits = Limits(slots, max(1, slots - 1), settings.job_lease_seconds)
    # one account's sites leave room for others
    crawls = Limits(CRAWL_SLOTS if slots else 0, CRAWL_SLOTS // 4, settings.job_lease_seconds)
    knowledge, indexing = index_of(ground)
    reading = Worker(ground.queue, {INDEX: indexing}, limits)
    crawling = Worker(ground.queue, {CRAWL: indexing}, crawls)
    async with reading.working(), crawling.working():
        yield knowledge, indexing


@asynccontextmanager
async def _announcing(ground: Ground, describe: deliveries.Describe) -> AsyncIterator[Webhooks]:
    """Tell webhooks what becomes of jobs, by a worker of its own: slow receivers and long jobs do not meet."""
    settings, database, queue, guarded = ground.settings, ground.database, ground.queue, ground.guarded
    seal = await open_seal(database)
    deliveries.Announcer(queue, {TRANSCRIBE, LISTEN}, webhook_url_of)
    delivering = deliveries.Delivering(database, queue, guarded, seal, describe, patience=settings.webhook_patience)
    slots = settings.webhook_slots
    # one account's slow receivers leave room for others
    limits = Limits(slots, max(1, slots // 4), settings.job_lease_seconds)
    async with Worker(queue, {deliveries.KIND: delivering}, limits).working():
        yield Webhooks(database, queue, guarded, seal)


async def _admitting(ground: Ground) -> Keys:
    """Open the keys; on an empty database make the first admin's and say it, once."""
    keys = Keys(ground.database)
    given = ground.settings.admin_key.get_secret_value() if ground.settings.admin_key else None
    made = await keys.ensure_admin(given)
    await keys.refresh_origins()
    if made:
        print(f"Your admin key, shown only this once: {made}", flush=True)  # noqa: T201 - never into a log
        print("More keys: voxhall keys create --account EMAIL", flush=True)  # noqa: T201 - likewise
    return keys
