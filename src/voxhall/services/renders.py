"""Renders: texts spoken for an account, handed on while they are made, and kept."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from voxhall.audio.encode import open_encoder
from voxhall.audio.pcm import to_pcm
from voxhall.domain.record import Caller, Usage
from voxhall.domain.voice import Order, Render, RenderState, Spoken, Voice
from voxhall.engines.host import Host, Scope
from voxhall.engines.protocols import Samples
from voxhall.errors import Cancelled, NotAuthenticated, NotFound, NotPermitted, TooLarge
from voxhall.pipelines.script import languages_of, write_script
from voxhall.pipelines.speak import SPEECH_RATE, speak
from voxhall.services.cast import Cast
from voxhall.services.clones import PREFIX, Clones
from voxhall.services.pronunciations import Pronunciations
from voxhall.stores import ledger
from voxhall.stores import renders as table
from voxhall.stores.database import Database
from voxhall.stores.objects import Objects, chunks_of

PRIORITY = 10
"""Somebody is listening: speech goes before recordings that wait to be transcribed."""
BIT_RATE = 32_000
"""Of the Opus that is kept: speech is transparent from there."""
IN_MEMORY = 2**20
"""Bytes of Opus, over four minutes, before it is written to disk."""
LOST_SECONDS = 3600.0
"""After this long a render that has not ended was lost with its process."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a render may be and costs."""

    longest_text: int
    """Characters."""
    price: float
    """US dollars per million characters."""
    slots: int
    """Renders in progress at once."""


