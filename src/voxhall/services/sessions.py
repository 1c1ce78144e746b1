"""Sessions with the voice agent: begun, watched, ended, and kept with their account."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from voxhall.accounts.limits import Quotas
from voxhall.audio.microphone import Device, choose, devices, open_microphone
from voxhall.domain.conversation import Said
from voxhall.domain.record import Caller, Usage
from voxhall.domain.session import Session, SourceKind, Status, Wish
from voxhall.engines.host import Host
from voxhall.engines.registry import Registry
from voxhall.errors import NotFound, RateLimited, VoxhallError
from voxhall.log import logger
from voxhall.net.guard import Guarded, open_guarded
from voxhall.pipelines.converse import Conversation, Manner
from voxhall.pipelines.listen import Desk
from voxhall.services.agent import Agent, Equipment, operator_of
from voxhall.services.cast import Cast
from voxhall.services.conversations import Conversations
from voxhall.services.leading import Blocks, Converse, Leading, Open, paced
from voxhall.services.renders import Renders
from voxhall.services.research import Research
from voxhall.services.session_files import Files, Received
from voxhall.services.tools import Toolbox
from voxhall.settings import Settings
from voxhall.stores import ledger
from voxhall.stores import sessions as table
from voxhall.stores.database import Database

log = logger(__name__)

SAVED_EVERY = 0.25
"""Seconds between two savings of a session that changes."""
BEAT_SECONDS = 1.0
"""How often a process says that it leads its sessions, and hears which are to end."""
LEASE_SECONDS = 10.0
"""After this long without that they were lost with it."""
LISTED = 200
"""Sessions that a list holds at most, the newest."""
EVERYWHERE = ("0.0.0.0/0", "::/0")
"""Where addresses may lead to that the operator has set."""
LOST = "the server ended while the session went on"


class Sessions:
    """The service that API and console ask; open it with `working`."""

    def __init__(  # noqa: PLR0913 - a service stands on what it needs
        self,
        *,
        database: Database,
        quotas: Quotas,
        agent: Agent,
        files: Files,
        conversations: Conversations,
        at_once: int,
        price: float,
    ) -> None:
        """At most `at_once` sessions go on in this process; `price` is US dollars per hour of audio transcribed."""
        self.files = files
        self._database = database
        self._quotas = quotas
        self._agent = agent
        self._conversations = conversations
        self._at_once = at_once
        self._price = price
        self._worker = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex}"
        self._leading: dict[str, Leading] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Lead sessions while the block runs; those that others lost have failed, those that go on at its end do."""
        await self._give_up_dead()
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)
            beating.cancel()
            await asyncio.wait({beating})

    async def devices(self) -> tuple[Device, ...]:
        """List the microphones of this server; none where PortAudio is not installed."""
        return await devices() or ()

    async def start_microphone(
        self, caller: Caller, wish: Wish, base_url: str, *, device: int | str | None, rate: int
    ) -> Session:
        """Begin to listen to a microphone of this server.

        Raises MicrophoneUnavailable, InvalidInput for a device that there is not, and what `start_file` raises.
        """
        chosen = await choose(device)

        @asynccontextmanager
        async def capture() -> AsyncIterator[Blocks]:
            async with open_microphone(chosen, rate) as blocks:
                yield blocks

        return await self._start(caller, wish, base_url, "microphone", str(uuid4()), capture)

    async def start_file(
        self, caller: Caller, wish: Wish, base_url: str, received: Received, *, factor: float
    ) -> Session:
        """Begin to listen to a recording that was received, at a multiple of its own pace; 0 does not wait.

        Raises InvalidInput, AddressRefused, NotFound, RateLimited, EngineUnavailable.
        """

        @asynccontextmanager
        async def capture() -> AsyncIterator[Blocks]:
            yield paced(await asyncio.to_thread(self.files.samples, received), factor)

        return await self._start(caller, wish, base_url, "file", received.uid, capture)

    async def get(self, caller: Caller, uid: str) -> Session:
        """Give what has become of a session so far; raises NotFound."""
        leading = self._leading.get(uid)
        if leading and leading.session.account_id == caller.account_id:
            return leading.session
        async with self._database.read() as connection:
            found = await table.find(connection, caller.account_id, uid)
        if found is None:
            raise NotFound(f"there is no session {uid[:60]!r}")
        return found

    async def newest(self, caller: Caller) -> list[Session]:
        """Give the account's latest sessions, the newest first."""
        async with self._database.read() as connection:
            found = await table.newest(connection, caller.account_id, LISTED)
        here = {uid: leading.session for uid, leading in self._leading.items()}
        return [here.get(each.uid, each) for each in found]

    async def stop(self, caller: Caller, uid: str) -> Session:
        """Ask for the end of a session; one that has ended stays as it is. Raises NotFound."""
        if not (await self.get(caller, uid)).ended:
            now = time.time()
            async with self._database.write() as connection:
                await table.request_stop(connection, caller.account_id, uid, now)
            self._stop(uid, now)
        return await self.get(caller, uid)

    async def watch(self, caller: Caller, uid: str) -> AsyncIterator[Session]:
        """Give a session as it is, and whenever it has changed, until it has ended; raises NotFound."""
        seen = None
        while seen is None or not seen.ended:
            now = await self.get(caller, uid)
            if now != seen:
                seen = now
                yield seen
                continue
            # sessions of other processes are looked at now and then
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS), self._changed:
                    await self._changed.wait()

    async def sweep(self) -> None:
        """Give up sessions that were lost with their process, and remove what is too old."""
        async with self._database.write() as connection:
            overdue = table.overdue(self._database.now())
            lost = await table.give_up(connection, overdue, time.time(), LOST)
            running = await table.running(connection)
        for uid in lost:
            self.files.forget(uid)
        await asyncio.to_thread(self.files.sweep, running)

    async def _start(  # noqa: PLR0913, PLR0917 - what a session is made of
        self, caller: Caller, wish: Wish, base_url: str, kind: SourceKind, uid: str, capture: Open
    ) -> Session:
        if len(self._leading) >= (most := self._at_once):
            raise RateLimited(f"{most} sessions go on already, which is the most", limit=most, retry_after=5)
        equipment = await self._agent.equip(caller, wish)
        now = time.time()
        session = Session(uid, caller.account_id, kind, "running", created_at=now, started_at=now)
        changed = asyncio.Event()
        leading = Leading(session, self.files.folder(uid), changed.set)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._quotas.socket(caller))
            async with self._database.write() as connection:
                await self._quotas.check_audio(connection, caller)
                lease = self._database.now() + LEASE_SECONDS
                await table.insert_row(connection, session, self._worker, lease)
            self._leading[uid] = leading
            led = self._led(caller, leading, equipment, changed, capture, base_url, stack.pop_all())
            task = asyncio.create_task(led)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return session

    async def _led(  # noqa: PLR0913, PLR0917 - likewise
        self,
        caller: Caller,
        leading: Leading,
        equipment: Equipment,
        changed: asyncio.Event,
        capture: Open,
        base_url: str,
        held: AsyncExitStack,
    ) -> None:
        """Lead a session to its end, and record that, whatever happens."""
        saving = asyncio.create_task(self._save(leading, changed))
        async with held:
            try:
                await leading.lead(equipment.wish, capture, self._converse(caller, leading, equipment, base_url))
            except asyncio.CancelledError:
                leading.change(error=LOST, end_reason="error")
            except Exception as error:  # noqa: BLE001 - the session says it
                leading.fail(error)
            saving.cancel()
            await asyncio.wait({saving})
            self.files.forget(leading.session.uid)
            await self._end(caller, leading, equipment)

    def _converse(self, caller: Caller, leading: Leading, equipment: Equipment, base_url: str) -> Converse:
        @asynccontextmanager
        async def converse() -> AsyncIterator[Conversation]:
            with ExitStack() as scopes:
                listener = self._agent.listener(scopes, equipment, leading.heard)
                write = self._agent.writer(caller, equipment, base_url)
                speak = self._agent.speaker(caller, equipment)
                # nothing is listened to while it is answered
                async with Conversation(listener, write, speak, Manner(yields=False)) as conversation:
                    yield conversation

        return converse

    async def _end(self, caller: Caller, leading: Leading, equipment: Equipment) -> None:
        status: Status = "failed" if leading.session.end_reason == "error" else "completed"
        ended = replace(leading.session, status=status, completed_at=time.time())
        seconds = 0.0 if equipment.analyzer else ended.captured_seconds
        used = Usage("transcription", seconds=seconds, cost=seconds / 3600 * self._price)
        try:
            async with self._database.write() as connection:
                if await table.save(connection, ended) and seconds:
                    await ledger.record(connection, caller.account_id, caller.key_id, used, self._database.now())
            if ended.transcript:
                voice = "" if equipment.tts else equipment.voice
                await self._remember(caller, ended, voice, leading.latency, used.cost)
        except Exception as error:  # noqa: BLE001 - its lease runs out, and it reads as failed
            log.warning("a session's end could not be recorded", error=type(error).__name__)
        leading.session = ended
        del self._leading[ended.uid]
        await self._tell()

    async def _remember(self, caller: Caller, ended: Session, voice: str, latency: float | None, cost: float) -> None:
        """Write a session into history, as a conversation with its turns."""
        began = ended.started_at or ended.created_at
        steps = {each.step: each for each in reversed(ended.timeline)}
        listened, thought = steps.get("listening"), steps.get("thinking")
        told = self._conversations
        await told.begin(caller, "agent", voice=voice, uid=ended.uid, started_at=began)
        asked_at, seconds = began + (listened.began if listened else 0.0), ended.captured_seconds
        await told.add_turn(ended.uid, Said("user", ended.transcript, asked_at, seconds=seconds))
        if ended.response:
            sound = sum(each.seconds for each in ended.clips)
            said = Said(
                "assistant",
                ended.response,
                began + (thought.ended if thought else 0.0),
                seconds=sound or None,
                latency=latency,
                interrupted=ended.end_reason == "stopped_by_api",
            )
            await told.add_turn(ended.uid, said)
        await told.end(ended.uid, ended_at=ended.completed_at, cost=cost)

    async def _save(self, leading: Leading, changed: asyncio.Event) -> None:
        """Record what becomes of a session while it goes on, and tell whoever watches."""
        while True:
            await changed.wait()
            changed.clear()
            await self._tell()
            try:
                async with self._database.write() as connection:
                    await table.save(connection, leading.session)
            except VoxhallError as error:
                log.warning("a session could not be recorded", code=error.code)
            await asyncio.sleep(SAVED_EVERY)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                async with self._database.write() as connection:
                    lease = self._database.now() + LEASE_SECONDS
                    asked = await table.beat(connection, self._worker, lease)
                for uid, since in asked.items():
                    if since is not None:
                        self._stop(uid, since)
            except Exception as error:  # noqa: BLE001 - the database may be back before the lease runs out
                log.warning("sessions could not be kept", error=type(error).__name__)

    def _stop(self, uid: str, since: float) -> None:
        if (leading := self._leading.get(uid)) and not leading.stop.is_set():
            leading.change(status="stopping", stop_requested_at=since)
            leading.stop.set()

    async def _give_up_dead(self) -> None:
        """Give up the sessions of processes of this machine that are no more, before their leases run out."""
        async with self._database.write() as connection:
            for worker in await table.workers(connection):
                if not _alive(worker):
                    lost = await table.give_up(connection, table.of_worker(worker), time.time(), LOST)
                    for uid in lost:
                        self.files.forget(uid)


