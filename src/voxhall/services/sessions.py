"""Sessions with the voice agent: begun, watched, ended, and kept with their account."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from uuid import uuid4

from voxhall.accounts.limits import Quotas
from voxhall.audio.microphone import Device, choose, devices, open_microphone
from voxhall.domain.conversation import Said
from voxhall.domain.record import Caller, Usage
from voxhall.domain.session import Session, SourceKind, Status, Wish
from voxhall.errors import NotFound, RateLimited, VoxhallError
from voxhall.log import logger
from voxhall.pipelines.converse import Conversation, Manner
from voxhall.services.agent import Agent
from voxhall.services.conversations import Conversations
from voxhall.services.leading import Blocks, Converse, Leading, Open, paced
from voxhall.services.research import Asking
from voxhall.services.session_files import Files, Received
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

        return await self._start(Asking(caller, base_url), wish, "microphone", str(uuid4()), capture)

    async def start_file(
        self, caller: Caller, wish: Wish, base_url: str, received: Received, *, factor: float
    ) -> Session:
        """Begin to listen to a recording that was received, at a multiple of its own pace; 0 does not wait.

        Raises InvalidInput, AddressRefused, NotFound, RateLimited, EngineUnavailable.
        """

        @asynccontextmanager
        async def capture() -> AsyncIterator[Blocks]:
            yield paced(await asyncio.to_thread(self.files.samples, received), factor)

        return await self._start(Asking(caller, base_url), wish, "file", received.uid, capture)

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

    async def _start(self, asking: Asking, wish: Wish, kind: SourceKind, uid: str, capture: Open) -> Session:
        if len(self._leading) >= (most := self._at_once):
            raise RateLimited(f"{most} sessions go on already, which is the most", limit=most, retry_after=5)
        caller, equipment, now = asking.caller, await self._agent.equip(asking.caller, wish), time.time()
        session = Session(uid, caller.account_id, kind, "running", created_at=now, started_at=now)
        leading = Leading(session, asking, equipment, self.files.folder(uid))
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._quotas.socket(caller))
            async with self._database.write() as connection:
                await self._quotas.check_audio(connection, caller)
                lease = self._database.now() + LEASE_SECONDS
                await table.insert_row(connection, session, self._worker, lease)
            self._leading[uid] = leading
            task = asyncio.create_task(self._led(leading, capture, stack.pop_all()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return session

    async def _led(self, leading: Leading, capture: Open, held: AsyncExitStack) -> None:
        """Lead a session to its end, and record that, whatever happens."""
        saving = asyncio.create_task(self._save(leading))
        async with held:
            try:
                await leading.lead(capture, self._converse(leading))
            except asyncio.CancelledError:
                leading.change(error=LOST, end_reason="error")
            except Exception as error:  # noqa: BLE001 - the session says it
                leading.fail(error)
            saving.cancel()
            await asyncio.wait({saving})
            self.files.forget(leading.session.uid)
            await self._end(leading)

    def _converse(self, leading: Leading) -> Converse:
        asking, equipment = leading.asking, leading.equipment

        @asynccontextmanager
        async def converse() -> AsyncIterator[Conversation]:
            with ExitStack() as scopes:
                listener = self._agent.listener(scopes, equipment, leading.heard)
                write = self._agent.writer(asking, equipment)
                speak = self._agent.speaker(asking.caller, equipment)
                # nothing is listened to while it is answered
                async with Conversation(listener, write, speak, Manner(yields=False)) as conversation:
                    yield conversation

        return converse

    async def _end(self, leading: Leading) -> None:
        caller = leading.asking.caller
        status: Status = "failed" if leading.session.end_reason == "error" else "completed"
        ended = replace(leading.session, status=status, completed_at=time.time())
        seconds = 0.0 if leading.equipment.analyzer else ended.captured_seconds
        used = Usage("transcription", seconds=seconds, cost=seconds / 3600 * self._price)
        try:
            async with self._database.write() as connection:
                if await table.save(connection, ended) and seconds:
                    await ledger.record(connection, caller.account_id, caller.key_id, used, self._database.now())
            if ended.transcript:
                await self._remember(leading, ended, used.cost)
        except Exception as error:  # noqa: BLE001 - its lease runs out, and it reads as failed
            log.warning("a session's end could not be recorded", error=type(error).__name__)
        leading.session = ended
        del self._leading[ended.uid]
        await self._tell()

    async def _remember(self, leading: Leading, ended: Session, cost: float) -> None:
        """Write a session into history, as a conversation with its turns."""
        began = ended.started_at or ended.created_at
        steps = {each.step: each for each in reversed(ended.timeline)}
        listened, thought = steps.get("listening"), steps.get("thinking")
        told, voice = self._conversations, "" if leading.equipment.tts else leading.equipment.voice
        await told.begin(leading.asking.caller, "agent", ended.uid, voice=voice, started_at=began)
        asked_at, seconds = began + (listened.began if listened else 0.0), ended.captured_seconds
        await told.add_turn(ended.uid, Said("user", ended.transcript, asked_at, seconds=seconds))
        if ended.response:
            sound = sum(each.seconds for each in ended.clips)
            said = Said(
                "assistant",
                ended.response,
                began + (thought.ended if thought else 0.0),
                seconds=sound or None,
                latency=leading.latency,
                interrupted=ended.end_reason == "stopped_by_api",
            )
            await told.add_turn(ended.uid, said)
        await told.end(ended.uid, ended_at=ended.completed_at or time.time(), cost=cost)

    async def _save(self, leading: Leading) -> None:
        """Record what becomes of a session while it goes on, and tell whoever watches."""
        while True:
            await leading.changed.wait()
            leading.changed.clear()
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