class Rendering:
    """One render on its way; made by `Renders.begin`."""

    def __init__(
        self, render_id: int, voice: Voice, sound: Iterator[Samples | Spoken], threads: ThreadPoolExecutor
    ) -> None:
        self.id = render_id
        self.voice = voice
        self.seconds = 0.0
        """Of sound, so far."""
        self.spoken: list[Spoken] = []
        self.state: RenderState = "cancelled"
        self.opus = cast("BinaryIO", SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - lives as long as the render
        self._sound = sound
        self._threads = threads
        self._step: Future[bytes] | None = None
        self._given: Samples | None = None
        self._closing = ExitStack()
        self._encode = self._closing.enter_context(open_encoder(self.opus, "opus", rate=SPEECH_RATE, bit_rate=BIT_RATE))

    async def blocks(self) -> AsyncGenerator[bytes]:
        """Give the sound as s16le at 24 kHz, block by block, made as it is asked for.

        Raises InvalidInput, Cancelled, EngineLost, EngineFailed.
        """
        while True:
            self._step = self._threads.submit(self._advance)
            block = await asyncio.wrap_future(self._step)
            if not block:
                return
            yield block

    async def finish(self) -> None:
        """Wait until nothing is done for it any more, and complete the file."""
        if self._step is not None:
            # the step may have failed, or may have been cancelled before a thread took it up
            [step], _ = await asyncio.wait({asyncio.wrap_future(self._step)})
            step.cancelled() or step.exception()
        await asyncio.get_running_loop().run_in_executor(self._threads, self._close)

    def _advance(self) -> bytes:
        """Make the next block, in a thread; the last one is encoded first, now that its listener has it."""
        self._keep()
        try:
            for given in self._sound:
                if isinstance(given, Spoken):
                    self.spoken.append(given)
                elif len(given):
                    self._given = given
                    self.seconds += len(given) / SPEECH_RATE
                    return to_pcm(given[None])
        except Cancelled:
            raise
        except Exception:
            self.state = "failed"
            raise
        self.state = "done"
        return b""

    def _keep(self) -> None:
        if self._given is not None:
            self._encode(self._given[None])
            self._given = None

    def _close(self) -> None:
        self._keep()
        self._closing.close()


class Renders:
    """The service that API and command line ask; close it at the end."""

    def __init__(  # noqa: PLR0913 - a service stands on what it needs
        self,
        *,
        database: Database,
        objects: Objects,
        host: Host,
        cast: Cast,
        clones: Clones,
        pronunciations: Pronunciations,
        terms: Terms,
    ) -> None:
        self._database = database
        self._objects = objects
        self._host = host
        self._cast = cast
        self._clones = clones
        self._pronunciations = pronunciations
        self._terms = terms
        self._threads = ThreadPoolExecutor(terms.slots, thread_name_prefix="render")
        self._ending: set[asyncio.Task[None]] = set()

    async def voice(self, caller: Caller, wanted: str) -> Voice:
        """Find a built-in voice, or one of the caller's own.

        Raises NotFound, and for cloned ones NotAuthenticated or NotPermitted.
        """
        if not wanted.startswith(PREFIX):
            return self._cast.named(wanted)
        if caller.guest:
            raise NotAuthenticated("a cloned voice can be used only with the key of its account")
        if caller.publishable:
            raise NotPermitted("a publishable key may only use built-in voices", param="voice")
        return (await self._clones.find(caller, wanted)).voice

    def warm(self) -> None:
        """Load, in the background, what the first render will need."""
        if self._cast.voices:
            self._host.warm(self._cast.engines(self._cast.voices[0]))

    @asynccontextmanager
    async def begin(self, caller: Caller, order: Order) -> AsyncIterator[Rendering]:
        """Begin to speak; what was spoken when the block ends is kept.

        Raises InvalidInput, TooLarge, NotFound, NotAuthenticated, EngineUnavailable, StorageFull.
        """
        if len(order.text) > self._terms.longest_text:
            given, most = len(order.text), self._terms.longest_text
            raise TooLarge(f"the text has {given} characters, {most} are accepted", param="input")
        voice = await self.voice(caller, order.voice)
        lexicon = await self._pronunciations.of(caller)
        loop = asyncio.get_running_loop()
        script = await loop.run_in_executor(self._threads, write_script, order.text, voice.language, lexicon)
        scope = self._host.scope(priority=PRIORITY)
        tools = self._cast.tools(scope, voice, languages_of(script), await self._clones.reference(voice))
        async with self._database.write() as connection:
            render_id = await table.insert_row(connection, caller.account_id, order, voice.id, time.time())
        rendering = Rendering(render_id, voice, speak(script, tools, order), self._threads)
        try:
            yield rendering
        finally:
            ending = asyncio.create_task(self._end(caller, order, rendering, scope))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            # goes on even if the caller is cancelled once more
            await asyncio.shield(ending)

    async def get(self, caller: Caller, render_id: int) -> Render:
        """Find one; raises NotFound for those of other accounts too."""
        async with self._database.read() as connection:
            found = await table.find(connection, caller.account_id, render_id)
        if found is None:
            raise NotFound(f"there is no render {render_id}")
        return found

    async def delete(self, caller: Caller, render_id: int) -> None:
        """Remove one and its sound; raises NotFound."""
        render = await self.get(caller, render_id)
        async with self._database.write() as connection:
            await table.remove(connection, render.id)
        if render.audio_key:
            await self._objects.delete(render.audio_key)

    async def sweep(self) -> None:
        """Record that renders were lost with their process."""
        async with self._database.write() as connection:
            await table.give_up_before(connection, time.time() - LOST_SECONDS)

    async def close(self) -> None:
        """Wait for renders that end."""
        while self._ending:
            await asyncio.wait(self._ending)
        self._threads.shutdown()

    async def _end(self, caller: Caller, order: Order, rendering: Rendering, scope: Scope) -> None:
        """Stop what still runs, and keep what was spoken."""
        scope.retire()
        await rendering.finish()
        key = f"renders/{caller.account_id}/{rendering.id}.opus" if rendering.seconds else None
        spoken = sum(len(each.text) for each in rendering.spoken)
        characters = len(order.text) if rendering.state == "done" else spoken
        with rendering.opus:
            if key:
                rendering.opus.seek(0)
                await self._objects.put(key, chunks_of(rendering.opus))
        cost = characters * self._terms.price / 1e6
        used = Usage("speech", seconds=rendering.seconds, characters=characters, cost=cost)
        async with self._database.write() as connection:
            if characters:
                await ledger.record(connection, caller.account_id, caller.key_id, used, self._database.now())
            kept = await table.end(
                connection,
                rendering.id,
                state=rendering.state,
                characters=characters,
                seconds=rendering.seconds,
                cost=cost,
                audio_key=key,
                chunks=rendering.spoken,
            )
        if key and not kept:  # deleted in the meantime
            await self._objects.delete(key)