@dataclass(frozen=True, slots=True)
class Stand:
    """What of a platform sessions stand on."""

    toolbox: Toolbox
    desk: Desk
    research: Research
    renders: Renders
    cast: Cast
    quotas: Quotas
    registry: Registry
    host: Host
    conversations: Conversations


@asynccontextmanager
async def open_sessions(
    settings: Settings, database: Database, guarded: Guarded, stand: Stand
) -> AsyncIterator[Sessions]:
    """Open the service; `guarded` is the way out to addresses that callers give."""
    files = Files(
        scratch=settings.scratch_dir,
        generated=settings.generated_audio_dir,
        hours=settings.generated_audio_hours,
        longest=settings.max_audio_hours * 3600,
        registry=stand.registry,
        host=stand.host,
    )
    async with open_guarded(EVERYWHERE) as trusted:
        agent = Agent(
            toolbox=stand.toolbox,
            desk=stand.desk,
            research=stand.research,
            renders=stand.renders,
            cast=stand.cast,
            guarded=guarded,
            trusted=trusted,
            operator=operator_of(settings),
        )
        sessions = Sessions(
            database=database,
            quotas=stand.quotas,
            agent=agent,
            files=files,
            conversations=stand.conversations,
            at_once=settings.max_sessions,
            price=settings.transcription_price,
        )
        async with sessions.working():
            yield sessions


def _alive(worker: str) -> bool:
    """Tell whether a process may still lead its sessions; of other machines that is not known."""
    host, pid, _ = worker.split("/")
    if host != socket.gethostname():
        return True
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
